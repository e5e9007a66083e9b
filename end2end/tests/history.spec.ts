import { chapterOpen } from "../support/stage";
import { expect, test } from "../support/test";

test("every save is a version with its author, its time and its comment", async ({ ann, ben }) => {
  const { book, part } = await chapterOpen(ann, [ben]);
  await ann.chapter.write();
  await ann.chapter.type("First words.");
  await ann.chapter.save("A beginning");
  await ann.chapter.done();
  await ben.chapter.write();
  await ben.chapter.type(" More words.");
  await ben.chapter.done();

  await ann.history.open(book, part);
  await expect(ann.history.versions.getByRole("listitem")).toHaveCount(2);
  await expect(ann.history.line(1)).toContainText(ann.name);
  await expect(ann.history.line(1)).toContainText("A beginning");
  await expect(ann.history.line(1)).toContainText("2 words");
  await expect(ann.history.line(2)).toContainText(ben.name);
  await expect(ann.history.line(2)).toContainText("4 words");
  await expect(ann.history.line(2).getByRole("time")).toHaveAttribute("datetime", /^\d{4}-\d\d-\d\dT/);
});

test("a version can be read, compared and restored, and nothing of the history is lost by it", async ({ ann, ben }) => {
  const { book, part } = await chapterOpen(ann, [ben]);
  await ann.chapter.write();
  await ann.chapter.type("The good old text.");
  await ann.chapter.save();
  await ann.chapter.field.fill("Something worse.");
  await ann.chapter.save("In haste");
  await ann.chapter.done();
  await expect(ben.chapter.text).toContainText("Something worse.");

  await ann.page.getByRole("main").getByRole("link", { name: "History" }).click();
  await ann.history.line(1).click();
  await expect(ann.history.version(1)).toContainText("The good old text.");
  await ann.history.version(1).getByRole("link", { name: "Compare with now" }).click();
  await expect(ann.history.version(1).getByRole("deletion")).toHaveText("The good old text.");
  await expect(ann.history.version(1).getByRole("insertion")).toHaveText("Something worse.");

  await ann.history.restore(1);
  await expect(ann.chapter.text).toContainText("The good old text.");
  await expect(ben.chapter.text).toContainText("The good old text.");
  await expect(ben.chapter.text).not.toContainText("Something worse.");
  await ann.history.open(book, part);
  await expect(ann.history.versions.getByRole("listitem")).toHaveCount(3);
});
