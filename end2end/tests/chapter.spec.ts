import { Person } from "../support/person";
import { chapterOpen, stage } from "../support/stage";
import { expect, test } from "../support/test";

test("a chapter has a goal, and everybody sees how far it is", async ({ ann, ben }) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.type("One two three.");
  await ann.chapter.choose("Goal of words…");
  const dialog = ann.page.getByRole("dialog", { name: "How many words is this chapter to have?" });
  await dialog.getByRole("textbox", { name: "Words" }).fill("a few");
  await dialog.getByRole("button", { name: "Set the goal" }).click();
  await expect(dialog.getByRole("alert")).toContainText("a number of words from 1 to 1,000,000");
  await dialog.getByRole("textbox", { name: "Words" }).fill("1,200");
  await dialog.getByRole("textbox", { name: "Words" }).press("Enter");
  for (const person of [ann, ben]) {
    await expect(person.chapter.line).toContainText("3 of 1,200 words");
    const progress = person.page.getByRole("progressbar", { name: "Words of the goal" });
    await expect(progress).toHaveJSProperty("value", 3);
    await expect(progress).toHaveJSProperty("max", 1200);
  }
  await ben.chapter.type(" Four.");
  await expect(ann.chapter.line).toContainText("4 of 1,200 words");

  await ben.page.reload();
  await ben.chapter.canWrite();
  await ben.chapter.choose("Goal of words…");
  await ben.page.getByRole("button", { name: "No goal" }).click();
  await expect(ann.chapter.line).toContainText("4 words");
});

test("everything but the text can be put away, and Escape brings it back", async ({ ann }) => {
  await chapterOpen(ann, []);
  await ann.chapter.type("Only this.");
  await ann.chapter.choose("Only the text");
  const contents = ann.page.getByRole("navigation", { name: "Contents" });
  await expect(contents).toBeHidden();
  await expect(ann.chapter.menu).toBeHidden();
  // How the text stands with the server is never hidden.
  await ann.chapter.type(" And more.");
  await ann.chapter.isSaved();
  await ann.page.keyboard.press("Escape");
  await expect(contents).toBeVisible();
  await ann.chapter.choose("Only the text");
  await ann.page.getByRole("button", { name: "Show everything" }).click();
  await expect(contents).toBeVisible();
  await expect(ann.chapter.text).toHaveText("Only this. And more.");
});

test("on paper there is the text alone, under its title", async ({ ann, ben }) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.paste({
    html: `<p>The <a href="https://example.org/moon">moon</a> pulls.</p><pre><code>${"let tide = 1; ".repeat(20)}</code></pre>`,
  });
  await ben.chapter.type("And so on.");
  await ann.chapter.takePen();
  await ann.page.emulateMedia({ media: "print", colorScheme: "dark" });
  const { page, chapter } = ann;
  await expect(chapter.heading).toBeVisible();
  await expect(chapter.field).toBeVisible();
  for (const role of ["banner", "navigation", "complementary", "status", "button"] as const) {
    await expect(page.getByRole(role).filter({ visible: true })).toHaveCount(0);
  }
  await expect(chapter.line).toBeHidden();
  await expect(chapter.caret(ben.name)).toBeHidden();
  const link = chapter.text.getByRole("link");
  expect(await link.evaluate((link) => getComputedStyle(link, "::after").content)).toContain("https://example.org/moon");
  const { ink, cut } = await chapter.text.evaluate((text) => {
    const code = text.querySelector("pre")!;
    return { ink: getComputedStyle(text).color, cut: code.scrollWidth - code.clientWidth };
  });
  expect(cut, "code that is wider than the paper").toBe(0);
  expect(ink, "dark on paper").toMatch(/oklch\(0\.2/);
});

test("a press on somebody in the list of people leads to where they write, also from another chapter", async ({
  ann,
  ben,
}) => {
  const { book, chapters } = await stage(ann, [ben], "Tides", "Surf");
  await ben.book.open(book, chapters["Surf"]);
  await ben.chapter.paste({ text: Array.from({ length: 60 }, (_, at) => `Line ${at + 1}.`).join("\n\n") });
  await ben.chapter.type(" Here.");
  await ben.chapter.isSaved();
  await ann.book.open(book, chapters["Tides"]);
  await ann.book.show("People");
  await ann.book.here(ben.name).getByRole("link", { name: "writes “Surf”" }).click();
  await expect(ann.chapter.heading).toHaveText("Surf");
  await expect(ann.chapter.blocks.last()).toBeInViewport({ timeout: 15_000 });
});

test("whoever begins to read before the page is live goes on reading where they are", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [ben], "Surf");
  await ann.book.open(book, chapters["Surf"]);
  // Lines longer and shorter than a paragraph on average.
  const line = (at: number) => `Line ${at + 1}. ${"And so on. ".repeat((at * 7) % 120)}`;
  await ann.chapter.paste({ text: Array.from({ length: 120 }, (_, at) => line(at)).join("\n\n") });
  await ann.chapter.isSaved();
  let reads = () => {};
  const reading = new Promise<void>((begun) => (reads = begun));
  await ben.page.route("**/*.wasm", (route) => reading.then(() => route.continue()));
  await ben.page.goto(`/book/${book}/${chapters["Surf"]}`, { waitUntil: "domcontentloaded" });
  const at = await ben.chapter.text.evaluate(async (text) => {
    const pane = text.closest("main")!;
    pane.scrollTop = pane.scrollHeight / 2;
    // What comes onto the screen is laid out only then.
    for (let frame = 0; frame < 10; frame += 1) await new Promise(requestAnimationFrame);
    const first = [...text.children].findIndex((block) => block.getBoundingClientRect().top > 100);
    return { first, top: text.children[first]!.getBoundingClientRect().top };
  });
  reads();
  expect(at.first).toBeGreaterThan(20);
  await ben.chapter.canWrite();
  await expect(ben.page.locator(".chapter-text.settled")).toHaveCount(1);
  const top = await ben.chapter.blocks.nth(at.first).evaluate((block) => block.getBoundingClientRect().top);
  expect(Math.abs(top - at.top)).toBeLessThan(40);
});

test("a link to a chapter says what it is called, for whoever writes and whoever reads, also when it is renamed", async ({
  ann,
  ben,
  browser,
}) => {
  const { book, chapters } = await stage(ann, [ben], "Tides", "Winds");
  for (const person of [ann, ben]) await person.book.open(book, chapters["Tides"]!);
  await ann.chapter.type("Of air, see ");
  await ann.page.keyboard.press("ControlOrMeta+k");
  const dialog = ann.page.getByRole("dialog", { name: "Link" });
  await dialog.getByRole("button", { name: "Link" }).click();
  await expect(dialog.getByRole("alert").filter({ hasText: "not an address" })).toBeVisible();
  await dialog.getByRole("combobox", { name: "Or a chapter of this book" }).selectOption("Winds");
  await dialog.getByRole("combobox", { name: "What a link to a chapter says" }).selectOption("Its title");
  await dialog.getByRole("button", { name: "Link" }).click();
  for (const person of [ann, ben]) await expect(person.chapter.text).toContainText("Of air, see Winds");

  await ann.does.send("rename_part", { book, part: chapters["Winds"]!, title: "Gales & storms" });
  for (const person of [ann, ben]) {
    await expect(person.chapter.text.locator(".reference")).toHaveText("Gales & storms");
  }
  // It can be changed: what it leads to and says is known.
  await ann.page.keyboard.press("ArrowLeft");
  await ann.page.keyboard.press("ControlOrMeta+k");
  const change = ann.page.getByRole("dialog", { name: "Change the link" });
  await expect(change.getByRole("combobox", { name: "Or a chapter of this book" })).toHaveValue(
    `/book/${book}/${chapters["Winds"]}`,
  );
  await change.getByRole("button", { name: "Close" }).click();

  await ann.does.publish(book);
  const reader = await Person.guest(browser, { javaScriptEnabled: false });
  await reader.page.goto(`/book/${book}/${chapters["Tides"]}`);
  await expect(reader.page.getByRole("link", { name: "Gales & storms" }).first()).toBeVisible();
  await expect(reader.page.getByText("Of air, see Gales & storms")).toBeVisible();
  await reader.leave();
});
