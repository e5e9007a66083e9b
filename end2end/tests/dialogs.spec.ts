import { chapterOpen } from "../support/stage";
import { expect, test } from "../support/test";

test("a dialog that asks for something begins in its first field, also where that comes a moment later", async ({
  ann,
}) => {
  await ann.does.createBook("Another one");
  await chapterOpen(ann, []);
  await ann.chapter.type("Something to be split.");
  await ann.chapter.isSaved();
  const dialog = ann.page.getByRole("dialog");
  for (const [line, first] of [
    ["Write alone…", dialog.getByRole("textbox", { name: "Why (optional)" })],
    ["Split here…", dialog.getByRole("textbox", { name: "Title of the new chapter" })],
    ["Close…", dialog.getByRole("radio", { name: "Locked" })],
    ["Import Markdown…", dialog.getByLabel("A Markdown file")],
  ] as const) {
    await ann.chapter.choose(line);
    await expect(first, line).toBeFocused();
    await ann.page.keyboard.press("Escape");
    await expect(dialog, line).toBeHidden();
  }
  // What is typed goes there, and Enter sends it.
  await ann.chapter.choose("Goal of words…");
  await expect(dialog.getByRole("textbox", { name: "Words" })).toBeFocused();
  await ann.page.keyboard.type("300");
  await ann.page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(ann.chapter.line).toContainText("4 of 300 words");

  const menu = await ann.contents.openMenu("Tides");
  await menu.getByRole("menuitem", { name: "Move to another book…" }).click();
  await expect(dialog.getByRole("combobox", { name: "Book" })).toBeFocused();
  await ann.page.keyboard.press("Escape");
  // Whence it was opened, the focus is again.
  await expect(ann.contents.item("Tides")).toBeFocused();

  await ann.shelf.open();
  await ann.page.getByRole("button", { name: "Import a book…" }).click();
  await expect(dialog.getByLabel("A book as a file")).toBeFocused();
});
