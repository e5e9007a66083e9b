import type { Page } from "@playwright/test";
import { hydrated } from "../support/hydrated";
import { PASSWORD, type Person, type Tab } from "../support/person";
import { chapterOpen, stage } from "../support/stage";
import { expect, test } from "../support/test";

const notice = (page: Page) => page.getByRole("button", { name: /\d+ chapters? kept on this device/ });
const list = (page: Page) => page.getByRole("dialog", { name: "Kept on this device" });
const mark = (page: Page, where: string) =>
  page.locator("li").filter({ hasText: where }).getByRole("img", { name: "Kept on this device" });

/** Opens the shelf with a full load. */
async function openShelf(tab: Tab): Promise<void> {
  await tab.page.goto("/shelf");
  await hydrated(tab.page);
}

/** Writes in a chapter without a connection, and closes the tab. */
async function leaveBehind(person: Person, words: string): Promise<void> {
  await person.chapter.canWrite();
  await person.context.setOffline(true);
  await person.chapter.type(words);
  await person.chapter.isKept();
  person.page.on("dialog", (dialog) => void dialog.accept());
  await person.page.close();
}

test("what waits of a chapter that is not open is named, marked, and sent from whatever page is open when the network is back", async ({
  ann,
}) => {
  test.slow();
  const { book, chapters } = await stage(ann, [], "Tides", "Winds");
  await ann.book.open(book, chapters["Tides"]);
  await ann.chapter.canWrite();
  const other = await ann.anotherTab();
  await openShelf(other);
  await ann.context.setOffline(true);
  await ann.chapter.type("On a train.");
  await ann.chapter.isKept();

  // To another chapter, which cannot be fetched: it says so, and what waits is named where it is.
  await ann.contents.open("Winds");
  await expect(ann.page.getByRole("heading", { name: "There is no connection" })).toBeVisible();
  await expect(notice(ann.page)).toHaveText("1 chapter kept on this device");
  await expect(mark(ann.page, "Tides")).toBeVisible();
  await expect(mark(ann.page, "Winds")).toBeHidden();
  // Other tabs know it, too.
  await expect(notice(other.page)).toBeVisible();
  await expect(mark(other.page, "The sea")).toBeVisible();
  await notice(other.page).click();
  await expect(list(other.page).getByRole("link", { name: "Tides" })).toHaveAttribute("href", `/book/${book}/${chapters["Tides"]}`);
  await expect(list(other.page)).toContainText("when there is a connection again");

  await ann.context.setOffline(false);
  await expect.poll(() => ann.does.chapterText(book, chapters["Tides"]!), { timeout: 30_000 }).toBe("On a train.");
  await expect(list(other.page)).toContainText("Everything you wrote on this device is saved.");
  await expect(notice(ann.page)).toBeHidden();
  await expect(mark(other.page, "The sea")).toBeHidden();
  // The other chapter came by itself.
  await expect(ann.chapter.heading).toHaveText("Winds", { timeout: 20_000 });
  await ann.chapter.isSaved();
});

test("what a closed tab left is sent by a full load of the shelf, and by another tab that has the chapter open", async ({
  ann,
  ben,
}) => {
  test.slow();
  const { book, part } = await chapterOpen(ann, [ben]);
  await leaveBehind(ann, "By a tab that is gone.");
  await ann.context.setOffline(false);
  const shelf = await ann.anotherTab();
  await openShelf(shelf);
  await expect(ben.chapter.text).toContainText("By a tab that is gone.", { timeout: 30_000 });

  // Two tabs have it open; one is closed before the network is back.
  const [first, second] = [await ben.anotherTab(), ben];
  await first.book.open(book, part);
  await first.chapter.canWrite();
  await ben.context.setOffline(true);
  await first.chapter.type(" By one of two.");
  await first.chapter.isKept();
  await first.page.close();
  await ben.context.setOffline(false);
  await second.chapter.isSaved();
  await expect(second.chapter.text).toContainText("By one of two.", { timeout: 20_000 });
  await expect.poll(() => ann.does.chapterText(book, part)).toBe("By a tab that is gone. By one of two.");
});

test("what cannot be sent is shown everywhere with why, stays its writer's alone, and goes only if they let it go", async ({
  ann,
  ben,
  cleo,
}) => {
  test.slow();
  const { book, part } = await chapterOpen(ann, [ben]);
  await ann.chapter.type("In common.");
  await expect(ben.chapter.text).toHaveText("In common.");
  await leaveBehind(ben, " Refused.\nToo.");
  await ann.chapter.close("Final");
  await ben.context.setOffline(false);

  const tab = await ben.anotherTab();
  await openShelf(tab);
  await expect(notice(tab.page)).toBeVisible({ timeout: 20_000 });
  await expect(mark(tab.page, "The sea")).toBeVisible();
  await notice(tab.page).click();
  await expect(list(tab.page)).toContainText("marked as final", { timeout: 20_000 });
  await list(tab.page).getByText("Show it").click();
  await expect(list(tab.page).getByRole("blockquote")).toHaveText(/Refused\.\s*Too\./);
  const file = tab.page.waitForEvent("download");
  await list(tab.page).getByRole("button", { name: "Download" }).click();
  expect((await file).suggestedFilename()).toBe("my-text.txt");
  await tab.page.keyboard.press("Escape");
  // Neither the book's page nor another chapter says that all is well.
  await tab.book.open(book).catch(() => undefined);
  await expect(tab.book.connection).toHaveText("Not all is saved");

  // Whoever else signs in there sees nothing of it, and sends nothing.
  await tab.account.signOut();
  await expect(tab.page).toHaveURL("/");
  await ann.does.letIn(book, cleo, "editor");
  await tab.account.signIn(cleo.name, PASSWORD);
  await expect(tab.page).toHaveURL("/shelf", { timeout: 20_000 });
  await hydrated(tab.page);
  await expect(mark(tab.page, "The sea")).toBeHidden();
  await expect(notice(tab.page)).toBeHidden();
  await tab.account.signOut();
  await expect(tab.page).toHaveURL("/");

  // The book is gone for its writer: they are told by whom, and still have their words.
  await ann.does.removeMember(book, ben);
  await tab.account.signIn(ben.name, PASSWORD);
  await expect(tab.page).toHaveURL("/shelf", { timeout: 20_000 });
  await notice(tab.page).click();
  await expect(list(tab.page)).toContainText(`${ann.name} took you out of this book`, { timeout: 20_000 });
  await list(tab.page).getByRole("button", { name: "Let go" }).click();
  await expect(list(tab.page)).toContainText("Everything you wrote on this device is saved.");
  await expect(notice(tab.page)).toBeHidden();
  expect(await ann.does.chapterText(book, part)).toBe("In common.");
});

test("who is taken out of a book reads by whom, and not that all is connected", async ({ ann, ben }) => {
  test.slow();
  const { book, part } = await chapterOpen(ann, [ben]);
  await ann.does.removeMember(book, ben);
  await expect(ben.book.gone).toContainText(`${ann.name} took you out of this book`);
  await expect(ben.book.connection).toHaveText("No longer open to you");
  await ben.page.goto(`/book/${book}/${part}`);
  await expect(ben.page.getByRole("main")).toContainText(`${ann.name} took you out of this book`);
});

test.describe("with the service worker", () => {
  test.use({ serviceWorkers: "allow" });

  test("a chapter that was open here opens without a network, can be written in, and another says that it cannot", async ({
    ann,
    ben,
  }) => {
    test.slow();
    const { book, chapters } = await stage(ann, [ben], "Tides", "Winds");
    await ann.book.open(book, chapters["Tides"]);
    await ann.chapter.type("Before.");
    await ann.chapter.isSaved();
    // The device has page and text.
    const here = `/book/${book}/${chapters["Tides"]}`;
    await expect
      .poll(() => ann.page.evaluate(async (path) => (await caches.match(`${path}?document`)) !== undefined, here), { timeout: 30_000 })
      .toBe(true);
    await ann.context.setOffline(true);
    await expect(ann.book.connection).toHaveText("Offline: all is saved", { timeout: 20_000 });
    await ann.chapter.type(" Offline.");
    await ann.chapter.isKept();
    ann.page.on("dialog", (dialog) => void dialog.accept());

    await ann.page.reload();
    await hydrated(ann.page);
    await expect(ann.book.connection).toHaveText("Offline: kept on this device", { timeout: 20_000 });
    await expect(ann.chapter.text).toHaveText("Before. Offline.");
    await ann.chapter.type(" Once more.");
    await expect(ann.chapter.text).toHaveText("Before. Offline. Once more.");
    await ann.chapter.isKept();
    const never = await ann.anotherTab();
    await never.page.goto(`/book/${book}/${chapters["Winds"]}`);
    await expect(never.page.getByRole("heading", { name: "There is no connection" })).toBeVisible();
    await expect(never.page.getByRole("link", { name: "Tides" })).toBeVisible();

    await ann.context.setOffline(false);
    await ann.chapter.isSaved();
    expect(await ben.does.chapterText(book, chapters["Tides"]!)).toBe("Before. Offline. Once more.");

    // Whoever else signs in finds nothing of it.
    await ann.account.signOut();
    await expect(ann.page).toHaveURL("/");
    await expect.poll(() => ann.page.evaluate(async (path) => (await caches.match(path)) === undefined, here)).toBe(true);
    await ann.context.setOffline(true);
    await never.page.goto(here);
    await expect(never.page.getByRole("heading", { name: "There is no connection" })).toBeVisible();
  });
});
