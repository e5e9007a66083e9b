import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, type Browser, type Page } from "@playwright/test";
import { drawn } from "../support/frames";
import { Person } from "../support/person";
import { test } from "../support/test";

const folder = resolve(__dirname, "../..");

/** Takes a picture of what somebody sees, for this file of the repository. */
async function taken(person: Person, file: string, album: Page): Promise<void> {
  await drawn(person.page);
  writeFileSync(`${folder}/${file}.webp`, await webp(album, await person.page.screenshot()));
}

const wide = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

const HARBOUR = `<p>The harbour lies under a thin skin of ice. In the morning it rings when the first boat goes out, and
the gulls stand on it and look surprised.</p>
<p>We count the days by the lamp on the mole. It is lit at four now, and the keeper says good night to it. Nobody laughs
at him.</p>
<h2>Who stays</h2>
<ul><li><p>Three families, and two cats between them.</p></li>
<li><p>The man who mends the nets.</p></li></ul>
<p>Everyone else goes inland until the thaw.</p>`;

const OTHERS: Record<string, string> = {
  "The harbour in January": `The water is the colour of a knife. Whoever has to go out wears everything they own, and
    comes back with less fish than words.`,
  "What the ice leaves": `When it goes, it takes the reeds along and leaves the posts of the old pier, each a little more
    aslant than the year before.`,
  "Reading the water": `You look for the line where the green turns. Behind it stands the current, and in the current
    stands the fish, with its head to the north.`,
  "The first boats": `They come on the second Sunday in April, whatever the weather says. My grandmother wrote the
    names on the door of the shed.`,
};

/** Ann's book, with words in every chapter. */
async function prepare(ann: Person, others: Person[]) {
  const book = await ann.does.createBook("A year by the tide");
  for (const other of others) await ann.does.letIn(book, other, "editor");
  const winter = await ann.does.addSection(book, "Winter");
  const spring = await ann.does.addSection(book, "Spring");
  for (const [at, [title, text]] of Object.entries(OTHERS).entries()) {
    const part = await ann.does.addChapter(book, title, at < 2 ? winter : spring);
    await ann.book.open(book, part);
    await ann.chapter.paste({ text: text.replaceAll(/\s+/g, " ") });
    await ann.chapter.isSaved();
    const status = ["completed", "to_be_proofed", "needs_content", "new"][at];
    await ann.does.send("set_status", { book, part, status });
  }
  const part = await ann.does.addChapter(book, "The harbour sleeps", winter);
  await ann.book.open(book, part);
  await ann.chapter.paste({ html: HARBOUR });
  await ann.chapter.isSaved();
  return { book, part };
}

const known = (browser: Browser, name: string, options = {}) => Person.known(browser, name, { ...wide, ...options });

/** The pictures of the handbook, taken anew: `npm run pictures`. */
test("the handbook's pictures are taken", async ({ browser }) => {
  const away = await browser.newContext();
  const album = await away.newPage();
  const picture = (person: Person, name: string) => taken(person, `docs/${name}`, album);
  const ann = await known(browser, "ann");
  const ben = await known(browser, "ben", { colorScheme: "dark" });
  const cleo = await known(browser, "cleo");
  const { book, part } = await prepare(ann, [ben, cleo]);
  for (const person of [ben, cleo]) await person.book.open(book, part);

  await ben.chapter.typeIn(1, " I did, once, and he ");
  await cleo.chapter.canWrite();
  await cleo.chapter.blocks.nth(3).getByRole("listitem").last().click();
  await cleo.page.keyboard.press("End");
  await cleo.page.keyboard.type(" He has the warmest room of all");
  await expect(ann.chapter.text).toContainText("the warmest room of all");
  await ben.page.keyboard.type("has not forgotten.");
  await expect(ann.chapter.text).toContainText("has not forgotten.");
  await ann.chapter.type(" I write this on the ferry.");
  await ann.chapter.isSaved();
  await cleo.page.keyboard.type(".");
  // Words are counted a while after they were written.
  await expect(ann.page.getByText("200 words")).toBeVisible({ timeout: 20_000 });
  await ben.page.keyboard.press("ArrowLeft");
  await cleo.page.keyboard.press("ArrowLeft");
  await expect(ann.chapter.caret("ben")).toBeVisible();
  await expect(ann.chapter.caret("cleo")).toBeVisible();
  await expect(ann.contents.tree.locator(".kept-mark")).toHaveCount(0);
  await picture(ann, "screenshot");

  await ben.chapter.type("\n/");
  const menu = ben.page.getByRole("listbox");
  await expect(menu).toBeVisible();
  // It fades in.
  await menu.evaluate((menu) => Promise.all(menu.getAnimations({ subtree: true }).map((each) => each.finished)));
  await picture(ben, "menu");
  await ben.page.keyboard.press("Escape");
  for (const _ of "\n/") await ben.page.keyboard.press("Backspace");
  await ben.chapter.isSaved();

  await ben.chapter.takePen("I put the chapter in order");
  await ann.chapter.askButton.click();
  await expect(ann.chapter.said("You asked for the pen")).toBeVisible();
  await picture(ann, "pen");
  // Otherwise the pen goes to her.
  await ann.page.getByRole("button", { name: "Withdraw" }).click();
  await expect(ann.chapter.askButton).toBeVisible();
  await ben.chapter.putPenDown();

  await cleo.history.open(book, part);
  await cleo.history.name("First draft");
  await expect(cleo.history.line(1)).toBeVisible();
  await cleo.book.open(book, part);
  await cleo.chapter.canWrite();
  await cleo.chapter.field.press("Control+Home");
  for (const _ of "The") await cleo.page.keyboard.press("Delete");
  await cleo.page.keyboard.type("All winter long the");
  await cleo.chapter.isSaved();
  await cleo.history.open(book, part);
  await cleo.history.line(1).click();
  await cleo.page.getByRole("link", { name: "Compare with now" }).click();
  await expect(cleo.history.shown.getByRole("insertion").first()).toContainText("All winter long the");
  await picture(cleo, "history");

  const underway = await known(browser, "ben", phone);
  await underway.book.open(book, part);
  await underway.chapter.canWrite();
  await underway.context.setOffline(true);
  await underway.chapter.type(" The train has no network.");
  await underway.chapter.isKept();
  await picture(underway, "offline");

  await away.close();
  for (const person of [ann, ben, cleo, underway]) await person.leave();
});

/** The largest file of a picture, in bytes: everybody who comes to the front page fetches one. */
const LIGHT_ENOUGH = 60_000;

/** A picture in the format that is smallest, as sharp and as good as the bound lets it be. */
async function webp(page: Page, png: Buffer): Promise<Buffer> {
  const encode = async ({ png, most }: { png: string; most: number }) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    for (const scale of [1, 0.75, 0.5]) {
      const canvas = new OffscreenCanvas(image.width * scale, image.height * scale);
      const context = canvas.getContext("2d")!;
      context.imageSmoothingQuality = "high";
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      for (const quality of [0.85, 0.7]) {
        const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality })).arrayBuffer());
        if (bytes.length <= most) return btoa([...bytes].map((byte) => String.fromCharCode(byte)).join(""));
      }
    }
    throw new Error(`it stays larger than ${most} bytes`);
  };
  return Buffer.from(await page.evaluate(encode, { png: png.toString("base64"), most: LIGHT_ENOUGH }), "base64");
}

/** The same book as above, brought in as files: nobody has to open a page for it. */
async function written(ann: Person, others: Person[]) {
  const book = await ann.does.createBook("A year by the tide");
  for (const other of others) await ann.does.letIn(book, other, "editor");
  const winter = await ann.does.addSection(book, "Winter");
  const harbour = await ann.does.addChapter(book, "The harbour sleeps", winter);
  const spring = await ann.does.addSection(book, "Spring");
  const texts = [[harbour, HARBOUR_FILE]];
  for (const [at, [title, text]] of Object.entries(OTHERS).entries()) {
    texts.push([await ann.does.addChapter(book, title, at < 2 ? winter : spring), text.replaceAll(/\s+/g, " ")]);
  }
  for (const [part, markdown] of texts) await ann.does.send("import_chapter", { book, part, markdown, how: "append" });
  for (const [part] of texts.slice(1, 3)) await ann.does.send("set_status", { book, part, status: "completed" });
  return { book, part: harbour };
}

const HARBOUR_FILE = `The harbour lies under a thin skin of ice. In the morning it rings when the first boat goes out, and the gulls stand on it and look surprised.

We count the days by the lamp on the mole. It is lit at four now, and the keeper says good night to it. Nobody laughs at him. I did, once, and he has not forgotten.

## Who stays

- Three families, and two cats between them.
- The man who mends the nets. He has the warmest room of all.

Everyone else goes inland until the thaw.
`;

/** The pictures of the front page: the editor while three write, in both themes, wide and narrow. */
test("the front page's pictures are taken", async ({ browser }) => {
  test.setTimeout(600_000);
  const ben = await known(browser, "ben");
  const cleo = await known(browser, "cleo");
  const maker = await known(browser, "ann");
  const { book, part } = await written(maker, [ben, cleo]);
  for (const person of [ben, cleo]) await person.book.open(book, part);
  const away = await browser.newContext();
  const album = await away.newPage();
  for (const [name, colorScheme, viewport] of [
    ["editor-light", "light", { width: 1120, height: 640 }],
    ["editor-dark", "dark", { width: 1120, height: 640 }],
    ["editor-narrow-light", "light", { width: 390, height: 480 }],
    ["editor-narrow-dark", "dark", { width: 390, height: 480 }],
  ] as const) {
    const ann = await known(browser, "ann", { colorScheme, viewport, deviceScaleFactor: 2 });
    await ann.book.open(book, part);
    await ann.chapter.canWrite();
    // Each says anew where they are.
    for (const [person, block] of [
      [ben, 1],
      [cleo, 0],
    ] as const) {
      await person.chapter.canWrite();
      await person.chapter.blocks.nth(block).click();
      await person.page.keyboard.press("ArrowLeft");
      await expect(ann.chapter.caret(person.name)).toBeVisible();
    }
    await ann.chapter.isSaved();
    await taken(ann, `public/pictures/${name}`, album);
    await ann.leave();
  }
  await away.close();
  for (const person of [ben, cleo, maker]) await person.leave();
});
