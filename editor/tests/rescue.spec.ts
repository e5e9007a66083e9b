import { expect, test, type Writer } from "./support/stage";

const p = (inner: string) => `<p dir="auto">${inner}</p>`;

async function begin(ann: Writer, ben: Writer, text: string): Promise<void> {
  await ann.text.click();
  await ann.page.keyboard.type(text);
  await ann.saved();
  await expect.poll(() => ben.plain()).toBe(text);
  await ben.text.click();
  await ben.move("Control+End");
}

async function settled(...writers: Writer[]): Promise<void> {
  for (const writer of writers) await writer.saved();
  await expect.poll(() => writers[0]!.plain()).toBe(await writers[1]!.plain());
}

const changes: [string, string][] = [
  ["heading-2", '<h2 dir="auto">A long way to go.</h2>'],
  ["bullet-list", `<ul><li>${p("A long way to go.")}</li></ul>`],
  ["quote", `<blockquote>${p("A long way to go.")}</blockquote>`],
];

for (const first of ["Ann", "Ben"]) {
  for (const [change, html] of changes) {
    test(`what is written offline in a paragraph that becomes a ${change} is in it; ${first} is back first`, async ({ stage }) => {
      const ann = await stage.enter("Ann");
      const ben = await stage.enter("Ben");
      await begin(ann, ben, "A long way.");
      stage.relay.cut(ann.client);
      stage.relay.cut(ben.client);
      await ben.move("ArrowLeft");
      await ben.page.keyboard.type(" to go");
      expect(await ann.exec(change)).toBe(true);
      const [one, other] = first === "Ann" ? [ann, ben] : [ben, ann];
      stage.relay.restore(one.client);
      await one.saved();
      stage.relay.restore(other.client);
      await settled(ann, ben);
      await expect.poll(() => stage.html()).toBe(html);
    });
  }
}

test("what continues one's own words in a paragraph that becomes a heading is in it", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  // The paragraph's text is Ben's from its first letter, and to Yjs all of it is one item.
  await begin(ben, ann, "A long way");
  stage.relay.cut(ben.client);
  await ben.page.keyboard.type(" to go.");
  expect(await ann.exec("heading-2")).toBe(true);
  await ann.saved();
  stage.relay.restore(ben.client);
  await settled(ann, ben);
  expect(await stage.html()).toBe('<h2 dir="auto">A long way to go.</h2>');
});

test("what one began as somebody else began a sentence is not taken for copied", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  const carla = await stage.enter("Carla");
  await begin(ann, ben, "One.");
  await ann.page.keyboard.press("Enter");
  await ann.saved();
  await expect(ben.text.locator("p")).toHaveCount(2);
  await ben.move("Control+End");
  stage.relay.deaf.add(ann.client);
  await ben.page.keyboard.type("However, he never wrote.");
  await ben.saved();
  stage.relay.cut(ben.client);
  expect(await ann.exec("heading-2")).toBe(true);
  await ann.saved();
  await carla.text.getByText("One.").click();
  await carla.move("End");
  await carla.page.keyboard.press("Enter");
  await carla.page.keyboard.type("However, she left.");
  await carla.saved();
  stage.relay.restore(ben.client);
  stage.relay.deaf.clear();
  stage.relay.restore(ann.client);
  await settled(ann, ben);
  expect(await ann.plain()).toContain("However, she left.");
  expect(await ann.plain()).toContain("However, he never wrote.");
});

test("a few letters are put back though somebody else wrote the same elsewhere", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  const carla = await stage.enter("Carla");
  await begin(ann, ben, "A kind word.");
  await ann.page.keyboard.press("Enter");
  await ann.page.keyboard.type("Be happy.");
  await ann.saved();
  await expect(ben.text).toContainText("Be happy.");
  stage.relay.cut(ben.client);
  await ben.move("Control+Home");
  for (const _ of "A ") await ben.move("ArrowRight");
  await ben.page.keyboard.type("un");
  // In the same exchange both come: the removal, and the same letters elsewhere.
  await ann.move("Control+Home");
  expect(await ann.exec("heading-2")).toBe(true);
  await ann.saved();
  await carla.text.getByText("Be happy.").click();
  await carla.move("Home");
  for (const _ of "Be ") await carla.move("ArrowRight");
  await carla.page.keyboard.type("un");
  await carla.saved();
  stage.relay.restore(ben.client);
  await settled(ann, ben);
  expect(await stage.html()).toBe(`<h2 dir="auto">A unkind word.</h2>${p("Be unhappy.")}`);
});

test("a removal of which the page says that it had no answer puts back nothing that its writer puts back", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await begin(ann, ben, "A long way.");
  stage.relay.cut(ben.client);
  await ben.move("ArrowLeft");
  await ben.page.keyboard.type(" to go");
  // Ben's words reach Ann while the removal is on its way.
  stage.relay.delay = 4000;
  expect(await ann.exec("heading-2")).toBe(true);
  await ann.page.waitForTimeout(200);
  stage.relay.delay = 5;
  stage.relay.restore(ben.client);
  await expect.poll(() => stage.relay.xml).toContain(" to go");
  stage.relay.timeOuts = 1;
  await expect.poll(() => stage.relay.timeOuts).toBe(0);
  await settled(ann, ben);
  expect(await stage.html()).toBe('<h2 dir="auto">A long way to go.</h2>');
});

test("what follows letters that were typed and taken back offline is in the copy", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await begin(ann, ben, "A long way");
  stage.relay.cut(ann.client);
  stage.relay.cut(ben.client);
  await ben.page.keyboard.type("xyz");
  for (const _ of "xyz") await ben.page.keyboard.press("Backspace");
  await ben.page.keyboard.type(" to go");
  expect(await ann.exec("heading-2")).toBe(true);
  stage.relay.restore(ben.client);
  await ben.saved();
  stage.relay.restore(ann.client);
  await settled(ann, ben);
  expect(await stage.html()).toBe('<h2 dir="auto">A long way to go</h2>');
});

test("what is written in a paragraph that is joined to another goes with it", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await ann.text.click();
  await ann.page.keyboard.type("First.");
  await ann.page.keyboard.press("Enter");
  await ann.page.keyboard.type("Second half.");
  await ann.saved();
  await expect.poll(() => ben.plain()).toContain("Second half.");
  stage.relay.cut(ben.client);
  await ben.text.click();
  await ben.move("Control+End");
  await ben.page.keyboard.type(" And more.");
  await ann.move("Home");
  await ann.page.keyboard.press("Backspace");
  await ann.saved();
  stage.relay.restore(ben.client);
  await settled(ann, ben);
  expect(await stage.html()).toBe(p("First.Second half. And more."));
});

test("what is written in a paragraph that is removed becomes one of its own", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await ann.text.click();
  for (const line of ["One.", "Two.", "Three."]) {
    await ann.page.keyboard.type(line);
    await ann.page.keyboard.press("Enter");
  }
  await ann.saved();
  await expect.poll(() => ben.plain()).toContain("Three.");
  stage.relay.cut(ben.client);
  await ben.text.getByText("Two.").click();
  await ben.move("End");
  await ben.page.keyboard.type(" And a half.");
  await ann.text.getByText("Two.").click({ clickCount: 3 });
  await ann.page.keyboard.press("Backspace");
  await ann.page.keyboard.press("Backspace");
  await ann.saved();
  stage.relay.restore(ben.client);
  await settled(ann, ben);
  expect((await ann.plain()).replace(/\s+/g, " ").trim()).toBe("One. And a half. Three.");
});

test("what somebody knew and removed stays removed", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await begin(ann, ben, "Keep.");
  await ben.page.keyboard.press("Enter");
  await ben.page.keyboard.type("The line of Ben.");
  await ben.saved();
  await expect.poll(() => ann.plain()).toContain("The line of Ben.");
  // Of what was written a moment before the cut nobody could tell whether it had arrived.
  await ben.page.evaluate(() => {
    const { now } = Date;
    Date.now = () => now() + 6000;
  });
  stage.relay.cut(ben.client);
  await ann.text.getByText("The line of Ben.").click({ clickCount: 3 });
  await ann.page.keyboard.press("Backspace");
  await ann.page.keyboard.press("Backspace");
  await ann.saved();
  stage.relay.restore(ben.client);
  await settled(ann, ben);
  expect((await ben.plain()).trim()).toBe("Keep.");
});

for (const change of ["becomes a heading", "is removed"]) {
  test(`what is written offline in a paragraph that ${change} is not lost on somebody who may only read by then`, async ({ stage }) => {
    const ann = await stage.enter("Ann");
    const ben = await stage.enter("Ben");
    await begin(ann, ben, "A long way.");
    stage.relay.cut(ben.client);
    await ben.move("ArrowLeft");
    await ben.page.keyboard.type(" to go");
    if (change === "becomes a heading") {
      expect(await ann.exec("heading-2")).toBe(true);
    } else {
      await ann.page.keyboard.press("Enter");
      await ann.text.getByText("A long way.").click({ clickCount: 3 });
      for (const key of ["Backspace", "Delete"]) await ann.page.keyboard.press(key);
    }
    await ann.saved();
    const mayWrite = (may: boolean) =>
      ben.page.evaluate(([client, may]) => window.harness.handle(client).setWritable(may), [ben.client, may] as const);
    await mayWrite(false);
    stage.relay.restore(ben.client);
    await expect(ben.text).toHaveText(change === "is removed" ? " to go" : "A long way to go.");
    await expect.poll(async () => (await ben.state()).saving).toBe("refused");
    expect(await ben.page.evaluate((client) => window.harness.handle(client).unsavedText(), ben.client)).toContain(" to go");
    expect(stage.relay.xml).not.toContain("to go");
    await mayWrite(true);
    await settled(ann, ben);
    expect(await ann.plain()).toContain(" to go");
  });
}
