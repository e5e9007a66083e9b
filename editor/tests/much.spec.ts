import { expect, test, type Writer } from "./support/stage";

/** Writes more than the server takes at once, and more often than changes stand side by side. */
async function writeMuch(writer: Writer): Promise<void> {
  await writer.page.evaluate((client) => {
    const { write } = window.harness;
    // Each letter is three bytes.
    for (let long = 0; long < 25; long += 1) write(client, 0.99999, "\u5b57".repeat(20_000), long > 0);
    for (let short = 0; short < 70; short += 1) write(client, 0.99999, "x", short === 0);
    write(client, 0.99999, "\u5b57".repeat(20_000), true);
  }, writer.client);
}

const isMuch = (xml: string) => xml.match(/\u5b57/g)?.length === 520_000 && xml.includes("x".repeat(70));

test("what is written offline and more than one write may be goes in several", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  stage.relay.cut(ann.client);
  await writeMuch(ann);
  stage.relay.restore(ann.client);
  await ann.saved();
  expect(isMuch(stage.relay.xml)).toBe(true);
  expect(stage.relay.log.length).toBeLessThan(6);
  await expect.poll(() => ann.page.evaluate(() => window.harness.keptHere())).toBe(0);
});

test("what a closed tab left and is more than one write may be is brought in several", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const ann = await stage.enter("Ann", { context });
  await ann.text.click();
  stage.relay.cut(ann.client);
  await writeMuch(ann);
  await expect.poll(async () => (await ann.state()).kept).toBe(true);
  await ann.page.close({ runBeforeUnload: false });
  const again = await stage.enter("Ann", { context });
  await again.text.click();
  await again.saved();
  expect((await again.state()).unsaved).toBe(0);
  expect(isMuch(stage.relay.xml)).toBe(true);
  await expect.poll(() => again.page.evaluate(() => window.harness.keptHere())).toBe(0);
  await context.close();
});

test("an undo that brings back more than one write may be goes in several, and what is typed then after it", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  const { relay } = stage;
  await ann.text.click();
  // Some letters count as two, and none may be cut in half.
  await ann.page.evaluate((client) => {
    const { write } = window.harness;
    for (let long = 0; long < 6; long += 1) write(client, 0.99999, `x${"\u{1f600}\u5b57".repeat(30_000)}`, long > 0);
  }, ann.client);
  await ann.saved();
  const { xml } = relay;
  // What follows soon is one step of undo with it.
  await ann.page.waitForTimeout(600);
  await ann.page.keyboard.press("Control+a");
  await ann.page.keyboard.press("Delete");
  await ann.saved();
  await expect.poll(() => ben.plain(), { timeout: 30_000 }).toBe("");
  const before = relay.log.length;
  const write = relay.write.bind(relay);
  const lacking: unknown[] = [];
  relay.write = async (client, update) => {
    await write(client, update);
    if (relay.doc.store.pendingStructs !== null || relay.doc.store.pendingDs !== null) lacking.push(update);
  };
  expect(await ann.exec("undo")).toBe(true);
  await ann.saved();
  expect(relay.log.length).toBe(before + 2);
  expect(lacking).toEqual([]);
  expect(relay.xml === xml).toBe(true);
  await ann.text.press("End");
  await ann.page.keyboard.type("Typed then.");
  await ann.saved();
  expect(relay.xml).toContain("Typed then.");
  expect((await ben.plain()) === (await ann.plain())).toBe(true);
  await expect.poll(() => ann.page.evaluate(() => window.harness.keptHere())).toBe(0);
});
