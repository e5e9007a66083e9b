import { cutFor } from "../support/network";
import { chapterOpen } from "../support/stage";
import { expect, test } from "../support/test";

test("without a pen everybody with the right writes; whoever takes it writes alone, and the others see who and why", async ({
  ann,
  ben,
}) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.type("By one.");
  await expect(ben.chapter.text).toHaveText("By one.");
  await ben.chapter.type(" By the other.");
  await expect(ann.chapter.text).toHaveText("By one. By the other.");

  await ann.chapter.takePen("The order changes");
  await expect(ben.chapter.said(new RegExp(`${ann.name}\\s+writes alone,\\s+pen taken`))).toContainText("The order changes");
  await ben.chapter.canOnlyRead();
  await expect(ben.chapter.writeAloneButton).toHaveCount(0);
  await ben.chapter.field.click();
  await ben.page.keyboard.type("Not heard.");
  await expect(ben.chapter.text).toHaveText("By one. By the other.");
  // They read along live.
  await ann.chapter.type(" Alone.");
  await expect(ben.chapter.text).toHaveText("By one. By the other. Alone.");

  await ann.chapter.putPenDown();
  await ben.chapter.type(" Both again.");
  await expect(ann.chapter.text).toHaveText("By one. By the other. Alone. Both again.");
  await expect(ben.chapter.said("writes alone")).toHaveCount(0);
});

test("what is told of the pen, of closing and of rights stands where one writes, and moves no line of the text", async ({
  ann,
  ben,
}) => {
  const { book } = await chapterOpen(ann, [ben]);
  await ann.chapter.paste({ text: Array.from({ length: 60 }, (_, at) => `Line ${at + 1}.`).join("\n\n") });
  await expect(ben.chapter.blocks).toHaveCount(60);
  // Until then what is off the screen has a height that is only guessed.
  for (const { page } of [ann, ben]) await expect(page.locator(".chapter-text.settled")).toHaveCount(1);
  const top = (of: typeof ann) => of.chapter.text.evaluate((text) => text.getBoundingClientRect().top);
  const before = new Map<typeof ann, number>();
  const reads = async (who: typeof ann, at: number) => {
    await who.page.getByRole("main").evaluate((main, at) => (main.scrollTop = at), at);
    before.set(who, await top(who));
  };
  const told = async (words: string | RegExp, [at]: [typeof ann]) => {
    await expect(at.chapter.line.getByText(words)).toBeInViewport({ ratio: 0.8 });
    for (const who of [ann, ben]) expect(await top(who), `where ${who.name} reads`).toBe(before.get(who));
  };

  // Whoever takes it is at the chapter's head; the other reads further down.
  await reads(ann, 0);
  await reads(ben, 500);
  await ann.chapter.takePen("The order changes, from the first line to the last, and back again");
  await told("You write alone", [ann]);
  await told(`${ann.name} writes alone`, [ben]);
  await reads(ann, 700);
  // By key: the focus goes to what is in sight already.
  await ben.chapter.askButton.press("Enter");
  await told("You asked for the pen: you are next.", [ben]);
  await told("asks for the pen", [ann]);
  await ann.chapter.asked.getByRole("button", { name: "Hand over" }).press("Enter");
  await told(`${ben.name} writes alone`, [ann]);
  await ben.chapter.hasPen();
  await ben.chapter.letEverybodyButton.press("Enter");
  await expect(ben.chapter.letEverybodyButton).toBeHidden();
  await reads(ann, 0);
  await ann.chapter.close("Locked", "The lawyers read it");
  await told("Only owners of the book write in it.", [ben]);
  await ann.chapter.openToWriting();
  await expect(ben.chapter.closed).toBeHidden();

  await ann.does.setMember(book, ben.name, "reader");
  await told(`${ann.name} made you a reader. You can read along, and no longer write.`, [ben]);
  await ben.chapter.canOnlyRead();
  await ben.chapter.line.getByRole("button", { name: "I see" }).press("Enter");
  await ann.does.setMember(book, ben.name, "owner");
  await told(`${ann.name} made you an owner.`, [ben]);
  await ben.does.setMember(book, ann.name, "editor");
  await told(`${ben.name} made you an editor. You write on; people and closing are for owners.`, [ann]);
  await ann.chapter.canWrite();
});

test("the pen is asked for and handed over, in the order in which it was asked for", async ({ ann, ben, cleo }) => {
  await chapterOpen(ann, [ben, cleo]);
  await ann.chapter.takePen();
  await ann.chapter.type("Begun by one.");
  await ben.chapter.askButton.click();
  await expect(ben.chapter.said("You asked for the pen: you are next.")).toBeVisible();
  await expect(ann.chapter.asked).toContainText(`${ben.name} asks for the pen`);
  await cleo.chapter.askButton.click();
  await expect(cleo.chapter.said("You asked for the pen: 1 before you.")).toBeVisible();

  await ann.chapter.asked.getByRole("button", { name: "Hand over" }).click();
  await ben.chapter.canWrite();
  await expect(ann.chapter.said(`${ben.name} writes alone`)).toBeVisible();
  await ann.chapter.canOnlyRead();
  await ben.chapter.type(" Ended by another.");
  await expect(ann.chapter.text).toHaveText("Begun by one. Ended by another.");
  await expect(ben.chapter.asked).toContainText(`${cleo.name} asks for the pen`);
  await ben.chapter.asked.getByRole("button", { name: "Hand over" }).click();
  await cleo.chapter.hasPen();
  await expect(cleo.chapter.text).toHaveText("Begun by one. Ended by another.");
  await cleo.chapter.putPenDown();
  for (const person of [ann, ben]) await person.chapter.canWrite();
});

test("whoever asked can be refused for now, and can withdraw", async ({ ann, ben }) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.takePen();
  await ben.chapter.askButton.click();
  await ann.chapter.asked.getByRole("button", { name: "Not now" }).click();
  await expect(ann.chapter.asked).toBeHidden();
  await ann.chapter.hasPen();
  await ben.page.getByRole("button", { name: "Withdraw" }).click();
  await expect(ben.chapter.askButton).toBeVisible();
  await ann.chapter.putPenDown();
  await ben.chapter.canWrite();
  await expect(ben.chapter.letEverybodyButton).toBeHidden();
});

test("the owner takes the pen over, and all that the other wrote is in the chapter", async ({ ann, ben }) => {
  const { book, part } = await chapterOpen(ann, [ben]);
  await ben.chapter.takePen();
  await ben.chapter.type("Written alone.");
  await ben.chapter.isSaved();
  await ann.chapter.takeOver();
  await expect(ann.chapter.text).toHaveText("Written alone.");
  await ben.chapter.canOnlyRead();
  await expect(ben.chapter.said(`${ann.name} writes alone`)).toBeVisible();
  await expect(ben.chapter.refused).toBeHidden();
  await ann.chapter.type(" And taken over.");
  await expect(ben.chapter.text).toHaveText("Written alone. And taken over.");
  expect(await ann.does.chapterText(book, part)).toBe("Written alone. And taken over.");
});

test("an editor who does not own the book can ask for the pen, not take it over, and not close the chapter", async ({
  ann,
  ben,
}) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.openMenu();
  await expect(ann.chapter.closeButton).toBeVisible();
  await ann.chapter.takePen();
  await expect(ben.chapter.askButton).toBeVisible();
  await ben.chapter.openMenu();
  await expect(ben.page.getByRole("link", { name: "Download as Markdown" })).toBeVisible();
  await expect(ben.chapter.takeOverButton).toHaveCount(0);
  await expect(ben.chapter.closeButton).toHaveCount(0);
});

test("a closed tab frees the pen", async ({ ann, ben }) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.takePen();
  await ann.chapter.type("Left behind.");
  await ann.chapter.isSaved();
  await ben.chapter.canOnlyRead();
  await ann.page.close();
  await ben.chapter.canWrite();
  await ben.chapter.type(" Taken up.");
  await ben.chapter.isSaved();
  await expect(ben.chapter.text).toHaveText("Left behind. Taken up.");
});

test("the pen survives a reload, and the other sees nothing of it", async ({ ann, ben }) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.takePen("A new order");
  await ann.chapter.type("Before the reload.");
  await ann.chapter.isSaved();
  await expect(ben.chapter.said(`${ann.name} writes alone`)).toBeVisible();
  await ben.page.evaluate(() => {
    const main = document.querySelector("main")!;
    const seen = { free: false };
    const look = () => {
      const buttons = [...main.querySelectorAll("button")].map((button) => button.textContent?.trim());
      if (buttons.includes("Write alone…")) seen.free = true;
    };
    new MutationObserver(look).observe(main, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { seen });
  });

  await ann.page.reload();
  await ann.chapter.hasPen();
  await expect(ann.chapter.text).toHaveText("Before the reload.");
  await ann.chapter.type(" And after.");
  await expect(ben.chapter.text).toHaveText("Before the reload. And after.");
  expect(await ben.page.evaluate(() => (window as unknown as { seen: { free: boolean } }).seen.free)).toBe(false);
  await expect(ben.chapter.said(`${ann.name} writes alone`)).toContainText("A new order");
});

for (const seconds of [3, 10]) {
  test(`the pen survives a cut of ${seconds} seconds, and what was typed meanwhile arrives`, async ({ ann, ben }) => {
    test.slow();
    await chapterOpen(ann, [ben]);
    await ann.chapter.takePen();
    await ann.chapter.type("Before the cut.");
    await expect(ben.chapter.text).toHaveText("Before the cut.");
    await cutFor(ann, seconds * 1_000, async () => {
      await ann.chapter.type(" During the cut.");
      await expect(ann.book.connection).toHaveText("Offline: kept on this device");
    });
    await expect(ben.chapter.text).toHaveText("Before the cut. During the cut.", { timeout: 20_000 });
    await ann.chapter.type(" After the cut.");
    await ann.chapter.isSaved();
    await expect(ben.chapter.text).toHaveText("Before the cut. During the cut. After the cut.");
    await ann.chapter.hasPen();
    await expect(ann.chapter.refused).toBeHidden();
  });
}

test("what was typed without a connection while another took the pen is kept, and joins when everybody writes", async ({
  ann,
  ben,
}) => {
  test.slow();
  const { book, part } = await chapterOpen(ann, [ben]);
  await ben.chapter.type("Common ground.");
  await expect(ann.chapter.text).toHaveText("Common ground.");
  await cutFor(ben, 1_000, async () => {
    await ben.chapter.type(" Typed without a connection.");
    await expect(ben.book.connection).toHaveText("Offline: kept on this device");
    await ann.chapter.takePen();
    await ann.chapter.field.press("Control+Home");
    await ann.page.keyboard.type("By the holder. ");
    await ann.chapter.isSaved();
  });
  const { refused } = ben.chapter;
  await expect(refused).toBeVisible({ timeout: 20_000 });
  await expect(refused).toBeInViewport();
  await expect(refused).toContainText("kept on this device");
  await expect(ben.book.connection).toHaveText("Not saved: kept on this device");
  await refused.getByText("Show it").click();
  await expect(refused.getByRole("blockquote")).toContainText("Typed without a connection.");
  await expect(ben.chapter.text).toContainText("Typed without a connection.");
  expect(await ann.does.chapterText(book, part)).toBe("By the holder. Common ground.");

  // It outlives the page too.
  await ben.page.reload();
  await expect(refused).toBeVisible({ timeout: 20_000 });
  await refused.getByText("Show it").click();
  await expect(refused.getByRole("blockquote")).toContainText("Typed without a connection.");
  await ben.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await refused.getByRole("button", { name: "Copy my text" }).click();
  const copied = () => ben.page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toContain("Typed without a connection.");
  const download = ben.page.waitForEvent("download");
  await refused.getByRole("button", { name: "Download" }).click();
  expect((await download).suggestedFilename()).toBe("my-text.txt");

  await ann.chapter.putPenDown();
  await ben.chapter.isSaved();
  await expect(refused).toBeHidden();
  const whole = "By the holder. Common ground. Typed without a connection.";
  for (const person of [ann, ben]) await expect(person.chapter.text).toHaveText(whole);
  expect(await ann.does.chapterText(book, part)).toBe(whole);
});

test("text that is refused can be let go, and does not come back", async ({ ann, ben }) => {
  test.slow();
  const { book, part } = await chapterOpen(ann, [ben]);
  await ben.chapter.type("Common ground.");
  await ben.chapter.isSaved();
  await cutFor(ben, 1_000, async () => {
    await ben.chapter.type(" Not wanted after all.");
    await ann.chapter.close("Final");
  });
  const { refused } = ben.chapter;
  await expect(refused).toBeVisible({ timeout: 20_000 });
  await refused.getByRole("button", { name: "Let go" }).click();
  await expect(refused).toBeHidden();
  // What is shown is the chapter again.
  await expect(ben.chapter.text).toHaveText("Common ground.");
  await ben.page.reload();
  await ben.chapter.canOnlyRead();
  await expect(refused).toBeHidden();
  await ann.chapter.openToWriting();
  await ben.chapter.canWrite();
  await expect(ben.chapter.text).toHaveText("Common ground.");
  expect(await ann.does.chapterText(book, part)).toBe("Common ground.");
});

test("an owner locks a chapter: editors read it, see who locked it and why, and write again when it is open", async ({
  ann,
  ben,
}) => {
  const { book, part } = await chapterOpen(ann, [ben]);
  await ben.chapter.type("Before.");
  await expect(ann.chapter.text).toHaveText("Before.");
  await ann.chapter.close("Locked", "The lawyers read it");
  await expect(ben.chapter.closed).toContainText("Only owners of the book write in it.");
  await expect(ben.chapter.closed).toContainText(ann.name);
  await expect(ben.chapter.closed).toContainText("The lawyers read it");
  await ben.chapter.canOnlyRead();
  await expect(ben.chapter.closed.getByRole("button")).toHaveCount(0);
  await expect(ben.chapter.writeAloneButton).toHaveCount(0);
  // The owner may, and the other reads along.
  await ann.chapter.type(" By the owner.");
  await expect(ben.chapter.text).toHaveText("Before. By the owner.");
  // It is known to whoever comes later, and in what happened.
  await ben.page.reload();
  await expect(ben.chapter.closed).toContainText("The lawyers read it");
  await ben.chapter.canOnlyRead();
  await ben.book.show("Activity");
  await expect(ben.book.deed(`${ann.name} locked “Tides”`)).toBeVisible();

  await ann.chapter.openToWriting();
  await expect(ben.chapter.closed).toBeHidden();
  await ben.chapter.type(" Again.");
  await expect(ann.chapter.text).toHaveText("Before. By the owner. Again.");
  expect(await ann.does.chapterText(book, part)).toBe("Before. By the owner. Again.");
});

test("a final chapter is nobody's to write in, the owner's neither, until it is opened", async ({ ann, ben }) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.type("The last word.");
  await ann.chapter.isSaved();
  await ann.chapter.close("Final");
  for (const person of [ann, ben]) {
    await expect(person.chapter.closed).toContainText("Nobody writes in it until an owner opens it again.");
    await person.chapter.canOnlyRead();
    await person.chapter.field.click();
    await person.page.keyboard.type("Not heard.");
    await expect(person.chapter.text).toHaveText("The last word.");
  }
  await ann.chapter.openToWriting();
  for (const person of [ann, ben]) await person.chapter.canWrite();
});

test("the pen is one tab's: the same person's other tab reads along", async ({ ann }) => {
  const { book, part } = await chapterOpen(ann, []);
  const tab = await ann.anotherTab();
  await tab.book.open(book, part);
  await ann.chapter.takePen();
  await expect(tab.chapter.said("You, in another tab, write alone")).toBeVisible();
  await ann.chapter.type("Only here.");
  await expect(tab.chapter.text).toHaveText("Only here.");
  await ann.chapter.putPenDown();
  await expect(tab.chapter.said("You, in another tab,")).toHaveCount(0);
  await tab.chapter.type(" And here.");
  await expect(ann.chapter.text).toHaveText("Only here. And here.");
});
