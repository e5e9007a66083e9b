import type { Page } from "@playwright/test";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

interface Noted {
  /** Where the lines were, as long as the text was the server's. */
  read?: string;
  /** The same of the editor's. */
  written?: string;
  /** How far what was on the screen moved, as browsers count it. */
  moved: number;
}

/** Notes where each line of the text is, from the first frame on. Must be called before the page is loaded. */
async function noteLines(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const noted: Noted = { moved: 0 };
    Object.assign(window, { noted });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) noted.moved += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: "layout-shift", buffered: true });
    const look = () => {
      const text = document.querySelector(".manuscript");
      const paragraph = text?.querySelector("p");
      if (paragraph && document.fonts.status === "loaded") {
        const range = document.createRange();
        range.selectNodeContents(paragraph);
        const lines = [...range.getClientRects()].map(({ x, y, width }) => [x, y, Math.round(width)].join(" "));
        noted[text?.classList.contains("ProseMirror") ? "written" : "read"] = lines.join("\n");
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

test("nothing moves when the editor takes the text's place, and when a page becomes live", async ({ ann }) => {
  const { book, chapters } = await stage(ann, [], "Tides");
  await ann.book.open(book, chapters["Tides"]!);
  // With letters that would be joined, and spaces where lines end.
  await ann.chapter.type("Tides.");
  await ann.page.keyboard.insertText(
    " The first officer, afflicted, offers five fluffy waffles: flat, efficient, fine.".repeat(12),
  );
  await ann.chapter.isSaved();

  await ann.page.setViewportSize({ width: 390, height: 800 });
  await noteLines(ann.page);
  await ann.book.open(book, chapters["Tides"]!);
  await expect(ann.page.locator(".manuscript.ProseMirror p")).toBeVisible();
  await ann.chapter.isSaved();
  const noted = await ann.page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    return (window as unknown as { noted: Noted }).noted;
  });
  expect(noted.read?.split("\n").length).toBeGreaterThan(10);
  expect(noted.written).toBe(noted.read);
  // But for a time, which is told as its reader tells it, and the word of the connection.
  expect(noted.moved).toBeLessThan(0.005);
});
