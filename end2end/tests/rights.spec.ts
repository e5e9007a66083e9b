import { PASSWORD } from "../support/person";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

test("a reader reads along live, has nothing to write with, and is refused by the server too", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [], "Tides");
  const part = chapters["Tides"]!;
  await ann.does.letIn(book, ben, "reader");
  await ann.book.open(book, part);
  await ben.book.open(book, part);
  await ann.chapter.type("To be read.");
  await expect(ben.chapter.text).toHaveText("To be read.");
  await ben.chapter.canOnlyRead();
  await ben.chapter.field.click();
  await ben.page.keyboard.type("Not heard.");
  await ben.page.keyboard.press("Control+b");
  await expect(ben.book.connection).toHaveText("Connected");

  await ann.chapter.takePen();
  await expect(ben.chapter.said(`${ann.name} writes alone`)).toBeVisible();
  await ben.chapter.openMenu();
  for (const name of ["Write alone…", "Ask for the pen", "Take over the pen…", "Close…", "New chapter", "New section"]) {
    await expect(ben.page.getByRole("button", { name, exact: true })).toHaveCount(0);
  }
  await expect(ben.page.getByRole("combobox", { name: "Status" })).toHaveCount(0);
  await expect(ben.page.getByRole("button", { name: /^Change / })).toHaveCount(0);
  await ben.contents.press("Tides", "F2");
  await expect(ben.contents.tree.getByRole("textbox")).toHaveCount(0);
  await ben.book.show("Chat");
  await expect(ben.page.getByRole("complementary").getByRole("textbox")).toHaveCount(0);

  const place = { parent: null, before: null };
  for (const [command, data] of [
    ["add_part", { book, kind: "chapter", title: "Mine", place }],
    ["rename_part", { book, part, title: "Mine" }],
    ["move_part", { book, part, place }],
    ["remove_part", { book, part }],
    ["set_status", { book, part, status: "completed" }],
      ["close_chapter", { book, part, how: "final", why: "" }],
      ["open_to_writing", { book, part }],
      // An edit that changes nothing: it is who asks that is refused.
      ["write", { book, part, edit: "AAA=" }],
      ["restore_revision", { book, part, number: 1 }],
      ["name_version", { book, part, name: "Mine" }],
      ["take_pen", { book, part, ask: true, why: "" }],
    ["take_over_pen", { book, part }],
    ["say", { book, text: "Mine" }],
    ["set_member", { book, name: ben.name, role: "owner" }],
    ["rename_book", { book, title: "Mine" }],
    ["set_visibility", { book, visibility: "public" }],
    ["delete_book", { book, title: "Mine" }],
  ] as const) {
    const answer = await ben.does.send(command, data);
    expect(answer.status(), command).toBe(403);
    expect((await answer.json()) as object, command).toMatchObject({ code: "forbidden" });
  }
  for (const person of [ann, ben]) await expect(person.chapter.text).toHaveText("To be read.");
  expect(await ann.does.chapterText(book, part)).toBe("To be read.");
});

test("an editor writes, but does not decide about the book", async ({ ann, ben }) => {
  const { book, title, chapters } = await stage(ann, [ben], "Tides");
  for (const [command, data] of [
    ["set_member", { book, name: ben.name, role: "owner" }],
    ["rename_book", { book, title: "Mine" }],
    ["set_visibility", { book, visibility: "public" }],
    ["delete_book", { book, title }],
    ["close_chapter", { book, part: chapters["Tides"], how: "locked", why: "" }],
  ] as const) {
    expect((await ben.does.send(command, data)).status(), command).toBe(403);
  }
  await ben.settings.open(book);
  await expect(ben.page.getByRole("main").getByRole("button", { name: /Rename|Invite|Delete|Remove/ })).toHaveCount(0);
});

test("to strangers a private book is not there: neither its page, nor its commands, nor its channels", async ({
  ann,
  ben,
  guest,
}) => {
  const { book, title, chapters } = await stage(ann, [], "Tides");
  for (const stranger of [ben, guest]) {
    for (const path of [`/book/${book}`, `/book/${book}/${chapters["Tides"]}`, `/book/${book}/settings`]) {
      const answer = await stranger.page.goto(path);
      expect(answer?.status(), path).toBe(404);
      await expect(stranger.page.getByRole("heading", { level: 1 })).toHaveText("Not found");
      expect(await answer?.text(), path).not.toContain(title);
    }
    const answer = await stranger.does.send("open_book", { book });
    expect(answer.status()).toBe(404);
    const same = await stranger.does.send("open_book", { book: "nosuchbook" });
    expect(await answer.text(), "a private book and none look the same").toBe(await same.text());
    const mail = await stranger.context.request.post("/sputnik/poll", {
      data: { ask: { hello: {}, follow: [{ channel: `book/${book}` }], frames: [] } },
    });
    const ended = JSON.stringify(await mail.json());
    expect(ended).toContain("not_found");
    expect(ended).not.toContain(title);
  }
});

test("a guest may read a public book and is asked to sign in before changing it", async ({ ann, guest }) => {
  const { book, chapters } = await stage(ann, [], "Tides");
  await ann.does.publish(book);
  await guest.book.open(book, chapters["Tides"]);
  await expect(guest.chapter.heading).toHaveText("Tides");
  await guest.chapter.canOnlyRead();
  await expect(guest.chapter.writeAloneButton).toHaveCount(0);
  const answer = await guest.does.send("say", { book, text: "Hello" });
  expect(answer.status()).toBe(401);
});

test("a right withdrawn while reading ends it live", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [ben], "Tides");
  await ben.book.open(book, chapters["Tides"]);
  await ann.settings.open(book);
  await ann.settings.remove(ben.name);
  await expect(ben.book.gone).toContainText("You no longer have access to this book");

  await ann.does.say(book, "Not for everybody's ears");
  await ann.does.addChapter(book, "Secrets");
  await expect(ben.page.getByText("Secrets")).toHaveCount(0);
  expect((await ben.page.goto(`/book/${book}`))?.status()).toBe(404);
});

test("an editor made a reader while writing is told at once, and loses no word", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [ben], "Tides");
  const part = chapters["Tides"]!;
  await ben.book.open(book, part);
  await ben.chapter.type("Written in time.");
  await ben.chapter.isSaved();
  // He hears of it only when he is back.
  await ben.context.setOffline(true);
  await ben.chapter.type(" Written too late.");
  await expect(ben.book.connection).toHaveText("Offline: kept on this device");
  await ann.does.letIn(book, ben, "reader");
  await ben.context.setOffline(false);
  await expect(ben.chapter.refused).toBeVisible({ timeout: 20_000 });
  await expect(ben.chapter.refused).toContainText("kept on this device");
  await ben.chapter.canOnlyRead();
  await expect(ben.chapter.text).toHaveText("Written in time. Written too late.");
  expect(await ann.does.chapterText(book, part)).toBe("Written in time.");

  // Given the right again, what was kept joins by itself.
  await ann.does.letIn(book, ben, "editor");
  await ben.chapter.isSaved();
  await expect(ben.chapter.refused).toBeHidden();
  expect(await ann.does.chapterText(book, part)).toBe("Written in time. Written too late.");
});

test("whoever signs out in one tab is signed out in all of them", async ({ ann }) => {
  const { book, chapters } = await stage(ann, [], "Tides");
  await ann.book.open(book, chapters["Tides"]);
  const tab = await ann.anotherTab();
  await tab.shelf.open();
  await tab.account.signOut();
  await expect(tab.page).toHaveURL("/");
  await expect(ann.book.gone).toBeVisible();
  await ann.account.signIn(ann.name, PASSWORD);
  await expect(ann.page).toHaveURL("/shelf");
  await ann.book.open(book, chapters["Tides"]);
  await ann.chapter.canWrite();
});
