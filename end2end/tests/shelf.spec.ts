import { hydrated } from "../support/hydrated";
import { unique } from "../support/person";
import { expect, test } from "../support/test";

test("a book that is created opens, and stands on the shelf", async ({ ann }) => {
  const title = unique("Harbours");
  await ann.shelf.open();
  await ann.shelf.create(title);
  await expect(ann.page.getByRole("heading", { level: 1 })).toHaveText(title);
  await expect(ann.page).toHaveURL(/\/book\/\w+$/);
  await ann.shelf.open();
  await expect(ann.shelf.mine.getByRole("link", { name: title })).toBeVisible();
});

test("a renamed book has its new title at once for everyone who has it open", async ({ ann, ben }) => {
  const book = await ann.does.createBook("Harbours");
  await ann.does.letIn(book, ben, "editor");
  await ben.book.open(book);
  await ann.settings.open(book);
  const title = unique("Lighthouses");
  await ann.settings.rename(title);
  await expect(ben.page.getByRole("heading", { level: 1 })).toHaveText(title);
  await expect(ben.book.bar.getByRole("link", { name: title })).toBeVisible();
  await expect(ben.page).toHaveTitle(new RegExp(title));
});

test("deleting a book asks for its title, and tells those who have it open", async ({ ann, ben }) => {
  const title = unique("Harbours");
  const book = await ann.does.createBook(title);
  await ann.does.letIn(book, ben, "editor");
  await ben.book.open(book);
  await ann.settings.open(book);

  await ann.settings.delete("Harbour");
  await expect(ann.page.getByRole("alert")).toContainText("Nothing was deleted");
  await expect(ben.book.gone).toBeHidden();

  await ann.settings.delete(title);
  await expect(ann.page).toHaveURL("/shelf");
  await hydrated(ann.page);
  await expect(ann.shelf.mine).toBeVisible();
  await expect(ann.shelf.mine.getByRole("link", { name: title })).toHaveCount(0);
  await expect(ben.book.gone).toContainText("This book was deleted");
  expect((await ben.page.goto(`/book/${book}`))?.status()).toBe(404);
  await expect(ben.page.getByRole("main")).toContainText("Its owners can bring it back");

  // From the bin it comes back as it was, for both.
  const line = ann.shelf.bin.getByRole("listitem").filter({ hasText: title });
  await expect(line).toContainText(`deleted by ${ann.name}`);
  await line.getByRole("button", { name: `Bring back “${title}”` }).click();
  await expect(ann.page).toHaveURL(`/book/${book}`);
  await expect(ann.page.getByRole("heading", { level: 1 })).toHaveText(title);
  await ben.page.reload();
  await expect(ben.page.getByRole("heading", { level: 1 })).toHaveText(title);

  // Deleted for good there, it is nowhere.
  await ann.settings.open(book);
  await ann.settings.delete(title);
  await expect(ann.page).toHaveURL("/shelf");
  await hydrated(ann.page);
  await line.getByRole("button", { name: `Delete for good: “${title}”` }).click();
  const asked = ann.page.getByRole("dialog", { name: `Delete “${title}” for good?` });
  await asked.getByRole("button", { name: "Cancel" }).click();
  await expect(line).toBeVisible();
  await line.getByRole("button", { name: `Delete for good: “${title}”` }).click();
  await asked.getByRole("button", { name: "Delete for good" }).click();
  await expect(line).toHaveCount(0);
  await expect(ann.shelf.mine).toBeVisible();
});

test("a book one accepted an invitation to stands among the shared ones, with its owner and one's role", async ({
  ann,
  ben,
}) => {
  const title = unique("Harbours");
  const book = await ann.does.createBook(title);
  await ben.shelf.open();
  await ann.settings.open(book);
  await ann.settings.invite(ben.name, "Reader");
  await expect(ann.settings.invited.getByRole("listitem").filter({ hasText: ben.name })).toBeVisible();
  await expect(ann.settings.members.getByRole("listitem").filter({ hasText: ben.name })).toHaveCount(0);
  // It comes to the page he has open, and the bar counts it.
  await expect(ben.shelf.invitations).toContainText(`${ann.name} invites you to read ${title}`);
  await expect(ben.page.getByLabel("Account, 1 invitation waits")).toBeVisible();
  expect((await ben.does.send("open_book", { book })).status()).toBe(404);
  await ben.shelf.accept(title);
  await expect(ben.page).toHaveURL(`/book/${book}`);
  await expect(ann.settings.members.getByRole("listitem").filter({ hasText: ben.name })).toBeVisible();
  await expect(ann.settings.invited).toHaveCount(0);
  await ben.shelf.open();
  await expect(ben.shelf.invitations).toHaveCount(0);
  const card = ben.shelf.shared.getByRole("listitem").filter({ hasText: title });
  await expect(card).toContainText(`by ${ann.name}`);
  await expect(card).toContainText("Reader");
});

test("an invitation is declined, or withdrawn, and gone for both at once", async ({ ann, ben }) => {
  const title = unique("Harbours");
  const book = await ann.does.createBook(title);
  await ann.does.setMember(book, ben.name, "editor");
  await ben.shelf.open();
  await ann.settings.open(book);
  await expect(ann.settings.invited).toContainText(ben.name);
  await ben.shelf.decline(title);
  await expect(ben.shelf.invitations).toHaveCount(0);
  await expect(ann.settings.invited).toHaveCount(0);
  await ann.settings.invite(ben.name, "Editor");
  await expect(ann.page.getByRole("main").getByRole("alert")).toContainText("declined");

  const other = await ann.does.createBook(unique("Winds"));
  await ann.does.setMember(other, ben.name, "editor");
  await expect(ben.shelf.invitations).toContainText("invites you to write in");
  await ann.settings.open(other);
  await ann.settings.withdraw(ben.name);
  await expect(ben.shelf.invitations).toHaveCount(0);
  await expect(ann.settings.invited).toHaveCount(0);
});

test("somebody in a book hears of an invitation to another, and answers it by keyboard", async ({ ann, ben }) => {
  const mine = await ben.does.createBook("Mine");
  await ben.book.open(mine);
  const title = unique("Harbours");
  const book = await ann.does.createBook(title);
  await ann.does.setMember(book, ben.name, "editor");
  await expect(ben.book.toasts).toContainText(`${ann.name} invites you to write in “${title}”`);
  await ben.page.getByLabel("Account, 1 invitation waits").focus();
  await ben.page.keyboard.press("Enter");
  await ben.page.keyboard.press("Tab");
  await expect(ben.page.getByRole("link", { name: "My shelf 1 waiting" })).toBeFocused();
  await ben.page.keyboard.press("Enter");
  await expect(ben.page).toHaveURL("/shelf");
  await ben.page.getByRole("button", { name: `Accept the invitation to ${title}` }).focus();
  await ben.page.keyboard.press("Enter");
  await expect(ben.page).toHaveURL(`/book/${book}`);
  await ben.contents.addChapter("Written by a member");
});

test("inviting somebody who is not there says so", async ({ ann }) => {
  const book = await ann.does.createBook("Harbours");
  await ann.settings.open(book);
  await ann.settings.invite(unique("nobody"), "Editor");
  await expect(ann.page.getByRole("main").getByRole("alert")).toBeVisible();
});

test("a book made public is found by everyone, and gone for them when it is private again", async ({
  ann,
  ben,
  guest,
}) => {
  const title = unique("Harbours");
  const book = await ann.does.createBook(title);
  await ann.settings.open(book);
  await ann.settings.let("Public");

  await expect(async () => {
    await ben.shelf.open();
    await expect(ben.shelf.public.getByRole("link", { name: title })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await guest.page.goto("/");
  await guest.page.getByRole("link", { name: title }).click();
  await expect(guest.page.getByRole("heading", { level: 1 })).toHaveText(title);
  await hydrated(guest.page);

  await ann.settings.let("Private");
  await expect(guest.book.gone).toContainText("You no longer have access to this book");
});

test("a title that is none is refused beside its field, in words for people, and the focus is there", async ({ ann }) => {
  await ann.shelf.open();
  const field = ann.page.getByLabel("Title of a new book");
  for (const [title, words] of [
    ["   ", "A title needs at least one character."],
    ["", "A title needs at least one character."],
    ["x".repeat(201), "A title has at most 200 characters."],
  ] as const) {
    await ann.page.getByRole("button", { name: "Create book" }).focus();
    await ann.shelf.create(title);
    await expect(field).toHaveAccessibleDescription(words);
    await expect(field).toBeFocused();
    await expect(ann.page.getByRole("alert")).toHaveText(words);
  }
  // Two fields at once, and the first of them is the one to begin with.
  await ann.account.open();
  await ann.account.changePassword("not it at all", "short");
  await expect(ann.page.getByLabel("Current password")).toHaveAccessibleDescription(/not the password/);
  await expect(ann.page.getByLabel("New password")).toHaveAccessibleDescription(/too short/);
  await expect(ann.page.getByLabel("Current password")).toBeFocused();
});

test("whoever belongs to a book leaves it, but for its only owner", async ({ ann, ben }) => {
  const title = unique("Harbours");
  const book = await ann.does.createBook(title);
  await ann.does.letIn(book, ben, "reader");
  await ann.settings.open(book);
  const mine = ann.settings.members.getByRole("listitem").filter({ hasText: ann.name });
  await expect(mine).toContainText("Owner");
  await expect(mine.getByRole("button")).toHaveCount(0);
  await expect(mine.getByRole("combobox")).toHaveCount(0);
  await expect(ann.page.getByText("You are its only owner.")).toBeVisible();
  await expect(ann.page.getByRole("button", { name: "Leave this book" })).toHaveCount(0);

  await ben.book.open(book);
  await ben.page.getByRole("link", { name: "Book settings" }).click();
  await ben.settings.leave(title);
  await expect(ben.page).toHaveURL("/shelf");
  await hydrated(ben.page);
  await expect(ben.shelf.shared).toHaveCount(0);
  await expect(ann.settings.members.getByRole("listitem")).toHaveCount(1);
  await expect(ann.book.toasts).toContainText(`${ben.name} left the book`);

  await ann.does.letIn(book, ben, "owner");
  await expect(ann.page.getByRole("button", { name: `Remove ${ben.name}` })).toBeVisible();
  await ann.settings.leave(title);
  await expect(ann.page).toHaveURL("/shelf");
  await hydrated(ann.page);
  await expect(ann.shelf.mine.getByRole("link", { name: title })).toHaveCount(0);
});

test("an empty book offers its first chapter in the middle, and readers are told what comes", async ({ ann, ben }) => {
  const book = await ann.does.createBook(unique("Harbours"));
  await ann.does.letIn(book, ben, "reader");
  for (const person of [ann, ben]) await person.book.open(book);
  const main = ann.page.getByRole("main");
  await main.getByRole("button", { name: "Begin the chapter" }).click();
  const field = main.getByLabel("Title of the first chapter");
  await expect(field).toHaveAccessibleDescription("A title needs at least one character.");
  await expect(ben.page.getByRole("main")).toContainText("Nothing is written yet");
  await field.fill("Tides");
  await ann.page.keyboard.press("Enter");
  await expect(ann.chapter.heading).toHaveText("Tides");
  await ben.contents.are("Tides");
  await expect(ben.page.getByRole("main")).not.toContainText("Nothing is written yet");
});
