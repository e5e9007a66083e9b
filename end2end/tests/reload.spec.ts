import type { Page } from "@playwright/test";
import { hydrated } from "../support/hydrated";
import { PASSWORD } from "../support/person";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

/** Has a page hear something else than the server says. Must be called before the page is loaded. */
async function hears(page: Page, instead: (said: string) => string): Promise<void> {
  await page.routeWebSocket(/\/sputnik\/socket/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => server.send(message));
    server.onMessage((message) => socket.send(typeof message === "string" ? instead(message) : message));
  });
}

/** What a newer server says of a line of chat. */
const fromTheFuture = (said: string): string =>
  said.includes('"entry":{"said"') ? said.replace(/"what":\{.*\}(?=\}{5}$)/, '"what":{"sung":{"tune":[1,2]}}') : said;

const newer = "There is a newer version of this page";

test("a message from the future is nothing missed: the state is fetched anew", async ({ ann, ben }) => {
  ben.mayHear(/^a message is not understood here/);
  const { book } = await stage(ann, [ben]);
  let changed = 0;
  await hears(ben.page, (said) => {
    const other = fromTheFuture(said);
    if (other !== said) changed += 1;
    return other;
  });
  await ben.book.open(book);
  await ben.book.show("Chat");
  await ann.book.open(book);
  await ann.book.show("Chat");
  await ann.book.say("Said by a newer server");
  await expect(ben.book.line("Said by a newer server")).toBeVisible();
  await ann.book.say("And again");
  await expect(ben.book.line("And again")).toBeVisible();
  expect(changed, "it was never understood").toBeGreaterThan(0);
  await expect(ben.page.getByRole("alert").filter({ hasText: newer })).toBeHidden();
});

test("an entry of a kind that nobody knows yet is nothing missed either", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben]);
  await hears(ben.page, (said) => said.replace(/"entry":\{"said":.*\}(?=\}\}$)/, '"entry":{"sung":{"tune":[1,2]}}'));
  await ben.book.open(book);
  await ben.book.show("Chat");
  await ann.book.open(book);
  await ann.book.show("Chat");
  await ann.book.say("Sung");
  await expect(ben.book.line("Sung")).toBeVisible();
});

test("where even the state is a newer one, the page says so and keeps what is typed", async ({ ann, ben }) => {
  ben.mayHear(/^a message is not understood here/);
  const { book } = await stage(ann, [ben]);
  const state = (said: string) => said.replace(/"visibility":"private"/, '"visibility":"by moonlight"');
  await hears(ben.page, (said) => state(fromTheFuture(said)));
  await ben.book.open(book);
  await ben.book.show("Chat");
  const field = ben.page.getByRole("textbox", { name: "Message", exact: true });
  await field.fill("Not sent yet");
  await ann.book.open(book);
  await ann.book.show("Chat");
  await ann.book.say("Said by a newer server");
  const note = ben.page.getByRole("alert").filter({ hasText: newer });
  await expect(note).toBeVisible();
  await expect(field).toHaveValue("Not sent yet");
  await note.getByRole("button", { name: "Reload the page" }).click();
  await hydrated(ben.page);
  await ben.book.show("Chat");
  await expect(ben.book.line("Said by a newer server")).toBeVisible();
});

test("a page that somebody opened sends nothing as somebody else", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben]);
  await ben.book.open(book);
  await ben.book.show("Chat");
  await ann.book.open(book);
  await ann.book.show("Chat");
  await ben.context.setOffline(true);
  await expect(ben.book.connection).toHaveText(/^(Reconnecting|Offline)/, { timeout: 20_000 });
  await ben.book.say("In whose name?");
  // By requests of their own, which the browser's being offline does not stop, another signs in in this browser.
  await ben.does.signUpOrIn(`${ben.name}-too`, PASSWORD);
  await ann.does.setMember(book, `${ben.name}-too`, "editor");
  await ben.context.setOffline(false);
  await expect(ben.page.getByRole("alert").filter({ hasText: "Nothing is sent from this page" })).toBeVisible({
    timeout: 20_000,
  });
  await ann.book.say("Nobody said that?");
  await expect(ann.book.line("Nobody said that?")).toBeVisible();
  await expect(ann.book.line("In whose name?")).toBeHidden();
});

test("a script is told that a channel is refused, does not exist or is none", async ({ ann, guest }) => {
  const { book } = await stage(ann, []);
  await guest.page.goto("/");
  await hydrated(guest.page);
  for (const [channel, code] of [
    [`book/${book}`, "not_found"],
    ["book/0123456789abcdef", "not_found"],
    ["of/nothing", "not_found"],
    ["no channel", "bad_request"],
  ]) {
    const told = await guest.page.evaluate(
      (channel) =>
        new Promise((resolve) => {
          type Follow = (name: string, told: (...what: unknown[]) => void) => unknown;
          const { sputnik } = window as unknown as { sputnik: { subscribeToChannel: Follow } };
          const stop = sputnik.subscribeToChannel(channel, (message, info) => resolve({ message, info, stop: typeof stop }));
        }),
      channel!,
    );
    expect(told).toMatchObject({ message: null, info: { ended: { code } }, stop: "function" });
  }
});
