import { hydrated } from "../support/hydrated";
import { Person } from "../support/person";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

test("a guest reads a public book, and nothing of the application is loaded for that", async ({ ann, browser }) => {
  const { book, title, chapters } = await stage(ann, [], "Tides", "Winds");
  await ann.does.publish(book);
  await ann.book.open(book, chapters["Tides"]);
  await ann.chapter.type("The moon **pulls** at the sea.");
  await ann.chapter.isSaved();

  const guest = await Person.guest(browser);
  const asked: string[] = [];
  guest.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await guest.page.goto(`/book/${book}`);
  await expect(guest.page.getByRole("heading", { level: 1 })).toHaveText(title);
  await guest.page.goto(`/book/${book}/${chapters["Tides"]}`);
  await expect(guest.page.getByRole("article")).toContainText("The moon pulls at the sea.");
  await guest.page.waitForLoadState("networkidle");
  expect(asked.filter((path) => path.endsWith(".wasm") || path.endsWith("/sputnik.js"))).toEqual([]);

  // Whoever stays sees what is written next.
  await hydrated(guest.page);
  await ann.chapter.type(" And the sun.");
  await expect(guest.page.getByRole("article")).toContainText("And the sun.");
  await guest.leave();
});

test("what a guest presses at once is answered", async ({ browser }) => {
  const guest = await Person.guest(browser);
  await guest.page.goto("/");
  // Without a pointer that comes near first.
  const help = guest.page.getByRole("button", { name: "Keyboard shortcuts", includeHidden: true });
  await help.dispatchEvent("click");
  await expect(guest.page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await guest.leave();
});
