import { blockSockets, crash, cutFor, Sockets, unblockSockets } from "../support/network";
import { PASSWORD, type Person } from "../support/person";
import { chapterOpen, stage } from "../support/stage";
import { expect, test } from "../support/test";

const lines = (person: Person) => person.book.messages.getByText(/^(From|Also from) /);

test("15 seconds without a network lose nothing in either direction", async ({ ann, ben }) => {
  test.slow();
  const { book, part } = await chapterOpen(ann, [ben]);
  await ann.chapter.type("Before.");
  await expect(ben.chapter.text).toHaveText("Before.");
  for (const person of [ann, ben]) await person.book.show("Chat");

  await cutFor(ann, 15_000, async () => {
    await ann.chapter.type(" Meanwhile.");
    await expect(ann.book.connection).toHaveText("Offline: kept on this device");
    await ann.book.say("From the one who is away");
    await ann.book.say("Also from the one who is away");
    await ben.book.say("From the one who stayed");
    await ben.book.say("Also from the one who stayed");
    await ben.contents.addChapter("Added meanwhile");
    // It opens for whoever added it.
    await expect(ben.page.getByRole("heading", { name: "Added meanwhile", level: 1 })).toBeVisible();
    await ben.contents.open("Tides");
    await expect(ben.book.line("Also from the one who stayed")).toBeVisible();
    await expect(ann.book.line("From the one who stayed")).toBeHidden();
  });

  await ann.chapter.isSaved();
  for (const person of [ann, ben]) await expect(person.chapter.text).toHaveText("Before. Meanwhile.");
  expect(await ben.does.chapterText(book, part)).toBe("Before. Meanwhile.");
  await ann.contents.are("Tides", "Added meanwhile");
  for (const person of [ann, ben]) await expect(lines(person)).toHaveCount(4);
  expect(await lines(ann).allTextContents()).toEqual(await lines(ben).allTextContents());
  const stored = (await ben.does.openBook(book)).snapshot.state.chat.map((line) => line.text);
  expect(stored).toEqual(await lines(ben).allTextContents());
});

test("what two write without a network joins when they are back, in one paragraph and in others", async ({
  ann,
  ben,
  cleo,
}) => {
  test.slow();
  const { book, part } = await chapterOpen(ann, [ben, cleo]);
  await ann.chapter.type("In common.\nLast.");
  for (const person of [ben, cleo]) await expect(person.chapter.blocks).toHaveText(["In common.", "Last."]);
  for (const person of [ann, ben]) {
    await person.context.setOffline(true);
    await expect(person.book.connection).toHaveText("Offline: all is saved", { timeout: 20_000 });
  }
  await ann.chapter.typeIn(0, " By one.");
  await ben.chapter.field.press("Control+Home");
  await ben.page.keyboard.type("By another. ");
  await ben.chapter.typeIn(1, "\nAnd a paragraph.");
  await cleo.chapter.typeIn(1, " By whoever stayed.");
  for (const person of [ann, ben]) await expect(person.book.connection).toHaveText("Offline: kept on this device");
  await cleo.chapter.isSaved();

  for (const person of [ann, ben]) await person.context.setOffline(false);
  for (const person of [ann, ben]) await person.chapter.isSaved();
  const text = ["By another. In common. By one.", "Last. By whoever stayed.", "And a paragraph."];
  for (const person of [ann, ben, cleo]) {
    // Where two write at the end of one paragraph and one splits it, either may come first.
    await expect.poll(async () => (await person.chapter.content()).join(" ").split(" ").toSorted()).toEqual(
      text.join(" ").split(" ").toSorted(),
    );
  }
  expect(await ann.chapter.content()).toEqual(await cleo.chapter.content());
  expect(await ben.chapter.content()).toEqual(await cleo.chapter.content());
  expect(await cleo.does.chapterText(book, part)).toBe((await cleo.chapter.content()).join(""));
});

for (const how of ["closed", "crashed"] as const) {
  test(`a tab that ${how === "closed" ? "is closed" : "crashes"} without a network loses nothing: opened again, what was written arrives`, async ({
    ann,
    ben,
  }) => {
    test.slow();
    const { book, part } = await chapterOpen(ann, [ben]);
    await ann.chapter.type("Sent.");
    await expect(ben.chapter.text).toHaveText("Sent.");
    await ann.context.setOffline(true);
    await ann.chapter.type(" Written on the train.");
    await ann.chapter.isKept();
    if (how === "crashed") await crash(ann.page);
    await ann.page.close();
    await ben.chapter.type(" Meanwhile.");
    await ben.chapter.isSaved();

    await ann.context.setOffline(false);
    const tab = await ann.anotherTab();
    await tab.book.open(book, part);
    await expect(ben.chapter.text).toContainText("Written on the train.", { timeout: 20_000 });
    await tab.chapter.isSaved();
    await expect(ben.chapter.text).toContainText("Meanwhile.");
    const text = (await ben.chapter.content()).join("");
    await expect(tab.chapter.text).toHaveText(text);
    expect(await ben.does.chapterText(book, part)).toBe(text);
    // Once it is with the server, nothing of it is sent again.
    await tab.page.reload();
    await tab.chapter.canWrite();
    await tab.chapter.isSaved();
    expect(await ben.does.chapterText(book, part)).toBe(text);
  });
}

test("what is kept outlives a sign-out, and is nobody else's who signs in there", async ({ ann, ben, cleo }) => {
  test.slow();
  const { book, part } = await chapterOpen(ann, [ben, cleo]);
  await ben.chapter.type("In common.");
  await expect(ann.chapter.text).toHaveText("In common.");
  await cutFor(ben, 1_000, async () => {
    await ben.chapter.type(" Written by ben.");
    await expect(ben.book.connection).toHaveText("Offline: kept on this device");
    await ann.chapter.close("Final");
  });
  await expect(ben.chapter.refused).toBeVisible({ timeout: 20_000 });
  // What is not saved would warn, and is kept.
  ben.page.on("dialog", (dialog) => void dialog.accept());
  await ben.account.signOut();
  await expect(ben.page).toHaveURL("/");
  await ann.chapter.openToWriting();

  await ben.account.signIn(cleo.name, PASSWORD);
  await expect(ben.page).toHaveURL("/shelf");
  await ben.book.open(book, part);
  await ben.chapter.type(" Written by cleo.");
  await ben.chapter.isSaved();
  expect(await ann.does.chapterText(book, part)).toBe("In common. Written by cleo.");
  await ben.account.signOut();
  await expect(ben.page).toHaveURL("/");

  await ben.account.signIn(ben.name, PASSWORD);
  await expect(ben.page).toHaveURL("/shelf");
  await ben.book.open(book, part);
  await expect(ann.chapter.text).toContainText("Written by ben.", { timeout: 20_000 });
  await expect(ann.chapter.text).toContainText("Written by cleo.");
});

test("leaving with what is not saved warns", async ({ ann }) => {
  await chapterOpen(ann, []);
  await ann.chapter.canWrite();
  await ann.context.setOffline(true);
  await ann.chapter.type("Not with the server yet.");
  await expect(ann.book.connection).toHaveText("Offline: kept on this device");
  const asked = ann.page.waitForEvent("dialog");
  const closing = ann.page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await closing;
  await expect(ann.chapter.text).toHaveText("Not with the server yet.");
  await ann.context.setOffline(false);
  await ann.chapter.isSaved();
});

test("a laptop that slept finds what the others wrote, and its own words are not lost", async ({ ann, ben }) => {
  test.slow();
  const { book, part } = await chapterOpen(ann, [ben]);
  await ann.chapter.type("Before the sleep.");
  await expect(ben.chapter.text).toHaveText("Before the sleep.");
  // Asleep: no script runs, no frame is drawn, and the line goes without a word.
  const devtools = await ann.context.newCDPSession(ann.page);
  await ann.chapter.field.press("Control+Home");
  await ann.page.keyboard.type("Just typed. ");
  await ann.context.setOffline(true);
  await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
  await ben.chapter.type(" While it slept.");
  await ben.chapter.isSaved();
  const since = Date.now();
  // Past the time for which a client that is gone is waited for.
  await expect.poll(() => Date.now() - since, { timeout: 30_000, intervals: [1_000] }).toBeGreaterThan(15_000);
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  await ann.context.setOffline(false);

  await ann.chapter.isSaved();
  for (const person of [ann, ben]) {
    await expect(person.chapter.text).toHaveText("Just typed. Before the sleep. While it slept.", { timeout: 20_000 });
  }
  expect(await ben.does.chapterText(book, part)).toBe("Just typed. Before the sleep. While it slept.");
  await ann.chapter.type(" Awake.");
  await expect(ben.chapter.text).toContainText("Awake.");
});

test("sockets that are cut again and again lose and double nothing", async ({ ann, ben }) => {
  test.slow();
  const sockets = await Sockets.of(ann.page);
  const { book } = await chapterOpen(ann, [ben]);
  for (const person of [ann, ben]) await person.book.show("Chat");
  const said: string[] = [];
  let typed = "";
  let typedByBen = "";
  await ann.chapter.type("A:\nB:");
  await expect(ben.chapter.blocks).toHaveCount(2);
  for (let round = 1; round <= 6; round += 1) {
    typed += ` Round ${round}.`;
    typedByBen += ` Turn ${round}.`;
    await Promise.all([ann.chapter.typeIn(0, ` Round ${round}.`), ben.chapter.typeIn(1, ` Turn ${round}.`)]);
    const [mine, other] = [`From ann, ${round}`, `From ben, ${round}`];
    said.push(mine, other);
    await Promise.all([ann.book.say(mine), ben.book.say(other), sockets.cut()]);
  }
  await ann.book.isConnected();
  for (const person of [ann, ben]) {
    await person.chapter.isSaved();
    await expect(person.chapter.blocks).toHaveText([`A:${typed}`, `B:${typedByBen}`], { timeout: 20_000 });
  }
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

test("a dead line is noticed within ten seconds by whoever writes, and what was typed arrives", async ({
  ann,
  ben,
}) => {
  test.slow();
  const sockets = await Sockets.of(ann.page);
  const { book, part } = await chapterOpen(ann, [ben]);
  await ann.chapter.type("Before.");
  await expect(ben.chapter.text).toHaveText("Before.");
  sockets.silence();
  await ann.chapter.type(" Into the void.");
  await expect(ann.book.connection).toHaveText(/^Saving \d+ changes?$/);
  // Ten, and what a busy machine needs.
  await expect(ann.book.connection).toHaveText("Offline: kept on this device", { timeout: 13_000 });
  sockets.restore();
  await ann.chapter.isSaved();
  await expect(ben.chapter.text).toHaveText("Before. Into the void.");
  expect(await ben.does.chapterText(book, part)).toBe("Before. Into the void.");
});

for (const how of ["refuse", "hang"] as const) {
  test(`where WebSockets ${how}, long polls carry everything`, async ({ ann, ben, cleo }) => {
    test.slow();
    await blockSockets(ann.context, how);
    await blockSockets(ben.context, how);
    const { book, chapters } = await stage(ann, [ben, cleo], "Tides");
    const polled = ann.page.waitForRequest(/\/long-poll$/);
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
    // Writing together, and where the others are.
    await ann.chapter.type("Carried by polls.");
    for (const person of [ben, cleo]) await expect(person.chapter.text).toHaveText("Carried by polls.");
    await ben.chapter.type(" By both.");
    for (const person of [ann, cleo]) await expect(person.chapter.text).toHaveText("Carried by polls. By both.");
    await expect(ann.chapter.caret(ben.name)).toHaveCount(1);
    // The pen.
    await ann.chapter.takePen();
    await expect(ben.chapter.said(`${ann.name} writes alone`)).toBeVisible();
    await ben.chapter.canOnlyRead();
    await ben.chapter.askButton.click();
    await ann.chapter.asked.getByRole("button", { name: "Hand over" }).click();
    await ben.chapter.hasPen();
    await ann.chapter.canOnlyRead();
    await ben.chapter.type(" Alone.");
    await expect(ann.chapter.text).toContainText("By both. Alone.");
    // The chat.
    for (const person of [ann, ben]) await person.book.show("Chat");
    await ann.book.say("From one poll");
    await ben.book.say("Also from another");
    for (const person of [ann, ben]) await expect(lines(person)).toHaveCount(2);
    // Leaving.
    await ben.page.close();
    await ann.book.show("People");
    await expect(ann.book.here(ben.name)).toBeHidden({ timeout: 30_000 });
    await ann.chapter.canWrite();
  });
}

test("over long polls too the pen survives a reload", async ({ ann, ben }) => {
  test.slow();
  await blockSockets(ann.context);
  await chapterOpen(ann, [ben]);
  await ann.chapter.takePen();
  await ann.chapter.type("Before the reload.");
  await ann.chapter.isSaved();
  await ann.page.reload();
  await ann.chapter.hasPen();
  await ann.chapter.type(" And after.");
  await ann.chapter.isSaved();
  await expect(ben.chapter.text).toHaveText("Before the reload. And after.");
  await ben.chapter.canOnlyRead();
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

test("where a browser keeps nothing for a page, it says that the page is all there is of the text", async ({ ann, ben }) => {
  await ben.page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("Not here.", "SecurityError");
    };
  });
  const { book, part } = await chapterOpen(ann, [ben]);
  await ben.chapter.canWrite();
  await ben.context.setOffline(true);
  await expect(ben.book.connection).toHaveText("Offline: all is saved", { timeout: 20_000 });
  await ben.chapter.type("Only here.");
  await expect(ben.book.connection).toHaveText("Offline: keep this page open");
  await ann.chapter.close("Final");
  await ben.context.setOffline(false);
  await expect(ben.book.connection).toHaveText("Not saved: keep this page open", { timeout: 30_000 });
  await expect(ben.chapter.refused).toContainText("Only here.");
  expect(await ann.does.chapterText(book, part)).toBe("");
});
