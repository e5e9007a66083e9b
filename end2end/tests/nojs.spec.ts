import { Person, PASSWORD, unique } from "../support/person";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

/** Somebody whose browser runs no scripts. */
const plain = test.extend<{ plain: Person }>({
  plain: async ({ browser }, use) => {
    const plain = await Person.guest(browser, { javaScriptEnabled: false });
    await use(plain);
    await plain.leave();
  },
});

plain("a public book, its contents and its chapters can be read", async ({ ann, plain }) => {
  const { book, title, chapters } = await stage(ann, [], "Tides", "Winds");
  await ann.does.publish(book);
  await ann.book.open(book, chapters["Tides"]);
  await ann.chapter.type("The moon **pulls** at the sea.");
  await ann.chapter.isSaved();

  await plain.page.goto("/");
  await plain.page.getByRole("link", { name: title }).click();
  await expect(plain.page.getByRole("heading", { level: 1 })).toHaveText(title);
  const contents = plain.page.getByRole("navigation", { name: "Contents" });
  await expect(contents.getByRole("link")).toHaveText(["Tides", "Winds"]);

  await contents.getByRole("link", { name: "Tides" }).click();
  await expect(plain.page.getByRole("heading", { level: 1 })).toHaveText("Tides");
  await expect(plain.page.getByRole("article")).toContainText("The moon pulls at the sea.");
  await expect(plain.page.getByRole("article").getByRole("strong")).toHaveText("pulls");
});

plain("signing up, in and out works, and what is wrong is said", async ({ plain }) => {
  const name = unique("dora");
  await plain.page.goto("/sign-up");
  await plain.account.fill(name, "short", "Create account");
  await expect(plain.page.getByRole("alert")).toContainText("too short");

  await plain.account.fill(name, PASSWORD, "Create account");
  await expect(plain.page).toHaveURL("/shelf");
  await plain.account.signOut();
  await expect(plain.page).toHaveURL("/");

  await plain.page.goto("/sign-in");
  await plain.account.fill(name, "five cold pears", "Sign in");
  await expect(plain.page.getByRole("alert")).toContainText("do not belong together");
  await plain.account.fill(name, PASSWORD, "Sign in");
  await expect(plain.page).toHaveURL("/shelf");
});

plain("the account's forms work, and what is wrong is said", async ({ plain }) => {
  await plain.page.goto("/sign-up");
  await plain.account.fill(unique("dora"), PASSWORD, "Create account");
  await plain.page.goto("/account");
  await plain.account.changeName("   ");
  await expect(plain.page.getByLabel("Name shown to others")).toHaveAccessibleDescription(/What should others call you/);
  await plain.account.changeName(`Dora ${unique("x")}`);
  await expect(plain.page.getByText("Others see your new name")).toBeVisible();
  await plain.account.changePassword("five cold pears", "six purple kettles");
  await expect(plain.page.getByLabel("Current password")).toHaveAccessibleDescription(/not the password/);
  await plain.account.changePassword(PASSWORD, "six purple kettles");
  await expect(plain.page.getByText("Your password is changed.")).toBeVisible();
  await plain.page.getByRole("link", { name: "Delete account…" }).click();
  await plain.page.getByLabel("Password").fill("six purple kettles");
  await plain.page.getByLabel("I want my account to be deleted").check();
  await plain.page.getByRole("button", { name: "Delete account" }).click();
  await expect(plain.page).toHaveURL("/");
});

plain("a book can be begun", async ({ plain }) => {
  await plain.page.goto("/sign-up");
  await plain.account.fill(unique("dora"), PASSWORD, "Create account");
  await plain.shelf.create("Written without scripts");
  await expect(plain.page).toHaveURL(/\/book\/\w+$/);
  await expect(plain.page.getByRole("heading", { level: 1 })).toHaveText("Written without scripts");
});

plain("an invitation is accepted, and another declined", async ({ ann, plain }) => {
  const name = unique("dora");
  await plain.page.goto("/sign-up");
  await plain.account.fill(name, PASSWORD, "Create account");
  const [harbours, winds] = [unique("Harbours"), unique("Winds")];
  for (const title of [harbours, winds]) {
    await ann.does.setMember(await ann.does.createBook(title), name, "reader");
  }
  await plain.page.goto("/shelf");
  await plain.shelf.decline(winds);
  await expect(plain.page).toHaveURL("/shelf");
  await expect(plain.shelf.invitations).not.toContainText(winds);
  await plain.shelf.accept(harbours);
  await expect(plain.page.getByRole("heading", { level: 1 })).toHaveText(harbours);
  await plain.page.goto("/shelf");
  await expect(plain.shelf.invitations).toHaveCount(0);
  await expect(plain.shelf.shared.getByRole("link")).toHaveText([harbours]);
});

plain("a private book is not shown to a stranger", async ({ ann, plain }) => {
  const book = await ann.does.createBook("Mine alone");
  const answer = await plain.page.goto(`/book/${book}`);
  expect(answer?.status()).toBe(404);
  await expect(plain.page.getByText("Mine alone")).toHaveCount(0);
});

plain("the front page shows the editor and public books as books", async ({ ann, ben, plain }) => {
  const { book, title } = await stage(ann, [ben], "Tides");
  await ann.does.publish(book);
  await ann.does.showReaders(book, "everything");
  await plain.page.goto("/");
  await expect(plain.page.getByRole("link", { name: "Create an account" })).toHaveClass(/primary/);
  const picture = plain.page.getByRole("img", { name: /three people write/ });
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(300);
  await expect(plain.shelf.cover(title)).toContainText(`${ann.name} and ${ben.name}`);
  await expect(plain.shelf.cover(title)).toContainText("1 chapter");
});

plain("a title that is none is refused in words, and a book is left", async ({ ann, plain }) => {
  const name = unique("dora");
  await plain.page.goto("/sign-up");
  await plain.account.fill(name, PASSWORD, "Create account");
  for (const [title, words] of [
    ["", "A title needs at least one character."],
    ["x".repeat(300), "A title has at most 200 characters."],
  ] as const) {
    await plain.shelf.create(title);
    await expect(plain.page.getByLabel("Title of a new book")).toHaveAccessibleDescription(words);
    await expect(plain.page.getByLabel("Title of a new book")).toBeFocused();
  }
  const title = unique("Harbours");
  const book = await ann.does.createBook(title);
  await ann.does.setMember(book, name, "editor");
  await plain.page.goto("/shelf");
  await plain.shelf.accept(title);
  await plain.page.goto(`/book/${book}/settings`);
  await plain.page.getByRole("button", { name: "Leave this book" }).click();
  await expect(plain.page).toHaveURL("/shelf");
  await expect(plain.page.getByText(title)).toHaveCount(0);
});
