import { stage } from "../support/stage";
import { expect, test } from "../support/test";

const MARKUP = `<script>alert(1)</script> & "quotes" <b>bold</b>`;

test("titles with markup are shown as they were typed, everywhere", async ({ ann, ben }) => {
  const scripts: string[] = [];
  for (const person of [ann, ben]) {
    person.page.on("dialog", (dialog) => {
      scripts.push(dialog.message());
      void dialog.dismiss();
    });
  }
  await ann.shelf.open();
  await ann.shelf.create(MARKUP);
  await expect(ann.page.getByRole("heading", { level: 1 })).toHaveText(MARKUP);
  await ann.book.isConnected();
  const book = ann.page.url().split("/").pop()!;
  await ann.does.letIn(book, ben, "editor");
  await ben.book.open(book);
  await ann.contents.addChapter(MARKUP);
  await ben.contents.are(MARKUP);
  await expect(ben.book.toasts).toContainText(MARKUP);
  await ben.contents.open(MARKUP);
  await expect(ben.chapter.heading).toHaveText(MARKUP);
  await ben.page.reload();
  await expect(ben.chapter.heading).toHaveText(MARKUP);
  await ann.shelf.open();
  await expect(ann.shelf.mine.getByRole("link", { name: MARKUP }).first()).toBeVisible();
  expect(scripts).toEqual([]);
});

test("markup in a text is shown, and scripts in links and pictures are not run", async ({ ann, ben }) => {
  const scripts: string[] = [];
  ben.page.on("dialog", (dialog) => {
    scripts.push(dialog.message());
    void dialog.dismiss();
  });
  const { book, chapters } = await stage(ann, [ben], "Tides");
  await ann.book.open(book, chapters["Tides"]);
  await ben.book.open(book, chapters["Tides"]);
  const lines = [
    "<img src=x onerror=alert(1)>",
    "[press](javascript:alert(2)) <b>not bold</b>",
    "</textarea><script>alert(3)</script>",
  ];
  await ann.chapter.type(lines.join("\n"));
  await expect(ben.chapter.text).toContainText("<img src=x onerror=alert(1)>");
  await expect(ben.chapter.text).toContainText("<b>not bold</b>");
  await expect(ben.chapter.text.getByRole("link", { name: "press" })).toHaveCount(0);
  await ann.chapter.isSaved();
  await ben.page.reload();
  await ben.chapter.canWrite();
  await expect(ben.chapter.blocks).toHaveText(lines);
  await ann.chapter.paste({
    html: `<p>Pasted <a href="javascript:alert(4)">press</a><img src=x onerror=alert(5)></p><script>alert(6)</script>`,
  });
  await expect(ben.chapter.text).toContainText("Pasted press");
  await expect(ben.chapter.text.getByRole("link", { name: "press" })).toHaveCount(0);
  await ann.chapter.isSaved();
  expect(await ann.does.chapterHtml(book, chapters["Tides"]!)).not.toMatch(/<script|href="javascript|<img/);
  expect(scripts).toEqual([]);
});

test("a title of 10,000 characters is refused in words, on the page and by the server", async ({ ann }) => {
  const long = "x".repeat(10_000);
  await ann.shelf.open();
  await ann.shelf.create(long);
  await expect(ann.page.getByRole("alert")).toContainText("at most 200 characters");
  await expect(ann.page).toHaveURL("/shelf");

  const { book, chapters } = await stage(ann, [], "Tides");
  const answer = await ann.does.send("rename_part", {
    book,
    part: chapters["Tides"],
    title: long,
  });
  expect(answer.status()).toBe(400);
  expect((await answer.json()) as object).toMatchObject({
    code: "bad_request",
    words: expect.stringContaining("at most 200 characters"),
  });
  await ann.settings.open(book);
  await ann.settings.rename(long);
  await expect(ann.page.getByRole("main").getByRole("alert")).toContainText("at most 200 characters");
});

test("a name of 10,000 characters is refused in words", async ({ guest }) => {
  await guest.account.signUp("x".repeat(10_000), "five warm pears");
  await expect(guest.page.getByRole("alert")).toContainText("A name has 2 to 32 letters");
});

test("a message of 10,000 characters is refused in words, and not lost", async ({ ann }) => {
  const { book } = await stage(ann, []);
  await ann.book.open(book);
  await ann.book.show("Chat");
  const long = "word ".repeat(2_000).trim();
  await ann.book.say(long);
  await expect(ann.page.getByRole("tabpanel").getByRole("alert")).toContainText("at most 2,000 characters");
  await expect(ann.page.getByRole("textbox", { name: "Message", exact: true })).toHaveValue(long);
});

for (const [what, path] of [
  ["a book id that is none", "/book/nosuchbook"],
  ["a book id that cannot be one", "/book/%3Cb%3E..%2F"],
  ["an address that leads nowhere", "/no/such/page"],
] as const) {
  test(`${what} gives the page for what is not there`, async ({ ann }) => {
    const answer = await ann.page.goto(path);
    expect(answer?.status()).toBe(404);
    await expect(ann.page.getByRole("heading", { level: 1 })).toHaveText(/Not found|There is no such page/);
    await expect(ann.page.getByRole("link", { name: "Open my shelf" })).toBeVisible();
  });
}

test("a chapter id that is none says so within the book", async ({ ann }) => {
  const { book } = await stage(ann, [], "Tides");
  for (const part of ["nosuchchapter", "a-b"]) {
    const answer = await ann.page.goto(`/book/${book}/${part}`);
    expect(answer?.status(), part).toBe(404);
    await expect(ann.page.getByRole("main")).toContainText("There is no such chapter");
  }
});

test("an edit that is none is refused in words, and disturbs nobody", async ({ ann, ben }) => {
  const { book, chapters } = await stage(ann, [ben], "Tides");
  const part = chapters["Tides"]!;
  await ben.book.open(book, part);
  await ben.chapter.type("As it was.");
  await ben.chapter.isSaved();
  for (const [what, edit] of [
    ["rubbish", Buffer.from("no edit at all").toString("base64")],
    ["no base64", "%%%"],
    ["too long", Buffer.alloc(300_000, 1).toString("base64")],
  ] as const) {
    const answer = await ann.does.send("write", { book, part, edit });
    expect(answer.status(), what).toBeGreaterThanOrEqual(400);
    expect(answer.status(), what).toBeLessThan(500);
    expect((await answer.json()) as object, what).toMatchObject({ words: expect.stringMatching(/\w+ \w+/) });
  }
  await ben.chapter.type(" And goes on.");
  await ben.chapter.isSaved();
  expect(await ann.does.chapterText(book, part)).toBe("As it was. And goes on.");
});

test("commands that are none, or are not JSON, are answered clearly and harm nothing", async ({ ann }) => {
  const { book } = await stage(ann, []);
  const unknown = await ann.does.send("burn_book", { book });
  expect(unknown.status()).toBe(404);
  expect((await unknown.json()) as object).toMatchObject({ code: "unknown_command" });
  const broken = await ann.context.request.post("/command/say", {
    data: Buffer.from("{"),
    headers: { "content-type": "application/json", accept: "application/json" },
  });
  expect(broken.status()).toBe(400);
  await ann.book.open(book);
});
