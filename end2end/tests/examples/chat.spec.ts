import type { Page } from "@playwright/test";
import { expect, live, testOf } from "../../support/example";

const test = testOf("chat");

async function comeIn(page: Page, name: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await live(page, () => page.getByRole("button", { name: "Come in" }).click());
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Say something").fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

const lines = (page: Page) => page.getByRole("list", { name: "What was said" }).getByRole("listitem");
const people = (page: Page) => page.getByRole("list", { name: "Here now" }).getByRole("listitem");

test("two people see who is here, who types and what is said, and whoever comes later sees it too", async ({ open }) => {
  const [ann, ben] = [await open(), await open()];
  await comeIn(ann, "Ann");
  await comeIn(ben, "Bénédict <b>");
  for (const page of [ann, ben]) await expect(people(page)).toHaveText(["Ann", "Bénédict <b>"]);

  await ann.getByLabel("Say something").fill("Hel");
  await expect(ben.getByRole("status")).toHaveText("Ann is typing …");
  await expect(ann.getByRole("status")).toHaveText("");
  await say(ann, "Hello, <i>you</i>");
  for (const page of [ann, ben]) await expect(lines(page)).toHaveText(["AnnHello, <i>you</i>"]);
  await expect(ben.getByRole("status")).toHaveText("");
  await say(ben, "Hello!");
  for (const page of [ann, ben]) await expect(lines(page).last()).toHaveText("Bénédict <b>Hello!");

  const cleo = await open();
  await expect(lines(cleo)).toHaveCount(0);
  await comeIn(cleo, "Cleo");
  await expect(lines(cleo)).toHaveText(["AnnHello, <i>you</i>", "Bénédict <b>Hello!"]);
  await expect(people(ann)).toHaveText(["Ann", "Bénédict <b>", "Cleo"]);
});

test("what is said without a network comes once, in order, when it is back", async ({ open }) => {
  const [ann, ben] = [await open(), await open()];
  await comeIn(ann, "Ann");
  await comeIn(ben, "Ben");
  await ann.context().setOffline(true);
  await say(ann, "From the train,");
  await say(ann, "in a tunnel");
  await expect(ann.getByRole("alert")).toHaveText("No network. Waiting to be sent: 2");
  await say(ben, "Where are you?");
  await expect(lines(ben)).toHaveText(["BenWhere are you?"]);

  await ann.context().setOffline(false);
  const said = ["BenWhere are you?", "AnnFrom the train,", "Annin a tunnel"];
  for (const page of [ann, ben]) await expect(lines(page)).toHaveText(said, { timeout: 30_000 });
  await expect(ann.getByRole("alert")).toHaveText("");
  // Nobody was seen to leave.
  await expect(people(ben)).toHaveText(["Ann", "Ben"]);
});
