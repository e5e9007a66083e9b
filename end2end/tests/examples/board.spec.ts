import type { Locator, Page } from "@playwright/test";
import { expect, live, testOf } from "../../support/example";

const test = testOf("board");

async function comeIn(page: Page, name: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await live(page, () => page.getByRole("button", { name: "Come in" }).click());
}

async function add(page: Page, column: string, title: string): Promise<void> {
  await page.getByLabel(`New: ${column}`).fill(title);
  await page.getByLabel(`New: ${column}`).press("Enter");
}

const cards = (page: Page, column: string) => page.getByRole("list", { name: column }).getByRole("listitem");
const titles = (page: Page, column: string) => cards(page, column).getByRole("heading");
const press = (card: Locator, name: string) => card.getByRole("button", { name }).click();

test("what one person adds and moves, everybody sees, and it is there after a restart", async ({ open, server }) => {
  const [ann, ben] = [await open(), await open()];
  await comeIn(ann, "Ann");
  await comeIn(ben, "Ben");
  for (const title of ["Sails", "Oars <b>"]) {
    await add(ann, "To do", title);
    await expect(titles(ben, "To do").last()).toHaveText(title);
  }
  await press(cards(ben, "To do").first(), "To “Doing”");
  for (const page of [ann, ben]) {
    await expect(titles(page, "To do")).toHaveText(["Oars <b>"]);
    await expect(titles(page, "Doing")).toHaveText(["Sails"]);
  }

  await server.kill();
  await server.start();
  const cleo = await open();
  await comeIn(cleo, "Cleo");
  await expect(titles(cleo, "Doing")).toHaveText(["Sails"]);
  await press(cards(cleo, "To do").first(), "Remove");
  for (const page of [ann, ben, cleo]) {
    await expect(titles(page, "To do")).toHaveText([], { timeout: 30_000 });
    await expect(titles(page, "Doing")).toHaveText(["Sails"]);
  }
});

test("one person at a time edits a card, and hands it over to who waits for it", async ({ open }) => {
  const [ann, ben] = [await open(), await open()];
  await comeIn(ann, "Ann");
  await comeIn(ben, "Ben");
  await add(ann, "To do", "Sails");
  const [anns, bens] = [cards(ann, "To do").first(), cards(ben, "To do").first()];
  await press(anns, "Edit");
  await expect(bens.getByRole("status")).toHaveText("Ann is editing it");
  await expect(bens.getByRole("button", { name: "Remove" })).toHaveCount(0);
  await press(bens, "Wait for it");
  await expect(anns.getByRole("status")).toHaveText("Ben waits for it");

  await anns.getByLabel("Text").fill("Mend the tear.");
  await press(anns, "Save and hand over");
  await expect(anns.getByRole("status")).toHaveText("Ben is editing it");
  await expect(anns).toContainText("Mend the tear.");
  await expect(bens.getByLabel("Text")).toHaveValue("Mend the tear.");
  await bens.getByLabel("Title").fill("Sails and lines");
  await press(bens, "Save");
  for (const card of [anns, bens]) {
    await expect(card.getByRole("heading")).toHaveText("Sails and lines");
    await expect(card.getByRole("button", { name: "Edit" })).toBeVisible();
  }
});

test("who waits no more is passed over, and who gives a card up leaves it as it was", async ({ open }) => {
  const [ann, ben] = [await open(), await open()];
  await comeIn(ann, "Ann");
  await comeIn(ben, "Ben");
  await add(ann, "To do", "Sails");
  const [anns, bens] = [cards(ann, "To do").first(), cards(ben, "To do").first()];
  await press(anns, "Edit");
  await press(bens, "Wait for it");
  await expect(anns.getByRole("status")).toHaveText("Ben waits for it");
  await press(bens, "Do not wait");
  await expect(anns.getByRole("status")).toHaveCount(0);
  await anns.getByLabel("Title").fill("Nothing");
  await press(anns, "Cancel");
  for (const card of [anns, bens]) await expect(card.getByRole("heading")).toHaveText("Sails");
  await press(bens, "Edit");
  await expect(bens.getByLabel("Title")).toHaveValue("Sails");
});
