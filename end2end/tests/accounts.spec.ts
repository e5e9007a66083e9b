import { hydrated } from "../support/hydrated";
import { PASSWORD, unique } from "../support/person";
import { expect, test } from "../support/test";

test("whoever signs up is led to their empty shelf, and can sign out and in again", async ({ guest }) => {
  const name = unique("dora");
  await guest.account.signUp(name, PASSWORD);
  await expect(guest.page).toHaveURL("/shelf");
  await expect(guest.page.getByRole("heading", { level: 1 })).toHaveText("My shelf");
  await expect(guest.shelf.mine).toContainText("Here stand the books you write");

  await hydrated(guest.page);
  await guest.account.signOut();
  await expect(guest.page.getByRole("link", { name: "Create an account" }).first()).toBeVisible();
  await guest.page.goto("/shelf");
  await expect(guest.page).toHaveURL(/\/sign-in\?next=/);

  await guest.account.signIn(name, PASSWORD);
  await expect(guest.page).toHaveURL("/shelf");
});

test("a name that is taken is refused beside the name, whatever its case", async ({ guest, ann }) => {
  await guest.account.signUp(ann.name.toUpperCase(), PASSWORD);
  await expect(guest.page.getByRole("alert")).toContainText("is taken");
  await expect(guest.account.name).toHaveAccessibleDescription(/is taken/);
  await expect(guest.page).toHaveURL("/sign-up");
});

for (const [password, words] of [
  ["short", /too short: it needs at least 10 characters/],
  ["password123", /first that are guessed/],
] as const) {
  test(`the weak password “${password}” is refused in clear words`, async ({ guest }) => {
    await guest.account.signUp(unique("dora"), password);
    await expect(guest.account.password).toHaveAccessibleDescription(words);
    await expect(guest.page).toHaveURL("/sign-up");
  });
}

test("a wrong password and a name nobody has are refused in the same words", async ({ guest, ann }) => {
  const words = "This name and password do not belong together. Please check both.";
  await guest.account.signIn(ann.name, "five cold pears");
  await expect(guest.page.getByRole("alert")).toHaveText(words);
  await guest.account.signIn(unique("nobody"), PASSWORD);
  await expect(guest.page.getByRole("alert")).toHaveText(words);
});

test("who is signed in stays so in another tab and after a reload", async ({ ann }) => {
  await ann.shelf.open();
  await ann.page.reload();
  await hydrated(ann.page);
  await expect(ann.page.getByRole("heading", { level: 1 })).toHaveText("My shelf");
  const tab = await ann.anotherTab();
  await tab.shelf.open();
  await expect(tab.page).toHaveURL("/shelf");
});

test("who came from a page that needs an account is led back to it", async ({ guest, ann }) => {
  const book = await ann.does.createBook("A private one");
  await guest.page.goto(`/book/${book}`);
  await guest.page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await hydrated(guest.page);
  await guest.account.fill(ann.name, PASSWORD, "Sign in");
  await expect(guest.page).toHaveURL(`/book/${book}`);
  await expect(guest.page.getByRole("heading", { level: 1 })).toHaveText("A private one");
});
