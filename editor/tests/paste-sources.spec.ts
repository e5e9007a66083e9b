import { pasted } from "./fixtures/pasted";
import { expect, test } from "./support/stage";

test("what programs and pages put on the clipboard comes as what it was", async ({ stage }) => {
  test.slow();
  const ann = await stage.enter("Ann");
  await ann.text.click();
  for (const [name, html, there] of pasted) {
    await ann.page.keyboard.press("Control+a");
    await ann.text.evaluate((target, html) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/html", html);
      target.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData }));
    }, html);
    expect.soft((await ann.html()).replace(/<p dir="auto"><\/p>$/, ""), name).toBe(there);
  }
  expect(stage.relay.uploads).toEqual([]);
});
