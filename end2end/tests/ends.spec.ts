import { stage } from "../support/stage";
import { expect, test } from "../support/test";

test("a chapter that is joined away says so to whoever was in it, leads there, and is taken apart again", async ({
  ann,
  ben,
}) => {
  const { book, chapters } = await stage(ann, [ben], "Tides", "Winds");
  for (const [title, words] of [["Tides", "The moon pulls."], ["Winds", "They blow."]] as const) {
    await ann.book.open(book, chapters[title]);
    await ann.chapter.type(words);
    await ann.chapter.isSaved();
  }
  await ben.book.open(book, chapters["Winds"]);
  const menu = await ann.contents.openMenu("Tides");
  await menu.getByRole("menuitem", { name: "Join with the next chapter" }).click();
  await expect(ben.page.getByRole("heading", { level: 1 })).toHaveText("This chapter was joined to another");
  await expect(ben.book.toasts).toContainText("joined “Winds” to “Tides”");
  await ben.page.getByRole("main").getByRole("link", { name: "Tides" }).click();
  await expect(ben.chapter.heading).toHaveText("Tides");
  await expect(ben.chapter.text).toContainText("They blow.");

  const notice = ann.book.toasts.filter({ hasText: "“Winds” is joined to the chapter before it." });
  await notice.getByRole("button", { name: "Undo" }).click();
  await ben.contents.are("Tides", "Winds");
  await expect.poll(() => ann.does.chapterText(book, chapters["Tides"]!)).toBe("The moon pulls.");
  expect(await ann.does.chapterText(book, chapters["Winds"]!)).toBe("They blow.");
  await expect(ben.chapter.text).toHaveText("The moon pulls.");
});

test("where a book ends under somebody, nothing on the page says or offers otherwise", async ({ ann, ben, cleo }) => {
  const { book, title, chapters } = await stage(ann, [ben, cleo], "Tides");
  for (const person of [ben, cleo]) {
    await person.book.open(book, chapters["Tides"]);
    await person.chapter.canWrite();
  }
  const newChapter = "New chapter";
  await ann.does.removeMember(book, cleo);
  await expect(cleo.book.gone).toContainText("You no longer have access to this book");
  await expect(cleo.page.getByRole("main")).not.toContainText(/read along|may read/);
  await expect(cleo.page.getByRole("button", { name: newChapter })).toHaveCount(0);

  await expect(ben.page.getByRole("button", { name: newChapter })).toBeVisible();
  await ann.does.send("delete_book", { book, title });
  await expect(ben.book.gone).toContainText("This book was deleted");
  await expect(ben.book.gone).not.toContainText("copy it now");
  await expect(ben.page.getByRole("button", { name: newChapter })).toHaveCount(0);
  await expect(ben.chapter.status).toHaveCount(0);
  await ben.chapter.canOnlyRead();
});
