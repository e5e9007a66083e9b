import { Panel } from "../support/panel";
import { chapterOpen, stage } from "../support/stage";
import { expect, test } from "../support/test";

test("a key opens the panel, which shows the connection, the channels and the last frames", async ({ ann, ben }) => {
  const { book } = await chapterOpen(ann, [ben]);
  const panel = new Panel(ann.page);
  await expect(panel.region).toHaveCount(0);
  await panel.open();
  await expect(panel.state).toHaveText("live, by socket", { timeout: 25_000 });
  const row = panel.channels.getByRole("row").filter({ hasText: `book/${book}` });
  await expect(row).toContainText("present");
  await expect(panel.frames.filter({ hasText: "hello" })).toHaveCount(1);
  await expect(panel.frames.filter({ hasText: "welcome" })).toHaveCount(1);

  const before = await row.textContent();
  await ben.does.say(book, "Do you see this?");
  const frame = panel.frames.filter({ hasText: "Do you see this?" });
  await expect(frame).toContainText("came");
  await expect(row).not.toHaveText(before!);
  await frame.getByText("came").click();
  await expect(frame.getByText(/^\d\d:\d\d:\d\d\.\d\d\d$/)).toBeVisible();

  await panel.press("Close");
  await expect(panel.region).toHaveCount(0);
});

test("the panel's key types nothing, also while one writes", async ({ ann }) => {
  await chapterOpen(ann, []);
  await ann.chapter.type("As it was.");
  const panel = new Panel(ann.page);
  await panel.open();
  await ann.page.keyboard.press("Control+Alt+KeyN");
  await expect(panel.region).toHaveCount(0);
  await expect(ann.chapter.field).toBeFocused();
  await expect(ann.chapter.field).toHaveText("As it was.");
});

test("a connection that is cut comes back, and nothing is missed", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben], "Tides");
  await ann.book.open(book);
  await ann.book.show("Chat");
  const panel = new Panel(ann.page);
  await panel.open();
  await panel.press("Cut the connection");
  await ben.does.say(book, "Said meanwhile");
  await expect(panel.frames.filter({ hasText: '{"hello"' })).toHaveCount(2);
  await expect(panel.state).toHaveText("live, by socket", { timeout: 25_000 });
  await expect(ann.book.line("Said meanwhile")).toHaveCount(1);
});

test("offline and back, nothing is lost in either direction", async ({ ann, ben }) => {
  const { book } = await chapterOpen(ann, [ben]);
  await ann.chapter.canWrite();
  const panel = new Panel(ann.page);
  await panel.open();
  await panel.press("Offline");
  await expect(ann.book.connection).toHaveText("Offline: all is saved");
  await ann.chapter.type("Typed offline.");
  await expect(ann.book.connection).toHaveText("Offline: kept on this device");
  await ben.does.say(book, "Said while you were away");
  await expect(panel.state).not.toContainText("live");
  await ann.book.show("Chat");
  await expect(ann.book.line("Said while you were away")).toHaveCount(0);

  await panel.press("Offline");
  await ann.chapter.isSaved();
  await expect(ben.chapter.text).toContainText("Typed offline.");
  await expect(ann.book.line("Said while you were away")).toHaveCount(1);
});

test("by long poll alone, messages go both ways", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben], "Tides");
  for (const person of [ann, ben]) {
    await person.book.open(book);
    await person.book.show("Chat");
  }
  const panel = new Panel(ann.page);
  await panel.open();
  await panel.press("Long poll only");
  await expect(panel.state).toHaveText("live, by long poll");
  await ben.book.say("Does it reach you?");
  await expect(ann.book.line("Does it reach you?")).toHaveCount(1);
  // What was set stays so while the panel is closed.
  await panel.press("Close");
  await ann.book.say("It does.");
  await expect(ben.book.line("It does.")).toHaveCount(1);
  await panel.open();
  await expect(panel.frames.filter({ hasText: "post" }).filter({ hasText: "It does." }).first()).toBeVisible();

  await panel.press("Long poll only");
  await expect(panel.state).toHaveText("live, by socket", { timeout: 25_000 });
});

test("with a delay everything comes later, in the same order", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben], "Tides");
  await ann.book.open(book);
  await ann.book.show("Chat");
  const panel = new Panel(ann.page);
  await panel.open();
  await panel.region.getByRole("radio", { name: "1000 ms" }).check();
  const since = Date.now();
  for (const words of ["one", "two", "three"]) await ben.does.say(book, words);
  await expect(ann.book.line("three")).toHaveCount(1);
  expect(Date.now() - since).toBeGreaterThanOrEqual(1_000);
  const said = await ann.book.messages.textContent();
  expect(said).toMatch(/one[^]*two[^]*three/);
});

test("with a delay, “Saved” is said only when the server has answered", async ({ ann }) => {
  const { book, part } = await chapterOpen(ann, []);
  await ann.chapter.type("Before.");
  await ann.chapter.isSaved();
  const panel = new Panel(ann.page);
  await panel.open();
  await panel.region.getByRole("radio", { name: "1000 ms" }).check();
  await ann.chapter.type(" And");
  await expect(ann.book.connection).toHaveText(/^Saving \d+ changes?$/);
  expect(await ann.does.chapterText(book, part)).toBe("Before.");
  await ann.chapter.type(" after.");
  await ann.chapter.isSaved();
  expect(await ann.does.chapterText(book, part)).toBe("Before. And after.");
});

test("over slow long polls, whoever moves about in the text all the while hears the others", async ({ ann, ben }) => {
  test.slow();
  await chapterOpen(ann, [ben]);
  const panel = new Panel(ann.page);
  await panel.open();
  await panel.press("Long poll only");
  await panel.region.getByRole("radio", { name: "1000 ms" }).check();
  await expect(panel.state).toHaveText("live, by long poll");
  await panel.press("Close");
  await ann.chapter.type("Back and forth.");
  await ann.chapter.isSaved();
  await ann.chapter.field.focus();
  const until = Date.now() + 18_000;
  // Where her caret is she whispers with each key.
  const moving = (async () => {
    while (Date.now() < until) {
      for (const key of ["ArrowLeft", "ArrowRight"]) await ann.page.keyboard.press(key, { delay: 200 });
    }
  })();
  await ben.chapter.type("From Ben. ");
  await expect(ann.chapter.field).toContainText("From Ben.", { timeout: 14_000 });
  expect(Date.now(), "she still moves").toBeLessThan(until);
  await moving;
});

test("while a channel cannot be followed for the moment, a page that polls asks for it now and then", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben], "Tides");
  await ann.book.open(book);
  await ann.book.show("Chat");
  const panel = new Panel(ann.page);
  await panel.open();
  await panel.press("Long poll only");
  await expect(panel.state).toHaveText("live, by long poll");
  const asked: number[] = [];
  const busy = { code: "temporary", words: "Please wait.", retry_ms: 700 };
  await ann.page.route("**/sputnik/long-poll", async (route) => {
    const { ask } = route.request().postDataJSON();
    if (ask.follow.length === 0) return route.continue();
    asked.push(Date.now());
    const ended = ask.follow.map(({ channel }: { channel: string }) => ({ ended: { channel, fault: busy } }));
    return route.fulfill({ json: { frames: [{ welcome: { client: ask.hello.client, ping_ms: 8000 } }, ...ended] } });
  });
  await ben.does.say(book, "unheard");
  await expect.poll(() => asked.length, { timeout: 20_000 }).toBeGreaterThan(9);
  // Without a pause ten are asked in a moment.
  expect(asked[9]! - asked[0]!).toBeGreaterThan(1_400);
  await ann.page.unroute("**/sputnik/long-poll");
  await expect(ann.book.line("unheard")).toHaveCount(1);
});
