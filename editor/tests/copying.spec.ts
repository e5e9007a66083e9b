import { expect, test, type Writer } from "./support/stage";

const paragraph = (...content: unknown[]) => ({ type: "paragraph", content });
const text = (text: string, ...marks: string[]) => ({ type: "text", text, marks: marks.map((type) => ({ type })) });
const note = (words: string) => ({ type: "footnote", content: [text(words)] });
const cell = (words: string, attrs = {}) => ({ type: "table_cell", attrs, content: [paragraph(text(words))] });
const item = (...content: unknown[]) => ({ type: "list_item", content });

const chapter = [
  paragraph(text("Roses are red,"), { type: "hard_break" }, text("violets are blue")),
  paragraph(text("The king"), note("Who died"), text(".")),
  { type: "ordered_list", attrs: { start: 3 }, content: [item(paragraph(text("three")), { type: "bullet_list", content: [item(paragraph(text("inner")))] }), item(paragraph(text("four")))] },
  { type: "task_list", content: [{ type: "task_item", attrs: { done: true }, content: [paragraph(text("oars"))] }, { type: "task_item", content: [paragraph(text("row"))] }] },
  { type: "blockquote", content: [{ type: "verse", content: [text("Tyger\nburning")] }] },
  { type: "code_block", attrs: { language: "rust" }, content: [text("fn main() {\n    go();\n}")] },
  { type: "figure", attrs: { src: "/picture.png", alt: "a dot", width: 4, height: 3 }, content: [text("Our dot")] },
  { type: "table", content: [
    { type: "table_row", content: [cell("a", { rowspan: 2 }), cell("b", { colspan: 2 })] },
    { type: "table_row", content: [cell("c"), cell("d", )] },
  ] },
  { type: "scene_break" },
  paragraph(text("Anno", "small_caps"), text(" end", "strong")),
];

const plain = [
  "Roses are red,\nviolets are blue",
  "The king [Who died].",
  "3. three\n   - inner\n4. four",
  "[x] oars\n[ ] row",
  "Tyger\nburning",
  "fn main() {\n    go();\n}",
  "a dot\nOur dot",
  "a\tb\t\n\tc\td",
  "* * *",
  "Anno end",
].join("\n\n");

/** What a copy or a cut puts on the clipboard. */
const copied = (writer: Writer, by: "copy" | "cut" = "copy") =>
  writer.text.evaluate((target, by) => {
    const clipboardData = new DataTransfer();
    target.dispatchEvent(new ClipboardEvent(by, { bubbles: true, cancelable: true, clipboardData }));
    return { text: clipboardData.getData("text/plain"), html: clipboardData.getData("text/html") };
  }, by);

test("what is copied keeps its lines, notes, signs and columns, and comes back as it was", async ({ stage }) => {
  const home = await stage.visitors();
  const page = await stage.open(home);
  await stage.fill(page, chapter);
  const ann = await stage.enter("Ann", { page });
  await ann.text.click();
  const before = await ann.html();
  expect(await ann.plain()).toBe(plain);
  await ann.page.keyboard.press("Control+a");
  const all = await copied(ann);
  expect(all.text).toBe(plain);
  // Others read the note and the lines, too.
  expect(all.html).toContain("[<span>Who died</span>]");
  expect(all.html).toContain("Tyger<br");
  expect((await copied(ann, "cut")).text).toBe(plain);
  await ann.text.evaluate((target, html) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/html", html);
    target.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData }));
  }, all.html);
  expect(await ann.html()).toBe(before);
  // Words of one item are no list; what begins in a list's middle counts from there.
  await ann.text.getByText("four", { exact: true }).click();
  await ann.move("Home");
  await ann.move("Shift+End");
  expect((await copied(ann)).text).toBe("four");
  await ann.move("Home");
  for (let line = 0; line < 3; line += 1) await ann.move("Shift+ArrowDown");
  expect((await copied(ann)).text).toMatch(/^4\. four\n\n\[x\] oars\n\[ \] row/);
});
