import type { Page } from "@playwright/test";
import { expect, test } from "../support/test";
import { prepare, walk } from "../support/tour";

/** A title of 120 letters without a blank, as an address is that somebody took for one. */
const long = (begin: string) => begin.padEnd(120, "abcdefghij");

/** What scrolls sideways: the page, a pane of it, or a dialog; and what in it reaches over its edge. */
async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const pane of document.querySelectorAll("html, main, aside, dialog[open]")) {
      if (!pane.checkVisibility() || pane.scrollWidth <= pane.clientWidth + 1) continue;
      const edge = pane.getBoundingClientRect().left + pane.clientWidth + 1;
      const over = [...pane.querySelectorAll("*")].filter((part) => part.getBoundingClientRect().right > edge);
      const named = over.slice(0, 4).map((part) => `${part.tagName.toLowerCase()}.${part.className}`);
      found.push(`${pane.tagName.toLowerCase()} (${named.join(", ")})`);
    }
    return found;
  });
}

for (const width of [390, 1360]) {
  test.describe(`${width} px wide`, () => {
    test.use({ viewport: { width, height: 844 } });

    test("a long title without blanks widens no page", async ({ ann, ben }) => {
      test.setTimeout(300_000);
      const tour = await prepare(ann, ben);
      const { book, part, section } = tour;
      const gone = await ann.does.addChapter(book, long("Gone"));
      for (const [command, data] of [
        ["rename_book", { book, title: long("Book") }],
        ["rename_part", { book, part, title: long("Chapter") }],
        ["rename_part", { book, part: section, title: long("Section") }],
        ["remove_part", { book, part: gone }],
        ["name_version", { book, part, name: long("Version") }],
      ] as const) {
        expect((await ann.does.send(command, data)).status(), command).toBe(200);
      }
      const found: string[] = [];
      await walk(ann, ben, tour, async (name) => {
        for (const wide of await tooWide(ann.page)) found.push(`${name}: ${wide}`);
      });
      expect(found).toEqual([]);
    });
  });
}
