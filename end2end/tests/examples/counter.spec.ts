import { expect, testOf } from "../../support/example";

const test = testOf("counter");

test("a click in one window counts in the other, and for whoever comes later", async ({ open }) => {
  const [here, there] = [await open(), await open()];
  await here.getByRole("button", { name: "0" }).click();
  await there.getByRole("button", { name: "1" }).click();
  for (const page of [here, there, await open()]) await expect(page.getByRole("button")).toHaveText("2");
});

test("each click that is made without a network counts once", async ({ open }) => {
  const [away, here] = [await open(), await open()];
  await away.context().setOffline(true);
  for (let clicks = 0; clicks < 3; clicks += 1) await away.getByRole("button").click();
  await expect(away.getByRole("status")).toHaveText("3 on the way");
  // Meanwhile somebody else clicks too.
  await here.getByRole("button").click();
  await expect(here.getByRole("button")).toHaveText("1");
  await expect(away.getByRole("button")).toHaveText("0");

  await away.context().setOffline(false);
  for (const page of [away, here]) await expect(page.getByRole("button")).toHaveText("4", { timeout: 30_000 });
  await expect(away.getByRole("status")).toHaveText("");
  await expect((await open()).getByRole("button")).toHaveText("4");
});
