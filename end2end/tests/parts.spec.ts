import { type Page } from "@playwright/test";
import { hydrated } from "../support/hydrated";
import { Person } from "../support/person";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

/** What of the application a page asked for, by the names of its files without what changes with each build. */
function fetched(page: Page): Set<string> {
  const names = new Set<string>();
  page.on("request", (request) => {
    const file = /\/pkg\/(\w+)\.[0-9a-f]{12}\.wasm$/.exec(new URL(request.url()).pathname);
    if (file !== null && request.headers()["purpose"] !== "prefetch" && request.headers()["sec-purpose"] !== "prefetch")
      names.add(file[1]!);
  });
  return names;
}

const management = /\/management\.[0-9a-f]{12}\.wasm$/;

test("a page loads what it is made of, and no more", async ({ ann, browser }) => {
  const guest = await Person.guest(browser);
  const ofFront = fetched(guest.page);
  await guest.page.goto("/");
  await hydrated(guest.page);
  await guest.page.getByRole("link", { name: "Sign in" }).first().click();
  await expect(guest.page).toHaveURL(/sign-in/);
  await hydrated(guest.page);
  expect([...ofFront]).toEqual([]);
  await guest.leave();

  const { book, title } = await stage(ann, [], "Tides");
  const here = fetched(ann.page);
  await ann.page.goto("/shelf");
  await hydrated(ann.page);
  expect(here).toContain("account");
  expect(here).not.toContain("book");
  // Without loading the page anew.
  await ann.page.evaluate(() => ((window as { stays?: boolean }).stays = true));
  await ann.page.getByRole("link", { name: title }).first().click();
  await expect(ann.page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  expect(here).toContain("book");
  expect(here).not.toContain("management");
  await ann.page.getByRole("link", { name: "Book settings" }).click();
  await expect(ann.page).toHaveURL(`/book/${book}/settings`);
  await expect(ann.page.getByRole("heading", { name: "Book settings" })).toBeVisible();
  expect(await ann.page.evaluate(() => (window as { stays?: boolean }).stays)).toBe(true);
});

test("a page whose part cannot be fetched says so, and comes when it is tried again", async ({ ann }) => {
  ann.mayHear(/TypeError|WebAssembly/);
  const { book, chapters } = await stage(ann, [], "Tides");
  // As after a deploy: what belongs to the page that is open is not there any more.
  await ann.page.route(management, (route) => route.fulfill({ status: 404, contentType: "text/html", body: "Not here" }));
  await ann.book.open(book, chapters["Tides"]);
  await ann.chapter.type("The moon pulls.");
  await ann.page.getByRole("link", { name: "Book settings" }).click();
  const note = ann.page.getByRole("alert").filter({ hasText: "This page could not be fetched" });
  await expect(note).toBeVisible();

  await note.getByRole("button", { name: "Go back" }).click();
  await expect(ann.chapter.text).toContainText("The moon pulls.");
  await ann.chapter.isSaved();
  await ann.page.getByRole("link", { name: "Book settings" }).click();
  await expect(note).toBeVisible();
  await ann.page.unroute(management);
  await note.getByRole("button", { name: "Try again" }).click();
  await expect(ann.page.getByRole("heading", { name: "Book settings" })).toBeVisible();
  await hydrated(ann.page);
});

test("a dialog whose part cannot be fetched says so, and is tried again in its place", async ({ ann }) => {
  ann.mayHear(/TypeError|WebAssembly/);
  const { book, chapters } = await stage(ann, [], "Tides");
  await ann.page.route(management, (route) => route.abort());
  await ann.book.open(book, chapters["Tides"]);
  await ann.page.keyboard.press("Control+k");
  const dialog = ann.page.getByRole("dialog", { name: "Go to" });
  await expect(dialog.getByRole("alert")).toContainText("This could not be fetched");
  await ann.page.unroute(management);
  await dialog.getByRole("button", { name: "Try again" }).click();
  await expect(dialog.getByRole("combobox")).toBeFocused();
  await expect(dialog.getByRole("alert")).toHaveCount(0);
});
