import type { Page } from "@playwright/test";

/** Waits until a page has drawn what it was just told: only then does what it says of itself count. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}
