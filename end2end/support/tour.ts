import { expect } from "@playwright/test";
import { hydrated } from "./hydrated";
import { unique, type Person } from "./person";

/** A book with a bit of everything, and everything in it that can be looked at. */
export interface Tour {
  book: string;
  part: string;
  section: string;
}

export const TEXT = `The moon **pulls** at the sea, and the sea *gives way*.

## Twice a day

- It comes in.
- It goes out.

> Time and tide wait for no man.

| Place | Metres |
| --- | --- |
| Saint-Malo | 12 |

See [the tables](https://example.org/tides) for \`every\` harbour.
`;

/** Makes what the tour leads through: chapters of every status, two versions, a chat, a second person. */
export async function prepare(ann: Person, ben: Person): Promise<Tour> {
  const book = await ann.does.createBook("The sea, and what it does");
  await ann.does.setMember(book, ben.name, "editor");
  const section = await ann.does.addSection(book, "Movements");
  const part = await ann.does.addChapter(book, "Tides", section);
  const others = ["Winds", "A chapter with a rather long title that does not fit into a narrow pane", "Harbours"];
  const statuses = ["needs_content", "completed", "to_be_proofed"];
  for (const [at, title] of others.entries()) {
    const id = await ann.does.addChapter(book, title);
    await ann.does.send("book/commands/contents/set_status", { book, part: id, status: statuses[at] });
  }
  await ann.does.publish(book);
  await ann.does.say(book, "Shall we begin with the tides?");
  await ben.does.say(book, "Yes. I have the tables here, and an old logbook.");
  await ann.book.open(book, part);
  await ann.chapter.write();
  await ann.chapter.field.fill("The moon pulls at the sea.");
  await ann.chapter.save("First words");
  await ann.chapter.field.fill(TEXT);
  await ann.chapter.save();
  await ann.chapter.done();
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
  await go("/shelf");
  await ann.account.openMenu();
  await look("shelf");
  await go("/no/such/page");
  await look("not-found");
  await go(`/book/${book}`);
  await look("book");
  await go(`/book/${book}/settings`);
  await look("settings");
  await go(`/book/${book}/${section}`);
  await look("section");
  await go(`/book/${book}/${part}/history`);
  await look("history");
  await go(`/book/${book}/${part}/history?version=1&compare=now`);
  await expect(ann.history.version(1).getByRole("deletion").first()).toBeVisible();
  await look("version");

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

  await ben.chapter.write();
  await ben.chapter.type("\n\nA sentence being written just now.");
  await expect(ann.chapter.text).toContainText("just now.");
  await look("reading-along");
  await ann.chapter.takeOverButton.click();
  await expect(ann.page.getByRole("dialog", { name: "Take over the pen?" })).toBeVisible();
  await look("dialog");
  await ann.page.keyboard.press("Escape");
  await ann.chapter.askButton.click();
  await ben.chapter.asked.getByRole("button", { name: "Hand over" }).click();
  await ann.chapter.isWriting();
  await ann.chapter.type(" More of it.");
  await ben.chapter.askButton.click();
  await expect(ann.chapter.asked).toBeVisible();
  await look("writing");
  await ann.context.setOffline(true);
  await ann.chapter.type(" Typed without a network.");
  await expect(ann.book.connection).toContainText("your text is safe here");
  await look("offline");
  await ann.context.setOffline(false);
  await ann.chapter.isSaved();
  await ann.chapter.asked.getByRole("button", { name: "Hand over" }).click();
  await ben.chapter.isWriting();
  await ben.chapter.type(" Not saved.");
  await ben.chapter.isSaved();
  await ann.chapter.takeOver();
  await expect(ben.chapter.lost).toBeVisible();
  await ann.chapter.done();
}
