import { stage } from "../support/stage";
import { expect, test } from "../support/test";

test("a chapter that is added opens for its author, and appears for the other", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben]);
  await ann.book.open(book);
  await ben.book.open(book);
  await ann.contents.addChapter("Tides");
  await expect(ann.chapter.heading).toHaveText("Tides");
  await ben.contents.are("Tides");
  await ben.contents.addSection("Weather");
  await ann.contents.are("Tides", "Weather");
});

test("a renamed chapter has its new name for the other, in the contents and on its page", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [ben], "Tides", "Winds");
  await ann.book.open(book);
  await ben.book.open(book, chapters["Winds"]);
  await ann.contents.rename("Winds", "Storms");
  await ben.contents.are("Tides", "Storms");
  await expect(ben.chapter.heading).toHaveText("Storms");
  await ann.contents.are("Tides", "Storms");
});

test("chapters are reordered by drag", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben], "One", "Two", "Three");
  await ann.book.open(book);
  await ben.book.open(book);
  await ann.contents.drag("Three", "One", "before");
  await ann.contents.are("Three", "One", "Two");
  await ben.contents.are("Three", "One", "Two");
  await ben.contents.drag("Three", "Two", "after");
  await ann.contents.are("One", "Two", "Three");
});

test("chapters are reordered by keyboard, and the focus goes with them", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben], "One", "Two", "Three");
  await ann.book.open(book);
  await ben.book.open(book);
  await ann.contents.press("Three", "Alt+ArrowUp");
  await ben.contents.are("One", "Three", "Two");
  await expect(ann.contents.item("Three")).toBeFocused();
  await ann.page.keyboard.press("Alt+ArrowUp");
  await ben.contents.are("Three", "One", "Two");
  await expect(ann.contents.item("Three")).toBeFocused();
  await ann.page.keyboard.press("Alt+ArrowDown");
  await ben.contents.are("One", "Three", "Two");
  // However many steps it took, it was moved once.
  await ben.book.show("Activity");
  await expect(ben.book.deed("moved “Three”")).toHaveCount(1);
  await expect(ben.book.deed("moved “Three” from place 3 to place 2")).toBeVisible();
});

test("chapters go into a section and out of it, by key and by drag", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben]);
  await ann.does.addSection(book, "Weather");
  await ann.does.addChapter(book, "Tides");
  await ann.does.addChapter(book, "Winds");
  await ann.book.open(book);
  await ben.book.open(book);

  await ann.contents.press("Tides", "Alt+ArrowRight");
  await expect(ben.contents.item("Tides")).toHaveAttribute("aria-level", "2");
  await ann.contents.drag("Winds", "Weather", "into");
  await expect(ben.contents.item("Winds")).toHaveAttribute("aria-level", "2");
  await ben.contents.are("Weather", "Tides", "Winds");

  await ben.contents.press("Weather", "ArrowLeft");
  await ben.contents.are("Weather");
  await ann.contents.are("Weather", "Tides", "Winds");

  await ann.contents.press("Winds", "Alt+ArrowLeft");
  await expect(ann.contents.item("Winds")).toHaveAttribute("aria-level", "1");
  await ben.contents.are("Weather", "Winds");
});

test("a section cannot be dragged into itself", async ({ ann }) => {
  const { book } = await stage(ann, []);
  const outer = await ann.does.addSection(book, "Weather");
  await ann.does.addChapter(book, "Winds", outer);
  await ann.does.addChapter(book, "Tides");
  await ann.book.open(book);
  await ann.contents.drag("Weather", "Winds", "before");
  // What comes after is refused or not in its own right: had the first been made, this would show it.
  await ann.contents.drag("Tides", "Weather", "before");
  await ann.contents.are("Tides", "Weather", "Winds");
  await expect(ann.contents.item("Winds")).toHaveAttribute("aria-level", "2");
});

test("a deleted chapter goes for the other too, who is told on its page", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [ben], "Tides", "Winds");
  await ann.book.open(book);
  await ben.book.open(book, chapters["Winds"]);
  await ann.contents.delete("Winds");
  await ann.contents.are("Tides");
  await ben.contents.are("Tides");
  await expect(ben.page.getByRole("main")).toContainText("There is no such chapter");
});

test("what is deleted leaves the focus beside it, and comes back to where it was", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben], "One", "Two", "Three");
  await ann.book.open(book);
  await ben.book.open(book);
  const undo = ann.book.toasts.getByRole("button", { name: "Undo" });
  await ann.contents.delete("Two");
  await expect(ann.contents.item("Three")).toBeFocused();
  await expect(ann.book.toasts).toContainText("“Two” is deleted.");
  await undo.click();
  await expect(ann.contents.item("Two")).toBeFocused();
  for (const person of [ann, ben]) await person.contents.are("One", "Two", "Three");

  // With the mouse, and taken back by key.
  const menu = await ann.contents.openMenu("Three");
  await menu.getByRole("menuitem", { name: /^Delete/ }).click();
  await ann.page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await expect(ann.contents.item("Two")).toBeFocused();
  await ann.page.keyboard.press("Control+z");
  await expect(ann.contents.item("Three")).toBeFocused();

  // What another deletes takes no focus along either; and after the last one there is the next thing to do.
  await ben.contents.delete("Three");
  await expect(ann.contents.item("Two")).toBeFocused();
  await ann.contents.delete("Two");
  await ann.contents.delete("One");
  await expect(ann.contents.pane.getByRole("button", { name: "New chapter" })).toBeFocused();
});

test("a chapter in which somebody writes alone cannot be deleted", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [ben], "Tides");
  await ann.book.open(book);
  await ben.book.open(book, chapters["Tides"]);
  await ben.chapter.takePen();
  await ann.contents.delete("Tides");
  await expect(ann.contents.pane.getByRole("alert")).toBeVisible();
  await ann.contents.are("Tides");
});

test("a chapter's status is set from the menu and on its page, and seen by the other", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [ben], "Tides");
  await ann.book.open(book, chapters["Tides"]);
  await ben.book.open(book, chapters["Tides"]);
  await expect(ben.contents.item("Tides").getByRole("img", { name: "New" })).toBeVisible();

  const menu = await ann.contents.openMenu("Tides");
  await menu.getByRole("menuitemradio", { name: "Needs content" }).click();
  await expect(ben.contents.item("Tides").getByRole("img", { name: "Needs content" })).toBeVisible();
  await expect(ben.chapter.status).toHaveValue("Needs content");

  await ben.chapter.status.selectOption("Completed");
  await expect(ann.contents.item("Tides").getByRole("img", { name: "Completed" })).toBeVisible();
  await expect(ann.chapter.status).toHaveValue("Completed");
});

test("two who move the same chapter at once end with the same contents", async ({ ann, ben, cleo }) => {
  const { book } = await stage(ann, [ben, cleo], "One", "Two", "Three", "Four");
  for (const person of [ann, ben, cleo]) await person.book.open(book);
  await Promise.all([
    ann.contents.press("Four", "Alt+ArrowUp"),
    ben.contents.press("Four", "Alt+ArrowUp"),
    cleo.contents.press("One", "Alt+ArrowDown"),
  ]);
  const titles = async () => (await ann.does.openBook(book)).snapshot.state.parts.map((part) => part.title);
  await expect.poll(titles).not.toEqual(["One", "Two", "Three", "Four"]);
  await expect(async () => {
    const now = await titles();
    for (const person of [ann, ben, cleo]) {
      const shown = await person.contents.tree.getByRole("treeitem").getByRole("link").allTextContents();
      expect(shown).toEqual(now);
    }
  }).toPass({ timeout: 10_000 });
});

test("a chapter is split at the caret, joined again and made once more, and its headings lead through it", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [ben], "Tides", "Winds");
  await ann.book.open(book, chapters["Tides"]);
  await ben.book.open(book, chapters["Tides"]);
  await ann.chapter.paste({ html: "<h2>Ebb</h2><p>It goes.</p><h3>Flood</h3><p>It comes.</p>" });
  await ann.chapter.isSaved();
  // Who only reads goes by headings too.
  const headings = ben.page.getByRole("main").getByLabel("Headings in this chapter");
  await headings.click();
  await ben.page.getByRole("main").getByRole("button", { name: "Flood" }).click();
  await expect(ben.chapter.field.getByRole("heading", { name: "Flood" })).toBeInViewport();
  await expect(ben.chapter.field).toBeFocused();

  await ann.chapter.field.getByRole("heading", { name: "Flood" }).click();
  await ann.page.keyboard.press("Home");
  await ann.chapter.choose("Split here…");
  const dialog = ann.page.getByRole("dialog", { name: "Split the chapter at the caret" });
  await expect(dialog.getByRole("textbox", { name: "Title of the new chapter" })).toHaveValue("Flood");
  await dialog.getByRole("button", { name: "Split" }).click();
  await expect(ann.chapter.heading).toHaveText("Flood");
  await ben.contents.are("Tides", "Flood", "Winds");
  await expect(ben.chapter.field).toHaveText("EbbIt goes.");

  const menu = await ben.contents.openMenu("Tides");
  await menu.getByRole("menuitem", { name: "Join with the next chapter" }).click();
  await ann.contents.are("Tides", "Winds");
  await expect(ben.chapter.field).toHaveText("EbbIt goes.FloodIt comes.");
  await (await ben.contents.openMenu("Tides")).getByRole("menuitem", { name: "Duplicate" }).click();
  await ann.contents.are("Tides", "Tides (copy)", "Winds");
  await ann.contents.open("Tides (copy)");
  await expect(ann.chapter.field).toHaveText("EbbIt goes.FloodIt comes.");
});
