import type { Locator } from "@playwright/test";
import type { Person } from "../support/person";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

test("who comes is seen by the others at once, with their face, and who leaves is gone within seconds", async ({
  ann,
  ben,
  cleo,
}) => {
  test.slow();
  const { book } = await stage(ann, [ben, cleo], "Tides");
  await ann.book.open(book);
  await ben.book.open(book);
  await expect(ann.book.here(ben.name)).toBeVisible();
  await expect(ann.book.bar.getByRole("img", { name: ben.name })).toBeVisible();
  // The own stands there once, on the button of the account.
  await expect(ann.book.bar.locator(".face")).toHaveCount(2);
  await expect(ann.book.away).toContainText(cleo.name);
  await cleo.book.open(book);
  for (const person of [ann, ben, cleo]) {
    await expect(person.book.hereNow.getByRole("listitem")).toHaveCount(3);
  }
  // No two look alike, and all see each of them in the same colour: beside the list, at the top, and in the account's menu.
  const colour = (face: Locator) => face.evaluate((face) => getComputedStyle(face).backgroundColor);
  const colours = (person: Person) =>
    Promise.all([ann, ben, cleo].map(({ name }) => colour(person.book.here(name).locator(".face"))));
  const seen = await colours(ann);
  expect(new Set(seen).size).toBe(3);
  expect(await colours(cleo)).toEqual(seen);
  expect(await colour(ann.book.bar.getByRole("img", { name: ben.name }))).toBe(seen[1]);
  expect(await colour(ben.page.getByLabel("Account", { exact: true }).locator(".face"))).toBe(seen[1]);

  await cleo.page.close();
  await expect(ann.book.here(cleo.name)).toBeHidden({ timeout: 15_000 });
  await expect(ann.book.away).toContainText(cleo.name);
  await expect(ann.book.here(ben.name)).toBeVisible();
});

test("a person with two tabs is one face, until the last of them closes", async ({ ann, ben }) => {
  test.slow();
  const { book } = await stage(ann, [ben], "Tides");
  await ann.book.open(book);
  await ben.book.open(book);
  const second = await ben.anotherTab();
  await second.book.open(book);
  await expect(second.book.here(ben.name)).toHaveCount(1);
  await expect(ann.book.here(ben.name)).toHaveCount(1);
  await expect(ann.book.bar.getByRole("img", { name: ben.name })).toHaveCount(1);

  await ben.page.close();
  // Were the face to go with the first tab, it would have gone within this time.
  const since = Date.now();
  await expect
    .poll(
      async () => {
        expect(await ann.book.here(ben.name).count()).toBe(1);
        return Date.now() - since;
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(12_000);
  await second.page.close();
  await expect(ann.book.here(ben.name)).toBeHidden({ timeout: 15_000 });
});

test("everyone sees in which chapter the others are, and what they do there", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [ben], "Tides", "Winds");
  await ann.book.open(book);
  await ben.book.open(book, chapters["Winds"]);
  await ben.chapter.canWrite();
  await expect(ann.contents.item("Winds").getByRole("img", { name: ben.name })).toBeVisible();
  // What is said later is heard after whatever the opened chapter itself would have shown.
  await ben.book.show("Chat");
  await ben.book.say("I only read");
  await expect(ann.page.getByRole("tab", { name: /^Chat/ })).toContainText("1 unread");
  await expect(ann.book.here(ben.name)).toContainText("reads “Winds”");
  await ben.contents.open("Tides");
  await expect(ann.book.here(ben.name)).toContainText("reads “Tides”");
  await ben.chapter.type("Words.");
  await expect(ann.book.here(ben.name)).toContainText("writes “Tides”");
  await expect(ann.contents.item("Tides").getByRole("img", { name: `${ben.name}, writing` })).toBeVisible();
  await expect(ann.contents.item("Winds").getByRole("img", { name: ben.name })).toBeHidden();
});

test("a reload shows nothing to the others", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben], "Tides");
  await ann.book.open(book);
  await ben.book.open(book);
  await expect(ann.book.here(ben.name)).toBeVisible();
  await ann.page.evaluate((name) => {
    const seen = { gone: false };
    const look = () => {
      const list = document.querySelector("[aria-label='Here now']");
      if (!list?.textContent?.includes(name)) seen.gone = true;
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { seen });
  }, ben.name);

  await ben.page.reload();
  await ben.book.isConnected();
  // What is said after a reload is heard after whatever the reload itself would have shown.
  await ben.book.show("Chat");
  await ben.book.say("Back again");
  await expect(ann.page.getByRole("tab", { name: /^Chat/ })).toContainText("1 unread");
  expect(await ann.page.evaluate(() => (window as unknown as { seen: { gone: boolean } }).seen.gone)).toBe(false);
  await expect(ann.book.toasts.getByRole("paragraph")).toHaveCount(0);
});

test("a guest who reads a public book along is not mistaken for somebody", async ({ ann, guest }) => {
  const { book, chapters } = await stage(ann, [], "Tides");
  await ann.does.publish(book);
  await ann.does.showReaders(book, "everything");
  await ann.book.open(book, chapters["Tides"]);
  await guest.book.open(book, chapters["Tides"]);
  await expect(guest.book.here(ann.name)).toBeVisible();
  await expect(ann.book.hereNow.getByRole("listitem")).toHaveCount(1);
  await ann.chapter.type("For everyone to read.");
  await expect(guest.chapter.text).toContainText("For everyone to read.");
});

test("people have the colours that the book gave them, wherever they stand and however often the page is loaded", async ({
  ann,
  ben,
}) => {
  const { book } = await stage(ann, [ben], "Tides");
  const seen = new Map<string, Set<string>>();
  for (let load = 0; load < 8; load += 1) {
    await ann.settings.open(book);
    await ann.book.isConnected();
    const faces = await ann.page
      .locator(".face")
      .evaluateAll((all) => all.map((face) => [(face as HTMLElement).title, getComputedStyle(face).backgroundColor]));
    for (const [name, colour] of faces) seen.set(name!, (seen.get(name!) ?? new Set()).add(colour!));
  }
  const colours = [ann, ben].map(({ name }) => [...(seen.get(name) ?? [])]);
  expect(colours.map((each) => each.length), JSON.stringify(colours)).toEqual([1, 1]);
  expect(colours[0]).not.toEqual(colours[1]);
});
