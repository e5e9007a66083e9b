import { hydrated } from "../support/hydrated";
import { PASSWORD, Person, unique } from "../support/person";
import { chapterOpen } from "../support/stage";
import { expect, test } from "../support/test";

const OTHER = "six purple kettles";

test("the menu leads to the account, and a new name is seen by others", async ({ ann, ben }) => {
  const book = await ann.does.createBook("Of many names");
  await ann.does.letIn(book, ben, "editor");
  await ann.shelf.open();
  await ann.account.openMenu();
  await ann.page.getByRole("link", { name: "Account", exact: true }).click();
  await expect(ann.page.getByRole("heading", { level: 1 })).toHaveText("Your account");
  await hydrated(ann.page);

  await ann.account.changeName("Ann\u200b Lee");
  await expect(ann.page.getByLabel("Name shown to others")).toHaveAccessibleDescription(/cannot be seen/);
  const name = `Ann Lée ${unique("x")}`;
  await ann.account.changeName(name);
  await expect(ann.page.getByRole("status").first()).toContainText("Others see your new name");
  await hydrated(ann.page);
  await ann.account.openMenu();
  await expect(ann.page.getByRole("banner")).toContainText(name);
  await ben.page.goto(`/book/${book}/settings`);
  await expect(ben.page.getByRole("list", { name: "Members" })).toContainText(name);
});

test("a new password signs out elsewhere, and a page that is open there says so", async ({ browser, ann }) => {
  const { book, part } = await chapterOpen(ann, []);
  const elsewhere = await Person.guest(browser);
  await elsewhere.account.signIn(ann.name, PASSWORD);
  await expect(elsewhere.page).toHaveURL("/shelf");
  await elsewhere.book.open(book, part);
  await elsewhere.chapter.canWrite();

  await ann.account.open();
  await expect(ann.account.sessions).toHaveCount(2);
  await expect(ann.account.sessions.first()).toContainText("this one");
  await ann.account.changePassword("not the password", OTHER);
  await expect(ann.page.getByLabel("Current password")).toHaveAccessibleDescription(/not the password/);
  await ann.account.changePassword(PASSWORD, "password123");
  await expect(ann.page.getByLabel("New password")).toHaveAccessibleDescription(/first that are guessed/);
  await ann.account.changePassword(PASSWORD, OTHER);
  await expect(ann.page.getByText("Your password is changed.")).toBeVisible();
  await expect(ann.account.sessions).toHaveCount(1);

  // What was open elsewhere hears nothing more, and cannot be opened again.
  await ann.does.say(book, "A word that is none of theirs.");
  await expect(elsewhere.page.getByRole("heading", { name: "You were signed out" })).toBeVisible();
  await expect(elsewhere.page.getByRole("link", { name: "Sign in again" })).toBeVisible();
  await elsewhere.page.reload();
  await expect(elsewhere.page.getByRole("heading", { level: 1 })).toHaveText("Not found");
  await elsewhere.leave();
});

test("one is signed out in another browser from here", async ({ browser, ann }) => {
  const elsewhere = await Person.guest(browser);
  await elsewhere.account.signIn(ann.name, PASSWORD);
  await expect(elsewhere.page).toHaveURL("/shelf");
  await ann.account.open();
  await ann.account.sessions.last().getByRole("button").click();
  await expect(ann.page.getByText("You are signed out there.")).toBeVisible();
  await elsewhere.page.goto("/shelf");
  await expect(elsewhere.page).toHaveURL(/\/sign-in\?next=/);
  await elsewhere.leave();
});

test("whoever deletes their account says what becomes of their books", async ({ browser, ann }) => {
  const dora = await Person.signedUp(browser, "dora");
  const book = await dora.does.createBook("Left behind");
  await dora.does.letIn(book, ann, "reader");
  await dora.account.open();
  await dora.page.getByRole("link", { name: "Delete account…" }).click();
  await hydrated(dora.page);
  await dora.page.getByLabel("Left behind").selectOption({ label: `Give it to ${ann.name}` });
  await dora.page.getByLabel("Password").fill(OTHER);
  await dora.page.getByLabel("I want my account to be deleted").check();
  await dora.page.getByRole("button", { name: "Delete account" }).click();
  await expect(dora.page.getByLabel("Password")).toHaveAccessibleDescription(/not the password/);
  await dora.page.getByLabel("Password").fill(PASSWORD);
  await dora.page.getByRole("button", { name: "Delete account" }).click();
  await expect(dora.page).toHaveURL("/");
  await ann.page.goto(`/book/${book}/settings`);
  await expect(ann.page.getByRole("heading", { name: "Book settings" })).toBeVisible();
  await expect(ann.page.getByRole("list", { name: "Members" }).getByRole("listitem")).toHaveCount(1);
  await dora.page.goto("/account");
  await expect(dora.page).toHaveURL(/\/sign-in/);
  await dora.leave();
});
