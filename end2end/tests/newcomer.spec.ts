import type { BrowserContextOptions } from "@playwright/test";
import { hydrated } from "../support/hydrated";
import { PASSWORD, Person, unique } from "../support/person";
import { expect, test } from "../support/test";

const screens: Record<string, BrowserContextOptions> = {
  "at a desk": { viewport: { width: 1360, height: 850 } },
  "on a phone": { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

/** From the front page to their own empty shelf. */
async function comes(person: Person, name: string): Promise<void> {
  await person.page.goto("/");
  await person.page.getByRole("main").getByRole("link", { name: "Create an account" }).click();
  await expect(person.page).toHaveURL(/\/sign-up$/);
  await hydrated(person.page);
  await person.account.fill(name, PASSWORD, "Create account");
  await expect(person.page).toHaveURL(/\/shelf$/);
  await hydrated(person.page);
}

for (const [where, options] of Object.entries(screens)) {
  const isNarrow = where === "on a phone";

  test(`a newcomer comes from the front page to writing in one chapter with another, ${where}`, async ({ browser }) => {
    const [nora, otto] = [await Person.guest(browser, options), await Person.guest(browser, options)];
    const [hers, his] = [unique("Nora"), unique("Otto")];
    const panes = (person: Person) => person.page.getByRole("navigation", { name: "Panes" });
    await comes(nora, hers);
    await nora.shelf.create("The harbour at night");
    const beginning = nora.page.getByRole("textbox", { name: "Title of the first chapter" });
    await beginning.fill("Low water");
    expect((await beginning.boundingBox())!.width, "there is room for a title").toBeGreaterThan(160);
    await beginning.press("Enter");
    // The caret is in the text: whoever begins a chapter writes on.
    await expect(nora.chapter.field).toBeFocused();
    await nora.page.keyboard.type("The tide goes out at four.");
    await nora.chapter.isSaved();

    await comes(otto, his);
    // By what others find him is written there.
    await expect(otto.page.getByRole("main")).toContainText(`tell them your name here, ${his}:`);
    if (isNarrow) {
      // Where the keyboard is put away the way on is there again.
      await nora.chapter.field.blur();
      await panes(nora).getByRole("button", { name: /^Talk/ }).click();
    }
    await nora.page.getByRole("link", { name: "Invite people" }).click();
    await expect(nora.page.getByRole("textbox", { name: "Name of a person to invite" })).toBeFocused();
    await nora.page.keyboard.type(his);
    await nora.page.keyboard.press("Enter");
    await expect(nora.settings.invited).toContainText(his);

    await otto.shelf.accept("The harbour at night");
    await otto.page.getByRole("link", { name: "Start writing" }).click();
    await otto.chapter.type(" Nobody sees it.");
    await otto.chapter.isSaved();
    if (isNarrow) {
      await nora.page.locator(":focus").blur();
      await panes(nora).getByRole("button", { name: "Contents" }).click();
    }
    await nora.contents.open("Low water");
    await expect(nora.chapter.text).toHaveText("The tide goes out at four. Nobody sees it.");
    await nora.chapter.type(" But us.");
    await expect(otto.chapter.text).toHaveText("The tide goes out at four. Nobody sees it. But us.");
    for (const person of [nora, otto]) await person.leave();
  });
}

test("a chapter that is added is written in at once, unless one types elsewhere by then", async ({ ann }) => {
  const book = await ann.does.createBook("The sea");
  await ann.does.addChapter(book, "Tides");
  await ann.book.open(book);
  await ann.contents.addChapter("Winds");
  await expect(ann.chapter.heading).toHaveText("Winds");
  await expect(ann.chapter.field).toBeFocused();
  await ann.page.keyboard.type("From the west.");
  await expect(ann.chapter.text).toHaveText("From the west.");
  // To read one that is there, nothing takes the focus.
  await ann.contents.open("Tides");
  await ann.chapter.canWrite();
  await expect(ann.chapter.field).not.toBeFocused();
});
