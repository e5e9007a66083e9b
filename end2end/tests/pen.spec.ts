import { hydrated } from "../support/hydrated";
import { cutFor } from "../support/network";
import { chapterOpen } from "../support/stage";
import { expect, test } from "../support/test";

test("opening a chapter to write takes its pen, and the others see who has it", async ({ ann, ben }) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.write();
  await expect(ben.chapter.holder(`${ann.name} is writing`)).toBeVisible();
  await expect(ben.chapter.writeButton).toBeHidden();
  await expect(ben.chapter.field).toBeHidden();

  await ann.chapter.done();
  await expect(ben.chapter.writeButton).toBeEnabled();
  await ben.chapter.write();
  await expect(ann.chapter.holder(`${ben.name} is writing`)).toBeVisible();
});

test("others read along as it is typed, before it is saved", async ({ ann, ben }) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.write();
  await ann.chapter.type("The tide comes in");
  await expect(ben.chapter.text).toContainText("The tide comes in");
  await ann.chapter.type(", and **goes** out.\n\n- twice a day");
  await expect(ben.chapter.text).toContainText("The tide comes in, and goes out.");
  await expect(ben.chapter.text.getByRole("listitem")).toHaveText("twice a day");
  await expect(ben.chapter.text).toContainText(`draft by ${ann.name}`);
});

test("the pen is asked for and handed over, with the text", async ({ ann, ben, cleo }) => {
  await chapterOpen(ann, [ben, cleo]);
  await ann.chapter.write();
  await ann.chapter.type("Begun by one.");
  await ben.chapter.askButton.click();
  await expect(ben.chapter.holder("You asked for the pen: you are next.")).toBeVisible();
  await expect(ann.chapter.asked).toContainText(`${ben.name} asks for the pen`);
  await cleo.chapter.askButton.click();
  await expect(cleo.chapter.holder("You asked for the pen: 1 before you.")).toBeVisible();

  await ann.chapter.asked.getByRole("button", { name: "Hand over" }).click();
  await ben.chapter.isWriting();
  await expect(ben.chapter.field).toHaveValue("Begun by one.");
  await expect(ann.chapter.holder(`${ben.name} is writing`)).toBeVisible();
  await expect(ann.chapter.field).toBeHidden();

  await ben.chapter.type(" Ended by another.");
  await expect(ann.chapter.text).toContainText("Begun by one. Ended by another.");
  await expect(ben.chapter.asked).toContainText(`${cleo.name} asks for the pen`);
  await ben.chapter.done();
  await cleo.chapter.isWriting();
  await expect(cleo.chapter.field).toHaveValue("Begun by one. Ended by another.");
});

test("whoever asked can be refused for now, and can withdraw", async ({ ann, ben }) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.write();
  await ben.chapter.askButton.click();
  await ann.chapter.asked.getByRole("button", { name: "Not now" }).click();
  await expect(ann.chapter.asked).toBeHidden();
  await expect(ann.chapter.field).toBeEditable();
  await ben.page.getByRole("button", { name: "Withdraw" }).click();
  await expect(ben.chapter.askButton).toBeVisible();
  await ann.chapter.done();
  await expect(ben.chapter.writeButton).toBeEnabled();
  await expect(ben.chapter.field).toBeHidden();
});

test("the owner takes the pen over, and what the other had not saved is kept for them", async ({ ann, ben }) => {
  await chapterOpen(ann, [ben]);
  await ben.chapter.write();
  await ben.chapter.type("Saved words.");
  await ben.chapter.save();
  await ben.chapter.type(" Words nobody saved.");
  await expect(ann.chapter.text).toContainText("Words nobody saved.");
  await ben.chapter.isSaved();

  await ann.chapter.takeOver();
  await expect(ann.chapter.field).toHaveValue("Saved words.");
  await expect(ben.chapter.lost).toContainText("You no longer have the pen");
  await expect(ben.chapter.field).toHaveValue("Saved words. Words nobody saved.");
  await expect(ben.chapter.field).not.toBeEditable();

  await ann.chapter.done();
  await ben.chapter.lost.getByRole("button", { name: "Close" }).click();
  await expect(ben.chapter.kept).toContainText("is kept for you");
  await ben.page.reload();
  await hydrated(ben.page);
  await expect(ben.chapter.kept).toContainText("is kept for you");
  await ben.chapter.write();
  await ben.chapter.kept.getByRole("button", { name: "Put it back" }).click();
  await expect(ben.chapter.field).toHaveValue("Saved words. Words nobody saved.");
  await expect(ann.chapter.text).toContainText("Words nobody saved.");
  await expect(ben.chapter.kept).toBeHidden();
});

test("an editor who does not own the book cannot take the pen over", async ({ ann, ben }) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.write();
  await expect(ben.chapter.askButton).toBeVisible();
  await expect(ben.chapter.takeOverButton).toBeHidden();
});

test("a closed tab frees the pen, and what was typed is there for the next", async ({ ann, ben }) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.write();
  await ann.chapter.type("Left behind.");
  await expect(ben.chapter.text).toContainText("Left behind.");
  await ann.page.close();
  await expect(ben.chapter.writeButton).toBeEnabled({ timeout: 20_000 });
  await expect(ben.chapter.text).toContainText("Left behind.");
});

test("the pen survives a reload, and the other sees nothing of it", async ({ ann, ben }) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.write();
  await ann.chapter.type("Before the reload.");
  await ann.chapter.isSaved();
  await expect(ben.chapter.holder(`${ann.name} is writing`)).toBeVisible();
  await ben.page.evaluate(() => {
    const main = document.querySelector("main")!;
    const seen = { free: false };
    const look = () => {
      const buttons = [...main.querySelectorAll("button")].map((button) => button.textContent?.trim());
      if (buttons.includes("Write")) seen.free = true;
    };
    new MutationObserver(look).observe(main, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { seen });
  });

  await ann.page.reload();
  await ann.chapter.isWriting();
  await expect(ann.chapter.field).toHaveValue("Before the reload.");
  await ann.chapter.type(" And after.");
  await expect(ben.chapter.text).toContainText("Before the reload. And after.");
  expect(await ben.page.evaluate(() => (window as unknown as { seen: { free: boolean } }).seen.free)).toBe(false);
});

test("the pen survives a cut of 10 seconds, and what was typed meanwhile arrives", async ({ ann, ben }) => {
  test.slow();
  await chapterOpen(ann, [ben]);
  await ann.chapter.write();
  await ann.chapter.type("Before the cut.");
  await expect(ben.chapter.text).toContainText("Before the cut.");

  await cutFor(ann, 10_000, async () => {
    await ann.chapter.type(" During the cut.");
    await expect(ann.book.connection).toContainText("your text is safe here");
  });
  await expect(ben.chapter.text).toContainText("Before the cut. During the cut.", { timeout: 20_000 });
  await ann.chapter.type(" After the cut.");
  await ann.chapter.isSaved();
  await expect(ben.chapter.text).toContainText("Before the cut. During the cut. After the cut.");
  await expect(ben.chapter.holder(`${ann.name} is writing`)).toBeVisible();
  await expect(ann.chapter.lost).toBeHidden();
});

test("a save that is refused cannot be missed and loses no text", async ({ ann, ben }) => {
  test.slow();
  await chapterOpen(ann, [ben]);
  await ben.chapter.write();
  await ben.chapter.type("Common ground.");
  await ben.chapter.save();
  // While the writer is cut off, the owner takes the pen and changes the very same place.
  await cutFor(ben, 1_000, async () => {
    await ben.chapter.type(" Typed without a connection.");
    await ann.chapter.takeOver();
    await ann.chapter.type(" Typed by the owner.");
    await ann.chapter.save();
  });

  await expect(ben.chapter.lost).toBeVisible({ timeout: 20_000 });
  await expect(ben.chapter.lost).toContainText("Nothing of it is lost");
  await expect(ben.chapter.field).toHaveValue("Common ground. Typed without a connection.");
  await expect(ben.chapter.field).toBeInViewport();
  await expect(ben.chapter.lost).toBeInViewport();

  await ben.chapter.lost.getByRole("button", { name: "Compare" }).click();
  const compare = ben.page.getByRole("dialog", { name: "The chapter, and your text" });
  await expect(compare).toContainText("Typed by the owner.");
  await expect(compare).toContainText("Typed without a connection.");
  await compare.getByRole("button", { name: "Close" }).click();

  // It outlives the page too.
  await ben.page.reload();
  await hydrated(ben.page);
  await expect(ben.chapter.kept).toBeVisible({ timeout: 10_000 });
  await ben.chapter.kept.getByRole("button", { name: "View" }).click();
  await expect(ben.page.getByRole("dialog", { name: "Your text, and the chapter" })).toContainText(
    "Typed without a connection.",
  );
  await expect(ann.chapter.field).toHaveValue("Common ground. Typed by the owner.");
});

test("a second tab of the same person cannot write while the first has the pen", async ({ ann }) => {
  const { book, part } = await chapterOpen(ann, []);
  const tab = await ann.anotherTab();
  await tab.book.open(book, part);
  await ann.chapter.write();
  await expect(tab.chapter.holder("You, in another tab, are writing")).toBeVisible();
  await expect(tab.chapter.writeButton).toBeHidden();
  await expect(tab.chapter.field).toBeHidden();
  await ann.chapter.type("Only here.");
  await expect(tab.chapter.text).toContainText("Only here.");

  await ann.chapter.done();
  await tab.chapter.write();
  await expect(ann.chapter.holder("You, in another tab, are writing")).toBeVisible();
});
