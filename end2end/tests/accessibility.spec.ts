import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { walkInside } from "../support/inside";
import { unseen } from "../support/routes";
import { chapterOpen, stage } from "../support/stage";
import { expect, test } from "../support/test";
import { prepare, walk } from "../support/tour";

/** Best practices too, and what is not on by itself: that what is seen is in what is said, for whoever speaks to a page. */
const RULES = { rules: { "label-content-name-mismatch": { enabled: true }, region: { enabled: true } } };

/** What axe finds that keeps somebody out or in the dark, in few words. */
async function serious(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).options(RULES).analyze();
  // The menu's lines are gone through with the arrow keys while the focus stays in the text: a test of its own shows it.
  const known = (id: string, html: string) => id === "scrollable-region-focusable" && html.includes("slash-menu");
  return violations
    .filter(({ impact, id }) => impact === "serious" || impact === "critical" || id in RULES.rules || id === "skip-link")
    .flatMap(({ id, nodes }) => nodes.filter(({ html }) => !known(id, html)).map((node) => ({ id, node })))
    .map(({ id, node }) => `${id}: ${node.target.join(" ")} — ${node.failureSummary}`);
}

/** What reaches over the right edge of a page that scrolls sideways. */
async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const over = (element: Element) => element.getBoundingClientRect().right > window.innerWidth + 1;
    if (document.documentElement.scrollWidth <= window.innerWidth) return [];
    const all = [...document.querySelectorAll("body *")].filter(over);
    return all.slice(0, 5).map((element) => `${element.tagName.toLowerCase()}.${element.className}`);
  });
}

/**
 * What a thumb does not hit on the page: below 44 pixels either way. Of a link within a sentence the height is asked for,
 * and 24, as WCAG 2.5.8 has it: its words are as wide as they are, and other lines stand above and below.
 */
async function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const pressed = `a[href], button, summary, select, textarea, input:not([type="hidden"]), [role="tab"], [role="option"],
      [role="menuitem"], [role="menuitemradio"]`;
    const dialog = document.querySelector("dialog:modal");
    const isSeen = (element: Element) =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      !element.closest(".unseen, .skip") &&
      (!dialog || dialog.contains(element));
    const isInSentence = (element: Element) =>
      getComputedStyle(element).display === "inline" &&
      [...element.parentElement!.childNodes].some(({ nodeType, textContent }) => nodeType === 3 && textContent!.trim());
    const found: string[] = [];
    for (const element of document.querySelectorAll(pressed)) {
      if (!isSeen(element)) continue;
      // A sign beside its words is pressed by them too.
      const target = element.matches('[type="radio"], [type="checkbox"]') ? (element.closest("label") ?? element) : element;
      const { width, height } = target.getBoundingClientRect();
      const isFine = isInSentence(element) ? height >= 24 : Math.min(width, height) >= 43.9;
      if (isFine || width * height === 0) continue;
      const name = element.getAttribute("aria-label") ?? element.textContent!.trim().slice(0, 30);
      found.push(`${element.tagName.toLowerCase()} “${name}” ${Math.round(width)} × ${Math.round(height)}`);
    }
    return [...new Set(found)];
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 360, height: 740 },
  ]) {
    test.describe(`${colorScheme}, ${viewport.width} px wide`, () => {
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: "reduce" } });

      test("no page keeps anybody out", async ({ ann, ben }) => {
        test.setTimeout(300_000);
        const tour = await prepare(ann, ben);
        const found: string[] = [];
        await walk(ann, ben, tour, async (name) => {
          for (const problem of await serious(ann.page)) found.push(`${name}: ${problem}`);
          for (const problem of name === "writing-alone" ? await serious(ben.page) : []) found.push(`asking: ${problem}`);
        });
        for (const problem of await serious(ben.page)) found.push(`refused: ${problem}`);
        expect(found).toEqual([]);
      });

      test("nor do the page of administrators and the panel of developers", async ({ keeper, ann, ben }) => {
        test.slow();
        const found: string[] = [];
        await walkInside(keeper, ann, ben, async (name, { page }) => {
          for (const problem of await serious(page)) found.push(`${name}: ${problem}`);
        });
        expect(found).toEqual([]);
      });
    });
  }
}

test.describe("320 px wide, touched", () => {
  test.use({ viewport: { width: 320, height: 640 }, hasTouch: true });

  test("no page scrolls sideways, and all that is pressed is large enough for a thumb", async ({ ann, ben }) => {
    test.setTimeout(300_000);
    const tour = await prepare(ann, ben);
    const found: string[] = [];
    const seen: string[] = [];
    await walk(ann, ben, tour, async (name) => {
      seen.push(ann.page.url());
      const wide = await tooWide(ann.page);
      if (wide.length > 0) found.push(`${name}: ${wide.join(", ")}`);
      for (const small of await tooSmall(ann.page)) found.push(`${name}: ${small}`);
    });
    expect(found).toEqual([]);
    // The page of administrators is looked at below; a new page must be on the tour.
    expect(unseen(seen)).toEqual(["/admin/live"]);
  });

  test("nor do the page of administrators and the panel of developers", async ({ keeper, ann, ben }) => {
    test.slow();
    const found: string[] = [];
    await walkInside(keeper, ann, ben, async (name, { page }) => {
      const wide = await tooWide(page);
      if (wide.length > 0) found.push(`${name}: ${wide.join(", ")}`);
    });
    expect(found).toEqual([]);
  });

  test("while the keyboard is up there is the text, and one thin line that says how it stands", async ({ ann }) => {
    await chapterOpen(ann, []);
    const panes = ann.page.getByRole("navigation", { name: "Panes" });
    await expect(panes).toBeVisible();
    await ann.chapter.canWrite();
    await ann.chapter.field.tap();
    await ann.page.setViewportSize({ width: 320, height: 330 });
    await expect(panes).toBeHidden();
    await expect(ann.book.connection).toBeInViewport({ ratio: 1 });
    const top = async () => (await ann.page.getByRole("main").boundingBox())!.y;
    await expect.poll(top).toBeLessThanOrEqual(28);
    // Its own key puts it away, and the focus stays in the text.
    await ann.page.setViewportSize({ width: 320, height: 640 });
    await expect(panes).toBeVisible();
    await expect(ann.chapter.field).toBeFocused();
  });
});

test.describe("by keyboard", () => {
  test("Tab comes to everything in the order it is seen, and shows where it is", async ({ ann }) => {
    await chapterOpen(ann, []);
    await ann.chapter.canWrite();
    const stops: { name: string; outline: boolean; x: number }[] = [];
    for (let press = 0; press < 40; press += 1) {
      await ann.page.keyboard.press("Tab");
      const stop = await ann.page.evaluate(() => {
        const at = document.activeElement;
        if (!at || at === document.body) return null;
        const style = getComputedStyle(at);
        const box = at.getBoundingClientRect();
        const name = at.getAttribute("aria-label") ?? at.textContent?.trim().slice(0, 40) ?? "";
        const ring = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none";
        return { name: `${at.tagName.toLowerCase()} ${name}`, outline: ring || style.boxShadow !== "none", x: box.x };
      });
      if (!stop) break;
      stops.push(stop);
    }
    const names = stops.map(({ name }) => name);
    expect(names[0]).toContain("Skip to the text");
    const at = (words: string) => {
      const found = names.findIndex((name) => name.includes(words));
      expect(found, `${words} among ${names.join(" | ")}`).toBeGreaterThanOrEqual(0);
      return found;
    };
    const seen = ["My shelf", "Account", "Tides", "New chapter", "More about this chapter", "Chapter text", "People"];
    const order = seen.map(at);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    // In the text the caret says where one is.
    const unseen = stops.filter(({ outline, name }) => !outline && !name.endsWith("Chapter text"));
    expect(unseen.map(({ name }) => name), "without a focus ring").toEqual([]);
  });

  test("the link at the top skips to the text", async ({ ann }) => {
    await chapterOpen(ann, []);
    await ann.page.keyboard.press("Tab");
    await ann.page.keyboard.press("Enter");
    await expect(ann.page.getByRole("main")).toBeFocused();
  });

  test("a question mark opens the sheet of shortcuts, but not where one is typed", async ({ ann }) => {
    await chapterOpen(ann, []);
    const sheet = ann.page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await ann.page.keyboard.press("?");
    await expect(sheet).toBeVisible();
    await expect(sheet).toContainText("Move up and down");
    await ann.page.keyboard.press("Escape");
    await expect(sheet).toBeHidden();
    await ann.chapter.type("Is it so?");
    await expect(ann.chapter.field).toHaveText("Is it so?");
    await expect(sheet).toBeHidden();
  });

  test("the contents are walked, opened and arranged with keys alone", async ({ ann }) => {
    const { book } = await stage(ann, [], "One", "Two", "Three");
    await ann.book.open(book);
    await ann.contents.item("One").focus();
    await ann.page.keyboard.press("ArrowDown");
    await expect(ann.contents.item("Two")).toBeFocused();
    await ann.page.keyboard.press("End");
    await expect(ann.contents.item("Three")).toBeFocused();
    await ann.page.keyboard.press("Home");
    await ann.page.keyboard.press("Enter");
    await expect(ann.chapter.heading).toHaveText("One");
    await ann.contents.press("One", "F2");
    await ann.page.keyboard.type("First");
    await ann.page.keyboard.press("Enter");
    await expect(ann.contents.item("First")).toBeFocused();
    await ann.page.keyboard.press("Alt+ArrowDown");
    await ann.contents.are("Two", "First", "Three");
  });

  test("bold, italic, headings and taking back have keys", async ({ ann }) => {
    await chapterOpen(ann, []);
    const { chapter, page } = ann;
    await chapter.type("");
    await page.keyboard.press("Control+b");
    await page.keyboard.type("bold");
    await expect(chapter.field.getByRole("strong")).toHaveText("bold");
    await page.keyboard.press("Control+b");
    await page.keyboard.press("Control+i");
    await page.keyboard.type("soft");
    await expect(chapter.field.getByRole("emphasis")).toHaveText("soft");
    await page.keyboard.press("Control+Alt+1");
    await expect(chapter.field.getByRole("heading", { level: 2 })).toHaveText("boldsoft");
    await page.keyboard.press("Control+z");
    await expect(chapter.field.getByRole("heading")).toHaveCount(0);
  });

  test("in the text, keys reach the bar of formats and the sheet of shortcuts, and come back", async ({ ann }) => {
    await chapterOpen(ann, []);
    const { chapter, page } = ann;
    await chapter.type("The tide");
    await page.keyboard.press("Shift+Home");
    const bar = page.getByRole("toolbar", { name: "Format" });
    await expect(bar).toBeVisible();
    await page.keyboard.press("Alt+F10");
    await expect(bar.locator(":focus")).toHaveCount(1);
    await page.keyboard.press("Escape");
    await expect(chapter.field).toBeFocused();
    await page.keyboard.press("Control+/");
    const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await expect(sheet).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(sheet).toBeHidden();
    await expect(chapter.field).toBeFocused();
  });

  test("in the menu of the text, the arrow keys go to every line and show it", async ({ ann }) => {
    await chapterOpen(ann, []);
    const { chapter, page } = ann;
    await chapter.type("/");
    const menu = page.getByRole("listbox", { name: "Insert" });
    const lines = await menu.getByRole("option").count();
    expect(lines).toBeGreaterThan(10);
    for (let line = 0; line < lines; line += 1) {
      const at = menu.getByRole("option", { selected: true });
      await expect(at).toHaveCount(1);
      await expect(at).toBeInViewport({ ratio: 1 });
      await expect(chapter.field).toHaveAttribute("aria-activedescendant", (await at.getAttribute("id"))!);
      await page.keyboard.press("ArrowDown");
    }
    await page.keyboard.press("Escape");
    await expect(menu).toBeHidden();
    await expect(chapter.field).toBeFocused();
  });

  test("what others do is announced politely", async ({ ann, ben }) => {
    await chapterOpen(ann, [ben]);
    await ann.chapter.takePen();
    await ben.chapter.askButton.click();
    await expect(ann.page.locator("[aria-live=polite]").filter({ hasText: "asks for the pen" })).toBeAttached();
  });
});

test("the theme that is chosen is remembered, and sent by the server from then on", async ({ ann }) => {
  await ann.shelf.open();
  await ann.account.openMenu();
  await ann.page.getByRole("radio", { name: "Dark" }).check();
  await expect(ann.page.locator("html")).toHaveAttribute("data-theme", "dark");
  const html = await (await ann.context.request.get("/shelf")).text();
  expect(html).toContain('data-theme="dark"');
});
