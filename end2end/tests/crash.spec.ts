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

test("two write in one chapter and chat on through a killed server, and no key is missing", async ({
  ann,
  ben,
  server,
}) => {
  test.slow();
  const { book, chapters } = await stage(ann, [ben], "Tides");
  const part = chapters["Tides"]!;
  for (const person of [ann, ben]) {
    await person.book.open(book, part);
    await person.book.show("Chat");
  }
  await ann.chapter.type("By one.\nBy the other.");
  await expect(ben.chapter.blocks).toHaveText(["By one.", "By the other."]);
  await ben.book.say("Said before");
  await expect(ann.book.line("Said before")).toBeVisible();

  // While keys are pressed by both, and without a word of warning.
  await ann.chapter.typeIn(0, " Stored.");
  await ben.chapter.typeIn(1, " Stored too.");
  for (const person of [ann, ben]) await person.chapter.isSaved();
  const dying = " Typed while it died, letter by letter.";
  const killed = async () => {
    await expect(ben.chapter.blocks.first()).toContainText("Stored. Typed", { timeout: 20_000 });
    await server.kill();
  };
  await Promise.all([
    ann.page.keyboard.type(dying, { delay: 20 }),
    ben.page.keyboard.type(dying, { delay: 30 }),
    killed(),
  ]);
  for (const person of [ann, ben]) await expect(person.book.connection).toHaveText("Offline: kept on this device");
  await ann.page.keyboard.type(" Typed while it was gone.");
  await ben.book.say("Said while it was gone");

  await server.start();
  for (const person of [ann, ben]) await person.chapter.isSaved();
  const text = [`By one. Stored.${dying} Typed while it was gone.`, `By the other. Stored too.${dying}`];
  for (const person of [ann, ben]) {
    await expect(person.chapter.blocks).toHaveText(text, { timeout: 20_000 });
    await person.chapter.canWrite();
    await expect(person.book.line("Said while it was gone")).toHaveCount(1);
  }
  expect(await ann.does.chapterText(book, part)).toBe(text.join(""));

  // And it goes on: who is here, what is written, what is read anew.
  await ann.book.show("People");
  await expect(ann.book.here(ben.name)).toContainText("writes “Tides”", { timeout: 20_000 });
  await ben.chapter.typeIn(1, " And on.");
  await expect(ann.chapter.blocks.nth(1)).toHaveText(`${text[1]!} And on.`);
  await ann.page.reload();
  await expect(ann.chapter.blocks).toHaveText([text[0]!, `${text[1]!} And on.`]);
});

test("what was acknowledged before the kill is there after it, though every page is gone", async ({
  ann,
  ben,
  server,
}) => {
  test.slow();
  const { book, chapters } = await stage(ann, [ben], "Tides");
  const part = chapters["Tides"]!;
  await ann.book.open(book, part);
  await ann.chapter.type("Acknowledged, and then the power went.");
  await ann.chapter.isSaved();
  await server.kill();
  await ann.page.goto("about:blank");
  await server.start();
  expect(await ben.does.chapterText(book, part)).toBe("Acknowledged, and then the power went.");
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
      const answer = await ben.does.send("add_part", data).catch(() => undefined);
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
  const { book, chapters } = await stage(ann, [ben], "Tides");
  const part = chapters["Tides"]!;
  for (const person of [ann, ben]) await person.book.open(book, part);
  await ann.chapter.type("One.\nOther.");
  await expect(ben.chapter.blocks).toHaveText(["One.", "Other."]);

  const words = " Typed while the new version came up, letter by letter.";
  await ann.chapter.typeIn(0, "");
  const typing = ann.page.keyboard.type(words, { delay: 20 });
  expect(await server.stop()).toBe(0);
  await server.start();
  await typing;

  // Nobody lost a letter or a page, and nobody pressed anything.
  await ann.chapter.isSaved();
  await ben.book.isConnected();
  await expect(ben.chapter.blocks).toHaveText([`One.${words}`, "Other."], { timeout: 20_000 });
  expect(await ben.does.chapterText(book, part)).toBe(`One.${words}Other.`);
  await ben.chapter.typeIn(1, " And the other goes on.");
  await ben.chapter.isSaved();
  await expect(ann.chapter.blocks).toHaveText([`One.${words}`, "Other. And the other goes on."]);
});

test("whoever writes alone still does when the server was started anew", async ({ ann, ben, server }) => {
  test.slow();
  const { book, chapters } = await stage(ann, [ben], "Tides");
  for (const person of [ann, ben]) await person.book.open(book, chapters["Tides"]);
  await ann.chapter.takePen("It is all to be put in another order");
  await expect(ben.chapter.said(`${ann.name} writes alone`)).toBeVisible();
  await ann.chapter.type("Before.");
  expect(await server.stop()).toBe(0);
  await server.start();
  for (const person of [ann, ben]) await person.book.isConnected();
  await ann.chapter.hasPen();
  await expect(ben.chapter.said(`${ann.name} writes alone`)).toContainText("put in another order");
  await ben.chapter.canOnlyRead();
  await ann.chapter.type(" After.");
  await expect(ben.chapter.text).toHaveText("Before. After.");
});

test("whoever was signed in still is after a restart", async ({ ann, server }) => {
  await ann.shelf.open();
  await server.kill();
  await server.start();
  await ann.shelf.open();
  await expect(ann.page).toHaveURL(/\/shelf$/);
});
