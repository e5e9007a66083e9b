import { expect, test } from "./support/stage";

test("the text the page came with stays until the editor takes its place", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await expect(ann.text).toBeVisible();
  await expect(ann.text).toBeEmpty();
});

test("two who type in one paragraph at once end with the same text", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await ann.text.click();
  await ann.page.keyboard.type("Once upon a time. ");
  await ann.saved();
  await expect(ben.text).toContainText("Once upon a time.");
  await ben.text.click();
  await ben.move("End");
  await Promise.all([
    ann.page.keyboard.type("Ann writes here, quickly. ", { delay: 7 }),
    ben.page.keyboard.type("Ben writes there, slowly. ", { delay: 9 }),
  ]);
  await ann.saved();
  await ben.saved();
  await expect.poll(() => ann.plain()).toBe(await ben.plain());
  const text = await ann.plain();
  expect([...text].sort().join("")).toBe(
    [..."Once upon a time. Ann writes here, quickly. Ben writes there, slowly. "].sort().join(""),
  );
});

test("undo takes back one's own and nothing of the others', and redo brings all of it back", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await ann.text.click();
  await ann.page.keyboard.type("Ann was here. ");
  await expect(ben.text).toContainText("Ann was here.");
  await ben.text.click();
  await ben.move("Control+End");
  await ben.page.keyboard.type("Ben was here.");
  await expect(ann.text).toContainText("Ben was here.");
  // One undo takes back what was typed without a pause; on a busy machine that may be less than all of it.
  for (let times = 0; times < 40; times += 1) await ann.page.keyboard.press("Control+z");
  await expect.poll(() => ann.plain()).toBe("Ben was here.");
  await expect.poll(() => ben.plain()).toBe("Ben was here.");
  for (let times = 0; times < 40; times += 1) await ann.page.keyboard.press("Control+Shift+z");
  await expect.poll(() => ben.plain()).toBe("Ann was here. Ben was here.");
});

const p = (inner: string) => `<p dir="auto">${inner}</p>`;

// What Ann adds, where Ben then writes in it, and what is left of it when she takes it back.
const added: [string, string, string][] = [
  ["heading-3", "h3", '<h3 dir="auto">Ben</h3>'],
  ["ordered-list", "li", `<ol><li>${p("Ben")}</li></ol>`],
  ["quote", "blockquote", `<blockquote>${p("Ben")}</blockquote>`],
  ["table", "th:first-child", `<table><tbody><tr><th>${p("Ben")}</th></tr></tbody></table>`],
  ["footnote", ".footnote", p('<span class="footnote"><span>Ben</span></span>')],
];

for (const [command, where, left] of added) {
  test(`undo of a ${command} leaves what somebody else wrote in it, and without that nothing of it`, async ({ stage }) => {
    const ann = await stage.enter("Ann");
    const ben = await stage.enter("Ben");
    await ann.text.click();
    await ann.page.keyboard.type("Ann");
    const before = await ann.html();
    // What comes later is a step of its own.
    await ann.page.waitForTimeout(600);
    expect(await ann.exec(command)).toBe(true);
    await ann.saved();
    await ann.page.keyboard.press("Control+z");
    expect(await ann.html()).toBe(before);
    await ann.page.keyboard.press("Control+Shift+z");
    await ann.saved();
    await expect(ben.text.locator(where)).toHaveCount(1);
    await ben.text.locator(where).click();
    await ben.move("End");
    await ben.page.keyboard.type("Ben");
    await ben.saved();
    await expect(ann.text).toContainText("Ben");
    for (let times = 0; times < 9; times += 1) await ann.page.keyboard.press("Control+z");
    await expect.poll(() => ann.html()).toContain(left);
    await expect.poll(() => ben.plain()).toBe(await ann.plain());
    expect(await ann.plain()).not.toContain("Ann");
  });
}

test("a shortcut that can do nothing is not taken for another one", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("Written. ");
  // Redo without anything to repeat would be undo, as its key without Shift is.
  await ann.page.keyboard.press("Control+Shift+z");
  await expect(ann.text).toHaveText("Written. ");
  // On a busy machine what is typed without a pause may be more steps than one.
  for (let times = 0; times < 9; times += 1) await ann.page.keyboard.press("Control+z");
  await expect(ann.text).toBeEmpty();
  for (let times = 0; times < 12; times += 1) await ann.page.keyboard.press("Control+Shift+z");
  await expect(ann.text).toHaveText("Written. ");
  for (const _press of [1, 2]) await ann.page.keyboard.press("Control+y");
  await expect(ann.text).toHaveText("Written. ");
});

test("a caret of another is drawn with a name and follows the text", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await ann.text.click();
  await ann.page.keyboard.type("The end");
  const caret = ben.pane.locator(".their-caret");
  await expect(caret).toHaveAttribute("data-name", "Ann");
  await ben.text.click();
  await ben.move("Home");
  await ben.page.keyboard.type("Before ");
  await expect(caret).toHaveAttribute("data-name", "Ann");
  await expect
    .poll(() => ben.page.evaluate((client) => window.harness.drawnCaret(client, "Ann"), ben.client))
    .toBe(`0:${"Before The end".length}`);
  await ann.move("Shift+Home");
  await expect(ben.text.locator(".their-selection")).toHaveText("Before The end");
});

test("a name at a caret never becomes part of the text", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await ann.text.click();
  await ann.page.keyboard.type("First.");
  await ann.page.keyboard.press("Enter");
  await ann.page.keyboard.type("Second.");
  await ben.text.getByText("Second.").click();
  await ben.move("End");
  await expect(ann.pane.locator(".their-caret")).toHaveAttribute("data-name", "Ben");
  // So fast that the browser joins the paragraphs before the editor knows where the caret is.
  await ann.page.keyboard.press("Home");
  await ann.page.keyboard.press("Backspace");
  await expect.poll(() => ann.plain()).toBe("First.Second.");
  await ann.saved();
  expect(stage.relay.xml).not.toContain("Ben");
});
