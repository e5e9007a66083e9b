/** Where the menu opens that a slash asks for. */
import { expect, test, type Stage, type Writer } from "./support/stage";

const paragraph = (words: string) => ({ type: "paragraph", content: [{ type: "text", text: words }] });

async function filled(stage: Stage, size: { width: number; height: number }): Promise<Writer> {
  const context = await stage.visitors({ viewport: size });
  const page = await stage.open(context);
  await stage.fill(page, Array.from({ length: 40 }, (_, at) => paragraph(`Line ${at} of the chapter.`)));
  const ann = await stage.enter("Ann", { page });
  await expect(ann.text).toContainText("Line 39");
  return ann;
}

/** Presses a slash with the caret's line at a height of the window, and tells where line and menu are then. */
async function opened(ann: Writer, share: number) {
  await ann.text.getByText("Line 20 of").click();
  await ann.move("End");
  await ann.text.getByText("Line 20 of").evaluate((line, share) => {
    window.scrollBy(0, line.getBoundingClientRect().top - share * window.innerHeight);
  }, share);
  await ann.page.keyboard.type(" /");
  await expect(ann.page.getByRole("listbox")).toBeVisible();
  return places(ann);
}

async function places(ann: Writer) {
  const box = async (found: ReturnType<Writer["text"]["locator"]>) => (await found.boundingBox())!;
  const [line, menu] = [await box(ann.text.getByText("Line 20 of")), await box(ann.page.getByRole("listbox"))];
  return { line: { top: line.y, bottom: line.y + line.height }, menu: { top: menu.y, bottom: menu.y + menu.height } };
}

for (const height of [900, 560, 300, 200]) {
  test(`the menu never covers the line it was asked for in, in a window of ${height}`, async ({ stage }) => {
    const ann = await filled(stage, { width: 420, height });
    for (const share of [0.05, 0.3, 0.5, 0.7, 0.85]) {
      const { line, menu } = await opened(ann, share);
      const below = menu.top >= line.bottom;
      expect(below || menu.bottom <= line.top).toBe(true);
      expect(menu.top).toBeGreaterThanOrEqual(0);
      expect(menu.bottom).toBeLessThanOrEqual(height);
      // It goes up only where there is more room, and where it would not fit below.
      if (!below) expect(line.top).toBeGreaterThan(height - line.bottom);
      if (share < 0.4) expect(below).toBe(true);
      await ann.page.keyboard.type("tab");
      const then = await places(ann);
      expect(then.menu.top >= then.line.bottom).toBe(below);
      expect(then.menu.bottom <= then.line.top).toBe(!below);
      await ann.page.keyboard.press("Escape");
      for (const _letter of " /tab") await ann.page.keyboard.press("Backspace");
    }
  });
}

test("what does not fit into the menu is reached by scrolling", async ({ stage }) => {
  const ann = await filled(stage, { width: 420, height: 300 });
  await opened(ann, 0.4);
  await ann.page.keyboard.press("ArrowUp");
  await expect(ann.page.getByRole("option").last()).toBeInViewport({ ratio: 0.9 });
});
