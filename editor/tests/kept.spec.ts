import { expect, test, type Stage, type Writer } from "./support/stage";

const p = (inner: string) => `<p dir="auto">${inner}</p>`;

/** Ann writes where Ben has written too, without a connection, and closes her tab. */
async function leftBehind(stage: Stage, context: Parameters<Stage["open"]>[0]): Promise<{ ben: Writer }> {
  const ann = await stage.enter("Ann", { context });
  const ben = await stage.enter("Ben");
  await ann.text.click();
  await ann.page.keyboard.type("A long way.");
  await ann.saved();
  await expect.poll(() => ben.plain()).toBe("A long way.");
  stage.relay.cut(ann.client);
  await ann.move("ArrowLeft");
  await ann.page.keyboard.type(" to go");
  await expect.poll(async () => (await ann.state()).kept).toBe(true);
  await ann.page.close();
  await ben.text.click();
  return { ben };
}

test("what a closed tab left is sent without an editor, and words that lost their place are put back", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const { ben } = await leftBehind(stage, context);
  expect(await ben.exec("heading-2")).toBe(true);
  await ben.saved();
  const page = await stage.open(context);
  expect(await stage.send(page, "Ann")).toEqual({ sent: "sent" });
  // Who made it a heading did not know of them, and who wrote them is gone: they stand for themselves.
  await expect.poll(() => stage.html()).toBe(`<h2 dir="auto">A long way.</h2>${p(" to go")}`);
  // It is not here any more; and somebody else has nothing to send.
  const log = stage.relay.log.length;
  expect(await stage.send(page, "Ann")).toEqual({ sent: "sent" });
  expect(await stage.send(page, "Cleo")).toEqual({ sent: "sent" });
  expect(stage.relay.log.length).toBe(log);
  await context.close();
});

test("what stood in a paragraph that is gone becomes one of its own", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const { ben } = await leftBehind(stage, context);
  await ben.page.keyboard.type("Gone.");
  await ben.page.keyboard.press("Enter");
  await ben.page.keyboard.press("ControlOrMeta+a");
  await ben.page.keyboard.type("New.");
  await ben.saved();
  expect(await stage.send(await stage.open(context), "Ann")).toEqual({ sent: "sent" });
  await expect.poll(() => stage.html()).toContain(" to go");
  expect(await stage.html()).toContain("New.");
  await context.close();
});

test("of two tabs that have the chapter open one sends what a third left; while one is open, nobody else does", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const first = await stage.enter("Ann", { context });
  const second = await stage.enter("Ann", { context });
  await expect(second.text).toBeVisible();
  stage.relay.cut(first.client);
  await first.text.click();
  await first.page.keyboard.type("By the first.");
  await expect.poll(async () => (await first.state()).kept).toBe(true);
  // The first lives, and sends it itself.
  expect(await stage.send(await stage.open(context), "Ann")).toEqual({ sent: "busy" });
  expect(stage.relay.xml).not.toContain("By the first.");
  await first.page.close();
  await expect.poll(() => stage.relay.xml).toContain("By the first.");
  await second.saved();
  await expect(second.text).toHaveText("By the first.");
  await context.close();
});

test("what a tab left that is closed is sent by the one that had the chapter open before it", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const first = await stage.enter("Ann", { context });
  const second = await stage.enter("Ann", { context });
  await second.text.click();
  await second.page.keyboard.type("In common.");
  await second.saved();
  await expect(first.text).toHaveText("In common.");
  // The line of the first is never lost: it has no reason to look what is left.
  stage.relay.cut(second.client);
  await second.page.keyboard.type(" By the second.");
  await expect.poll(async () => (await second.state()).kept).toBe(true);
  expect(stage.relay.xml).not.toContain("By the second.");
  await second.page.close();
  await expect.poll(() => stage.relay.xml).toContain("By the second.");
  await first.saved();
  await expect(first.text).toHaveText("In common. By the second.");
  await context.close();
});

test("what cannot be sent is told in words, and what was written elsewhere does not run into it", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const ann = await stage.enter("Ann", { context });
  await ann.text.click();
  await ann.page.keyboard.type("One.");
  await ann.page.keyboard.press("Enter");
  await ann.page.keyboard.type("Two.");
  await ann.saved();
  stage.relay.cut(ann.client);
  await ann.page.keyboard.type(" And the second.");
  await ann.move("ArrowUp");
  await ann.move("End");
  await ann.page.keyboard.type(" And the first.");
  await expect.poll(async () => (await ann.state()).kept).toBe(true);
  await ann.page.close();
  stage.relay.refusal = { temporary: false, words: "You may no longer write here.", code: "forbidden" };
  const sent = await stage.send(await stage.open(context), "Ann");
  expect(sent).toMatchObject({ sent: "refused", text: " And the second.\n And the first." });
  await context.close();
});

test("what cannot be read on this device for the moment is not taken for sent", async ({ stage, browser }) => {
  const context = await browser.newContext();
  await leftBehind(stage, context);
  const page = await stage.open(context);
  await page.evaluate(() => {
    const { getAll } = IDBIndex.prototype;
    IDBIndex.prototype.getAll = () => {
      IDBIndex.prototype.getAll = getAll;
      throw new DOMException("The disk does not answer.", "UnknownError");
    };
  });
  expect(await stage.send(page, "Ann")).toEqual({ sent: "busy" });
  expect(await stage.send(page, "Ann")).toEqual({ sent: "sent" });
  await expect.poll(() => stage.relay.xml).toContain(" to go");
  await context.close();
});
