import { expect } from "@playwright/test";
import { hydrated } from "./hydrated";
import { found } from "./pages/search";
import { unique, type Person } from "./person";

/** A book with a bit of everything, and everything in it that can be looked at. */
export interface Tour {
  book: string;
  part: string;
  section: string;
}

const TEXT = `<p>The moon <strong>pulls</strong> at the sea, and the sea <em>gives way</em>.</p>
<h2>Twice a day</h2>
<ul><li><p>It comes in.</p></li><li><p>It goes out.</p></li></ul>
<blockquote><p>Time and tide wait for no man.</p></blockquote>
<table><tr><th>Place</th><th>Metres</th></tr><tr><td>Saint-Malo</td><td>12</td></tr></table>
<p>See <a href="https://example.org/tides">the tables</a> for <code>every</code> harbour.</p>`;

/** What the book says about itself. */
const SAID = {
  subtitle: "And what it leaves behind",
  people: [
    { name: "Ann Ebb", role: "author" },
    { name: "Ben Flood", role: "illustrator" },
  ],
  language: "en",
  description: "Why it comes and goes.\n\nAnd who saw it first.",
  subjects: ["Sea", "Tides"],
  isbn: "9783161484100",
  publisher: "Harbour Press",
  licence: "CC-BY-SA-4.0",
  series: "Waters",
  series_number: "2",
  published: "2026-11",
};

/** Makes what the tour leads through: chapters of every status, two versions, a chat, a second person. */
export async function prepare(ann: Person, ben: Person): Promise<Tour> {
  const book = await ann.does.createBook("The sea, and what it does");
  await ann.does.letIn(book, ben, "editor");
  const section = await ann.does.addSection(book, "Movements");
  const part = await ann.does.addChapter(book, "Tides", section);
  const others = ["Winds", "A chapter with a rather long title that does not fit into a narrow pane", "Harbours"];
  const statuses = ["needs_content", "completed", "to_be_proofed"];
  for (const [at, title] of others.entries()) {
    const id = await ann.does.addChapter(book, title);
    await ann.does.send("set_status", { book, part: id, status: statuses[at] });
  }
  await ann.does.publish(book);
  await ann.does.say(book, "Shall we begin with the tides?");
  await ben.does.say(book, "Yes. I have the tables here, and an old logbook.");
  await ann.book.open(book, part);
  await ann.chapter.paste({ html: TEXT });
  await ann.chapter.isSaved();
  return { book, part, section };
}

/** Every page and every state of one worth a look, one after the other. */
export async function walk(ann: Person, ben: Person, tour: Tour, look: (name: string) => Promise<void>): Promise<void> {
  const { book, part, section } = tour;
  const narrow = (ann.page.viewportSize()?.width ?? 1280) < 700;
  const panes = ann.page.getByRole("navigation", { name: "Panes" });
  const go = async (path: string) => {
    await ann.page.goto(path);
    await hydrated(ann.page);
    // A rendered page may still be connecting.
    if (path.startsWith("/book/")) await ann.book.isConnected();
  };
  const side = async (tab: "People" | "Chat" | "Activity") => {
    if (narrow) await panes.getByRole("button", { name: /^Talk/ }).click();
    await ann.book.show(tab);
  };

  await go("/");
  await look("front");
  await go("/sign-in");
  await ann.account.fill(unique("nobody"), "wrong password", "Sign in");
  await expect(ann.page.getByRole("alert").first()).toBeVisible();
  await look("sign-in");
  await go("/sign-up");
  await ann.account.fill("x", "short", "Create account");
  await expect(ann.page.getByRole("alert").first()).toBeVisible();
  await look("sign-up");
  await ben.does.setMember(await ben.does.createBook("Harbours of the north"), ann.name, "editor");
  const gone = "Drafts of the sea";
  await ann.does.send("delete_book", { book: await ann.does.createBook(gone), title: gone });
  await go("/shelf");
  await expect(ann.shelf.bin).toContainText(gone);
  await expect(ann.shelf.invitations).toContainText("Harbours of the north");
  await look("invitation");
  await ann.account.openMenu();
  await look("shelf");
  await go("/account");
  await ann.account.changePassword("wrong password", "short");
  await expect(ann.page.getByRole("alert").first()).toBeVisible();
  await look("account");
  await go("/account/delete");
  await look("account-delete");
  await go("/no/such/page");
  await look("not-found");
  await ann.does.send("set_metadata", { book, metadata: SAID });
  await ann.does.send("set_publishing", { book, publishing: { offers_epub: true, offers_html: true } });
  await go(`/book/${book}`);
  await look("book");
  await go(`/book/${book}/settings`);
  await look("settings");
  await go(`/book/${book}/copy`);
  await look("copy");
  await go(`/book/${book}/publish`);
  await expect(ann.page.getByRole("status").filter({ hasText: "to look at" })).toBeVisible();
  await ann.page.getByRole("textbox", { name: "ISBN" }).fill("123");
  await ann.page.getByRole("button", { name: "Keep what the book says" }).click();
  await expect(ann.page.getByRole("alert").first()).toBeVisible();
  await look("publish");
  await go(`/book/${book}/${section}`);
  await look("section");
  await go(`/book/${book}/${part}/history`);
  await look("history");

  await ben.book.open(book, part);
  await go(`/book/${book}/${part}`);
  await look("chapter");
  await side("People");
  await expect(ann.book.here(ben.name)).toBeVisible();
  await look("people");
  await side("Chat");
  await look("chat");
  await side("Activity");
  await look("activity");
  if (narrow) {
    await panes.getByRole("button", { name: "Contents" }).click();
    await look("contents");
    await panes.getByRole("button", { name: "Chapter" }).click();
  } else {
    const menu = await ann.contents.openMenu("Winds");
    await expect(menu).toBeVisible();
    await look("menu");
    await ann.page.keyboard.press("Escape");
  }
  const bensPanes = ben.page.getByRole("navigation", { name: "Panes" });
  if (narrow) await bensPanes.getByRole("button", { name: "Contents" }).click();
  await ben.contents.rename("Harbours", "Havens");
  await ben.contents.rename("Havens", "Harbours");
  if (narrow) await bensPanes.getByRole("button", { name: "Chapter" }).click();
  await expect(ann.book.toasts).toContainText("renamed");
  await look("toast");

  await ben.chapter.type("\nA sentence being written just now.");
  await expect(ann.chapter.text).toContainText("just now.");
  await expect(ann.chapter.caret(ben.name)).toBeVisible();
  await look("together");
  await ann.chapter.field.press("Control+End");
  await ann.page.keyboard.press("Enter");
  await ann.page.keyboard.type("/");
  await expect(ann.page.getByRole("listbox", { name: "Insert" })).toBeVisible();
  await look("slash-menu");
  await ann.page.keyboard.press("Escape");
  await ann.page.keyboard.press("Backspace");
  await ann.page.keyboard.press("Control+f");
  await expect(ann.page.getByRole("search", { name: "Find in the chapter" })).toBeVisible();
  await look("find");
  await ann.page.keyboard.press("Escape");

  await ann.page.keyboard.press("Control+Shift+F");
  const search = ann.page.getByRole("searchbox", { name: "Find in the book" });
  await found(search, "the sea");
  await look("search");
  await ann.page.getByRole("button", { name: "Replace…" }).click();
  const replacing = ann.page.getByRole("dialog", { name: "Replace in the whole book" });
  await replacing.getByRole("textbox", { name: "With" }).fill("an ocean");
  await look("replace");
  await replacing.getByRole("button", { name: "Show the places" }).click();
  await expect(replacing.getByRole("status")).toContainText("Nothing is changed yet");
  await look("replace-places");
  await replacing.getByRole("button", { name: "Close" }).click();
  await search.press("Escape");
  await ann.page.keyboard.press("Control+k");
  await ann.page.getByRole("combobox", { name: "Chapter, book, or words" }).fill("sea");
  await expect(ann.page.getByRole("option", { name: /gives way/ }).first()).toBeVisible({ timeout: 20_000 });
  await look("switcher");
  await ann.page.keyboard.press("Escape");
  // A phone has its bar again once the keyboard is put away.
  if (narrow) {
    await ann.page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
    await panes.getByRole("button", { name: "Chapter" }).click();
  }

  await ben.chapter.takePen("The order of the paragraphs changes");
  await expect(ann.chapter.said(`${ben.name} writes alone`)).toBeVisible();
  await look("reading-along");
  await ann.chapter.choose("Take over the pen…");
  await expect(ann.page.getByRole("dialog", { name: "Take over the pen?" })).toBeVisible();
  await look("dialog");
  await ann.page.keyboard.press("Escape");
  await ann.chapter.askButton.click();
  await ben.chapter.asked.getByRole("button", { name: "Hand over" }).click();
  await ann.chapter.hasPen();
  await ann.chapter.type(" More of it.");
  await ben.chapter.askButton.click();
  await expect(ann.chapter.asked).toBeVisible();
  await look("writing-alone");
  await ann.chapter.asked.getByRole("button", { name: "Hand over" }).click();
  await ben.chapter.hasPen();
  await ben.chapter.putPenDown();

  await ann.chapter.canWrite();
  await ann.context.setOffline(true);
  await ann.chapter.type(" Typed without a network.");
  await expect(ann.book.connection).toHaveText("Offline: kept on this device");
  await look("offline");
  await ann.context.setOffline(false);
  await ann.chapter.isSaved();

  await ben.context.setOffline(true);
  await ben.chapter.type(" Too late.");
  await ann.chapter.close("Final", "It goes to the printer");
  await look("closed");
  await ben.context.setOffline(false);
  await expect(ben.chapter.refused).toBeVisible({ timeout: 20_000 });
}
