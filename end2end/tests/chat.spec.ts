import { hydrated } from "../support/hydrated";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

test("what is said is heard by everyone, in one order, and still there after a reload", async ({ ann, ben, cleo }) => {
  const { book } = await stage(ann, [ben, cleo]);
  for (const person of [ann, ben, cleo]) {
    await person.book.open(book);
    await person.book.show("Chat");
  }
  await Promise.all([
    ann.book.say("Shall we begin?"),
    ben.book.say("I am here."),
    cleo.book.say("Me too."),
  ]);
  await ann.book.say("Good.");
  const all = /^(Shall we begin\?|I am here\.|Me too\.|Good\.)$/;
  const lines = (person: typeof ann) => person.book.messages.getByText(all);
  for (const person of [ann, ben, cleo]) await expect(lines(person)).toHaveCount(4);
  // What one has said stands there before the others' lines, until its turn is known.
  await expect(ann.page.locator(".line.expected")).toHaveCount(0);
  const order = await lines(ann).allTextContents();
  expect(await lines(ben).allTextContents()).toEqual(order);
  expect(await lines(cleo).allTextContents()).toEqual(order);

  await ben.page.reload();
  await hydrated(ben.page);
  await ben.book.show("Chat");
  await expect(lines(ben)).toHaveText(order);
  await expect(ben.book.messages).toContainText(ann.name);
});

test("Enter sends, Shift+Enter begins a new line", async ({ ann }) => {
  const { book } = await stage(ann, []);
  await ann.book.open(book);
  await ann.book.show("Chat");
  const field = ann.page.getByRole("textbox", { name: "Message", exact: true });
  await field.pressSequentially("One line");
  await field.press("Shift+Enter");
  await field.pressSequentially("and another");
  await field.press("Enter");
  await expect(ann.book.messages).toContainText("One line\nand another");
  await expect(field).toHaveValue("");
});

test("the tab counts what was said since one last looked", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben]);
  await ann.book.open(book);
  await ben.book.open(book);
  await ben.book.show("Chat");
  await ben.book.say("One");
  await ben.book.say("Two");
  const tab = ann.page.getByRole("tab", { name: /^Chat/ });
  await expect(tab).toContainText("2 unread");
  await tab.click();
  await expect(ann.book.line("Two")).toBeVisible();
  await expect(tab).not.toContainText("unread");
});

test("markup in a message is shown as it was typed", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben]);
  await ann.book.open(book);
  await ben.book.open(book);
  await ann.book.show("Chat");
  await ben.book.show("Chat");
  const line = "<img src=x onerror=alert(1)> & <b>bold</b>";
  await ann.book.say(line);
  await expect(ben.book.line(line)).toBeVisible();
});
