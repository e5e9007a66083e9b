import { HARM, harm, isUnharmed, wouldBeNoticed } from "../support/harm";
import { hydrated } from "../support/hydrated";
import { Person, PASSWORD } from "../support/person";
import { expect, test } from "../support/test";

/**
 * The same words in every field that takes text, through every page: as the server sends it, live, and when it comes in
 * while the page is open. The policy of the pages is switched off here, for it would hide what the pages do wrong.
 * (Which fields there are, `tests/editor/walk/` finds out by itself.)
 */
const walk = test.extend<{ eve: Person; off: Person }>({
  eve: async ({ browser }, use) => {
    const eve = await Person.signedUp(browser, "eve", { bypassCSP: true });
    await wouldBeNoticed(eve.page);
    await use(eve);
    await eve.leave();
  },
  off: async ({ browser }, use) => {
    const off = await Person.signedUp(browser, "off", { javaScriptEnabled: false });
    await use(off);
    await off.leave();
  },
});

async function stage(owner: Person, others: Person[]) {
  const { does } = owner;
  const book = await does.createBook(harm("first"));
  for (const other of others) await does.letIn(book, other, "editor");
  const section = await does.addSection(book, harm("section"));
  const part = await does.addChapter(book, harm("chapter"), section);
  const closed = await does.addChapter(book, harm("closed"));
  const deleted = await does.addChapter(book, harm("deleted"));
  const said = ["subtitle", "description", "publisher", "licence", "series"].map((field) => [field, harm(field)]);
  const people = [{ name: harm("contributor"), role: "author" }];
  const metadata = { ...Object.fromEntries(said), people, subjects: [harm("subject")] };
  const markdown = `# ${harm("file")}\n\n${HARM}\n\n[${HARM}](javascript:evil()) ![x](data:text/html,x)\n\n<x-evil>\n\n\`\`\`"><x-evil>\n${HARM}\n\`\`\`\n`;
  for (const [command, data] of [
    ["rename_book", { book, title: harm("book") }],
    ["remove_part", { book, part: deleted }],
    ["import_chapter", { book, part, markdown, how: "append" }],
    ["name_version", { book, part, name: harm("version") }],
    ["name_book_version", { book, name: harm("all") }],
    ["close_chapter", { book, part: closed, how: "locked", why: harm("closing") }],
    ["say", { book, text: harm("chat") }],
    ["set_metadata", { book, metadata }],
  ] as const) {
    const answer = await does.send(command, data);
    expect(answer.status(), command).toBe(200);
  }
  const file = { name: harm("name"), mimeType: "text/markdown", buffer: Buffer.from(markdown) };
  const imported = await does.request.post(`/book/${book}/import`, { multipart: { file } });
  expect(await imported.text()).toContain("imported");
  return { book, section, part, closed };
}

/** Addresses that bring the words along themselves. */
function broughtAlong(): string[] {
  const fault = Buffer.from(JSON.stringify({ code: "bad_request", words: harm("password") })).toString("base64url");
  const words = encodeURIComponent(HARM);
  return [
    `/${words}`,
    `/book/${words}`,
    `/sign-in?next=${words}`,
    `/sign-up?next=javascript:evil()`,
    ...["sign_in", "sign_up"].map(
      (form) => `/${form.replace("_", "-")}?__path=/command/${form}&__err=${fault}`,
    ),
  ];
}

walk("nothing a person wrote is run on a page as the server sends it", async ({ off, eve }) => {
  const { book, section, part, closed } = await stage(eve, [off]);
  const paths = ["", `/${section}`, `/${part}`, `/${closed}`, `/${part}/history`, "/settings", "/publish", "/none"];
  const queries = ["?version=1", "?version=1&compare=now", "?authors=1", `?version=${encodeURIComponent(HARM)}`];
  for (const path of [
    "/shelf",
    ...paths.map((path) => `/book/${book}${path}`),
    ...queries.map((query) => `/book/${book}/${part}/history${query}`),
    ...broughtAlong(),
  ]) {
    await off.page.goto(path);
    await isUnharmed(off.page, path);
  }
  await off.page.goto(`/book/${book}/${part}`);
  expect(await off.page.title()).toBe(`${harm("chapter")} · Sputnik`);
});

// Nothing is run, but one of the pages it ends with does not become live: to be mended, and this to be true again.
walk("nothing a person wrote is run on a page that is live", async ({ eve }) => {
  walk.slow();
  const { book, section, part, closed } = await stage(eve, []);
  const look = async (where: string) => isUnharmed(eve.page, where);
  for (const path of ["", `/${section}`, `/${part}`, `/${closed}`]) {
    await eve.book.open(book, path.slice(1) || undefined);
    for (const tab of ["Chat", "Activity", "People"] as const) {
      await eve.book.show(tab);
      await look(`${path}: ${tab}`);
    }
  }
  expect(await eve.page.title()).toBe(`${harm("closed")} · Sputnik`);

  await eve.book.open(book, part);
  await eve.chapter.canWrite();
  for (const html of [
    `<p>${HARM}</p><svg onload=evil()><x-evil/></svg><a href="javascript:evil()">a</a><img src="x" onerror="evil()">`,
    `<p data-pm-slice="0 0 []" onclick="evil()">a<x-evil onload=evil()></x-evil><svg onload=evil()></svg></p>`,
    `<table style="color:red"><tr><td style="background:url(javascript:evil())">x<iframe srcdoc="<script>evil()</script>">`,
  ]) {
    await eve.chapter.paste({ html, text: HARM });
    await look("pasted");
  }
  await eve.chapter.paste({ text: harm("plain") });
  await eve.chapter.isSaved();
  await look("pasted as text");

  await eve.page.getByRole("treeitem", { name: /closed/ }).first().hover();
  const row = eve.page.getByRole("button", { name: "Change closed" }).first();
  await row.click();
  await look("the menu of a chapter");
  await eve.page.getByRole("menuitem", { name: /^Delete/ }).click();
  await look("asking before a chapter is deleted");
  await eve.page.keyboard.press("Escape");

  await eve.history.open(book, part);
  await look("history");
  for (const query of ["?version=1", "?version=1&compare=now", "?authors=1", `?version=${encodeURIComponent(HARM)}`]) {
    await eve.page.goto(`/book/${book}/${part}/history${query}`);
    await hydrated(eve.page);
    await expect(eve.history.shown.locator(".manuscript, .muted").first()).toBeVisible();
    await look(`history${query}`);
  }
  await eve.settings.open(book);
  await look("settings");
  await eve.settings.invite(HARM, "Editor");
  await expect(eve.page.getByRole("alert").first()).toBeVisible();
  await look("an invitation that is refused");
  await eve.page.goto(`/book/${book}/publish`);
  await hydrated(eve.page);
  await expect(eve.page.getByRole("status").filter({ hasText: "to look at" })).toBeVisible();
  await look("publish");
  for (const path of ["/shelf", "/", ...broughtAlong()]) {
    await eve.page.goto(path);
    await hydrated(eve.page);
    await look(path);
  }
});

walk("nothing a person writes is run on a page that is open meanwhile", async ({ eve, ann }) => {
  const { book, part, closed } = await stage(ann, [eve]);
  await eve.book.open(book, part);
  await eve.chapter.canWrite();
  const look = async (where: string) => isUnharmed(eve.page, where);
  const place = { parent: null, before: null };
  for (const [command, data] of [
    ["rename_part", { book, part, title: harm("renamed") }],
    ["add_part", { book, kind: "section", title: harm("added"), place }],
    ["rename_book", { book, title: harm("retitled") }],
    ["close_chapter", { book, part: closed, how: "final", why: harm("for good") }],
    ["name_version", { book, part, name: harm("again") }],
    ["say", { book, text: harm("said just now") }],
    ["remove_part", { book, part: closed }],
  ] as const) {
    const answer = await ann.does.send(command, data);
    expect(answer.status(), command).toBe(200);
  }
  await eve.book.show("Chat");
  await expect(eve.book.line(harm("said just now"))).toBeVisible();
  await expect(eve.chapter.heading).toHaveText(harm("renamed"));
  await look("the chat");
  await eve.book.show("Activity");
  await look("activity");

  // Somebody's own program: present with anything, whispering anything.
  await ann.book.open(book, part);
  await ann.page.evaluate(
    async ({ book, part, harm }) => {
      const socket = new WebSocket(`${location.origin.replace("http", "ws")}/sputnik/socket`);
      const send = (frame: object) => socket.send(JSON.stringify(frame));
      const state = { part, writing: true, name: harm, colour: harm, [harm]: harm };
      await new Promise((open) => socket.addEventListener("open", open));
      const welcome = new Promise((heard) => socket.addEventListener("message", heard, { once: true }));
      send({ hello: {} });
      await welcome;
      for (const channel of [`book/${book}`, `chapter/${book}/${part}`]) {
        send({ follow: { channel, present: state, roster: true } });
        send({ whisper: { channel, body: { anchor: harm, head: { type: harm }, caret: harm, typing: harm, name: harm } } });
        send({ whisper: { channel, body: harm } });
        send({ show: { channel, state: harm } });
      }
      await new Promise((passed) => setTimeout(passed, 1_000));
    },
    { book, part, harm: HARM },
  );
  await look("somebody's own program is here");
  await ann.chapter.type(HARM);
  await ann.chapter.isSaved();
  await expect(eve.chapter.text).toContainText("x-evil");
  await ann.chapter.takePen(harm("alone"));
  await expect(eve.chapter.said(`${ann.name} writes alone`)).toBeVisible();
  await look("somebody writes alone, and says why");
});

walk("whoever signs in on a page that is live stays on this site", async ({ eve }) => {
  for (const next of ["/%5Cevil.example/x", "/%09/evil.example/x", "/%0A/evil.example/x", "//evil.example", "javascript:evil()"]) {
    await eve.page.goto(`/sign-in?next=${next}`);
    await hydrated(eve.page);
    const other = eve.page.getByRole("link", { name: "Create an account" }).last();
    expect(await other.getAttribute("href"), next).toBe("/sign-up");
    await eve.account.fill(eve.name, PASSWORD, "Sign in");
    await expect(eve.page, next).toHaveURL("/shelf");
  }
});
