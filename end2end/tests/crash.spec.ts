import { Person } from "../support/person";
import { OwnServer } from "../support/server";
import { stage } from "../support/stage";
import { expect, test as base } from "../support/test";

/** These people are on a server that this test may kill. */
const test = base.extend<{ server: OwnServer }>({
  // eslint-disable-next-line no-empty-pattern
  server: async ({}, use) => {
    const server = await OwnServer.start();
    await use(server);
    await server.end();
  },
  ann: async ({ browser, server }, use) => {
    const ann = await Person.signedUp(browser, "ann", { baseURL: server.url });
    await use(ann);
    await ann.leave();
  },
  ben: async ({ browser, server }, use) => {
    const ben = await Person.signedUp(browser, "ben", { baseURL: server.url });
    await use(ben);
    await ben.leave();
  },
});

test("two people write and chat on through a killed server, and nothing acknowledged is missing", async ({
  ann,
  ben,
  server,
}) => {
  test.slow();
  const { book, chapters } = await stage(ann, [ben], "Tides", "Winds");
  await ann.book.open(book, chapters["Tides"]);
  await ben.book.open(book, chapters["Winds"]);
  for (const person of [ann, ben]) {
    await person.chapter.write();
    await person.book.show("Chat");
  }
  await ann.chapter.type("Saved as a version.");
  await ann.chapter.save("Before the crash");
  await ann.chapter.type(" Typed and stored.");
  await ann.chapter.isSaved();
  await ben.chapter.type("The other chapter.");
  await ben.book.say("Said before");
  await expect(ann.book.line("Said before")).toBeVisible();

  // While keys are pressed in both, and without a word of warning.
  await Promise.all([
    ann.chapter.type(" Typed while it died, letter by letter, by one."),
    ben.chapter.type(" Typed while it died, letter by letter, by the other."),
    server.kill(),
  ]);
  await expect(ann.book.connection).toContainText("Reconnecting");
  await expect(ann.book.connection).toContainText("your text is safe here");
  await ann.chapter.type(" Typed while it was gone.");
  await ben.book.say("Said while it was gone");

  await server.start();
  for (const person of [ann, ben]) await person.book.isConnected();
  const text =
    "Saved as a version. Typed and stored. Typed while it died, letter by letter, by one. Typed while it was gone.";
  await ann.chapter.isSaved();
  await expect(ann.chapter.field).toHaveValue(text);
  await expect(ann.chapter.field).toBeEditable();
  await expect.poll(async () => (await ben.does.openChapter(book, chapters["Tides"]!)).text).toBe(text);
  await expect
    .poll(async () => (await ann.does.openChapter(book, chapters["Winds"]!)).text)
    .toBe("The other chapter. Typed while it died, letter by letter, by the other.");
  await expect(ann.book.line("Said while it was gone")).toHaveCount(1);
  await expect(ben.book.line("Said while it was gone")).toHaveCount(1);

  // And it goes on: who is here, the pen, the chat, versions.
  await ann.book.show("People");
  await expect(ann.book.here(ben.name)).toContainText("writes “Winds”", { timeout: 20_000 });
  await ann.chapter.save("After the crash");
  await ann.chapter.done();
  await ann.history.open(book, chapters["Tides"]!);
  await expect(ann.history.line(1)).toContainText("Before the crash");
  await expect(ann.history.line(2)).toContainText("After the crash");
});

test("whatever was answered before the kill is there after it", async ({ ann, ben, server }) => {
  test.slow();
  const { book } = await stage(ann, [ben], "Tides");
  await ben.book.open(book);
  const answered: { said: string[]; added: string[] } = { said: [], added: [] };
  let going = true;
  const saying = async () => {
    for (let n = 1; going; n += 1) {
      const answer = await ann.does.say(book, `Line ${n}`).catch(() => undefined);
      if (answer?.ok()) answered.said.push(`Line ${n}`);
    }
  };
  const adding = async () => {
    const place = { parent: null, before: null };
    for (let n = 1; going; n += 1) {
      const data = { book, kind: "chapter", title: `Chapter ${n}`, place };
      const answer = await ben.does.send("book/commands/contents/add_part", data).catch(() => undefined);
      if (answer?.ok()) answered.added.push(`Chapter ${n}`);
    }
  };
  const busy = Promise.all([saying(), adding()]);
  await expect.poll(() => Math.min(answered.said.length, answered.added.length)).toBeGreaterThan(10);
  await server.kill();
  going = false;
  await busy;

  await server.start();
  const { parts, chat } = (await ann.does.openBook(book)).snapshot.state;
  expect(parts.map((part) => part.title)).toEqual(expect.arrayContaining(answered.added));
  expect(chat.map((line) => line.text)).toEqual(expect.arrayContaining(answered.said.slice(-100)));
  // The page that was open shows the same, without anybody pressing anything.
  await ben.book.isConnected();
  await expect(ben.contents.tree.getByRole("treeitem")).toHaveCount(parts.length);
});

test("a server that is asked to end and started anew is a blink to those who write", async ({ ann, ben, server }) => {
  test.slow();
  const { book, chapters } = await stage(ann, [ben], "Tides", "Winds");
  await ann.book.open(book, chapters["Tides"]);
  await ben.book.open(book, chapters["Winds"]);
  for (const person of [ann, ben]) await person.chapter.write();
  await ann.chapter.type("Before the new version.");
  await ann.chapter.isSaved();

  const typing = ann.chapter.type(" Typed while the new version came up, letter by letter.");
  expect(await server.stop()).toBe(0);
  await server.start();
  await typing;

  // Nobody lost a letter, a page or the pen, and nobody pressed anything.
  for (const person of [ann, ben]) await person.book.isConnected();
  const text = "Before the new version. Typed while the new version came up, letter by letter.";
  await ann.chapter.isSaved();
  await expect(ann.chapter.field).toHaveValue(text);
  await expect(ann.chapter.field).toBeEditable();
  await expect.poll(async () => (await ben.does.openChapter(book, chapters["Tides"]!)).text).toBe(text);
  await ben.chapter.type("And the other goes on.");
  await ben.chapter.isSaved();
});

test("whoever was signed in still is after a restart", async ({ ann, server }) => {
  await ann.shelf.open();
  await server.kill();
  await server.start();
  await ann.shelf.open();
  await expect(ann.page).toHaveURL(/\/shelf$/);
});
