import type { CDPSession } from "@playwright/test";
import * as Y from "yjs";
import { expect, test, type Writer } from "./support/stage";

/** A keyboard on which words are composed: what is composed stands in the text and is replaced until it is done. */
async function keyboardOf(writer: Writer) {
  const session: CDPSession = await writer.page.context().newCDPSession(writer.page);
  return {
    compose: (text: string) =>
      session.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length }),
    done: (text: string) => session.send("Input.insertText", { text }),
  };
}

test("a word that is composed is not disturbed by what others write in the same sentence", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  const keyboard = await keyboardOf(ann);
  await ann.text.click();
  await ann.page.keyboard.type("Old. ");
  await expect(ben.text).toContainText("Old.");
  await ben.text.click();
  await ben.move("Home");
  await ben.move("ArrowRight");
  for (const [at, composed] of ["n", "に", "にh", "にほ", "にほn"].entries()) {
    await keyboard.compose(composed);
    // What is composed is saved all the same.
    await expect(ben.text).toContainText(composed);
    await ben.page.keyboard.type(`${at + 1}`);
    await ben.saved();
  }
  await expect(ann.text).toHaveText("Old. にほn");
  await keyboard.done("日本");
  await expect(ann.text).toHaveText("O12345ld. 日本");
  await ann.page.keyboard.type(".");
  await ann.saved();
  await expect(ben.text).toHaveText("O12345ld. 日本.");
  expect(stage.relay.xml).toContain("O12345ld. 日本.");
});

test("what others write comes in order, and in time, though a word is never done", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  const keyboard = await keyboardOf(ann);
  await ann.text.click();
  await keyboard.compose("に");
  await expect(ben.text).toContainText("に");
  await ben.text.click();
  await ben.move("Home");
  await ben.page.keyboard.type("One. ");
  await ben.page.keyboard.press("Enter");
  await ben.page.keyboard.type("Two.");
  await ben.saved();
  await expect(ann.text).toHaveText("に");
  await expect(ann.text).toHaveText("One. Two.に", { timeout: 20_000 });
  await ann.saved();
  await expect.poll(() => ann.plain()).toBe(await ben.plain());
});

test("a connection that is back while a word is composed brings the rest when it is done", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  const keyboard = await keyboardOf(ann);
  await ann.text.click();
  await ann.page.keyboard.type("Old. ");
  await expect(ben.text).toContainText("Old.");
  stage.relay.cut(ann.client);
  await ben.text.click();
  await ben.move("Home");
  await ben.move("ArrowRight");
  await ben.page.keyboard.type("Ben");
  await ben.saved();
  await keyboard.compose("に");
  stage.relay.restore(ann.client);
  await ann.page.waitForTimeout(300);
  await keyboard.compose("にほ");
  await expect(ann.text).toHaveText("Old. にほ");
  await keyboard.done("日本");
  await expect(ann.text).toHaveText("OBenld. 日本");
  await ann.saved();
  await expect(ben.text).toHaveText("OBenld. 日本");
});

test("a word that goes on and on stays in one piece, however long others write in its paragraph", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  const keyboard = await keyboardOf(ann);
  await ann.text.click();
  await ann.page.keyboard.type("Old. ");
  await expect(ben.text).toContainText("Old.");
  await ben.text.click();
  await ben.move("Home");
  await ben.move("ArrowRight");
  // Syllable by syllable without a gap, as Korean is written: a key ends one and begins the next.
  const syllables = [["하", "한"], ["구", "국"], ["어", "얼"]] as const;
  let whole = "";
  const until = Date.now() + 12_000;
  for (let at = 0; Date.now() < until; at += 1) {
    const [begun, ended] = syllables[at % 3]!;
    await keyboard.compose(begun);
    await ben.page.keyboard.type("b");
    await ann.page.waitForTimeout(300);
    await keyboard.compose(ended);
    await ann.page.waitForTimeout(300);
    whole += ended;
    await Promise.all([keyboard.done(ended), keyboard.compose(syllables[(at + 1) % 3]![0])]);
    expect(await ann.plain()).toMatch(new RegExp(`^Ob*ld\\. ${whole}.$`));
  }
  await keyboard.done("끝");
  const text = new RegExp(`^Ob{10,}ld\\. ${whole}끝$`);
  await expect(ann.text).toHaveText(text);
  await ann.saved();
  await expect(ben.text).toHaveText(text);
});

test("a word that is not changed any more is done once others' words wait, and the next letter comes after it", async ({
  stage,
}) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  const keyboard = await keyboardOf(ann);
  await ann.text.click();
  await ann.page.keyboard.type("Old. ");
  await keyboard.compose("하");
  await expect(ben.text).toContainText("하");
  await ben.text.click();
  await ben.move("End");
  await ben.page.keyboard.type("!");
  await ben.move("Home");
  await ben.page.keyboard.type("Ben. ");
  await ben.saved();
  await expect(ann.text).toHaveText("Ben. Old. 하!", { timeout: 20_000 });
  await expect(ann.text).toBeFocused();
  await keyboard.compose("구");
  await keyboard.done("국");
  await ann.page.keyboard.type(".");
  await ann.saved();
  await expect(ben.text).toHaveText("Ben. Old. 하국.!");
  await expect(ann.text).toHaveText("Ben. Old. 하국.!");
});

const paragraph = (text: string) => ({ type: "paragraph", content: [{ type: "text", text }] });
const block = (type: string, content: unknown[]) => ({ type, content });
const places = {
  paragraphs: { content: [paragraph("First."), paragraph("Ann"), paragraph("Last.")] },
  "a list": {
    content: [block("bullet_list", ["First.", "Ann", "Last."].map((text) => block("list_item", [paragraph(text)])))],
  },
  "a table": {
    content: [block("table", [block("table_row", ["First.", "Ann", "Last."].map((text) => block("table_cell", [paragraph(text)])))])],
  },
};

for (const [where, { content }] of Object.entries(places)) {
  test(`what others write beside the word that is composed comes at once, and leaves it alone: ${where}`, async ({ stage }) => {
    const page = await stage.open(await stage.visitors());
    await stage.fill(page, content);
    const ann = await stage.enter("Ann", { page });
    const ben = await stage.enter("Ben");
    const cleo = await stage.enter("Cleo");
    const keyboard = await keyboardOf(ann);
    const paragraphs = ann.text.locator("p");
    await paragraphs.nth(1).click();
    await ann.move("End");
    await keyboard.compose(" に");
    await expect(ben.text).toContainText("に");
    const composedIn = await paragraphs.nth(1).evaluateHandle((paragraph) => paragraph.firstChild);
    await ben.text.locator("p").first().click();
    await ben.move("End");
    await ben.page.keyboard.type("!");
    if (where !== "a table") await ben.page.keyboard.press("Enter");
    await ben.page.keyboard.type("More.");
    await expect(ann.text).toContainText("More.", { timeout: 3_000 });
    await keyboard.compose(" にほ");
    // A removal too, and what is marked.
    await ben.page.keyboard.press("Backspace");
    await ben.page.keyboard.press("Shift+Home");
    await ben.page.keyboard.press("Control+b");
    await expect(ann.text.locator("strong")).toHaveText(/More$/, { timeout: 3_000 });
    await keyboard.compose(" にほん");
    expect(await composedIn.evaluate((node) => node?.isConnected)).toBe(true);

    // In the word's own block one has to wait; another goes on beside it meanwhile.
    await ben.text.getByText("Ann").click();
    await ben.move("Home");
    await ben.page.keyboard.type("Dear ");
    await ben.saved();
    await cleo.text.getByText("Last.").click();
    await cleo.move("End");
    await cleo.page.keyboard.type(" Cleo.");
    await expect(ann.text).toContainText("Last. Cleo.", { timeout: 3_000 });
    await expect(ann.text).not.toContainText("Dear");
    await keyboard.compose(" にほんご");
    await keyboard.done(" 日本語");
    await expect(ann.text).toContainText("Dear Ann 日本語");
    await ann.page.keyboard.type(".");
    await ann.saved();
    for (const other of [ben, cleo]) await expect.poll(() => other.plain()).toBe(await ann.plain());
    expect(await ann.plain()).toContain("Dear Ann 日本語.");
  });
}

test("so much may wait for a word and no more: then it is done", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  const keyboard = await keyboardOf(ann);
  await ann.text.click();
  await keyboard.compose("하");
  await expect(ben.text).toContainText("하");
  await ben.text.click();
  await ben.move("Home");
  await ben.page.keyboard.type("Ben. ");
  await ben.saved();
  // Four megabytes and more, in the block of the word: what no editor shows, and each has to take in.
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(stage.relay.doc));
  const updates: Uint8Array[] = [];
  other.on("update", (update: Uint8Array) => updates.push(update));
  const paragraph = other.getXmlFragment("chapter").get(0) as Y.XmlElement;
  for (let at = 0; at < 5; at += 1) paragraph.setAttribute("much", `${at}`.repeat(900_000));
  for (const [at, update] of updates.entries()) {
    await keyboard.compose(at % 2 === 0 ? "한" : "하");
    expect(await ann.plain()).not.toContain("Ben.");
    await stage.relay.write("nobody", update);
  }
  await expect(ann.text).toHaveText(/^Ben\. [하한]$/, { timeout: 5_000 });
});

test("a block that others remove stays until the word in it is done, and the word is kept", async ({ stage }) => {
  const page = await stage.open(await stage.visitors());
  await stage.fill(page, places.paragraphs.content);
  const ann = await stage.enter("Ann", { page });
  const ben = await stage.enter("Ben");
  const keyboard = await keyboardOf(ann);
  await ann.text.locator("p").nth(1).click();
  await ann.move("End");
  await keyboard.compose(" に");
  await expect(ben.text).toContainText("に");
  stage.relay.cut(ann.client);
  await keyboard.compose(" にほ");
  await ben.page.waitForTimeout(100);
  await ben.text.locator("p").nth(1).click({ clickCount: 3 });
  await ben.page.keyboard.press("Backspace");
  await ben.page.keyboard.press("Backspace");
  await ben.saved();
  stage.relay.restore(ann.client);
  await ann.page.waitForTimeout(300);
  await keyboard.compose(" にほん");
  await expect(ann.text.locator("p")).toHaveText(["First.", "Ann にほん", "Last."]);
  await keyboard.done(" 日本語");
  await ann.saved();
  await expect(ann.text).toContainText("日本語");
  await expect.poll(() => ben.plain()).toBe(await ann.plain());
});

test("what others write comes between two words, of which one begins soon after the other", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  const keyboard = await keyboardOf(ann);
  await ann.text.click();
  await keyboard.compose("하");
  await expect(ben.text).toContainText("하");
  await ben.text.click();
  await ben.move("Home");
  await ben.page.keyboard.type("Ben. ");
  await ben.saved();
  // The next one begins before it would be looked again anyway.
  await ann.page.evaluate(() => {
    const { setTimeout } = window;
    const late = (act: () => void, after?: number) => setTimeout(act, after === 50 ? 2000 : after);
    window.setTimeout = late as typeof window.setTimeout;
  });
  await ann.page.waitForTimeout(200);
  await keyboard.done("한");
  await ann.page.waitForTimeout(100);
  await keyboard.compose("구");
  await expect(ann.text).toHaveText("Ben. 한구", { timeout: 1500 });
  await keyboard.done("국");
  await ann.saved();
  await expect(ben.text).toHaveText("Ben. 한국");
});
