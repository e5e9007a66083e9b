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
