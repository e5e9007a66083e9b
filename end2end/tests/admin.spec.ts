import { chapterOpen } from "../support/stage";
import { expect, test } from "../support/test";

test("an administrator sees who is here, what they follow, who holds the pen, and who waits for it", async ({
  keeper,
  ann,
  ben,
}) => {
  const { book, part } = await chapterOpen(ann, [ben]);
  await ann.chapter.takePen();
  await keeper.live.open();
  const { live } = keeper;
  for (const { name } of [ann, ben]) {
    await expect(live.row(live.clients, name)).toContainText(`book/${book}`);
    await expect(live.row(live.clients, name)).toContainText(/socket|poll/);
    await expect(live.row(live.people, name)).toBeVisible();
  }
  await expect(live.row(live.clients, keeper.name).filter({ hasText: "this page" })).toHaveCount(1);
  await expect(live.row(live.locks, part)).toContainText(ann.name);
  await expect(live.row(live.channels, `book/${book}`).getByRole("cell").last()).toHaveText("2");
  await expect(live.nodes.getByRole("row")).toHaveCount(2);

  // From here on by what the nodes tell: nothing is loaded again.
  await ben.chapter.askButton.click();
  await expect(live.row(live.locks, part)).toContainText(ben.name);
  await ben.page.close();
  await expect(live.row(live.clients, ben.name)).toHaveCount(0);
});

test("a client that is ended comes back as a new one, and what is typed there is safe", async ({ keeper, ann }) => {
  await chapterOpen(ann, []);
  await ann.chapter.type("Written before.");
  await ann.chapter.isSaved();
  await keeper.live.open();
  const { live } = keeper;
  const id = () => live.row(live.clients, ann.name).getByRole("cell").first().textContent();
  const before = await id();

  await live.end(ann.name);
  await expect(live.notices).toContainText(`The client of ${ann.name} was ended.`);
  await expect.poll(id).not.toBe(before);
  await expect(live.row(live.clients, ann.name)).toHaveCount(1);

  await ann.book.isConnected();
  await ann.chapter.type(" Written after.");
  await ann.chapter.isSaved();
  await expect(ann.chapter.text).toHaveText("Written before. Written after.");
});

test("a pen that is freed passes to whoever waits, and nothing written is lost", async ({ keeper, ann, ben }) => {
  const { part } = await chapterOpen(ann, [ben]);
  await ann.chapter.takePen();
  await ann.chapter.type("Written alone.");
  await ann.chapter.isSaved();
  await ben.chapter.askButton.click();
  await keeper.live.open();
  const { live } = keeper;
  await expect(live.row(live.locks, part)).toContainText(ben.name);

  await live.free(part);
  await expect(live.notices).toContainText(`no longer held by ${ann.name}`);
  await ben.chapter.hasPen();
  await ann.chapter.canOnlyRead();
  await expect(ann.chapter.said(`${ben.name} writes alone`)).toBeVisible();
  await expect(ben.chapter.text).toHaveText("Written alone.");
  await expect(live.row(live.locks, part).getByRole("cell", { name: "nobody" })).toBeVisible();
  await expect(live.row(live.locks, part)).not.toContainText(ann.name);
});

test("to end a client by mistake takes two presses", async ({ keeper, ann }) => {
  await chapterOpen(ann, []);
  await keeper.live.open();
  const end = keeper.live.row(keeper.live.clients, ann.name).getByRole("button", { name: /^End/ });
  await end.focus();
  await keeper.page.keyboard.press("Enter");
  const dialog = keeper.page.getByRole("dialog", { name: "End this client?" });
  await expect(dialog).toContainText("It connects again by itself within seconds");
  await keeper.page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(end).toBeFocused();
  await expect(keeper.live.notices.getByRole("paragraph")).toHaveCount(0);
});

test("for everyone else there is no such page, signed in or not", async ({ ben, guest }) => {
  for (const person of [ben, guest]) {
    const answer = await person.page.goto("/admin/live");
    expect(answer?.status()).toBe(404);
    await expect(person.page.getByRole("heading", { level: 1 })).toHaveText("There is no such page");
    await expect(person.page.getByRole("table")).toHaveCount(0);
    const asked = await person.does.send("look", {});
    expect(asked.status()).toBe(404);
  }
});
