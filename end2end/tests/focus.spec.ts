import { chapterOpen } from "../support/stage";
import { expect, test } from "../support/test";

test("the focus stays at the text while another has the pen, and is in it again when that is put down", async ({
  ann,
  ben,
}) => {
  await chapterOpen(ann, [ben]);
  await ben.chapter.type("Begun.");
  await ben.chapter.isSaved();
  await ann.chapter.takePen();
  await ben.chapter.canOnlyRead();
  await expect(ben.page.locator(".chapter-text")).toBeFocused();
  await ann.chapter.putPenDown();
  // Whoever had it writes on, and so does the other, where they were.
  await expect(ann.chapter.field).toBeFocused();
  await expect(ben.chapter.field).toBeFocused();
  await ben.page.keyboard.type(" Gone on.");
  await expect(ann.chapter.field).toHaveText("Begun. Gone on.");

  // Whoever has gone elsewhere meanwhile is left there.
  await ann.chapter.takePen();
  await ben.chapter.canOnlyRead();
  await ben.chapter.askButton.focus();
  await ben.page.keyboard.press("Enter");
  const withdraw = ben.page.getByRole("button", { name: "Withdraw" });
  await expect(withdraw).toBeFocused();
  await ben.page.keyboard.press("Enter");
  await expect(ben.chapter.askButton).toBeFocused();
  await ben.contents.item("Tides").focus();
  await ann.chapter.putPenDown();
  await ben.chapter.canWrite();
  await expect(ben.contents.item("Tides")).toBeFocused();
});

test("the focus is in what a chapter was split into, and at the line it was joined by", async ({ ann }) => {
  await chapterOpen(ann, []);
  await ann.chapter.paste({ html: "<p>It goes.</p><h2>Flood</h2><p>It comes.</p>" });
  await ann.chapter.isSaved();
  await ann.chapter.field.getByRole("heading", { name: "Flood" }).click();
  await ann.page.keyboard.press("Home");
  await ann.chapter.choose("Split here…");
  const dialog = ann.page.getByRole("dialog", { name: "Split the chapter at the caret" });
  await dialog.getByRole("button", { name: "Split" }).click();
  await expect(ann.chapter.heading).toHaveText("Flood");
  await ann.chapter.canWrite();
  await expect(ann.chapter.field).toBeFocused();

  const menu = await ann.contents.openMenu("Tides");
  await menu.getByRole("menuitem", { name: "Join with the next chapter" }).click();
  await ann.contents.are("Tides");
  await expect(ann.contents.item("Tides")).toBeFocused();
});
