import type { CDPSession } from "@playwright/test";
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

test("what others write comes in time, though a word that is never done goes on and on", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  const keyboard = await keyboardOf(ann);
  await ann.text.click();
  await keyboard.compose("n");
  await expect(ben.text).toContainText("n");
  await ben.text.click();
  await ben.move("Home");
  await ben.page.keyboard.type("Ben. ");
  const until = Date.now() + 14_000;
  for (let at = 0; Date.now() < until && !(await ann.plain()).includes("Ben."); at += 1) {
    await keyboard.compose(at % 2 === 0 ? "na" : "n");
    await ann.page.waitForTimeout(200);
  }
  expect(await ann.plain()).toContain("Ben. ");
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
