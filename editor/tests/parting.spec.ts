/** Somebody ends a paragraph, or puts one beside it, while somebody else writes in it. */
import { expect, test, type Stage, type Writer } from "./support/stage";

const p = (...paragraphs: string[]) => paragraphs.map((inner) => `<p dir="auto">${inner}</p>`).join("");

async function begin(stage: Stage, ...paragraphs: string[]): Promise<[Writer, Writer]> {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await ann.text.click();
  for (const [at, paragraph] of paragraphs.entries()) {
    if (at > 0) await ann.page.keyboard.press("Enter");
    await ann.page.keyboard.type(paragraph);
  }
  await ann.saved();
  await expect.poll(() => ben.plain()).toBe(paragraphs.join("\n\n"));
  await ben.text.click();
  return [ann, ben];
}

/** Puts the caret so many letters into the text, over the ends of paragraphs too. */
async function into(writer: Writer, letters: number): Promise<void> {
  await writer.text.focus();
  await writer.move("Control+Home");
  for (let at = 0; at < letters; at += 1) await writer.move("ArrowRight");
}

async function settled(...writers: Writer[]): Promise<void> {
  for (const writer of writers) await writer.saved();
  await expect.poll(() => writers[0]!.plain()).toBe(await writers[1]!.plain());
}

for (const first of ["Ann", "Ben"]) {
  for (const [where, letters, expected] of [
    ["at the end", 22, ["Alpha", " beta gamma deltaNEW"]],
    ["in the middle", 16, ["Alpha", " beta gammaNEW delta"]],
    ["before the end of the paragraph", 3, ["AlpNEWha", " beta gamma delta"]],
  ] as [string, number, string[]][]) {
    test(`what is written ${where} while somebody ends the paragraph before stands between the same words; ${first} is back first`, async ({ stage }) => {
      const [ann, ben] = await begin(stage, "Alpha beta gamma delta");
      await into(ann, 5);
      await into(ben, letters);
      stage.relay.cut(ann.client);
      stage.relay.cut(ben.client);
      await ann.page.keyboard.press("Enter");
      await ben.page.keyboard.type("NEW");
      const [one, other] = first === "Ann" ? [ann, ben] : [ben, ann];
      stage.relay.restore(one.client);
      await one.saved();
      stage.relay.restore(other.client);
      await settled(ann, ben);
      await expect.poll(() => stage.html()).toBe(p(...expected));
      // And one goes on writing there.
      await ben.page.keyboard.type(" on");
      await settled(ann, ben);
      expect(await stage.html()).toBe(p(...expected).replace("NEW", "NEW on"));
    });
  }
}

test("a sentence that is typed while others end its paragraph again and again stays in one piece", async ({ stage }) => {
  const [ann, ben] = await begin(stage, "Alpha beta gamma delta");
  await into(ann, 5);
  await into(ben, 22);
  stage.relay.delay = 60;
  const words = " and then the sea came in, and nobody saw it go.";
  const writing = ben.page.keyboard.type(words, { delay: 40 });
  for (let at = 0; at < 5; at += 1) {
    await ann.page.keyboard.press("Enter");
    await ann.page.keyboard.type("x", { delay: 30 });
    await ann.page.waitForTimeout(120);
  }
  await writing;
  await settled(ann, ben);
  expect((await ben.plain()).replace(/\s+/g, " ")).toContain(words.trim());
});

test("a paste of several paragraphs before what is written leaves that in one piece", async ({ stage }) => {
  const [ann, ben] = await begin(stage, "Alpha beta gamma delta");
  await into(ann, 0);
  await into(ben, 22);
  stage.relay.cut(ann.client);
  stage.relay.cut(ben.client);
  await ann.page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text/html", "<p>One</p><p>Two</p><p>Three</p>");
    document.activeElement!.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await ben.page.keyboard.type(" and more");
  stage.relay.restore(ann.client);
  await ann.saved();
  stage.relay.restore(ben.client);
  await settled(ann, ben);
  await expect.poll(() => stage.html()).toContain("Alpha beta gamma delta and more");
});

test("who only removes the rest leaves what was written in it where it stood", async ({ stage }) => {
  const [ann, ben] = await begin(stage, "Alpha beta gamma delta", "Alpha beta gamma delta");
  await into(ann, 5);
  await into(ben, 22);
  stage.relay.cut(ann.client);
  stage.relay.cut(ben.client);
  await ann.move("Shift+End");
  await ann.page.keyboard.press("Delete");
  await ben.page.keyboard.type("NEW");
  stage.relay.restore(ann.client);
  await ann.saved();
  stage.relay.restore(ben.client);
  await settled(ann, ben);
  await expect.poll(() => stage.html()).toBe(p("AlphaNEW", "Alpha beta gamma delta"));
});

for (const [what, key] of [["behind", "End"], ["before", "Home"]] as const) {
  test(`a caret at the ${key.toLowerCase()} of a paragraph stays there when somebody changes it and puts another ${what} it`, async ({ stage }) => {
    const [ann, ben] = await begin(stage, "First paragraph of", "Second paragraph of");
    await into(ann, 30);
    await ann.move(key);
    await into(ben, 30);
    stage.relay.cut(ben.client);
    await ben.move("End");
    for (let at = 0; at < 12; at += 1) await ben.move("ArrowLeft");
    await ben.page.keyboard.type("small ");
    await ben.move(key);
    await ben.page.keyboard.press("Enter");
    if (key === "Home") await ben.move("ArrowUp");
    await ben.page.keyboard.type("A third bit of");
    stage.relay.restore(ben.client);
    await settled(ann, ben);
    await ann.page.keyboard.type("MARK");
    await settled(ann, ben);
    const second = key === "End" ? "Second small paragraph ofMARK" : "MARKSecond small paragraph of";
    const expected = key === "End" ? [second, "A third bit of"] : ["A third bit of", second];
    expect(await stage.html()).toBe(p("First paragraph of", ...expected));
  });
}

test("who writes in a paragraph that somebody removes goes on in what is left of their words", async ({ stage }) => {
  const [ann, ben] = await begin(stage, "First.", "Second of them.", "Third.");
  await into(ann, 7);
  await into(ben, 22);
  stage.relay.cut(ann.client);
  stage.relay.cut(ben.client);
  await ann.move("Shift+ArrowDown");
  await ann.page.keyboard.press("Delete");
  await ben.page.keyboard.type(" And I");
  stage.relay.restore(ann.client);
  await ann.saved();
  stage.relay.restore(ben.client);
  await settled(ann, ben);
  await ben.page.keyboard.type(" go on.");
  await settled(ann, ben);
  expect(await stage.html()).toContain("And I go on.");
});

test("a caret in a short cell goes along when somebody moves its row", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const cell = (words: string) => ({ type: "table_cell", content: [{ type: "paragraph", content: [{ type: "text", text: words }] }] });
  const rows = [0, 1, 2].map((row) => ({ type: "table_row", content: [0, 1, 2].map((column) => cell(`R${row}C${column}`)) }));
  await ann.page.close();
  await stage.fill(await stage.open(await stage.visitors()), [{ type: "table", content: rows }]);
  const mover = await stage.enter("Mover");
  const ben = await stage.enter("Ben");
  await mover.text.getByText("R1C0").click();
  await ben.text.getByText("R1C1").click();
  await ben.move("End");
  await ben.page.keyboard.type("x");
  await settled(mover, ben);
  expect(await mover.exec("row-down")).toBe(true);
  await settled(mover, ben);
  await expect.poll(() => ben.plain()).toContain("R2C0");
  await ben.page.keyboard.type("AFTER");
  await settled(mover, ben);
  expect(await stage.html()).toContain("R1C1xAFTER");
});
