/** Tables and pictures by their handles, and places in a text that are hard to reach. */
import { mkdirSync } from "node:fs";
import axe from "axe-core";
import type { Locator } from "@playwright/test";
import { expect, test, type Stage, type Writer } from "./support/stage";

const words = (text: string) => ({ type: "text", text });
const block = (type: string, content: unknown[] = [], attrs = {}) => ({ type, attrs, content });
const paragraph = (text?: string) => block("paragraph", text === undefined ? [] : [words(text)]);
const row = (cells: string[], type = "table_cell") => block("table_row", cells.map((cell) => block(type, [paragraph(cell)])));
const grid = () => block("table", [row(["A", "B", "C"], "table_header"), row(["a1", "b1", "c1"]), row(["a2", "b2", "c2"])]);

const folder = process.env.LOOK;
const look = async (writer: Writer, name: string) => {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await writer.page.screenshot({ path: `${folder}/${name}.png` });
};

async function opened(stage: Stage, content: unknown[], options: Parameters<Stage["visitors"]>[0] = {}): Promise<Writer> {
  const page = await stage.open(await stage.visitors(options));
  await stage.fill(page, content);
  const theme = options?.colorScheme === "dark" ? "dark" : "light";
  const ann = await stage.enter("Ann", { page, theme });
  await expect(ann.text).toBeVisible();
  return ann;
}

/** The table's cells, row by row. */
const cells = (writer: Writer) =>
  writer.text.locator("tr").evaluateAll((rows) =>
    rows.map((row) => [...row.children].map((cell) => `${cell.tagName === "TH" ? "#" : ""}${cell.textContent}`).join(" ")),
  );

async function choose(writer: Writer, handle: RegExp, ...items: string[]): Promise<void> {
  await writer.pane.getByRole("toolbar", { name: "Table" }).getByRole("button", { name: handle }).click();
  for (const item of items) {
    await writer.page.getByRole("menu").getByText(item, { exact: true }).click();
  }
  // From a menu that stays open the first goes to its handle, the second to the text.
  if (await writer.page.getByRole("menu").isVisible()) for (const key of ["Escape", "Escape"]) await writer.page.keyboard.press(key);
}

test("a table is changed by its handles, with the mouse", async ({ stage }) => {
  const ann = await opened(stage, [paragraph("Before"), grid(), paragraph("After")], { viewport: { width: 1100, height: 700 } });
  await ann.text.getByText("b1").click();
  await choose(ann, /^Row 2 of 3/, "Move row down");
  expect(await cells(ann)).toEqual(["#A #B #C", "a2 b2 c2", "a1 b1 c1"]);
  await look(ann, "table-wide");
  await choose(ann, /^Column 2 of 3/, "Move column left");
  expect(await cells(ann)).toEqual(["#B #A #C", "b2 a2 c2", "b1 a1 c1"]);
  // The caret went along.
  await ann.page.keyboard.press("x");
  expect(await cells(ann)).toContainEqual(expect.stringMatching(/^(b1x|xb1|bx1) a1 c1$/));
  await ann.page.keyboard.press("Control+z");
  expect(await cells(ann)).toEqual(["#B #A #C", "b2 a2 c2", "b1 a1 c1"]);
  await ann.page.keyboard.press("Control+z");
  expect(await cells(ann)).toEqual(["#A #B #C", "a2 b2 c2", "a1 b1 c1"]);
  await ann.page.keyboard.press("Control+Shift+z");
  await ann.text.getByText("b1").click();
  await choose(ann, /^Row/, "Move row up");
  await ann.pane.getByRole("button", { name: /^Row 2/ }).click();
  await expect(ann.page.getByRole("menuitem", { name: /Move row up.*Headings stay first/ })).toHaveAttribute("aria-disabled", "true");
  await look(ann, "table-menu");
  await ann.page.keyboard.press("Escape");
  await choose(ann, /^Table/, "Header column");
  expect(await cells(ann)).toEqual(["#B #A #C", "#b1 a1 c1", "#b2 a2 c2"]);
  await choose(ann, /^Table/, "Header row");
  await choose(ann, /^Table/, "Header column");
  expect(await cells(ann)).toEqual(["B A C", "b1 a1 c1", "b2 a2 c2"]);

  // The edge between the first two columns is pulled by a fifth of the table.
  const table = (await ann.text.locator("tbody").boundingBox())!;
  const first = (await ann.text.locator("tr").first().locator("td").first().boundingBox())!;
  await ann.page.mouse.move(first.x + first.width, table.y + 20);
  await expect(ann.pane.locator(".column-edge")).toBeVisible();
  await ann.page.mouse.move(first.x + first.width + 1, table.y + 21);
  await ann.page.mouse.down();
  await ann.page.mouse.move(first.x + first.width + table.width / 5, table.y + 20, { steps: 3 });
  await look(ann, "table-edge");
  await ann.page.mouse.up();
  const widths = async () => (await ann.html()).match(/width="(\d+)%"/g)?.map((width) => Number(/\d+/.exec(width)![0])) ?? [];
  const pulled = await widths();
  expect(pulled).toHaveLength(9);
  expect(pulled[0]! - pulled[2]!).toBeGreaterThan(12);
  expect(pulled.slice(0, 3).reduce((one, other) => one + other)).toBe(100);
  await choose(ann, /^Column/, "Column after");
  expect((await widths()).slice(0, 4).reduce((one, other) => one + other)).toBe(100);
  await look(ann, "table-widths");
  await choose(ann, /^Column/, "Remove column");
  await choose(ann, /^Column/, "Widths by content");
  expect(await widths()).toEqual([]);

  for (let left = 2; left > 0; left -= 1) await choose(ann, /^Row/, "Remove row");
  expect(await cells(ann)).toHaveLength(1);
  await choose(ann, /^Row/, "Remove row");
  await expect(ann.text.locator("table")).toHaveCount(0);
  await ann.page.keyboard.press("Control+z");
  await expect(ann.text.locator("table")).toHaveCount(1);
  expect(await ann.plain()).toMatch(/^Before.*After$/s);
});

test("a table is changed by its handles, by key alone; spans stay whole", async ({ stage }) => {
  const ann = await opened(stage, [grid(), paragraph("After")]);
  await ann.text.getByText("a1").click();
  const bar = ann.pane.getByRole("toolbar", { name: "Table" });
  const { keyboard } = ann.page;
  await keyboard.press("Control+Alt+g");
  await expect(bar.getByRole("button", { name: "Row 2 of 3" })).toBeFocused();
  await keyboard.press("Tab");
  await expect(bar.getByRole("button", { name: "Column 1 of 3" })).toBeFocused();
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect(ann.page.getByRole("menuitem", { name: "Join cells" })).toBeFocused();
  await keyboard.press("Enter");
  await expect(ann.text).toBeFocused();
  expect(await cells(ann)).toEqual(["#A #B #C", "a1b1 c1", "a2 b2 c2"]);
  expect(await ann.exec("row-down")).toBe(true);
  expect(await cells(ann)).toEqual(["#A #B #C", "a2 b2 c2", "a1b1 c1"]);
  // The first two columns are held together by the joined cell: they go as one.
  expect(await ann.exec("column-right")).toBe(true);
  expect(await cells(ann)).toEqual(["#C #A #B", "c2 a2 b2", "c1 a1b1"]);
  expect(await ann.exec("column-right")).toBe(false);
  expect(await ann.exec("wider")).toBe(true);
  expect(await ann.html()).toContain('width="');
  expect(await ann.exec("split-cell")).toBe(true);
  expect(await cells(ann)).toEqual(["#C #A #B", "c2 a2 b2", "c1 a1b1 "]);
  await keyboard.press("Control+Alt+g");
  await keyboard.press("Escape");
  await expect(ann.text).toBeFocused();
  while (await ann.exec("remove-column"));
  await expect(ann.text.locator("table")).toHaveCount(0);
});

test("what somebody writes in a row that another moves goes along, and nothing lands in another row", async ({ stage }) => {
  const ann = await opened(stage, [grid(), paragraph("After")]);
  const ben = await stage.enter("Ben");
  await expect(ben.text.getByText("b2")).toBeVisible();
  await ben.text.getByText("b1").click();
  await ben.move("End");
  await ann.text.getByText("a1").click();
  await ann.move("End");
  stage.relay.cut(ben.client);
  await ben.page.keyboard.type("-ben");
  expect(await ann.exec("row-down")).toBe(true);
  expect(await ann.exec("column-right")).toBe(true);
  stage.relay.restore(ben.client);
  for (const writer of [ann, ben]) await writer.saved();
  await expect.poll(() => ann.plain()).toBe(await ben.plain());
  const found = await cells(ann);
  expect(found.slice(0, 2)).toEqual(["#B #A #C", "b2 a2 c2"]);
  expect(found[2]).toMatch(/b1-ben/);
});

test("a picture has sizes and places, by mouse and by key", async ({ stage }) => {
  const long = "They came down to the water before the gulls did, and nobody spoke. ".repeat(6);
  const figure = (attrs = {}) => block("figure", [words("The quay")], { src: "/picture.png", alt: "A quay", width: 200, height: 140, ...attrs });
  for (const [name, width, colorScheme] of [["wide", 1100, "light"], ["narrow", 390, "dark"]] as const) {
    const ann = await opened(stage, [paragraph("Before"), figure(), paragraph(long), paragraph(long)], {
      viewport: { width, height: 820 }, colorScheme,
    });
    await ann.text.locator("figure img").click();
    await look(ann, `picture-${name}`);
    const bar = ann.pane.getByRole("toolbar", { name: "Picture" });
    await bar.getByRole("button", { name: "Picture" }).click();
    await ann.page.getByRole("menuitemcheckbox", { name: "Left, beside the text" }).click();
    await ann.page.getByRole("menuitemcheckbox", { name: "Medium" }).click();
    await expect(ann.page.getByRole("menuitemcheckbox", { name: "Medium" })).toBeChecked();
    await look(ann, `picture-menu-${name}`);
    await ann.page.keyboard.press("Escape");
    await ann.page.keyboard.press("Escape");
    await look(ann, `picture-left-${name}`);
    const beside = await ann.text.evaluate((text) => {
      const [figure, after] = [text.querySelector("figure")!, text.querySelectorAll("p")[1]!];
      const range = document.createRange();
      range.selectNodeContents(after);
      const line = range.getClientRects()[0]!;
      return line.left > figure.getBoundingClientRect().right - 2 && line.top < figure.getBoundingClientRect().bottom;
    });
    expect(beside).toBe(width > 800);
    expect(await ann.html()).toContain('<figure data-size="medium" data-place="left">');
    expect(await ann.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);

    // By key, from the caption; full size has no room beside it.
    await ann.text.getByText("The quay").click();
    await ann.page.keyboard.press("Control+Alt+g");
    await expect(bar.getByRole("button", { name: "Picture" })).toBeFocused();
    await ann.page.keyboard.press("ArrowDown");
    for (let down = 0; down < 3; down += 1) await ann.page.keyboard.press("ArrowDown");
    await ann.page.keyboard.press("Enter");
    expect(await ann.html()).toContain('<figure data-size="full"><img');
    await ann.page.keyboard.press("Escape");
    await ann.page.keyboard.press("Escape");
    await expect(ann.text).toBeFocused();
    await ann.page.context().close();
  }
});

/** What is typed where a press or some keys lead. */
async function typedAt(ann: Writer, go: () => Promise<void>, word: string): Promise<string> {
  await go();
  await ann.page.keyboard.type(word);
  return ann.html();
}

test("every block can hold the caret, whatever made it", async ({ stage }) => {
  const item = (text?: string) => block("list_item", text === undefined ? [] : [paragraph(text)]);
  const ann = await opened(stage, [
    block("bullet_list", [item(), item("b")]),
    block("blockquote"),
    block("task_list", [block("task_item", [], { done: false })]),
    block("table", [block("table_row", [block("table_cell"), block("table_cell")])]),
    paragraph("end"),
  ]);
  await look(ann, "empty-blocks");
  const press = (where: Locator) => () => where.click({ position: { x: 6, y: 8 } });
  expect(await typedAt(ann, press(ann.text.locator("li").first()), "one")).toContain('<ul><li><p dir="auto">one</p></li><li><p dir="auto">b</p></li></ul>');
  expect(await typedAt(ann, press(ann.text.locator("td").nth(1)), "two")).toContain('<td><p dir="auto">two</p></td>');
  // By key from above: through each that is empty, and none is passed over.
  await ann.text.getByText("b", { exact: true }).click();
  const down = () => ann.move("ArrowDown");
  expect(await typedAt(ann, down, "three")).toContain('<blockquote><p dir="auto">three</p></blockquote>');
  expect(await typedAt(ann, down, "four")).toContain('data-done="false"><p dir="auto">four</p>');
  expect(await typedAt(ann, down, "five")).toContain('<td><p dir="auto">five</p></td><td><p dir="auto">two</p></td>');
});

test("before, after and between what has no text there is a place to write", async ({ stage }) => {
  const rule = block("scene_break");
  const code = (text: string) => block("code_block", [words(text)]);
  const picture = block("figure", [], { src: "/picture.png", width: 100, height: 60 });
  const table = block("table", [row(["x"])]);
  const kinds = [["rule", rule], ["code", code("c")], ["picture", picture], ["table", table]] as const;
  for (const [name, one] of kinds) {
    const ann = await opened(stage, [one, one]);
    await ann.text.focus();
    const at = (places: string[]) => ann.text.evaluate((text) => [...text.children].filter((child) => !child.matches(".ProseMirror-gapcursor")).map((child) => child.tagName)).then((tags) => expect(tags, name).toEqual(places));
    const tag = { rule: "HR", code: "PRE", picture: "FIGURE", table: "TABLE" }[name];
    // Up until it goes no further.
    for (let up = 0; up < 6; up += 1) await ann.move("ArrowUp");
    await expect(ann.text.locator(".ProseMirror-gapcursor"), name).toHaveCount(1);
    await look(ann, `gap-${name}`);
    await ann.page.keyboard.type("first");
    await at(["P", tag, tag]);
    for (let down = 0; down < 10; down += 1) await ann.move("ArrowDown");
    await ann.page.keyboard.type("last");
    await at(["P", tag, tag, "P"]);
    await expect(ann.text.locator("p").filter({ hasText: "last" }), name).toHaveText("last");
    for (let up = 0; up < 10 && (await ann.text.locator(".ProseMirror-gapcursor").count()) === 0; up += 1) await ann.move("ArrowUp");
    await ann.page.keyboard.type("between");
    await at(["P", tag, "P", tag, "P"]);
    await ann.page.context().close();
  }
});

test("names at carets in lines one below the other cover no letter", async ({ stage }) => {
  const lines = block("paragraph", [words("jumping gypsies quay"), { type: "hard_break" }, words("Before the gulls did hop"), { type: "hard_break" }, words("and the boats lay still")]);
  for (const colorScheme of ["light", "dark"] as const) {
    const ann = await opened(stage, [lines, paragraph("A second one."), block("code_block", [words("let a = 1;\nlet b = 2;")])], { viewport: { width: 700, height: 420 }, colorScheme });
    for (const [name, offset] of [["Benjamin Long", 24], ["Carolina", 51]] as const) {
      const other = await stage.enter(name);
      // As large as a book's text is on its page.
      await ann.pane.locator(".chapter-text").evaluate((text) => (text.style.fontSize = "19px"));
      await expect(other.text).toContainText("gulls");
      await other.page.evaluate(([who, offset]) => window.harness.goTo(who, 0, offset), [other.client, offset] as const);
      await other.text.focus();
    }
    await expect(ann.pane.locator(".their-caret")).toHaveCount(2);
    await look(ann, `flags-${colorScheme}`);
    await ann.page.context().close();
  }
});

const wide = (wide: string) => [
  paragraph("Before"),
  block("code_block", [words(`let ${"very_".repeat(60)}long = 1;\nlet short = 2;`)]),
  block("table", [row(Array.from({ length: 14 }, (_, at) => `${wide}${at}`))]),
  block("code_block", [words("let short = 3;")]),
];

test("what is wider than the text shows that, and is gone to by key where one only reads", async ({ stage }) => {
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await stage.open(await stage.visitors({ viewport: { width: 390, height: 500 } }));
    await stage.fill(page, wide("Column"));
    const ann = await stage.enter("Ann", { page, theme: colorScheme, writable: false });
    await expect(ann.text).toBeVisible();
    await look(ann, `wide-${colorScheme}`);
    const code = ann.text.getByRole("region", { name: "Code, wider than the text" });
    await expect(code).toHaveCount(1);
    await code.focus();
    await ann.page.keyboard.press("ArrowRight");
    await expect.poll(() => code.evaluate((box) => box.scrollLeft)).toBeGreaterThan(0);
    await expect(ann.text.getByRole("table", { name: "Table, wider than the text" })).toHaveAttribute("tabindex", "0");
    // Who may write meets no further stops on the way through.
    await page.evaluate((client) => window.harness.handle(client).setWritable(true), ann.client);
    await expect(ann.text.locator("[tabindex]")).toHaveCount(0);
    await ann.page.context().close();
  }
});

test("what floats is part of the page, has a name and can be scrolled by key", async ({ stage }) => {
  const ann = await opened(stage, [grid(), ...wide("Column")], { viewport: { width: 390, height: 500 } });
  const { keyboard } = ann.page;
  // As on the page of a chapter, everything stands in a landmark.
  await ann.page.evaluate(() => {
    const main = document.createElement("main");
    const section = document.querySelector("section")!;
    section.before(main);
    main.append(section);
  });
  await ann.page.evaluate(axe.source);
  const problems = () =>
    ann.page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run(options: unknown): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
      const rules = ["region", "scrollable-region-focusable", "label-content-name-mismatch", "aria-required-children", "aria-required-parent", "button-name", "nested-interactive"];
      const { violations } = await axe.run({ runOnly: { type: "rule", values: rules } });
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
    });
  await ann.text.getByText("a1").click();
  await keyboard.press("Control+Alt+g");
  await keyboard.press("ArrowRight");
  await keyboard.press("Enter");
  await expect(ann.page.getByRole("menu", { name: "Column" })).toBeVisible();
  await look(ann, "table-narrow");
  expect(await problems()).toEqual([]);
  const heights = await ann.page.getByRole("menuitem").evaluateAll((items) => items.map((item) => item.getBoundingClientRect().height));
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
  await keyboard.press("Escape");
  await keyboard.press("Escape");
  await expect(ann.text).toBeFocused();
});
