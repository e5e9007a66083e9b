import { expect, type Page } from "@playwright/test";

/** Waits until the wasm has taken over the page: before that, only links and forms work. A guest's page waits for a sign of them. */
export async function hydrated(page: Page): Promise<void> {
  await expect(async () => {
    // Whatever page is there may be on its way to another.
    await page.evaluate(() => window.dispatchEvent(new Event("pointermove")));
    await expect(page.locator("body[data-hydrated]")).toBeAttached({ timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
}
