import { readFile } from "node:fs/promises";
import { hydrated } from "../support/hydrated";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

test("a writer marks terms of the index, and the book that goes out leads to them", async ({ ann }) => {
  const { book, chapters } = await stage(ann, [], "Tides");
  await ann.book.open(book, chapters["Tides"]);
  const { page } = ann;
  await ann.chapter.type("The white whale");
  await ann.chapter.isSaved();
  // By mouse: the bar that comes with a selection.
  for (let word = 0; word < 2; word += 1) await page.keyboard.press("Control+Shift+ArrowLeft");
  await page.getByRole("toolbar", { name: "Format" }).getByRole("button", { name: "Index term" }).click();
  const dialog = page.getByRole("dialog", { name: "Index term" });
  await dialog.getByLabel("In the index as").fill("whales > white");
  await dialog.getByRole("button", { name: "Mark" }).click();
  await expect(ann.chapter.text.locator(".index-term")).toHaveAttribute("data-entry", "whales > white");
  await ann.chapter.isSaved();

  await page.goto(`/book/${book}/publish`);
  await hydrated(page);
  await page.getByRole("checkbox", { name: /^Index/ }).check();
  await expect(page.getByText("It is changed.")).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download as HTML page" }).click();
  const html = (await readFile(await (await download).path())).toString();
  expect(html).toContain('<section class="index"');
  expect(html).toMatch(/<span dir="auto">white<\/span>, <a href="#p0-i-t1" dir="auto">Tides<\/a>/);
  expect(html).toContain('id="p0-i-t1"');
});

test("a page that is older than the text leaves it alone, and asks to be loaded anew", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [ben], "Tides");
  const part = chapters["Tides"]!;
  // The page that Ann has open knows no index yet.
  await ann.page.route(/\/editor\.[0-9a-f]+\.js$/, async (route) => {
    const answer = await route.fetch();
    const script = (await answer.text()).replace(/name:"index_term"/g, 'name:"later_term"');
    // The next page has another, as after an update.
    await route.fulfill({ response: answer, body: script, headers: { ...answer.headers(), "cache-control": "no-store" } });
  });
  await ann.book.open(book, part);
  await ann.chapter.type("Sea and sky.");
  await ann.chapter.isSaved();
  const markdown = 'The <span class="index-term">sea</span>.';
  await ben.does.send("import_chapter", { book, part, markdown, how: "append" });
  await expect(ann.page.getByText("There is a newer version of this page.")).toBeVisible();
  await ann.page.unroute(/\/editor\.[0-9a-f]+\.js$/);
  await ann.page.getByRole("button", { name: "Reload the page" }).click();
  await hydrated(ann.page);
  await expect(ann.chapter.text.locator(".index-term")).toHaveText("sea");
  await expect(ann.chapter.text).toContainText("Sea and sky.");
  await ann.chapter.type("On. ");
  await ann.chapter.isSaved();
});
