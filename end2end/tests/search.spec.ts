import { SearchPane } from "../support/pages/search";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

test("what one writes another finds in the whole book, and opens where it stands", async ({ ann, ben, guest }) => {
  const { book, chapters } = await stage(ann, [ben], "Tides", "Winds");
  await ann.book.open(book, chapters["Tides"]);
  for (let line = 0; line < 40; line += 1) await ann.chapter.type(`Line ${line}.\n`);
  await ann.chapter.type("Then the Krähenfüße came, and 白鲸 too.");
  await ann.chapter.isSaved();

  await ben.book.open(book, chapters["Winds"]);
  const search = new SearchPane(ben.page);
  await search.find("krahenfusse", "1 place in 1 chapter");
  await expect(search.hits).toHaveText("Then the Krähenfüße came, and 白鲸 too.");
  await expect(search.hits.locator("mark")).toHaveText("Krähenfüße");
  // By keyboard alone: down to the chapter's title, and to the place.
  await search.field.press("ArrowDown");
  await ben.page.keyboard.press("ArrowDown");
  await expect(search.hits).toBeFocused();
  await ben.page.keyboard.press("Enter");
  await expect(ben.chapter.heading).toHaveText("Tides");
  const hit = ben.chapter.field.locator(".match.current");
  await expect(hit).toHaveText("Krähenfüße");
  await expect(hit).toBeInViewport();

  // The address leads there by itself, after a reload and for others, who may only read.
  await ben.page.reload();
  await expect(ben.chapter.field.locator(".match.current")).toBeInViewport();
  await ann.does.publish(book);
  await guest.page.goto(ben.page.url());
  await expect(guest.chapter.field.locator(".match.current")).toHaveText("Krähenfüße");
  await expect(guest.chapter.field.locator(".match.current")).toBeInViewport();
  const theirs = new SearchPane(guest.page);
  await theirs.find("白鲸", "1 place in 1 chapter");
  await expect(guest.page.getByRole("button", { name: "Replace…" })).toHaveCount(0);
  await theirs.field.press("Escape");
  await expect(theirs.field).toHaveValue("");
  await expect(guest.contents.item("Winds")).toBeVisible();
  await theirs.field.fill("nowhere");
  await expect(theirs.told).toHaveText("Not found in this book.");
});

test("words are replaced in the whole book but where somebody has the pen, and all of it is taken back", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [ben], "One", "Two", "Three");
  for (const [title, words] of [["One", "A whale."], ["Two", "Whale and whale."], ["Three", "The whale."]] as const) {
    await ann.book.open(book, chapters[title]);
    await ann.chapter.type(words);
    await ann.chapter.isSaved();
  }
  await ben.book.open(book, chapters["Three"]);
  await ben.chapter.takePen("This one is mine");
  await ann.book.open(book, chapters["One"]);
  const search = new SearchPane(ann.page);
  await search.find("whale", "4 places in 3 chapters");
  await search.places("whale", "squid");
  const { replacing } = search;
  await expect(replacing.getByRole("status")).toHaveText("4 places in 3 chapters. Nothing is changed yet.");
  await expect(replacing.getByText(`${ben.name} has the pen of this chapter. It is left out.`)).toBeVisible();
  // The second of two is left out. The third chapter is taken in all the same, and refused.
  await replacing.getByRole("group", { name: /Two/ }).getByRole("checkbox").nth(2).uncheck();
  await replacing.getByRole("group", { name: /Three/ }).getByRole("checkbox").first().check();
  await replacing.getByRole("button", { name: "Replace 3 places" }).click();
  const report = replacing.getByRole("listitem");
  await expect(report).toHaveCount(3);
  await expect(report.nth(0)).toHaveText("One: 1 replaced");
  await expect(report.nth(1)).toHaveText("Two: 1 replaced");
  await expect(report.nth(2)).toContainText(`Three: left alone: ${ben.name} writes alone in this chapter`);
  await expect(ann.chapter.field).toHaveText("A squid.");
  expect(await ann.does.chapterText(book, chapters["Two"]!)).toBe("squid and whale.");
  await expect(ben.chapter.field).toHaveText("The whale.");
  await replacing.getByRole("button", { name: "Take all of it back" }).click();
  await expect(report.nth(0)).toHaveText("One: taken back");
  await expect(ann.chapter.field).toHaveText("A whale.");
  expect(await ann.does.chapterText(book, chapters["Two"]!)).toBe("Whale and whale.");
});

test("what was found follows what is replaced in the whole book, and what is taken back", async ({ ann }) => {
  const { book, chapters } = await stage(ann, [], "One", "Two");
  for (const title of ["One", "Two"]) {
    await ann.book.open(book, chapters[title]);
    await ann.chapter.type("A zebra walks.");
    await ann.chapter.isSaved();
  }
  const search = new SearchPane(ann.page);
  await search.find("zebra", "2 places in 2 chapters");
  await search.places("zebra", "horse");
  const { replacing } = search;
  await replacing.getByRole("button", { name: "Replace 2 places" }).click();
  await expect(replacing.getByRole("listitem")).toHaveText(["One: 1 replaced", "Two: 1 replaced"]);
  await expect(replacing).toContainText("has this version: Replaced “zebra” with “horse”");
  // Nothing is typed for it, and behind the dialog it is seen.
  const found = ann.page.locator(".found");
  await expect(found).toContainText("Not found in this book.", { timeout: 20_000 });
  await replacing.getByRole("button", { name: "Take all of it back" }).click();
  await expect(replacing.getByRole("listitem")).toHaveText(["One: taken back", "Two: taken back"]);
  await expect(found).toContainText("2 places in 2 chapters", { timeout: 20_000 });
});

test("a few letters lead anywhere, by a key of their own in the text", async ({ ann }) => {
  const { book, chapters, title } = await stage(ann, [], "Tides", "Winds of the north");
  await ann.page.goto("/shelf");
  await expect(ann.page.locator("body[data-hydrated]")).toHaveCount(1);
  await ann.page.keyboard.press("Control+k");
  const field = ann.page.getByRole("combobox", { name: "Chapter, book, or words" });
  await field.fill(title.slice(4));
  await expect(ann.page.getByRole("option", { name: title })).toHaveAttribute("aria-selected", "true");
  await field.press("Enter");
  await expect(ann.page).toHaveURL(new RegExp(`/book/${book}$`));

  await ann.page.keyboard.press("Control+k");
  await expect(ann.page.getByRole("option").first()).toHaveText("Tides");
  await field.fill("north wi");
  await field.press("Enter");
  await expect(ann.chapter.heading).toHaveText("Winds of the north");

  // In the text the key makes a link, and another one leads away from there.
  await ann.chapter.type("Something");
  await ann.page.keyboard.press("Control+k");
  await expect(field).toBeHidden();
  await ann.page.keyboard.press("Escape");
  await ann.chapter.field.press("Control+Alt+o");
  await expect(field).toBeFocused();
  await ann.page.keyboard.press("Escape");
  await expect(field).toBeHidden();

  // What was written is found by its words, in whatever book.
  await ann.page.goto("/shelf");
  await expect(ann.page.locator("body[data-hydrated]")).toHaveCount(1);
  await ann.page.keyboard.press("Control+k");
  await expect(async () => {
    await field.fill("");
    await field.fill("something");
    await expect(ann.page.getByRole("option", { name: /Something/ })).toBeVisible({ timeout: 1_500 });
  }).toPass({ timeout: 20_000 });
  await ann.page.getByRole("option", { name: /Something/ }).click();
  await expect(ann.page).toHaveURL(new RegExp(`/book/${book}/${chapters["Winds of the north"]}\\?find=Something`));
});
