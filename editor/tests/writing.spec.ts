import type { Writer } from "./support/stage";
import { expect, test } from "./support/stage";

async function typed(writer: Writer, text: string): Promise<void> {
  for (const [at, line] of text.split("\n").entries()) {
    if (at > 0) await writer.page.keyboard.press("Enter");
    await writer.page.keyboard.type(line);
  }
}

const p = (inner: string) => `<p dir="auto">${inner}</p>`;

const shortcuts: [string, string, string][] = [
  ["# and a space", "# Dawn", '<h2 dir="auto">Dawn</h2>'],
  ["## and a space", "## Dawn", '<h2 dir="auto">Dawn</h2>'],
  ["### and a space", "### Dawn", '<h3 dir="auto">Dawn</h3>'],
  ["#### and a space", "#### Dawn", '<h4 dir="auto">Dawn</h4>'],
  ["a dash", "- one\ntwo", `<ul><li>${p("one")}</li><li>${p("two")}</li></ul>`],
  ["a star", "* one", `<ul><li>${p("one")}</li></ul>`],
  ["a number", "3. three\nfour", `<ol start="3"><li>${p("three")}</li><li>${p("four")}</li></ol>`],
  ["a box", "[ ] write\nread", `<ul class="tasks"><li class="task" data-done="false">${p("write")}</li><li class="task" data-done="false">${p("read")}</li></ul>`],
  ["a ticked box", "[x] done", `<ul class="tasks"><li class="task" data-done="true">${p("done")}</li></ul>`],
  ["a greater sign", "> said", `<blockquote>${p("said")}</blockquote>`],
  ["three backticks and a language", "```rust\nfn main() {}", '<pre data-language="rust"><code>fn main() {}</code></pre>'],
  ["three backticks and a space", "``` x--y", "<pre><code>x--y</code></pre>"],
  ["three dashes", "---After", `<hr>${p("After")}`],
  ["three stars", "***After", `<hr>${p("After")}`],
  ["double stars", "so **very** bold", p("so <strong>very</strong> bold")],
  ["single stars", "so *very* soft", p("so <em>very</em> soft")],
  ["underscores", "so _very_ soft", p("so <em>very</em> soft")],
  ["tildes", "so ~~very~~ gone", p("so <s>very</s> gone")],
  ["backticks", "so `x--y` typed", p("so <code>x--y</code> typed")],
  ["a link's brackets", "see [here](https://example.org) now", p('see <a href="https://example.org" rel="noopener">here</a> now')],
  ["a name with underscores", "snake_case_name", p("snake_case_name")],
  ["a dangerous link", "[x](javascript:alert(1))", p("[x](javascript:alert(1))")],
];

for (const [name, text, html] of shortcuts) {
  test(`typing Markdown: ${name}`, async ({ stage }) => {
    const ann = await stage.enter("Ann");
    await ann.text.click();
    await typed(ann, text);
    expect(await ann.html()).toBe(html);
  });
}

const quotes: [string, string, string, string][] = [
  ["en", `"It's 'so'," he said -- "..."`, "“It’s ‘so’,” he said — “…”", "English"],
  ["de", `"Das 'hier'", ja.`, "„Das ‚hier‘“, ja.", "German"],
  ["fr", `"Oui"`, "«\u00a0Oui\u00a0»", "French"],
  ["sv", `"Ja"`, "”Ja”", "Swedish"],
  ["en", "1914--1918", "1914–1918", "years"],
];

for (const [language, text, printed, name] of quotes) {
  test(`quotation marks and dashes as printed: ${name}`, async ({ stage }) => {
    const ann = await stage.enter("Ann", { language });
    await ann.text.click();
    await ann.page.keyboard.type(text);
    await ann.saved();
    expect(await ann.plain()).toBe(printed);
  });
}

test("one Backspace takes a printed mark back, and what Markdown made", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type('"');
  await ann.page.keyboard.press("Backspace");
  await ann.page.keyboard.type("x ");
  await ann.page.keyboard.press("Enter");
  await ann.page.keyboard.type("# ");
  await ann.page.keyboard.press("Backspace");
  expect(await ann.html()).toBe(p('"x ') + p("# "));
});

test("marks by key, and bold stays switched on while somebody else writes", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await ann.text.click();
  await ann.page.keyboard.type("one ");
  await ann.page.keyboard.press("Control+i");
  await ann.page.keyboard.type("two");
  await ann.page.keyboard.press("Control+i");
  await ann.page.keyboard.type(" ");
  await ann.saved();
  await ben.text.click();
  await ben.move("Control+Home");
  await ann.page.keyboard.press("Control+b");
  await ben.page.keyboard.type("Ben: ");
  await expect.poll(() => ann.plain()).toContain("Ben: one");
  await ann.page.keyboard.type("three");
  expect(await ann.html()).toBe(p("Ben: one <em>two</em> <strong>three</strong>"));
});

test("lists by key: Enter, Tab, Shift+Tab, Backspace", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await typed(ann, "- one\ntwo");
  await ann.page.keyboard.press("Tab");
  await typed(ann, "\nthree");
  await ann.page.keyboard.press("Shift+Tab");
  await typed(ann, "\n\nafter");
  expect(await ann.html()).toBe(
    `<ul><li>${p("one")}<ul><li>${p("two")}</li></ul></li><li>${p("three")}</li></ul>${p("after")}`,
  );
  await ann.move("ArrowUp");
  await ann.move("Home");
  await ann.page.keyboard.press("Backspace");
  expect(await ann.html()).toBe(`<ul><li>${p("one")}<ul><li>${p("two")}</li></ul></li></ul>${p("three")}${p("after")}`);
});

test("a task is ticked by its box and by key", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await typed(ann, "[ ] write");
  await ann.pane.getByRole("checkbox", { name: "Done" }).check();
  expect(await ann.html()).toContain('data-done="true"');
  await ann.text.getByText("write").click();
  await ann.page.keyboard.press("Control+Enter");
  expect(await ann.html()).toContain('data-done="false"');
});

test("verse keeps its lines, and the third Enter leaves it", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.press("Control+Alt+v");
  await typed(ann, "Tyger\nburning\n\n\nbright");
  expect(await ann.html()).toBe(`<p class="verse" dir="auto">Tyger\nburning</p>${p("bright")}`);
});

test("a footnote is written in place, left by Enter, and reached by arrow", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("Said");
  await ann.page.keyboard.press("Control+Alt+f");
  await ann.page.keyboard.type("By whom?");
  await ann.page.keyboard.press("Enter");
  await ann.page.keyboard.type(" so.");
  const note = (words: string) => p(`Said<span class="footnote"><span>${words}</span></span> so.`);
  expect(await ann.html()).toBe(note("By whom?"));
  await expect(ann.text.locator(".footnote > span:not(.edge)")).toBeHidden();
  for (let times = 0; times < 5; times += 1) {
    await ann.move("ArrowLeft");
  }
  await expect(ann.text.locator(".footnote > span:not(.edge)")).toBeVisible();
  await ann.page.keyboard.type("!");
  expect(await ann.html()).toBe(note("By whom?!"));
  await ann.page.keyboard.press("Escape");
  await ann.move("End");
  await ann.page.keyboard.press("Control+Alt+f");
  await ann.page.keyboard.press("Backspace");
  expect(await ann.html()).toBe(note("By whom?!"));
});

test("a table: Tab through it, a new row at the end, rows and columns by name", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  expect(await ann.exec("table")).toBe(true);
  await expect(ann.text.getByRole("cell")).toHaveCount(6);
  await ann.page.keyboard.type("a");
  for (const word of ["b", "c", "d", "e", "f", "g", "h", "i", "j"]) {
    await ann.page.keyboard.press("Tab");
    await ann.page.keyboard.type(word);
  }
  await expect(ann.text.getByRole("row")).toHaveCount(4);
  expect(await ann.exec("column-after")).toBe(true);
  await expect(ann.text.getByRole("row").first().getByRole("columnheader")).toHaveCount(4);
  expect(await ann.exec("remove-row")).toBe(true);
  await expect(ann.text.getByRole("row")).toHaveCount(3);
  expect(await ann.html()).not.toContain("j");
});

test("the slash menu by keyboard: typed on, pointed at, chosen", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("/");
  const menu = ann.page.getByRole("listbox", { name: "Insert" });
  await expect(menu).toBeVisible();
  await expect(menu.getByRole("option", { name: "Plain paragraph" })).toHaveAttribute("aria-selected", "true");
  await ann.page.keyboard.press("ArrowDown");
  const pointed = await ann.text.getAttribute("aria-activedescendant");
  await expect(ann.page.locator(`#${pointed}`)).toHaveText(/^Heading/);
  await ann.page.keyboard.type("num");
  await expect(menu.getByRole("option")).toHaveCount(1);
  await ann.page.keyboard.press("Enter");
  await expect(menu).toBeHidden();
  await ann.page.keyboard.type("one");
  expect(await ann.html()).toBe(`<ol><li>${p("one")}</li></ol>`);
  await ann.page.keyboard.type(" and/or /");
  await expect(menu).toBeVisible();
  await ann.page.keyboard.press("Escape");
  await expect(menu).toBeHidden();
  expect(await ann.html()).toBe(`<ol><li>${p("one and/or /")}</li></ol>`);
});

test("the slash menu by pointer", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("/sc");
  await ann.page.getByRole("option", { name: "Scene break" }).click();
  await ann.page.keyboard.type("Later");
  expect(await ann.html()).toBe(`<hr>${p("Later")}`);
});

test("the format bar comes with a selection and can be reached by key", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("Some words");
  const bar = ann.page.getByRole("toolbar", { name: "Format" });
  await expect(bar).toBeHidden();
  await ann.move("Control+Shift+ArrowLeft");
  await expect(bar).toBeVisible();
  await expect(bar.getByRole("button", { name: "Bold" })).toHaveAttribute("aria-pressed", "false");
  await ann.page.keyboard.press("Alt+F10");
  await expect(bar.getByRole("button", { name: "Bold" })).toBeFocused();
  await ann.move("ArrowRight");
  await expect(bar.getByRole("button", { name: "Italic" })).toBeFocused();
  await ann.page.keyboard.press("Enter");
  await expect(bar.getByRole("button", { name: "Italic" })).toHaveAttribute("aria-pressed", "true");
  await ann.page.keyboard.press("Escape");
  await expect(ann.text).toBeFocused();
  expect(await ann.html()).toBe(p("Some <em>words</em>"));
  await bar.getByRole("button", { name: "Bold" }).click();
  await expect(ann.text).toBeFocused();
  expect(await ann.html()).toBe(p("Some <em><strong>words</strong></em>"));
});

test("a link is asked for in a dialog, checked, changed and removed", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("Look here");
  await ann.move("Control+Shift+ArrowLeft");
  await ann.page.keyboard.press("Control+k");
  const dialog = ann.page.getByRole("dialog", { name: "Link" });
  await dialog.getByLabel("Address").fill("javascript:alert(1)");
  await ann.page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toHaveText("This is not an address a link can have.");
  await dialog.getByLabel("Address").fill("example.org/a");
  await dialog.getByRole("button", { name: "Link" }).click();
  await expect(ann.text).toBeFocused();
  expect(await ann.html()).toBe(p('Look <a href="https://example.org/a" rel="noopener">here</a>'));
  await ann.move("ArrowLeft");
  await ann.move("ArrowRight");
  await ann.page.keyboard.press("Control+k");
  const change = ann.page.getByRole("dialog", { name: "Change the link" });
  await expect(change.getByLabel("Address")).toHaveValue("https://example.org/a");
  await change.getByRole("button", { name: "Remove the link" }).click();
  expect(await ann.html()).toBe(p("Look here"));
});

test("words in another language are marked, and quoted as that language does", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("say bon");
  await ann.move("Control+Shift+ArrowLeft");
  expect(await ann.exec("language")).toBe(true);
  await ann.page.getByRole("dialog").getByLabel("Language", { exact: true }).fill("fr");
  await ann.page.getByRole("button", { name: "Set" }).click();
  await ann.move("ArrowRight");
  await ann.page.keyboard.type(' "');
  expect(await ann.html()).toBe(p('say <span lang="fr" dir="auto">bon «&nbsp;</span>'));
});

test("words become a term of the index, which may say something else, and stop being one", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("Of white whales");
  expect(await ann.exec("index-term"), "without words there is no term").toBe(false);
  await ann.move("Control+Shift+ArrowLeft");
  await ann.page.keyboard.press("Control+Alt+x");
  await ann.page.getByRole("dialog", { name: "Index term" }).getByLabel("In the index as").press("Enter");
  await ann.move("ArrowRight");
  await ann.page.keyboard.type("!");
  expect(await ann.html()).toBe(p('Of white <span class="index-term">whales</span>!'));
  await ann.move("ArrowLeft");
  await ann.move("ArrowLeft");
  await ann.page.keyboard.press("Control+Alt+x");
  const change = ann.page.getByRole("dialog", { name: "Change the index term" });
  await change.getByLabel("In the index as").fill("x".repeat(201));
  await change.getByRole("button", { name: "Change" }).click();
  await expect(change.getByRole("alert")).toHaveText("At most 200 letters.");
  await change.getByLabel("In the index as").fill("whales > white");
  await change.getByRole("button", { name: "Change" }).click();
  expect(await ann.html()).toBe(p('Of white <span class="index-term" data-entry="whales &gt; white">whales</span>!'));
  await ann.page.keyboard.press("Control+Alt+x");
  await ann.page.getByRole("button", { name: "Remove the term" }).click();
  expect(await ann.html()).toBe(p("Of white whales!"));
});

test("the shortcut sheet says what keys do", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.press("Control+/");
  const sheet = ann.page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet).toContainText("Ctrl+B");
  // What the page can put into a sheet of its own is the same.
  const told = await ann.page.evaluate(() => window.harness.shortcuts());
  expect(await sheet.locator("dt").allTextContents()).toEqual(told.map(({ keys }) => keys));
  expect(await sheet.locator("dd").allTextContents()).toEqual(told.map(({ what }) => what));
  expect(new Set(told.map(({ keys }) => keys)).size).toBe(told.length);
  await ann.page.keyboard.press("Escape");
  await expect(ann.text).toBeFocused();
});

test("only the text: by key, by button and by the page, until Escape or the same key", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const focusMode = () => ann.page.evaluate(() => document.body.classList.contains("focusMode"));
  const bar = ann.page.getByRole("toolbar", { name: "Format" });
  await ann.text.click();
  await ann.page.keyboard.type("Nothing but words");
  await ann.page.keyboard.press("Control+Alt+z");
  expect(await focusMode()).toBe(true);
  await ann.move("Shift+Home");
  await expect(bar).toBeHidden();
  await ann.page.keyboard.press("Control+Alt+z");
  expect(await focusMode()).toBe(false);
  await expect(bar).toBeVisible();

  await bar.getByRole("button", { name: "Only the text" }).click();
  expect(await focusMode()).toBe(true);
  await expect(bar).toBeHidden();
  // What is open in the text is closed first.
  await ann.move("End");
  await ann.page.keyboard.type(" /");
  await expect(ann.page.getByRole("listbox")).toBeVisible();
  await ann.page.keyboard.press("Escape");
  await expect(ann.page.getByRole("listbox")).toBeHidden();
  expect(await focusMode()).toBe(true);
  await ann.page.keyboard.press("Escape");
  expect(await focusMode()).toBe(false);

  // Who may only read has it too, and nothing is stuck where the focus is elsewhere.
  await ann.page.evaluate((client) => window.harness.handle(client).setWritable(false), ann.client);
  expect(await ann.exec("focusMode")).toBe(true);
  expect(await focusMode()).toBe(true);
  await ann.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await ann.page.keyboard.press("Escape");
  expect(await focusMode()).toBe(false);
  expect(await ann.exec("focusMode")).toBe(true);
  await ann.page.evaluate((client) => window.harness.handle(client).destroy(), ann.client);
  expect(await focusMode()).toBe(false);
});

test("find, next, previous, case, replace one and all", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await typed(ann, "The cat sat.\nA Cat and a cat.");
  await ann.page.keyboard.press("Control+f");
  const find = ann.page.getByRole("search");
  await find.getByRole("textbox", { name: "Find" }).fill("cat");
  await expect(find.getByRole("status")).toHaveText("1 of 3");
  await expect(ann.text.locator(".match")).toHaveCount(3);
  await find.getByRole("button", { name: "Next" }).click();
  await expect(find.getByRole("status")).toHaveText("2 of 3");
  await find.getByRole("button", { name: "Previous" }).click();
  await find.getByRole("checkbox", { name: "Match case" }).check();
  await expect(find.getByRole("status")).toHaveText("1 of 2");
  await find.getByRole("textbox", { name: "Replace with" }).fill("dog");
  await find.getByRole("button", { name: "Replace", exact: true }).click();
  expect(await ann.plain()).toBe("The dog sat.\n\nA Cat and a cat.");
  await find.getByRole("checkbox", { name: "Match case" }).uncheck();
  await find.getByRole("button", { name: "Replace all" }).click();
  await expect(find.getByRole("status")).toHaveText("2 replaced");
  expect(await ann.plain()).toBe("The dog sat.\n\nA dog and a dog.");
  await ann.page.keyboard.press("Escape");
  await expect(find).toBeHidden();
  await expect(ann.text).toBeFocused();
});

test("the match that is found stays the same while somebody else writes, and is the one that is replaced", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await ann.text.click();
  await typed(ann, "A cat.\nThe cat, the other cat.");
  await ann.page.keyboard.press("Control+f");
  const find = ann.page.getByRole("search");
  await find.getByRole("textbox", { name: "Find" }).fill("cat");
  await find.getByRole("button", { name: "Next" }).click();
  await expect(find.getByRole("status")).toHaveText("2 of 3");
  // Before it in another paragraph, in the same one, near it and behind it.
  const at = (block: number, offset: number) =>
    ben.page.evaluate(([client, block, offset]) => window.harness.goTo(client, block, offset), [ben.client, block, offset] as const);
  await expect(ben.text).toContainText("the other cat.");
  for (const [block, offset, words, told] of [
    [0, 0, "No cat. ", "3 of 4"],
    [1, 0, "Cat: ", "4 of 5"],
    [1, 8, " big cat and", "5 of 6"],
    [1, 24, " cat", "5 of 7"],
  ] as const) {
    await at(block, offset);
    await ben.page.keyboard.type(words);
    await expect(find.getByRole("status")).toHaveText(told);
  }
  await expect(ann.text.locator(".match.current")).toHaveCount(1);
  await find.getByRole("textbox", { name: "Replace with" }).fill("dog");
  await find.getByRole("button", { name: "Replace", exact: true }).click();
  expect(await ann.plain()).toBe("No cat. A cat.\n\nCat: The big cat and dog cat, the other cat.");
});

test("the Enter that ends a composition replaces nothing", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("A cat.");
  await ann.page.keyboard.press("Control+f");
  const find = ann.page.getByRole("search");
  await find.getByRole("textbox", { name: "Find" }).fill("cat");
  const instead = find.getByRole("textbox", { name: "Replace with" });
  await instead.fill("dog");
  const enter = { key: "Enter", bubbles: true, cancelable: true };
  await instead.dispatchEvent("keydown", { ...enter, isComposing: true });
  expect(await ann.plain()).toBe("A cat.");
  await instead.dispatchEvent("keydown", enter);
  expect(await ann.plain()).toBe("A dog.");
});

test("words are counted as one writes, and in the selection", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await typed(ann, "It's three words.\nAnd four more here");
  // Seven words there are as soon as the last has begun.
  await expect.poll(async () => (await ann.state()).characters).toBe(35);
  expect((await ann.state()).words).toBe(7);
  await ann.move("Control+Shift+ArrowLeft");
  await expect.poll(async () => (await ann.state()).selectionWords).toBe(1);
  expect((await ann.state()).empty).toBe(false);
  for (const [text, words] of [
    ["and/or e-mail \u2014 3.14 *", 3],
    ["\u6211\u8aad\u3080\u30fbabc\u3002", 4],
  ] as const) {
    await ann.move("Control+a");
    await ann.page.keyboard.insertText(text);
    await expect.poll(async () => (await ann.state()).words).toBe(words);
  }
});
