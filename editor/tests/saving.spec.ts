import { wordsLeft } from "../src/unsaved";
import { expect, test } from "./support/stage";

test("what is written while the connection is cut is merged, and then saved", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  await ann.text.click();
  await ann.page.keyboard.type("Together. ");
  await expect(ben.text).toContainText("Together.");
  stage.relay.cut(ann.client);
  await ann.page.keyboard.type("Ann alone. ");
  await expect.poll(async () => (await ann.state()).saving).toBe("offline");
  expect((await ann.state()).unsaved).toBeGreaterThan(0);
  await expect.poll(async () => (await ann.state()).kept).toBe(true);
  await ben.text.click();
  await ben.page.keyboard.press("Control+End");
  await ben.page.keyboard.type("Ben alone. ");
  await ben.saved();
  stage.relay.restore(ann.client);
  await ann.saved();
  await expect(ann.text).toContainText("Ben alone.");
  await expect(ben.text).toContainText("Ann alone.");
  expect(await ann.plain()).toBe(await ben.plain());
});

test("a change is on its way at once, and what is typed meanwhile goes together after it", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.saved();
  stage.relay.delay = 300;
  const asked = await ann.page.evaluate(async (client) => {
    const { write, asked } = window.harness;
    const counts: number[] = [];
    for (const letter of "abcd") {
      write(client, 0.999, letter, false);
      await Promise.resolve();
      counts.push(asked(client).length);
    }
    return counts;
  }, ann.client);
  expect(asked).toEqual([1, 1, 1, 1]);
  await ann.saved();
  expect(await ann.page.evaluate((client) => window.harness.asked(client).length, ann.client)).toBe(2);
  expect(stage.relay.xml).toContain("abcd");
});

test("however fast one types and the server answers, writes are 30 ms apart", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  stage.relay.delay = 0;
  const times = await ann.page.evaluate(async (client) => {
    for (let letter = 0; letter < 100; letter += 1) {
      window.harness.write(client, 0.999, "x", false);
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    return window.harness.asked(client);
  }, ann.client);
  expect(times.length).toBeGreaterThan(3);
  for (const [at, time] of times.entries()) if (at > 0) expect(time - times[at - 1]!).toBeGreaterThanOrEqual(29.9);
  await ann.saved();
  expect(stage.relay.xml).toContain("x".repeat(100));
});

test("a change is on this device before the key is up, and a tab that crashes then has lost nothing", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const ann = await stage.enter("Ann", { context });
  await ann.text.click();
  await ann.page.keyboard.type("Safe. ");
  await ann.saved();
  await expect.poll(() => ann.page.evaluate(() => window.harness.keptHere())).toBe(0);
  stage.relay.cut(ann.client);
  const kept = await ann.page.evaluate((client) => {
    window.harness.write(client, 0.999, "Last words.", false);
    return window.harness.keptHere();
  }, ann.client);
  expect(kept).toBe(1);
  const crashed = ann.page.waitForEvent("crash");
  await ann.page.goto("chrome://crash").catch(() => undefined);
  await crashed;
  const again = await stage.enter("Ann", { context });
  await expect(again.text).toHaveText("Safe. Last words.");
  await again.saved();
  expect(stage.relay.xml).toContain("Last words.");
  await context.close();
});

test("what is acknowledged does not stay on this device", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("Written here, stored there.");
  await ann.saved();
  await expect.poll(() => ann.page.evaluate(() => window.harness.keptHere())).toBe(0);
});

test("much that is written offline is one difference, and arrives whole", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  stage.relay.cut(ann.client);
  for (let line = 1; line <= 60; line += 1) {
    await ann.page.keyboard.type(`Line ${line}.`);
    await ann.page.keyboard.press("Enter");
  }
  stage.relay.restore(ann.client);
  await ann.saved();
  const log = stage.relay.log.length;
  expect(log).toBeLessThan(4);
  expect((stage.relay.xml.match(/Line \d+\./g) ?? []).length).toBe(60);
});

test("a tab that is closed while cut off loses nothing: the next one brings it", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const ann = await stage.enter("Ann", { context });
  await ann.text.click();
  await ann.page.keyboard.type("Safe. ");
  await ann.saved();
  stage.relay.cut(ann.client);
  await ann.page.keyboard.type("Written in a tunnel.");
  await expect.poll(async () => (await ann.state()).unsaved).toBeGreaterThan(0);
  await ann.page.close({ runBeforeUnload: false });
  expect(stage.relay.xml).not.toContain("tunnel");
  const again = await stage.enter("Ann", { context });
  await expect(again.text).toHaveText("Safe. Written in a tunnel.");
  await again.saved();
  expect(stage.relay.xml).toContain("Written in a tunnel.");
  const third = await stage.enter("Ann", { context });
  await expect(third.text).toHaveText("Safe. Written in a tunnel.");
  expect((await third.state()).unsaved).toBe(0);
  await context.close();
});

test("what a tab could not remove here any more, though it is stored, is not taken for words that did not arrive", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const ann = await stage.enter("Ann", { context });
  await ann.text.click();
  await ann.page.evaluate(() => (IDBObjectStore.prototype.delete = () => undefined as never));
  await ann.page.keyboard.type("Stored.!");
  await ann.page.keyboard.press("Backspace");
  await ann.saved();
  await ann.page.close();
  const reader = await stage.enter("Ann", { context, writable: false });
  await expect(reader.text).toHaveText("Stored.");
  await expect.poll(() => reader.state()).toMatchObject({ saving: "saved", unsaved: 0 });
  await expect.poll(() => reader.page.evaluate(() => window.harness.keptHere())).toBe(0);
  await reader.page.close();
  // What did not arrive is still said, be it that something is gone.
  const again = await stage.enter("Ann", { context });
  await again.text.click();
  await again.move("Control+End");
  stage.relay.cut(again.client);
  await again.page.keyboard.press("Backspace");
  await expect.poll(async () => (await again.state()).kept).toBe(true);
  await again.page.close({ runBeforeUnload: false });
  const last = await stage.enter("Ann", { context, writable: false });
  await expect.poll(async () => (await last.state())?.saving).toBe("refused");
  expect((await last.state()).unsaved).toBe(1);
  await context.close();
});

test("what a closed tab left and has a gap holds up nothing that is typed now, and can be had in words and let go", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const ann = await stage.enter("Ann", { context });
  await ann.text.click();
  await ann.page.keyboard.type("Safe. ");
  await ann.saved();
  await expect.poll(() => ann.page.evaluate(() => window.harness.keptHere())).toBe(0);
  stage.relay.cut(ann.client);
  await ann.page.keyboard.type("Written in a tunnel.");
  await expect.poll(async () => (await ann.state()).kept).toBe(true);
  await ann.page.evaluate(() => window.harness.loseKept());
  await ann.page.close({ runBeforeUnload: false });
  const again = await stage.enter("Ann", { context });
  await again.text.click();
  await again.move("Control+End");
  for (const letter of "Typed now.") {
    await again.page.keyboard.type(letter);
    await again.page.waitForTimeout(50);
  }
  await again.saved();
  expect(stage.relay.xml).toContain("Safe. Typed now.");
  await expect.poll(async () => (await again.state()).refusal?.code).toBe("stale");
  const unsaved = () => again.page.evaluate((client) => window.harness.handle(client).unsavedText(), again.client);
  expect(await unsaved()).toBe("ritten in a tunnel.");
  await again.page.evaluate((client) => window.harness.handle(client).forgetRefused(), again.client);
  await expect.poll(async () => (await again.state()).unsaved).toBe(0);
  await expect.poll(() => again.page.evaluate(() => window.harness.keptHere())).toBe(0);
  await context.close();
});

test("what is typed goes on while what a closed tab left is refused for a while", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const ann = await stage.enter("Ann", { context });
  await ann.text.click();
  stage.relay.cut(ann.client);
  await ann.page.keyboard.type("Left.");
  await expect.poll(async () => (await ann.state()).kept).toBe(true);
  await ann.page.close({ runBeforeUnload: false });
  const busy = { temporary: true, words: "Too much at once.", code: "busy" };
  stage.relay.refuse = (update) => (wordsLeft([update]).includes("Left.") ? busy : null);
  const again = await stage.enter("Ann", { context });
  await again.text.click();
  await again.page.keyboard.type("Typed now.");
  await expect.poll(() => stage.relay.xml).toContain("Typed now.");
  expect(stage.relay.xml).not.toContain("Left.");
  stage.relay.refuse = () => null;
  await again.saved();
  expect(stage.relay.xml).toContain("Left.");
  await context.close();
});

test("what a closed tab left is sent again when its answer is lost", async ({ stage, browser }) => {
  const context = await browser.newContext();
  // Who waits twenty seconds for an answer waits less here.
  await context.addInitScript(() => {
    const { setTimeout } = window;
    const soon = (act: () => void, after?: number) => setTimeout(act, after !== undefined && after >= 20_000 ? 500 : after);
    window.setTimeout = soon as typeof window.setTimeout;
  });
  const ann = await stage.enter("Ann", { context });
  await ann.text.click();
  stage.relay.cut(ann.client);
  await ann.page.keyboard.type("Written in a tunnel.");
  await expect.poll(async () => (await ann.state()).kept).toBe(true);
  await ann.page.close({ runBeforeUnload: false });
  stage.relay.loseAnswers = 1;
  const again = await stage.enter("Ann", { context });
  await again.text.click();
  await again.saved();
  await expect(again.text).toHaveText("Written in a tunnel.");
  await context.close();
});

test("a tab that ends while this device is slow takes no word with it", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const ann = await stage.enter("Ann", { context });
  await ann.text.click();
  await ann.page.keyboard.type("Safe. ");
  await ann.saved();
  // From now on a transaction takes longer than Ann stays.
  await ann.page.evaluate(() => {
    const handler = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, "oncomplete")!;
    Object.defineProperty(IDBTransaction.prototype, "oncomplete", {
      set(handle: (event: Event) => void) {
        handler.set!.call(this, (event: Event) => setTimeout(() => handle(event), 5_000));
      },
    });
  });
  stage.relay.cut(ann.client);
  // More keys than are put there side by side.
  await ann.page.keyboard.type("Slow, so slow.");
  await expect.poll(async () => (await ann.state()).unsaved).toBe(14);
  await ann.page.close({ runBeforeUnload: false });
  const again = await stage.enter("Ann", { context });
  await expect(again.text).toHaveText("Safe. Slow, so slow.");
  await context.close();
});

test("somebody else on the same device does not bring it", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const ann = await stage.enter("Ann", { context });
  await ann.text.click();
  stage.relay.cut(ann.client);
  await ann.page.keyboard.type("Ann's own.");
  await expect.poll(async () => (await ann.state()).unsaved).toBeGreaterThan(0);
  await ann.page.close();
  const ben = await stage.enter("Ben", { context });
  await ben.text.click();
  await ben.page.keyboard.type("Ben's.");
  await ben.saved();
  expect(stage.relay.xml).not.toContain("Ann's own.");
  await context.close();
});

test("an acknowledgement that is lost doubles nothing", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  stage.relay.loseAnswers = 1;
  await ann.page.keyboard.type("Only once.");
  await expect.poll(() => stage.relay.log.length).toBeGreaterThan(0);
  expect((await ann.state()).saving).toBe("saving");
  stage.relay.cut(ann.client);
  stage.relay.restore(ann.client);
  await ann.saved();
  await expect(ann.text).toHaveText("Only once.");
  expect(stage.relay.xml.match(/Only once\./g)).toHaveLength(1);
});

test("what is refused for a while is tried again", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  stage.relay.refusal = { temporary: true, words: "Too much at once.", code: "busy" };
  await ann.page.keyboard.type("Patience.");
  await expect.poll(async () => (await ann.state()).unsaved).toBeGreaterThan(0);
  const asked = () => ann.page.evaluate((client) => window.harness.asked(client).length, ann.client);
  const first = await asked();
  await expect.poll(asked, { message: "it is tried again" }).toBeGreaterThan(first);
  expect((await ann.state()).saving).toBe("saving");
  stage.relay.refusal = null;
  await ann.saved();
  expect(stage.relay.xml).toContain("Patience.");
});

test("what is stale is sent after an exchange, though one goes on typing", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  const { relay } = stage;
  const exchange = relay.open.bind(relay);
  relay.refuse = () => ({ temporary: true, words: "It builds on an edit that is not here.", code: "stale" });
  relay.open = (client, stateVector) => {
    relay.refuse = () => null;
    return exchange(client, stateVector);
  };
  await ann.page.keyboard.type("On and on it goes, and on.", { delay: 60 });
  expect(relay.xml).toContain("On and on");
  await ann.saved();
});

test("what is refused for good is kept and said, and can be had in words", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const ann = await stage.enter("Ann", { context });
  await ann.text.click();
  await ann.page.keyboard.type("Stored. ");
  await ann.saved();
  stage.relay.refusal = { temporary: false, words: "You may no longer write here.", code: "forbidden" };
  await ann.page.keyboard.type("Not stored.");
  await expect.poll(async () => (await ann.state()).saving).toBe("refused");
  expect((await ann.state()).refusal?.words).toBe("You may no longer write here.");
  await expect(ann.text).toHaveText("Stored. Not stored.");
  const unsaved = () => ann.page.evaluate((client) => window.harness.handle(client).unsavedText(), ann.client);
  expect(await unsaved()).toContain("Not stored.");
  await ann.page.close();

  // The next tab can go on writing, and still says that something was refused.
  stage.relay.refusal = { temporary: false, words: "You may no longer write here.", code: "forbidden" };
  const again = await stage.enter("Ann", { context });
  await expect.poll(async () => (await again.state())?.refusal?.code).toBe("forbidden");
  await expect(again.text).toHaveText("Stored.");
  stage.relay.refusal = null;
  await again.text.click();
  await again.page.keyboard.press("Control+End");
  await again.page.keyboard.type("More.");
  await expect.poll(() => stage.relay.xml).toContain("More.");
  const left = await again.page.evaluate((client) => window.harness.handle(client).unsavedText(), again.client);
  expect(left).toContain("Not stored.");
  await again.page.evaluate((client) => window.harness.handle(client).forgetRefused(), again.client);
  await expect.poll(async () => (await again.state()).refusal).toBe(null);
  const third = await stage.enter("Ann", { context });
  await third.saved();
  expect((await third.state()).unsaved).toBe(0);
  await context.close();
});

test("who may only read cannot write, and what was not acknowledged is kept", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  stage.relay.delay = 400;
  await ann.page.keyboard.type("Just before.");
  await ann.page.evaluate((client) => window.harness.handle(client).setWritable(false), ann.client);
  await ann.page.keyboard.type("Too late.");
  await expect(ann.text).toHaveText("Just before.");
  await expect(ann.text).toHaveAttribute("contenteditable", "false");
  await ann.page.evaluate((client) => window.harness.handle(client).setWritable(true), ann.client);
  await ann.saved();
  expect(stage.relay.xml).toContain("Just before.");
});

test("the browser asks before leaving only while something is not acknowledged", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("Saved.");
  await ann.saved();
  const asks = () =>
    ann.page.evaluate(() => !window.dispatchEvent(new Event("beforeunload", { cancelable: true })));
  expect(await asks()).toBe(false);
  stage.relay.cut(ann.client);
  await ann.page.keyboard.type("Not yet.");
  expect(await asks()).toBe(true);
});

test("without a place on this device everything goes on, and it is said", async ({ stage, browser }) => {
  const context = await browser.newContext();
  await context.addInitScript(() => Object.defineProperty(window, "indexedDB", { value: undefined }));
  const ann = await stage.enter("Ann", { context });
  await ann.text.click();
  await ann.page.keyboard.type("In memory.");
  await ann.saved();
  expect((await ann.state()).kept).toBe(false);
  expect(stage.relay.xml).toContain("In memory.");
  await context.close();
});

test("a place on this device that does not open holds up nothing, and is used once it does", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const ann = await stage.enter("Ann", { context });
  await ann.text.click();
  stage.relay.cut(ann.client);
  await ann.page.keyboard.type("Left. ");
  await expect.poll(async () => (await ann.state()).kept).toBe(true);
  await ann.page.close({ runBeforeUnload: false });
  // The first to open it hears of that only when it is let.
  await context.addInitScript(() => {
    const { open } = IDBFactory.prototype;
    IDBFactory.prototype.open = function (...asked) {
      IDBFactory.prototype.open = open;
      const request = open.apply(this, asked);
      const set = (opened: () => void) => Object.assign(window, { letOpen: opened });
      Object.defineProperty(request, "onsuccess", { set });
      return request;
    };
  });
  const again = await stage.enter("Ann", { context });
  await again.text.click();
  await expect(again.text).toBeEmpty();
  stage.relay.cut(again.client);
  await again.page.keyboard.type("Typed.");
  await expect.poll(async () => (await again.state()).unsaved).toBeGreaterThan(0);
  expect((await again.state()).kept).toBe(false);
  await again.page.evaluate(() => (window as unknown as { letOpen(): void }).letOpen());
  await expect.poll(async () => (await again.state()).kept).toBe(true);
  // What was left, and all that was typed.
  expect(await again.page.evaluate(() => window.harness.keptHere())).toBe(7);
  stage.relay.restore(again.client);
  await again.saved();
  expect(await again.plain()).toMatch(/Left\./);
  expect(stage.relay.xml).toContain("Typed.");
  await expect.poll(() => again.page.evaluate(() => window.harness.keptHere())).toBe(0);
  await context.close();
});
