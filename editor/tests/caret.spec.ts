import { expect, test } from "./support/stage";

test("two who write at one place write one after the other, not letter by letter", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await ann.text.click();
  await ann.page.keyboard.type("Once. ");
  await ann.saved();
  await expect(ben.text).toContainText("Once.");
  await ben.text.click();
  await ben.move("End");
  await Promise.all([
    ann.page.keyboard.type("Ann writes quickly. ", { delay: 20 }),
    ben.page.keyboard.type("Ben writes slowly. ", { delay: 30 }),
  ]);
  await ann.saved();
  await ben.saved();
  await expect.poll(() => ann.plain()).toBe(await ben.plain());
  expect(await ann.plain()).toContain("Ann writes quickly. ");
  expect(await ann.plain()).toContain("Ben writes slowly. ");
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
