import { expect, testOf } from "../../support/example";

// Made from the chapter *Add Sputnik to your application* alone: see `xtask/src/handbook.rs`.
const test = testOf("guestbook");

test("whoever follows the handbook word by word has an application of which two windows are in step", async ({ open }) => {
  const [here, there] = [await open(), await open()];
  const sign = async (name: string) => {
    await here.getByLabel("Your name").fill(name);
    await here.getByRole("button", { name: "Sign" }).click();
  };
  await sign("Ann");
  for (const page of [here, there]) await expect(page.getByRole("listitem")).toHaveText(["Ann"]);

  await here.context().setOffline(true);
  await sign("Ben");
  await sign("Cleo");
  await expect(here.getByRole("status")).toHaveText("2 on the way");
  await here.context().setOffline(false);
  for (const page of [here, there]) {
    await expect(page.getByRole("listitem")).toHaveText(["Ann", "Ben", "Cleo"], { timeout: 30_000 });
  }
});

test("and finds that what the server refuses is told in words, and that the page outlives the server", async ({
  open,
  server,
}) => {
  const page = await open();
  await page.getByLabel("Your name").fill(" ");
  await page.getByRole("button", { name: "Sign" }).click();
  await expect(page.getByRole("alert")).toHaveText("A name has between 1 and 100 letters.");
  await page.getByLabel("Your name").fill("Ann");
  await page.getByRole("button", { name: "Sign" }).click();
  await expect(page.getByRole("listitem")).toHaveText(["Ann"]);

  await server.kill();
  await server.start();
  await expect(page.getByRole("listitem")).toHaveCount(0, { timeout: 30_000 });
});
