import { expect, test } from "@playwright/test";
import { hydrated } from "../support/hydrated";

test.use({ serviceWorkers: "allow" });

test("the page is taken over by the wasm, without a word of complaint", async ({ page }) => {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });

  await page.goto("/");

  await hydrated(page);
  expect(complaints).toEqual([]);
});
