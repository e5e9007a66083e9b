import { chapterOpen } from "../support/stage";
import { expect, test } from "../support/test";

test("the history of an empty chapter says what it will hold, and leads to the text", async ({ ann }) => {
  const { book, part } = await chapterOpen(ann, []);
  await ann.page.goto(`/book/${book}/${part}/history`);
  await expect(ann.history.shown).toContainText("Each stretch of writing becomes a version here, by itself");
  await ann.history.shown.getByRole("link", { name: "Write in the chapter" }).click();
  await ann.chapter.canWrite();
});

test("what is being written stands on top, and a named version keeps it", async ({ ann, ben }) => {
  const { book, part } = await chapterOpen(ann, [ben]);
  await ann.chapter.type("First words.");
  await ann.chapter.isSaved();
  await ben.history.open(book, part);
  await expect(ben.history.versions.getByRole("listitem")).toHaveCount(1);
  await expect(ben.history.now).toContainText(ann.name);
  await expect(ben.history.now).toContainText("2 words");

  await ben.history.name("A beginning");
  await expect(ben.history.line(1)).toContainText("A beginning");
  await expect(ben.history.line(1)).toContainText(ann.name);
  await expect(ben.history.line(1).getByRole("time")).toHaveAttribute("datetime", /^\d{4}-\d\d-\d\dT/);
  await ann.chapter.type(" More words.");
  await ann.chapter.isSaved();
  await ben.history.open(book, part);
  await expect(ben.history.versions.getByRole("listitem")).toHaveCount(2);
  await expect(ben.history.now).toContainText("4 words");
});

test("a version can be read, compared and restored, and nothing of the history is lost by it", async ({ ann, ben }) => {
  const { book, part } = await chapterOpen(ann, [ben]);
  await ann.chapter.type("The good old text.");
  await ann.chapter.isSaved();
  await ann.history.open(book, part);
  await ann.history.name("Good");
  await expect(ann.history.line(1)).toBeVisible();
  await ann.book.open(book, part);
  await ann.chapter.type(" And something worse.");
  await ann.chapter.isSaved();
  await expect(ben.chapter.text).toContainText("And something worse.");

  await ann.page.getByRole("main").getByRole("link", { name: "History" }).click();
  await ann.history.list();
  await ann.history.line(1).click();
  await expect(ann.history.shown).toContainText("The good old text.");
  await ann.page.getByRole("link", { name: "Compare with now" }).click();
  await expect(ann.history.shown.getByRole("insertion")).toContainText("And something worse.");

  await ann.history.restore(1);
  await expect(ben.chapter.text).toHaveText("The good old text.");
  await ann.history.open(book, part);
  // The first, what stood there before it was restored, and what is restored.
  await expect(ann.history.versions.getByRole("listitem")).toHaveCount(4);
});
