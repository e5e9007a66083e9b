import { expect, test } from "./support/stage";

const words = "A long way to go.";
const heading = `<h2 dir="auto">${words}</h2>`;

for (const [first, second] of [["Ann", "Ben"], ["Ben", "Ann"]]) {
  test(`what two made a heading offline stands there once; ${first} is back first`, async ({ stage }) => {
    const ann = await stage.enter("Ann");
    const ben = await stage.enter("Ben");
    const people = { Ann: ann, Ben: ben } as Record<string, typeof ann>;
    await ann.text.click();
    await ann.page.keyboard.type(words);
    await ann.saved();
    await expect.poll(() => ben.plain()).toBe(words);
    for (const { client } of [ann, ben]) stage.relay.cut(client);
    for (const writer of [ann, ben]) {
      await writer.text.click();
      await writer.move("Control+End");
      for (let key = 0; key < 4; key += 1) await writer.move("ArrowLeft");
      expect(await writer.exec("heading-2")).toBe(true);
    }
    for (const name of [first!, second!]) {
      stage.relay.restore(people[name]!.client);
      await people[name]!.saved();
    }
    await expect.poll(() => stage.html()).toBe(heading);
    for (const writer of [ann, ben]) await expect.poll(() => writer.plain()).toBe(words);
    // Both write on where they were.
    await ann.page.keyboard.type("(Ann)");
    await expect.poll(() => ben.plain()).toContain("(Ann)");
    await ben.page.keyboard.type("(Ben)");
    await expect.poll(() => stage.html()).toMatch(/^<h2 dir="auto">A long way to(\(Ann\)|\(Ben\)){2} go\.<\/h2>$/);
  });
}

test("what one wrote in one's copy stays, and so do both", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await ann.text.click();
  await ann.page.keyboard.type(words);
  await ann.saved();
  await expect.poll(() => ben.plain()).toBe(words);
  for (const { client } of [ann, ben]) stage.relay.cut(client);
  for (const writer of [ann, ben]) {
    await writer.text.click();
    expect(await writer.exec("quote")).toBe(true);
    await writer.move("Control+End");
    await writer.page.keyboard.type(` ${writer.client}`);
  }
  for (const writer of [ann, ben]) {
    stage.relay.restore(writer.client);
    await writer.saved();
  }
  await expect.poll(() => ann.plain()).toContain(ann.client);
  await expect.poll(() => ann.plain()).toContain(ben.client);
});
