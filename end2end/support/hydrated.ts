import { expect, type Page } from "@playwright/test";

/** Waits until the wasm has taken over the page: before that, only links and forms work. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator("body[data-hydrated]")).toBeAttached({ timeout: 20_000 });
}
