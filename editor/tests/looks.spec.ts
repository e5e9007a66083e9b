/** Pictures to look at, and what must hold of how it looks: LOOK=folder keeps the pictures. */
import { expect, test, type Stage, type Writer } from "./support/stage";

const words = (text: string, mark?: string, attrs?: object) => ({
  type: "text", text, ...(mark ? { marks: [{ type: mark, ...(attrs ? { attrs } : {}) }] } : {}),
});
const block = (type: string, content: unknown[], attrs = {}) => ({ type, attrs, content });
const paragraph = (...content: unknown[]) => block("paragraph", content);

const chapter = [
  block("heading", [words("The harbour at dawn")], { level: 2 }),
  paragraph(
    words("They came down to the water before the gulls did. The boats lay "), words("very", "emphasis"),
    words(" still, and of the town there was nothing but a "), words("smell of bread", "strong"), words(" and the "),
    words("Seemannsheim", "language", { lang: "de" }), words(" lamp."),
    { type: "footnote", content: [words("It burned until 1953.")] }, words(" Nobody spoke. See "),
    words("the map", "link", { href: "/book/1" }), words("."),
  ),
  block("blockquote", [paragraph(words("“You cannot hurry a tide,” she said."))]),
  block("bullet_list", [
    block("list_item", [paragraph(words("ropes"))]),
    block("list_item", [paragraph(words("lamps")), block("ordered_list", [block("list_item", [paragraph(words("oil"))])])]),
  ]),
  block("task_list", [
    block("task_item", [paragraph(words("Check the tide table"))], { done: true }),
    block("task_item", [paragraph(words("Name the boats"))], { done: false }),
  ]),
  block("verse", [words("The sea is calm tonight.\n  The tide is full, the moon lies fair")]),
  block("scene_break", []),
  block("table", [
    block("table_row", [block("table_header", [paragraph(words("Boat"))]), block("table_header", [paragraph(words("Crew"))])]),
    block("table_row", [block("table_cell", [paragraph(words("Nora"))]), block("table_cell", [paragraph(words("4"))])]),
  ]),
  block("code_block", [words("tide = moon + sun")], { language: "" }),
  block("figure", [words("The quay")], { src: "/picture.png", alt: "A quay", width: 200, height: 200 }),
  paragraph(words("שלום, the old harbour master used to say.")),
];

async function furnished(stage: Stage, theme: "light" | "dark", size: { width: number; height: number }): Promise<Writer> {
  const context = await stage.visitors({ viewport: size });
  const page = await stage.open(context);
  await stage.fill(page, chapter);
  const ann = await stage.enter("Ann", { page, theme });
  await expect(ann.text.getByText("The harbour at dawn")).toBeVisible();
  return ann;
}

for (const theme of ["light", "dark"] as const) {
  for (const [name, size] of [["wide", { width: 1100, height: 1500 }], ["narrow", { width: 360, height: 760 }]] as const) {
    test(`the chapter, ${theme} and ${name}`, async ({ stage }) => {
      const ann = await furnished(stage, theme, size);
      const ben = await stage.enter("Ben");
      const folder = process.env.LOOK;
      const look = async (what: string) => {
        if (folder) await ann.page.screenshot({ path: `${folder}/${theme}-${name}-${what}.png` });
      };
      await ben.text.getByText("Nobody spoke").click();
      await ben.move("Home");
      await ben.page.keyboard.press("Shift+ArrowRight");
      await ben.page.keyboard.press("Shift+ArrowRight");
      await expect(ann.pane.locator(".their-caret")).toBeVisible();
      await look("chapter");
      await ann.text.getByText("very").dblclick();
      await expect(ann.page.getByRole("toolbar", { name: "Format" })).toBeVisible();
      await look("bar");
      await ann.text.locator(".footnote").click({ position: { x: 3, y: 8 } });
      await expect(ann.text.getByText("It burned until 1953.")).toBeVisible();
      await look("footnote");
      await ann.text.getByText("used to say.").click();
      await ann.move("End");
      await ann.page.keyboard.press("Enter");
      await ann.page.keyboard.type("/");
      await expect(ann.page.getByRole("listbox")).toBeVisible();
      await look("menu");
      await ann.page.keyboard.press("Escape");
      await ann.page.keyboard.press("Control+f");
      await ann.page.getByRole("textbox", { name: "Find" }).fill("the");
      await look("find");
      await ann.page.keyboard.press("Escape");
      await ann.page.keyboard.press("Control+/");
      await look("shortcuts");
      await ann.page.keyboard.press("Escape");
      expect(await ann.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    });
  }
}

test("the editor takes the server's text's place without a jump", async ({ stage }) => {
  const context = await stage.visitors({ viewport: { width: 900, height: 900 } });
  const page = await stage.open(context);
  await stage.fill(page, chapter);
  const tops = await page.evaluate(async (html) => {
    const pane = document.createElement("div");
    pane.innerHTML = `<div class="prose manuscript">${html}</div>`;
    document.body.append(pane);
    await new Promise(requestAnimationFrame);
    const found = [...pane.firstElementChild!.children].map((block) => Math.round(block.getBoundingClientRect().top));
    pane.remove();
    return found;
  }, await stage.html());
  const ann = await stage.enter("Ann", { page });
  await expect(ann.text.getByText("The harbour at dawn")).toBeVisible();
  const now = await ann.text.evaluate((text) => [...text.children].map((block) => Math.round(block.getBoundingClientRect().top)));
  expect(now).toEqual(tops);
});

test("what others write above does not move the text under one's eyes", async ({ stage }) => {
  const context = await stage.visitors({ viewport: { width: 900, height: 600 } });
  const page = await stage.open(context);
  const many = Array.from({ length: 120 }, (_, at) => paragraph(words(`Paragraph ${at} of a long chapter that fills a page.`)));
  await stage.fill(page, many);
  const ann = await stage.enter("Ann", { page });
  const ben = await stage.enter("Ben");
  await ann.text.getByText("Paragraph 80 of").click();
  const place = () => ann.text.getByText("Paragraph 80 of").evaluate((found) => found.getBoundingClientRect().top);
  const before = await place();
  await ben.text.getByText("Paragraph 3 of").click();
  for (let line = 0; line < 8; line += 1) {
    await ben.page.keyboard.press("Enter");
    await ben.page.keyboard.type("New.");
  }
  await ben.saved();
  await expect(ann.text.getByText("New.")).toHaveCount(8);
  expect(Math.abs((await place()) - before)).toBeLessThan(2);
  // And one can go to where somebody is.
  await ann.page.evaluate(([to, whom]) => window.harness.handle(to!).jumpTo(whom!), [ann.client, ben.client]);
  await expect(ann.pane.locator(".their-caret")).toBeInViewport();
});

test("one goes to where somebody is also when they tell it only later", async ({ stage }) => {
  const context = await stage.visitors({ viewport: { width: 900, height: 600 } });
  const page = await stage.open(context);
  await stage.fill(page, Array.from({ length: 60 }, (_, at) => paragraph(words(`Paragraph ${at} of a long chapter.`))));
  const ann = await stage.enter("Ann", { page });
  const ben = await stage.enter("Ben");
  await expect(ann.text.getByText("Paragraph 50 of")).not.toBeInViewport();
  await ann.page.evaluate(([to, whom]) => window.harness.handle(to!).jumpTo(whom!), [ann.client, ben.client]);
  await ben.text.getByText("Paragraph 50 of").click();
  await expect(ann.text.getByText("Paragraph 50 of")).toBeInViewport();
});

test("a key in a long chapter is drawn soon", async ({ stage }) => {
  const context = await stage.visitors({ viewport: { width: 900, height: 800 } });
  const page = await stage.open(context);
  const sentence = "The quick brown fox jumps over the lazy dog and then goes home to think about what it has done. ";
  const many = Array.from({ length: 260 }, () => paragraph(words(sentence.repeat(4))));
  await stage.fill(page, many);
  const ann = await stage.enter("Ann", { page });
  await expect(ann.text).toBeVisible();
  await ann.text.locator("p").nth(130).click();
  await page.evaluate(() => {
    const found: number[] = [];
    addEventListener("keydown", () => {
      const start = performance.now();
      requestAnimationFrame(() => setTimeout(() => found.push(performance.now() - start)));
    }, { capture: true });
    Object.assign(window, { found });
  });
  await ann.page.keyboard.type("and so the typing went on for sixty keys in the middle of it", { delay: 60 });
  const found = (await page.evaluate(() => (window as unknown as { found: number[] }).found)).sort((a, b) => a - b);
  const part = (share: number) => `${Math.round(found[Math.floor(found.length * share)]!)} ms`;
  const characters = (await ann.state()).characters;
  console.log(`key to frame at ${characters} characters: half within ${part(0.5)}, 95 of 100 within ${part(0.95)}`);
});
