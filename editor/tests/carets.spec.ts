/** Where one writes, and where one sees the others write, while the text around changes. */
import { expect, test, type Stage, type Writer } from "./support/stage";

const text = (words: string) => ({ type: "text", text: words });
const paragraph = (words: string) => ({ type: "paragraph", content: [text(words)] });

async function begun(stage: Stage): Promise<{ ann: Writer; ben: Writer }> {
  const context = await stage.visitors();
  const page = await stage.open(context);
  await stage.fill(page, [paragraph("Before"), paragraph("Hello world"), paragraph("After")]);
  const ann = await stage.enter("Ann", { page });
  const ben = await stage.enter("Ben");
  await expect(ann.text).toContainText("Hello world");
  await expect(ben.text).toContainText("Hello world");
  return { ann, ben };
}

const goTo = ({ page, client }: Writer, block: number, offset: number) =>
  page.evaluate(([who, block, offset]) => window.harness.goTo(who, block, offset), [client, block, offset] as const);
const caretOf = ({ page, client }: Writer) => page.evaluate((who) => window.harness.caretOf(who), client);
const drawn = ({ page, client }: Writer, name: string) =>
  page.evaluate(([who, name]) => window.harness.drawnCaret(who!, name!), [client, name]);

// What Ann does at a place in the paragraph, where Ben is in it, and where he is to be then.
const changes: [string, number, [number, string][]][] = [
  ["Enter", 5, [[3, "1:3"], [5, "1:5"], [8, "2:3"], [11, "2:6"]]],
  ["Enter", 0, [[0, "2:0"], [11, "2:11"]]],
  ["Enter", 11, [[8, "1:8"], [11, "1:11"]]],
  ["Backspace", 0, [[0, "0:6"], [5, "0:11"], [11, "0:17"]]],
  ["x", 5, [[3, "1:3"], [5, "1:5"], [8, "1:9"]]],
  ["x", 11, [[11, "1:11"]]],
  ["heading-2", 3, [[0, "1:0"], [5, "1:5"], [11, "1:11"]]],
  ["quote", 3, [[5, "1:5"]]],
];

for (const [change, at, places] of changes) {
  test(`a caret stays with its words when somebody does ${change} at ${at} in their paragraph`, async ({ stage }) => {
    const { ann, ben } = await begun(stage);
    for (const [place, then] of places) {
      await goTo(ben, 1, place);
      await goTo(ann, 1, at);
      await expect.poll(() => drawn(ann, "Ben"), { message: "Ben is seen" }).toBe(`1:${place}`);
      if (change.includes("-") || change === "quote") expect(await ann.exec(change)).toBe(true);
      else await ann.page.keyboard.press(change);
      // At once, before anything can have come from Ben.
      expect(await drawn(ann, "Ben")).toBe(then);
      await ann.saved();
      await expect.poll(() => caretOf(ben)).toBe(then);
      await ben.page.keyboard.type("!");
      await ben.saved();
      expect(await caretOf(ben)).toBe(then.replace(/\d+$/, (offset) => String(Number(offset) + 1)));
      await expect.poll(() => ann.plain()).toContain("!");
      await expect.poll(() => drawn(ann, "Ben")).toBe(await caretOf(ben));
      await ben.page.keyboard.press("Backspace");
      await ben.saved();
      await expect.poll(() => ann.plain()).not.toContain("!");
      await ann.page.keyboard.press("Control+z");
      await ann.saved();
      await expect.poll(() => ben.plain()).toBe("Before\n\nHello world\n\nAfter");
    }
  });
}

test("a caret told by somebody who has not heard of a change yet goes with its words", async ({ stage }) => {
  const { ann, ben } = await begun(stage);
  const whisper = stage.relay.whisper.bind(stage.relay);
  let told = null as Parameters<typeof whisper>[1];
  stage.relay.whisper = (client, caret) => {
    if (client === ben.client) told = caret;
    whisper(client, caret);
  };
  await goTo(ben, 1, 8);
  await goTo(ann, 1, 5);
  await expect.poll(() => drawn(ann, "Ben")).toBe("1:8");
  stage.relay.cut(ben.client);
  await ann.page.keyboard.press("Enter");
  await expect.poll(() => drawn(ann, "Ben")).toBe("2:3");
  await ann.page.evaluate(
    ([to, from, told]) => window.harness.handle(to).whispered(from, { id: "Ben", name: "Ben", colour: 1 }, told),
    [ann.client, ben.client, told] as const,
  );
  expect(await drawn(ann, "Ben")).toBe("2:3");
});

test("those who write at one place do not mix their letters", async ({ stage }) => {
  const { ann, ben } = await begun(stage);
  for (const writer of [ann, ben]) await goTo(writer, 1, 11);
  // Had both begun with the same letter, it would not be known whose is which, and one might stand behind the other's word.
  await Promise.all([
    ann.page.keyboard.type("ABCDEFGHIJKLMNOPQRSTUVWXYZ", { delay: 17 }),
    ben.page.keyboard.type("12345678901234567890123456", { delay: 19 }),
  ]);
  for (const writer of [ann, ben]) await writer.saved();
  await expect.poll(() => ann.plain()).toBe(await ben.plain());
  expect(await ann.plain()).toMatch(/Hello world(?:[A-Z]{26}\d{26}|\d{26}[A-Z]{26})\n/);
});

test("a caret, its name and a selection move no letter", async ({ stage }) => {
  const context = await stage.visitors({ viewport: { width: 420, height: 900 } });
  const page = await stage.open(context);
  const long = "Office waffle AVATAR Tomorrow fluffy affinity, and so many words that they fill some lines to their very end.";
  await stage.fill(page, [
    { type: "heading", attrs: { level: 2 }, content: [text("AVATAR office")] },
    paragraph(long),
    { type: "paragraph" },
    { type: "paragraph", content: [text("A break"), { type: "hard_break" }] },
    { type: "bullet_list", content: [{ type: "list_item", content: [{ type: "paragraph" }] }] },
    { type: "verse", content: [text("One line\nand another\n")] },
    { type: "paragraph", content: [text("A note"), { type: "footnote", content: [text("below")] }, text(".")] },
    { type: "figure", attrs: { src: "/picture.png", width: 4, height: 3 }, content: [text("Fig.")] },
    { type: "figure", attrs: { src: "/picture.png", width: 4, height: 3 } },
    paragraph("\u0645\u0631\u062d\u0628\u0627 \u0628\u0643"),
  ]);
  const ann = await stage.enter("Ann", { page });
  await expect(ann.text).toContainText("Office");
  const moved = await page.evaluate(async (client) => {
    const { caretPlaces, visited } = window.harness;
    const found: string[] = [];
    const places = caretPlaces(client);
    for (const place of places) found.push(...(await visited(client, place, place)));
    for (const place of places.filter((_, at) => at % 9 === 0)) {
      found.push(...(await visited(client, place, places.find((other) => other > place + 11) ?? place)));
    }
    return found;
  }, ann.client);
  expect(moved).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
});

test("a click counts though others' text is drawn before the browser tells of it", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await ann.text.click();
  await ann.page.keyboard.type("First.\nSecond.");
  await ann.saved();
  await expect(ben.text).toContainText("Second.");
  await ben.text.getByText("First.").click();
  await ben.saved();

  await ben.page.evaluate(() => {
    const { harness } = window as unknown as { harness: { receive: (client: string, update: string) => void } };
    const { receive } = harness;
    harness.receive = (client, update) => {
      harness.receive = receive;
      // The very moment: the caret is put into the second paragraph, and then the text comes.
      const second = document.querySelectorAll(".ProseMirror > p")[1]!;
      getSelection()!.setPosition(second.firstChild, "Second.".length);
      receive(client, update);
    };
  });
  await ann.page.keyboard.type("!");
  await expect(ben.text).toContainText("Second.!");
  await ben.page.keyboard.type("Here");
  await ben.saved();
  await expect.poll(() => ben.plain()).toMatch(/^First\.\n\nSecond\.Here!$/);
});
