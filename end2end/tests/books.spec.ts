/** Books as wholes: one more of a book, a book that rests, a chapter that goes to another. */
import { hydrated } from "../support/hydrated";
import { unique } from "../support/person";
import { chapterOpen, stage } from "../support/stage";
import { expect, test } from "../support/test";

test("a new book is made of another one, from the shelf, by keyboard alone", async ({ ann }) => {
  const { book, title, part } = await chapterOpen(ann, []);
  await ann.chapter.type("The moon pulls.");
  await ann.chapter.isSaved();
  await ann.shelf.open();
  const from = ann.page.getByText("New book from another one");
  await from.focus();
  await ann.page.keyboard.press("Enter");
  const link = ann.page.locator(".from-books").getByRole("link", { name: title });
  await link.focus();
  await ann.page.keyboard.press("Enter");
  await expect(ann.page).toHaveURL(`/book/${book}/copy`);
  const field = ann.page.getByRole("textbox", { name: "Title of the new book" });
  await expect(field).toHaveValue(`${title} (copy)`);
  const other = unique("Lakes");
  await field.fill(other);
  await expect(ann.page.getByRole("radio", { name: "Everything that stands in it" })).toBeChecked();
  await field.press("Enter");
  await expect(ann.page.getByRole("heading", { level: 1 })).toHaveText(other);
  await expect(ann.page).not.toHaveURL(new RegExp(book));
  await ann.contents.are("Tides");
  await ann.contents.open("Tides");
  await expect(ann.chapter.text).toContainText("The moon pulls.");
  await expect(ann.page).not.toHaveURL(new RegExp(part));
});

test("of a pattern only contents and headings go along, and a form says what is wrong with it", async ({ ann }) => {
  const { book } = await stage(ann, [], "Tides");
  await ann.page.goto(`/book/${book}/copy`);
  await hydrated(ann.page);
  await ann.page.getByRole("textbox", { name: "Title of the new book" }).fill(" ");
  await ann.page.getByRole("button", { name: "Create book" }).click();
  await expect(ann.page.getByRole("alert")).toContainText("A title needs at least one character.");
  const title = unique("Pattern");
  await ann.page.getByRole("textbox", { name: "Title of the new book" }).fill(title);
  await ann.page.getByRole("radio", { name: "Its contents, as a pattern" }).check();
  await ann.page.getByRole("button", { name: "Create book" }).click();
  await expect(ann.page.getByRole("heading", { level: 1 })).toHaveText(title);
  await ann.contents.are("Tides");
});

test("a book that is put into the archive is read by all and changed by nobody, until it is brought back", async ({
  ann,
  ben,
}) => {
  const { book, title } = await chapterOpen(ann, [ben]);
  await ben.chapter.type("The moon pulls.");
  await ben.chapter.isSaved();
  await ann.settings.open(book);
  await ann.page.getByRole("button", { name: "Put into the archive" }).click();
  await ann.page
    .getByRole("dialog", { name: `Put “${title}” into the archive?` })
    .getByRole("button", { name: "Put into the archive" })
    .click();
  // Both see it at once, and Ben writes no more.
  for (const person of [ann, ben]) {
    await expect(person.page.getByRole("status").filter({ hasText: "in the archive" })).toBeVisible();
  }
  await expect(ben.chapter.text).toContainText("The moon pulls.");
  await ben.chapter.canOnlyRead();
  await expect(ben.page.getByRole("button", { name: "Bring back" })).toHaveCount(0);

  await ann.shelf.open();
  await expect(ann.shelf.mine.getByRole("link", { name: title })).toHaveCount(0);
  await ann.page.getByRole("heading", { name: /^Archive/ }).click();
  await expect(ann.page.locator(".archive").getByRole("link", { name: title })).toBeVisible();
  await ann.page.keyboard.press("Control+k");
  const switcher = ann.page.getByRole("dialog", { name: "Go to" });
  await switcher.getByRole("combobox").fill(title);
  await expect(switcher.getByRole("option", { name: title })).toContainText("In the archive");
  await ann.page.keyboard.press("Escape");
  await ann.page.getByRole("button", { name: `Bring back “${title}”` }).click();
  await expect(ann.page).toHaveURL(`/book/${book}`);
  await expect(ben.page.getByRole("status").filter({ hasText: "in the archive" })).toHaveCount(0);
  await ben.chapter.canWrite();
  await ben.chapter.type("And it pulls again.");
  await ben.chapter.isSaved();
});

test("a chapter goes to another book, and whoever reads it or finds its old address is led there", async ({
  ann,
  ben,
}) => {
  const from = await chapterOpen(ann, [ben]);
  await ben.chapter.type("The moon pulls.");
  await ben.chapter.isSaved();
  const to = await stage(ann, [ben], "Depth");
  await ben.page.goto(`/book/${to.book}`);
  await hydrated(ben.page);
  const tab = await ben.anotherTab();
  await tab.book.open(from.book, from.part);

  const menu = await ann.contents.openMenu("Tides");
  await menu.getByRole("menuitem", { name: "Move to another book…" }).click();
  const dialog = ann.page.getByRole("dialog", { name: "Move to another book" });
  await dialog.getByRole("combobox", { name: "Book" }).selectOption({ label: to.title });
  await dialog.getByRole("button", { name: "Move" }).click();
  await ben.contents.are("Depth", "Tides");
  // In both of Ben's tabs it is as in Ann's.
  await expect(tab.page.getByRole("heading", { level: 1 })).toHaveText("This chapter was moved");
  await tab.page.getByRole("main").getByRole("link", { name: "Tides" }).click();
  await expect(tab.page).toHaveURL(new RegExp(`/book/${to.book}/`));
  await expect(tab.chapter.text).toContainText("The moon pulls.");
  await ann.page.getByRole("button", { name: "Go there" }).click();
  await expect(ann.page).toHaveURL(new RegExp(`/book/${to.book}/`));
  await expect(ann.chapter.text).toContainText("The moon pulls.");
});
