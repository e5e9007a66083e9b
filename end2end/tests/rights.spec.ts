import { PASSWORD } from "../support/person";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

test("a reader reads along live, has nothing to write with, and is refused by the server too", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [], "Tides");
  const part = chapters["Tides"]!;
  await ann.does.setMember(book, ben.name, "reader");
  await ann.book.open(book, part);
  await ben.book.open(book, part);
  await ann.chapter.write();
  await ann.chapter.type("To be read.");
  await expect(ben.chapter.text).toContainText("To be read.");

  await expect(ben.chapter.holder(`${ann.name} is writing`)).toBeVisible();
  for (const name of ["Write", "Ask for the pen", "Take over", "New chapter", "New section"]) {
    await expect(ben.page.getByRole("button", { name, exact: true })).toHaveCount(0);
  }
  await expect(ben.page.getByRole("combobox", { name: "Status" })).toHaveCount(0);
  await expect(ben.page.getByRole("button", { name: /^Change / })).toHaveCount(0);
  await expect(ben.page.getByRole("link", { name: "Book settings" })).toHaveCount(0);
  await ben.contents.press("Tides", "F2");
  await expect(ben.contents.tree.getByRole("textbox")).toHaveCount(0);
  await ben.book.show("Chat");
  await expect(ben.page.getByRole("textbox")).toHaveCount(0);

  const place = { parent: null, before: null };
  for (const [command, data] of [
    ["contents/add_part", { book, kind: "chapter", title: "Mine", place }],
    ["contents/rename_part", { book, part, title: "Mine" }],
    ["contents/move_part", { book, part, place }],
    ["contents/remove_part", { book, part }],
    ["contents/set_status", { book, part, status: "completed" }],
    ["chapter/type_text", { book, part, fence: 1, draft: 0, splice: { at: 0, remove: 0, insert: "Mine" } }],
    ["chapter/save_chapter", { book, part, fence: 1, base: 0, draft: 0, comment: "" }],
    ["history/restore_revision", { book, part, number: 1 }],
    ["history/name_version", { book, part, name: "Mine" }],
    ["pen/take_pen", { book, part, ask: true }],
    ["pen/take_over_pen", { book, part }],
    ["talk/say", { book, text: "Mine" }],
    ["people/set_member", { book, name: ben.name, role: "owner" }],
    ["shelf/rename_book", { book, title: "Mine" }],
    ["shelf/set_visibility", { book, visibility: "public" }],
    ["shelf/delete_book", { book, title: "Mine" }],
  ] as const) {
    const answer = await ben.does.send(`book/commands/${command}`, data);
    expect(answer.status(), command).toBe(403);
    expect((await answer.json()) as object, command).toMatchObject({ code: "forbidden" });
  }
  await expect(ann.chapter.field).toHaveValue("To be read.");
});

test("an editor writes, but does not decide about the book", async ({ ann, ben }) => {
  const { book, title } = await stage(ann, [ben], "Tides");
  for (const [command, data] of [
    ["people/set_member", { book, name: ben.name, role: "owner" }],
    ["shelf/rename_book", { book, title: "Mine" }],
    ["shelf/set_visibility", { book, visibility: "public" }],
    ["shelf/delete_book", { book, title }],
  ] as const) {
    expect((await ben.does.send(`book/commands/${command}`, data)).status(), command).toBe(403);
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
    const answer = await stranger.does.send("book/commands/shelf/open_book", { book });
    expect(answer.status()).toBe(404);
    const same = await stranger.does.send("book/commands/shelf/open_book", { book: "nosuchbook" });
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
  await expect(guest.chapter.writeButton).toHaveCount(0);
  const answer = await guest.does.send("book/commands/talk/say", { book, text: "Hello" });
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

test("an editor made a reader while writing loses the pen but not the text", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [ben], "Tides");
  await ben.book.open(book, chapters["Tides"]);
  await ben.chapter.write();
  await ben.chapter.type("Written in time.");
  await ben.chapter.isSaved();
  expect((await ann.does.openChapter(book, chapters["Tides"]!)).text).toBe("Written in time.");
  // He hears of it only when he is back.
  await ben.context.setOffline(true);
  await ben.chapter.field.press("Control+End");
  await ben.page.keyboard.type(" Written too late.");
  await ann.does.setMember(book, ben.name, "reader");
  await ben.context.setOffline(false);
  await expect(ben.chapter.lost).toBeVisible({ timeout: 15_000 });
  await expect(ben.chapter.field).toHaveValue("Written in time. Written too late.");
  const { text } = await ann.does.openChapter(book, chapters["Tides"]!);
  expect(text).toBe("Written in time.");
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
  await expect(ann.chapter.writeButton).toBeEnabled();
});
