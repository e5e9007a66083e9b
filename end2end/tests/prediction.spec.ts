import type { Page } from "@playwright/test";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

/** The line between a page and the server, which lets through what it is told to. */
interface Line {
  /** What the page says waits from now on. */
  hold(): void;
  /** What waited goes, and all that comes after it. */
  letGo(): void;
  /** What waited is lost, and all that comes after it goes. */
  lose(): void;
  /** What waits is lost, and the line is cut: the page opens another. */
  cut(): Promise<void>;
}

/** Puts a line before a page is loaded that can be held. */
async function line(page: Page): Promise<Line> {
  let held: (() => void)[] | null = null;
  let cut = async (): Promise<void> => {};
  await page.routeWebSocket(/\/sputnik\/socket/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const send = () => server.send(message);
      if (held === null) send();
      else held.push(send);
    });
    cut = async () => {
      held = null;
      await socket.close();
      await server.close();
    };
  });
  return {
    hold: () => (held ??= []),
    letGo: () => {
      const waits = held ?? [];
      held = null;
      for (const send of waits) send();
    },
    lose: () => (held = null),
    cut: () => cut(),
  };
}

test("what one does is shown before the server knows of it, and by others once it does", async ({ ann, ben }) => {
  const network = await line(ann.page);
  const { book, chapters } = await stage(ann, [ben], "One", "Two", "Three");
  await ann.book.open(book, chapters["Three"]);
  await ben.book.open(book, chapters["Three"]);
  await ann.book.show("Chat");
  await ben.book.show("Chat");

  network.hold();
  await ann.contents.press("Three", "Alt+ArrowUp");
  await ann.contents.are("One", "Three", "Two");
  await ann.contents.rename("One", "First");
  await ann.contents.are("First", "Three", "Two");
  await ann.chapter.status.selectOption("Completed");
  await expect(ann.contents.item("Three").getByRole("img", { name: "Completed" })).toBeVisible();
  await ann.book.say("Moved it up");
  await expect(ann.book.line("Moved it up")).toBeVisible();
  await ben.contents.are("One", "Two", "Three");

  network.letGo();
  await ben.contents.are("First", "Three", "Two");
  await expect(ben.contents.item("Three").getByRole("img", { name: "Completed" })).toBeVisible();
  await expect(ben.book.line("Moved it up")).toBeVisible();
  await ann.contents.are("First", "Three", "Two");
  await expect(ann.book.line("Moved it up")).toHaveCount(1);
  await expect(ann.page.locator(".line.expected")).toHaveCount(0);
});

test("what others do meanwhile is shown, with what is still expected", async ({ ann, ben }) => {
  const network = await line(ann.page);
  const { book } = await stage(ann, [ben], "One", "Two", "Three");
  await ann.book.open(book);
  await ben.book.open(book);
  network.hold();
  await ann.contents.press("Three", "Alt+ArrowUp");
  await ann.contents.press("Three", "Alt+ArrowUp");
  await ann.contents.are("Three", "One", "Two");
  await ben.contents.addChapter("Four");
  await ann.contents.are("Three", "One", "Two", "Four");
  network.letGo();
  await ben.contents.are("Three", "One", "Two", "Four");
  await ann.contents.are("Three", "One", "Two", "Four");
});

test("what is refused is taken back, and said", async ({ ann, ben }) => {
  const network = await line(ben.page);
  const { book } = await stage(ann, [ben], "One", "Two");
  await ann.book.open(book);
  await ben.book.open(book);
  network.hold();
  await ben.contents.rename("Two", "Second");
  await ben.contents.are("One", "Second");
  await ann.does.setMember(book, ben.name, "reader");
  network.letGo();
  await ben.contents.are("One", "Two");
  await ann.contents.are("One", "Two");
});

test("a press goes on over a line that is cut, and is shown all the while", async ({ ann, ben }) => {
  const network = await line(ann.page);
  const { book } = await stage(ann, [ben], "One", "Two");
  await ann.book.open(book);
  await ben.book.open(book);
  network.hold();
  await ann.contents.press("Two", "Alt+ArrowUp");
  await ann.contents.are("Two", "One");
  // Whatever the contents show from now on.
  await ann.contents.tree.evaluate((tree) => {
    const shown = () => [...tree.querySelectorAll("[role=treeitem] a")].map((link) => link.textContent).join();
    const orders = (Object.assign(window, { orders: [shown()] }) as unknown as { orders: string[] }).orders;
    new MutationObserver(() => orders.push(shown())).observe(tree, { childList: true, subtree: true });
  });
  await network.cut();
  await ben.contents.are("Two", "One");
  await ann.contents.are("Two", "One");
  const orders = await ann.page.evaluate(() => (window as unknown as { orders: string[] }).orders);
  expect(orders.filter((order) => order.includes("One,Two"))).toEqual([]);
});

test("what a page was not answered, the next one has done, once", async ({ ann, ben }) => {
  const network = await line(ann.page);
  const { book } = await stage(ann, [ben], "One", "Two");
  await ann.book.open(book);
  await ben.book.open(book);
  await ann.book.show("Chat");
  await ben.book.show("Chat");
  network.hold();
  await ann.contents.rename("One", "First");
  await ann.book.say("Renamed it");
  await ann.contents.are("First", "Two");
  network.lose();
  await ann.page.reload();
  await ben.contents.are("First", "Two");
  await ann.contents.are("First", "Two");
  await ann.book.show("Chat");
  for (const person of [ann, ben]) await expect(person.book.line("Renamed it")).toHaveCount(1);
  // What was done is not kept.
  await expect.poll(() => ann.page.evaluate(() => Object.keys(localStorage))).not.toContainEqual(
    expect.stringContaining("unanswered"),
  );
});

test("what a closed tab was not answered, another page of the same browser has done", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben], "One", "Two");
  await ben.book.open(book);
  const tab = await ann.anotherTab();
  const network = await line(tab.page);
  await tab.book.open(book);
  network.hold();
  await tab.contents.press("Two", "Alt+ArrowUp");
  await tab.contents.are("Two", "One");
  network.lose();
  await tab.page.close({ runBeforeUnload: true });
  await ben.contents.are("One", "Two");
  await ann.shelf.open();
  await ben.contents.are("Two", "One");
});

test("what cannot be done any more is named with what was written", async ({ ann, ben }) => {
  const network = await line(ben.page);
  const { book } = await stage(ann, [ben], "One", "Two");
  await ann.book.open(book);
  await ben.book.open(book);
  network.hold();
  await ben.contents.rename("Two", "Second");
  await ben.contents.are("One", "Second");
  await ann.does.setMember(book, ben.name, "reader");
  network.lose();
  await ben.page.reload();
  const note = ben.page.getByRole("alert").filter({ hasText: "was not done" });
  await expect(note).toContainText("A new title (“Second”)");
  await ben.contents.are("One", "Two");
  await note.getByRole("button", { name: "I have read it" }).click();
  await expect(note).toBeHidden();
});
