import type { Page } from "@playwright/test";
import { expect, live, testOf } from "../../support/example";

const test = testOf("notifications");

async function signIn(page: Page, name: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await live(page, () => page.getByRole("button", { name: "Sign in" }).click());
  await expect(page.getByRole("heading", { name: `For ${name}` })).toBeVisible();
}

async function notify(page: Page, to: string, text: string): Promise<void> {
  await page.getByLabel("To").fill(to);
  await page.getByLabel("Text").fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

const inbox = (page: Page) => page.getByRole("region", { name: "Inbox" }).getByRole("listitem");

test("a notification comes on all devices of a person, and of nobody else, and is put away on all", async ({ open }) => {
  const [phone, laptop, ben] = [await open(), await open(), await open()];
  for (const page of [phone, laptop]) await signIn(page, "ann");
  await signIn(ben, "ben");
  for (const page of [phone, laptop, ben]) await expect(inbox(page)).toHaveCount(0);

  await notify(ben, "ann", "Lunch at <b>one</b>?");
  await expect(ben.getByRole("status")).toHaveText("Sent to ann.");
  for (const page of [phone, laptop]) {
    await expect(inbox(page)).toContainText("benLunch at <b>one</b>?");
    await expect(page).toHaveTitle("(1) Notifications");
  }
  await expect(inbox(ben)).toHaveCount(0);

  await phone.getByRole("button", { name: "Put away" }).click();
  for (const page of [phone, laptop]) await expect(page.getByText("Nothing new.")).toBeVisible();
});

test("what comes while a device has no network is there when it is back, and is sent once from one", async ({ open }) => {
  const [ann, ben] = [await open(), await open()];
  await signIn(ann, "ann");
  await signIn(ben, "ben");
  await ann.context().setOffline(true);
  await notify(ann, "ben", "I am in a tunnel");
  await expect(ann.getByRole("status")).toHaveText("On its way …");
  await notify(ben, "ann", "Where are you?");
  await expect(ben.getByRole("status")).toHaveText("Sent to ann.");

  await ann.context().setOffline(false);
  await expect(inbox(ann)).toContainText(["Where are you?"], { timeout: 30_000 });
  await expect(inbox(ben)).toContainText(["I am in a tunnel"]);
  await expect(ann.getByRole("status")).toHaveText("Sent to ben.");
  await ben.reload();
  await expect(inbox(ben)).toHaveCount(1);
});

test("a name that is none, and a person that cannot be, are refused in words", async ({ open }) => {
  const ann = await open();
  await signIn(ann, "ann");
  await ann.getByLabel("To").evaluate((input: HTMLInputElement) => input.removeAttribute("pattern"));
  await notify(ann, "nobody at all", "Hello");
  await expect(ann.getByRole("status")).toContainText("A user id must be");
});
