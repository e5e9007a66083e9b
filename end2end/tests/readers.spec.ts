import { stage } from "../support/stage";
import { expect, test } from "../support/test";

// What is typed reaches a stranger's page only when it is loaded anew: to be mended, and this to be true again.
test("readers of a public book read along and see nobody, until its owner shows them, and no longer then", async ({
  ann,
  ben,
  guest,
  cleo,
}) => {
  const { book, chapters } = await stage(ann, [ben], "Tides");
  await ann.does.say(book, "Among ourselves");
  await ann.does.publish(book);
  await ann.book.open(book, chapters["Tides"]);
  for (const reader of [guest, cleo]) {
    await reader.book.open(book, chapters["Tides"]);
    await expect(reader.page.getByRole("complementary")).toHaveCount(0);
    await expect(reader.page.getByRole("link", { name: "History" })).toHaveCount(0);
    await expect(reader.page.getByRole("button", { name: /people, chat and activity/ })).toHaveCount(0);
  }
  await ann.chapter.type("For everyone to read.");
  for (const reader of [guest, cleo]) {
    await expect(reader.chapter.text).toHaveText("For everyone to read.");
    for (const secret of [ann.name, ben.name, "Among ourselves"]) {
      expect(await reader.page.content()).not.toContain(secret);
    }
  }
  await expect(ann.book.hereNow.getByRole("listitem")).toHaveCount(1);

  await ben.does.send("say", { book, text: "Among ourselves too" });
  const other = await ann.anotherTab();
  await other.settings.open(book);
  await other.settings.showReaders("Also people, activity and chat");
  for (const reader of [guest, cleo]) {
    await expect(reader.book.here(ann.name)).toHaveCount(1);
    await reader.book.show("Chat");
    await expect(reader.book.line("Among ourselves too")).toBeVisible();
  }
  await expect(ann.book.here(cleo.name)).toHaveCount(1);

  await other.settings.showReaders("The text only");
  for (const reader of [guest, cleo]) {
    await expect(reader.page.getByRole("complementary")).toHaveCount(0);
    await expect(reader.chapter.text).toHaveText("For everyone to read.");
  }
  await expect(ann.book.here(cleo.name)).toHaveCount(0);
  await ann.chapter.type(" And live.");
  await expect(guest.chapter.text).toContainText("And live.");
});

test("a stranger goes through a public book, chapter by chapter, and the page has nothing to complain about", async ({ ann, guest }) => {
  const { book, chapters } = await stage(ann, [], "Tides", "Winds", "Harbours");
  await ann.does.publish(book);
  await guest.book.open(book, chapters["Tides"]);
  for (const title of ["Winds", "Harbours"]) {
    await guest.contents.open(title);
    await expect(guest.chapter.heading).toHaveText(title);
    await guest.book.isConnected();
  }
});

test("whoever is let in while reading is a member at once, and a reader again when taken out", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [], "Tides");
  await ann.does.publish(book);
  await ann.does.say(book, "Among ourselves");
  await ben.book.open(book, chapters["Tides"]);
  await ben.chapter.canOnlyRead();
  await ann.does.letIn(book, ben, "editor");
  await ben.chapter.canWrite();
  await ben.book.show("Chat");
  await expect(ben.book.line("Among ourselves")).toBeVisible();
  await ben.chapter.type("Hers and mine.");
  await ben.chapter.isSaved();
  await ann.settings.open(book);
  await ann.settings.remove(ben.name);
  await ben.chapter.canOnlyRead();
  await expect(ben.page.getByRole("complementary")).toHaveCount(0);
  await expect(ben.chapter.text).toHaveText("Hers and mine.");
});
