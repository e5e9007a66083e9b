import { hydrated } from "../support/hydrated";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

test("what another does appears as a toast, and stays in the activity after a reload", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben], "Tides");
  await ann.book.open(book);
  await ben.book.open(book);
  await ben.contents.rename("Tides", "Currents");
  await expect(ann.book.toasts).toContainText(`${ben.name} renamed “Tides” to “Currents”`);
  // Whoever did it knows.
  await expect(ben.book.toasts.getByRole("paragraph")).toHaveCount(0);

  await ann.book.show("Activity");
  await expect(ann.book.deed("renamed “Tides” to “Currents”")).toContainText(ben.name);
  await ann.page.reload();
  await hydrated(ann.page);
  await ann.book.show("Activity");
  await expect(ann.book.deed("renamed “Tides” to “Currents”")).toContainText(ben.name);
  await expect(ann.book.deed("added “Tides”")).toContainText(ann.name);
});

test("a toast goes by itself, and can be dismissed", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben], "Tides");
  await ann.book.open(book);
  await ben.book.open(book);
  await ben.contents.rename("Tides", "Currents");
  const toast = ann.book.toasts.getByText("renamed “Tides”");
  await expect(toast).toBeVisible();
  await ann.book.toasts.getByRole("button", { name: "Dismiss" }).click();
  await expect(toast).toBeHidden();
  // It stays while a mouse rests on it.
  await ann.page.mouse.move(0, 0);
  await ben.contents.rename("Currents", "Streams");
  await expect(ann.book.toasts.getByText("renamed “Currents”")).toBeVisible();
  await expect(ann.book.toasts.getByText("renamed “Currents”")).toBeHidden({ timeout: 10_000 });
});

test("the activity is told newest first, with who closed a chapter and why", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [ben], "Tides");
  await ann.book.open(book, chapters["Tides"]);
  await ann.book.show("Activity");
  await ben.book.open(book, chapters["Tides"]);
  const newest = ann.book.activity.getByRole("listitem").first();
  await ben.chapter.status.selectOption("Completed");
  await expect(newest).toContainText("marked “Tides” as completed");
  await ann.chapter.close("Final", "It goes to the printer");
  await expect(newest).toContainText(ann.name);
  await expect(newest).toContainText("It goes to the printer");
  await ann.chapter.openToWriting();
  await expect(newest).toContainText("opened “Tides”");
});
