import { writeFileSync } from "node:fs";
import { engines } from "../support/engines/engine";
import { Line } from "../support/engines/line";
import { Visitor } from "../support/engines/visitor";
import { PASSWORD, Person } from "../support/person";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

/** What matters most, in the browsers that Playwright cannot drive as people have them. All else is tried in Chromium. */
for (const { name, missing, start } of engines) {
  test(`in ${name} one signs in, writes with another, finds, copies, takes back, and loses nothing offline`, async ({
    ann,
    browser,
    baseURL,
  }, info) => {
    test.skip(missing !== false, `not here: ${missing}`);
    test.slow();
    const { book, chapters } = await stage(ann, [], "Tides");
    const part = chapters["Tides"]!;
    const line = await Line.to(baseURL!);
    const engine = await start();
    const ben = new Visitor(engine, line.url);
    const text = (words: string | RegExp) => ben.says("textbox", "Chapter text", words);
    const connection = (words: string | RegExp) => ben.says("status", "Connection", words);
    try {
      await test.step("signs in", async () => {
        const account = await Person.signedUp(browser, "ben");
        await ann.does.letIn(book, account, "editor");
        await account.leave();
        await ben.open("/sign-in");
        await ben.fill("Name", account.name);
        await ben.fill("Password", PASSWORD);
        await engine.press("Enter");
        await expect.poll(() => engine.evaluate(() => location.pathname), { timeout: 20_000 }).not.toBe("/sign-in");
      });

      await test.step("writes with another, who uses another browser", async () => {
        await ann.book.open(book, part);
        await ben.open(`/book/${book}/${part}`);
        await ann.chapter.type("Ebb and flow.");
        await text("Ebb and flow.");
        await ben.press("textbox", "Chapter text");
        await engine.press("End", "Control");
        await engine.type(" The moon pulls.");
        await expect(ann.chapter.text).toHaveText("Ebb and flow. The moon pulls.");
        await connection("Saved");
      });

      await test.step("types faster than the browser draws", async () => {
        await engine.type("\n- item one\nitem two\n\n---after");
        await text(/^Ebb and flow\. The moon pulls\.\nitem one\nitem two\nafter$/);
      });

      await test.step("takes back what was theirs alone", async () => {
        await ann.chapter.field.press("Control+Home");
        await ann.page.keyboard.type("Now: ");
        await text(/^Now: Ebb/);
        const left = async () => {
          await engine.press("z", "Control");
          return ben.read("textbox", "Chapter text");
        };
        await expect.poll(left, { timeout: 20_000 }).toMatch(/^Now: Ebb and flow\.\n*$/);
      });

      await test.step("finds", async () => {
        await engine.press("f", "Control");
        await engine.type("flow");
        await ben.shows("1 of 1");
        await engine.press("Escape");
      });

      await test.step("copies and pastes", async () => {
        await engine.press("a", "Control");
        await engine.press("c", "Control");
        await engine.press("End", "Control");
        await engine.press("v", "Control");
        await text(/^(Now: Ebb and flow\.\n*){2}$/);
        await connection("Saved");
      });

      await test.step("loses nothing without a network", async () => {
        line.cut();
        await connection("Offline: all is saved");
        await engine.type(" Offline.");
        // A browser that is driven by a program may be one that keeps nothing.
        await connection(/^Offline: (kept on this device|keep this page open)$/);
        await ann.page.keyboard.type("Hear: ");
        line.mend();
        await text(/Hear: [^]* Offline\.$/);
        await connection("Saved");
        await expect(ann.chapter.text).toContainText(" Offline.");
      });
    } finally {
      writeFileSync(info.outputPath("seen-last.png"), await engine.screenshot());
      await engine.close();
      line.close();
    }
  });
}
