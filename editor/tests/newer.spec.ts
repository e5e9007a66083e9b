/** A site that was updated while somebody had a page open: others write what that page has no name for. */
import * as Y from "yjs";
import { expect, test, type Stage } from "./support/stage";

/** What somebody writes with a page that is newer than this one. */
const newer: [string, (chapter: Y.XmlFragment) => void][] = [
  ["a mark", (chapter) => first(chapter).format(0, 3, { tint: { hue: "red" } })],
  ["an attribute of a mark", (chapter) => first(chapter).format(0, 3, { strong: { weight: 900 } })],
  ["a block", (chapter) => chapter.insert(1, [holding(new Y.XmlElement("aside"), "Beside.")])],
  ["a block in a block", (chapter) => {
    const quotation = new Y.XmlElement("blockquote");
    quotation.insert(0, [holding(new Y.XmlElement("aside"), "Beside.")]);
    chapter.insert(1, [quotation]);
  }],
  ["an attribute of a block", (chapter) => (chapter.get(0) as Y.XmlElement).setAttribute("tint", "red")],
  ["something in the line that is no text", (chapter) => first(chapter).insertEmbed(0, { sum: "x" })],
];

const first = (chapter: Y.XmlFragment) => (chapter.get(0) as Y.XmlElement).get(0) as Y.XmlText;

function holding(element: Y.XmlElement, words: string): Y.XmlElement {
  element.insert(0, [new Y.XmlText(words)]);
  return element;
}

async function writeNewer(stage: Stage, change: (chapter: Y.XmlFragment) => void): Promise<void> {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(stage.relay.doc));
  doc.transact(() => change(doc.getXmlFragment("chapter")));
  await stage.relay.write("newer", Y.encodeStateAsUpdate(doc, Y.encodeStateVector(stage.relay.doc)));
}

for (const [what, change] of newer) {
  test(`${what} that this page does not know stays, and nothing can be written here until the page is loaded anew`, async ({ stage }) => {
    const ann = await stage.enter("Ann");
    await ann.text.click();
    await ann.page.keyboard.type("Sea and sky.");
    await ann.saved();
    await writeNewer(stage, change);
    const stands = stage.relay.xml;
    await expect.poll(async () => (await ann.state()).outdated).toBe(true);
    await expect(ann.text).toHaveAttribute("contenteditable", "false");
    await ann.page.keyboard.type("Lost");
    expect(stage.relay.xml).toBe(stands);
    await expect(ann.text).toContainText("Sea and sky.");
    // Who comes now with the same old page changes nothing either, and reads what the page came with.
    const ben = await stage.enter("Ben");
    await expect.poll(async () => (await ben.state())?.outdated).toBe(true);
    expect(stage.relay.xml).toBe(stands);
  });
}

test("what was written offline stays on the device, and joins the text in a page that is new enough", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("Sea and sky.");
  await ann.saved();
  const before = Y.encodeStateAsUpdate(stage.relay.doc);
  stage.relay.cut(ann.client);
  await ann.page.keyboard.type(" And wind.");
  await writeNewer(stage, (chapter) => first(chapter).format(0, 3, { tint: { hue: "red" } }));
  const stands = stage.relay.xml;
  stage.relay.restore(ann.client);
  await expect.poll(() => ann.state()).toMatchObject({ outdated: true, saving: "refused", kept: true });
  expect(stage.relay.xml).toBe(stands);
  const context = ann.page.context();
  await ann.page.close();
  // In the new page there is nothing that it does not know.
  stage.relay.restart(before);
  const again = await stage.enter("Ann", { context });
  await again.saved();
  await expect(again.text).toHaveText("Sea and sky. And wind.");
});

test("what is kept of a removed paragraph waits for a page that can put it back", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("Sea and sky.");
  await ann.saved();
  stage.relay.cut(ann.client);
  await ann.page.keyboard.type(" And wind.");
  await expect.poll(async () => (await ann.state()).kept).toBe(true);
  const context = ann.page.context();
  await ann.page.close();
  await writeNewer(stage, (chapter) => {
    const aside = holding(new Y.XmlElement("aside"), "Sea and sky.");
    chapter.insert(0, [aside]);
    chapter.delete(1, 1);
  });
  const other = await stage.open(context);
  expect((await stage.send(other, "Ann")).sent).toBe("busy");
  expect((await stage.send(other, "Ann")).sent).toBe("busy");
});
