import { expect, test } from "./support/stage";

const p = (inner: string) => `<p dir="auto">${inner}</p>`;

test("what is typed becomes what it means, however it arrives", async ({ stage }) => {
  test.slow();
  const ann = await stage.enter("Ann");
  await ann.text.click();
  const inOneGo = (text: string) => ann.page.keyboard.insertText(text);
  const byCommand = (text: string) => ann.page.evaluate((text) => void document.execCommand("insertText", false, text), text);
  /** As a browser that tells of several keys only when all are in the page. */
  const late = (text: string) =>
    ann.text.evaluate((target, text) => {
      const { anchorNode, anchorOffset } = getSelection()!;
      if (anchorNode instanceof Text) anchorNode.insertData(anchorOffset, text);
      else target.querySelector("p:last-child")!.prepend(text);
      const walker = document.createTreeWalker(target, NodeFilter.SHOW_TEXT);
      let last: Node = target;
      while (walker.nextNode()) if (walker.currentNode.textContent!.includes(text)) last = walker.currentNode;
      getSelection()!.collapse(last, last.textContent!.indexOf(text) + text.length);
    }, text);
  for (const write of [inOneGo, byCommand, late]) {
    for (const [text, there] of [
      ["- item one", `<ul><li>${p("item one")}</li></ul>`],
      ["---after", `<hr>${p("after")}`],
      ["so **very** \"bold\" -- yes...", p("so <strong>very</strong> “bold” — yes…")],
      ["## Dawn", `<h2 dir="auto">Dawn</h2>`],
    ] as const) {
      await ann.page.keyboard.press("Control+a");
      await ann.page.keyboard.press("Backspace");
      await ann.exec("paragraph");
      await write(text);
      expect.soft(await ann.html(), `${write.name} ${text}`).toBe(there);
    }
  }
});
