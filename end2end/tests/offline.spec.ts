import { blockSockets, cutFor, Sockets, unblockSockets } from "../support/network";
import type { Person } from "../support/person";
import { chapterOpen, stage } from "../support/stage";
import { expect, test } from "../support/test";

const lines = (person: Person) => person.book.messages.getByText(/^(From|Also from) /);

test("15 seconds without a network lose nothing in either direction", async ({ ann, ben }) => {
  test.slow();
  const { book } = await chapterOpen(ann, [ben]);
  await ann.chapter.write();
  await ann.chapter.type("Before. ");
  await expect(ben.chapter.text).toContainText("Before.");
  for (const person of [ann, ben]) await person.book.show("Chat");

  await cutFor(ann, 15_000, async () => {
    await ann.chapter.type("Meanwhile.");
    await ann.book.say("From the one who is away");
    await ann.book.say("Also from the one who is away");
    await ben.book.say("From the one who stayed");
    await ben.book.say("Also from the one who stayed");
    await ben.contents.addChapter("Added meanwhile");
    await ben.contents.open("Tides");
    await expect(ben.book.line("Also from the one who stayed")).toBeVisible();
    await expect(ann.book.line("From the one who stayed")).toBeHidden();
  });

  await ann.chapter.isSaved();
  await expect(ann.chapter.field).toHaveValue("Before. Meanwhile.");
  await expect(ben.chapter.text).toContainText("Before. Meanwhile.");
  await ann.contents.are("Tides", "Added meanwhile");
  for (const person of [ann, ben]) await expect(lines(person)).toHaveCount(4);
  expect(await lines(ann).allTextContents()).toEqual(await lines(ben).allTextContents());
  const stored = (await ben.does.openBook(book)).snapshot.state.chat.map((line) => line.text);
  expect(stored).toEqual(await lines(ben).allTextContents());
});

test("sockets that are cut again and again lose and double nothing", async ({ ann, ben }) => {
  test.slow();
  const sockets = await Sockets.of(ann.page);
  const { book } = await chapterOpen(ann, [ben]);
  await ann.chapter.write();
  for (const person of [ann, ben]) await person.book.show("Chat");
  const said: string[] = [];
  let typed = "";
  for (let round = 1; round <= 6; round += 1) {
    typed += `Round ${round}. `;
    await ann.chapter.type(`Round ${round}. `);
    const [mine, other] = [`From ann, ${round}`, `From ben, ${round}`];
    said.push(mine, other);
    await Promise.all([ann.book.say(mine), ben.book.say(other), sockets.cut()]);
  }
  await ann.book.isConnected();
  await expect(ann.chapter.field).toHaveValue(typed);
  await expect(ben.chapter.text).toContainText(typed.trim(), { timeout: 20_000 });
  for (const person of [ann, ben]) await expect(lines(person)).toHaveCount(said.length, { timeout: 20_000 });
  expect(await lines(ann).allTextContents()).toEqual(await lines(ben).allTextContents());
  const stored = (await ben.does.openBook(book)).snapshot.state.chat.map((line) => line.text);
  expect(stored.toSorted()).toEqual(said.toSorted());
});

test("a dead line is noticed though nobody says so, and nothing is lost by it", async ({ ann, ben }) => {
  test.slow();
  const sockets = await Sockets.of(ann.page);
  const { book } = await stage(ann, [ben], "Tides");
  await ann.book.open(book);
  await ben.book.open(book);
  for (const person of [ann, ben]) await person.book.show("Chat");
  sockets.silence();
  await ann.book.say("From the silent side");
  await ben.book.say("From the other side");
  await expect(ben.book.line("From the other side")).toBeVisible();
  await expect(ann.book.connection).not.toHaveText("Connected", { timeout: 20_000 });
  sockets.restore();
  for (const person of [ann, ben]) await expect(lines(person)).toHaveCount(2, { timeout: 30_000 });
});

for (const how of ["refuse", "hang"] as const) {
  test(`where WebSockets ${how}, long polls carry everything`, async ({ ann, ben, cleo }) => {
    test.slow();
    await blockSockets(ann.context, how);
    await blockSockets(ben.context, how);
    const { book, chapters } = await stage(ann, [ben, cleo], "Tides");
    const polled = ann.page.waitForRequest(/\/long_poll$/);
    for (const person of [ann, ben, cleo]) await person.book.open(book, chapters["Tides"]);
    await polled;

    // Who is here.
    for (const person of [ann, ben, cleo]) await expect(person.book.hereNow.getByRole("listitem")).toHaveCount(3);
    // Commands and what others do.
    await ann.contents.rename("Tides", "Currents");
    await ben.contents.are("Currents");
    await cleo.contents.are("Currents");
    await cleo.contents.addSection("Weather");
    await ann.contents.are("Currents", "Weather");
    // The pen, and reading along.
    await ann.chapter.write();
    await expect(ben.chapter.holder(`${ann.name} is writing`)).toBeVisible();
    await ann.chapter.type("Carried by polls.");
    await expect(ben.chapter.text).toContainText("Carried by polls.");
    await expect(cleo.chapter.text).toContainText("Carried by polls.");
    await ben.chapter.askButton.click();
    await ann.chapter.asked.getByRole("button", { name: "Hand over" }).click();
    await ben.chapter.isWriting();
    await ben.chapter.type(" By both.");
    await expect(ann.chapter.text).toContainText("Carried by polls. By both.");
    // The chat.
    for (const person of [ann, ben]) await person.book.show("Chat");
    await ann.book.say("From one poll");
    await ben.book.say("Also from another");
    for (const person of [ann, ben]) await expect(lines(person)).toHaveCount(2);
    // Leaving.
    await ben.page.close();
    await ann.book.show("People");
    await expect(ann.book.here(ben.name)).toBeHidden({ timeout: 30_000 });
    await expect(ann.chapter.writeButton).toBeEnabled();
  });
}

test("over long polls too the pen survives a reload", async ({ ann, ben }) => {
  test.slow();
  await blockSockets(ann.context);
  await chapterOpen(ann, [ben]);
  await ann.chapter.write();
  await ann.chapter.type("Before the reload.");
  await ann.chapter.isSaved();
  await ann.page.reload();
  await ann.chapter.isWriting();
  await ann.chapter.type(" And after.");
  await ann.chapter.isSaved();
  await expect(ben.chapter.text).toContainText("Before the reload. And after.");
});

test("when WebSockets pass again, the page comes back to one by itself, and nothing is lost between", async ({
  ann,
  ben,
}) => {
  test.slow();
  await blockSockets(ann.context);
  const { book } = await stage(ann, [ben], "Tides");
  await ann.book.open(book);
  await ben.book.open(book);
  for (const person of [ann, ben]) await person.book.show("Chat");
  const socket = ann.page.waitForEvent("websocket", { timeout: 60_000 });
  let opened = false;
  ann.page.once("websocket", () => (opened = true));
  await ann.book.say("From a poll");
  await unblockSockets(ann.page);
  let said = 1;
  const sayAndHear = async () => {
    said += 1;
    await ben.book.say(`From the other, ${said}`);
    await expect(lines(ann)).toHaveCount(said);
    return opened;
  };
  await expect.poll(sayAndHear, { intervals: [1_000], timeout: 60_000 }).toBe(true);

  const carried = (await socket).waitForEvent("framesent", ({ payload }) => payload.includes("From a socket"));
  await ann.book.isConnected();
  await ann.book.say("From a socket");
  await carried;
  await expect(ben.book.line("From a socket")).toBeVisible();
  for (const person of [ann, ben]) await expect(lines(person)).toHaveCount(said + 1);
});
