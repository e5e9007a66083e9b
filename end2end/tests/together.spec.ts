import type { Person } from "../support/person";
import { chapterOpen } from "../support/stage";
import { expect, test } from "../support/test";

/** That all of them see the same text, and that it is the stored one. Tells it. */
async function endsEqual(people: Person[], book: string, part: string): Promise<string[]> {
  for (const person of people) await person.chapter.isSaved();
  await expect(async () => {
    const [first, ...others] = await Promise.all(people.map((person) => person.chapter.content()));
    for (const other of others) expect(other).toEqual(first);
    expect(await people[0]!.does.chapterText(book, part)).toBe(first!.join(""));
  }).toPass({ timeout: 20_000 });
  return people[0]!.chapter.content();
}

const letters = (text: string) => [...text].toSorted().join("");

test("three who type at once in one paragraph end equal, with every letter, and after a reload too", async ({
  ann,
  ben,
  cleo,
}) => {
  test.slow();
  const people = [ann, ben, cleo];
  const { book, part } = await chapterOpen(ann, [ben, cleo]);
  await ann.chapter.type("In the beginning.");
  for (const person of people) await expect(person.chapter.field).toHaveText("In the beginning.");

  // At the beginning, in the midst and at the end: the words of each stay together.
  const words = {
    ann: "Ann begins it with care. ",
    ben: "very much ",
    cleo: " Cleo ends it, and is slow to stop.",
  };
  await ann.chapter.field.press("Control+Home");
  await ben.chapter.field.press("Control+Home");
  for (let key = 0; key < "In ".length; key += 1) await ben.page.keyboard.press("ArrowRight");
  await cleo.chapter.field.press("Control+End");
  await Promise.all([
    ann.page.keyboard.type(words.ann, { delay: 30 }),
    ben.page.keyboard.type(words.ben, { delay: 50 }),
    cleo.page.keyboard.type(words.cleo, { delay: 20 }),
  ]);
  const whole = `${words.ann}In ${words.ben}the beginning.${words.cleo}`;
  expect(await endsEqual(people, book, part)).toEqual([whole]);

  // At one and the same place: in some order, the same for all.
  for (const { chapter } of people) await chapter.field.press("Control+End");
  const again = [" One, two, three.", " Eins, zwei, drei.", " Un, deux, trois."];
  await Promise.all(people.map(({ page }, at) => page.keyboard.type(again[at]!, { delay: 20 })));
  const [text] = await endsEqual(people, book, part);
  expect(text!.startsWith(whole)).toBe(true);
  expect(letters(text!)).toBe(letters(whole + again.join("")));

  for (const person of people) {
    await person.page.reload();
    await person.chapter.canWrite();
  }
  expect(await endsEqual(people, book, part)).toEqual([text]);
});

test("while one splits, joins and deletes, the words of the other stay", async ({ ann, ben }) => {
  test.slow();
  const { book, part } = await chapterOpen(ann, [ben]);
  await ann.chapter.type("First.\nSecond.\nThird.");
  await expect(ben.chapter.blocks).toHaveText(["First.", "Second.", "Third."]);
  await ben.chapter.typeIn(1, "");
  const splitting = async () => {
    await ann.chapter.typeIn(0, " Split");
    await ann.page.keyboard.press("Enter");
    await ann.page.keyboard.type("here");
    await ann.page.keyboard.press("Home");
    await ann.page.keyboard.press("Backspace");
    await ann.chapter.blocks.filter({ hasText: "Third." }).click({ clickCount: 3 });
    await ann.page.keyboard.press("Delete");
  };
  const keys = " Typed without a pause by the other.";
  await Promise.all([splitting(), ben.page.keyboard.type(keys, { delay: 40 })]);
  const text = (await endsEqual([ann, ben], book, part)).filter(Boolean);
  expect(text).toEqual(["First. Splithere", `Second.${keys}`]);
});

test("two tabs of one person are two who write", async ({ ann, ben }) => {
  const { book, part } = await chapterOpen(ann, [ben]);
  const tab = await ann.anotherTab();
  await tab.book.open(book, part);
  await ann.chapter.type("From the first tab.");
  await expect(tab.chapter.field).toHaveText("From the first tab.");
  await tab.chapter.type(" From the second.");
  await expect(ann.chapter.field).toHaveText("From the first tab. From the second.");
  await Promise.all([ann.chapter.type(" Again the first."), tab.chapter.type(" Again the second.")]);
  await tab.chapter.isSaved();
  const [text] = await endsEqual([ann, ben], book, part);
  await expect(tab.chapter.field).toHaveText(text!);
  // What a closed tab had written stays, and the other goes on.
  await tab.page.close();
  await ann.chapter.type(" And on.");
  expect(await endsEqual([ann, ben], book, part)).toEqual([`${text!} And on.`]);
});

test("undo takes back one's own and nothing of the others'", async ({ ann, ben }) => {
  const { book, part } = await chapterOpen(ann, [ben]);
  await ann.chapter.type("Ann was here.");
  await expect(ben.chapter.field).toHaveText("Ann was here.");
  await ben.chapter.type(" Ben was here.");
  await expect(ann.chapter.field).toHaveText("Ann was here. Ben was here.");
  // One undo takes back what was typed without a pause: on a busy machine perhaps less than all.
  const press = async (key: string, until: string) => {
    await expect(async () => {
      await ann.page.keyboard.press(key);
      await expect(ann.chapter.field).toHaveText(until, { timeout: 200 });
    }).toPass({ intervals: [0] });
  };
  await press("Control+z", "Ben was here.");
  await ann.page.keyboard.press("Control+z");
  await expect(ben.chapter.field).toHaveText("Ben was here.");
  await press("Control+Shift+z", "Ann was here. Ben was here.");
  expect(await endsEqual([ann, ben], book, part)).toEqual(["Ann was here. Ben was here."]);
});

test("what is copied from a web page comes clean, and the other sees it so", async ({ ann, ben }) => {
  const { book, part } = await chapterOpen(ann, [ben]);
  await ann.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const elsewhere = await ann.context.newPage();
  await elsewhere.setContent(`<main style="font-family: fantasy; color: red"><h2 onclick="alert(1)" class="big">News</h2>
    <p style="font-size: 40px">The tide is <b style="color: blue">high</b>, and <i>comes in</i>.</p>
    <ul><li>at six</li><li>at <a href="https://example.org/noon" onclick="alert(2)">noon</a></li></ul>
    <p><a href="javascript:alert(3)">Press</a><script>alert(4)</script></p></main>`);
  await elsewhere.keyboard.press("Control+a");
  await elsewhere.keyboard.press("Control+c");
  await elsewhere.close();
  await ann.page.bringToFront();
  await ann.chapter.type("");
  await ann.page.keyboard.press("Control+v");

  const { text } = ben.chapter;
  await expect(text.getByRole("heading", { level: 2 })).toHaveText("News");
  await expect(text.getByRole("strong")).toHaveText("high");
  await expect(text.getByRole("emphasis")).toHaveText("comes in");
  await expect(text.getByRole("listitem")).toHaveText(["at six", "at noon"]);
  await expect(text.getByRole("link", { name: "noon" })).toHaveAttribute("href", "https://example.org/noon");
  await expect(text).toContainText("Press");
  await ann.chapter.isSaved();
  for (const html of [await ann.does.chapterHtml(book, part), await text.innerHTML()]) {
    expect(html).not.toMatch(/style=|onclick|javascript:|<script|class="big"|fantasy/);
  }
});

test("Markdown's signs become headings, lists and quotations as they are typed, and the other sees them", async ({
  ann,
  ben,
}) => {
  await chapterOpen(ann, [ben]);
  await ann.chapter.type("## Tides\nThe **moon** pulls, the *sea* gives way.\n- in\nout\n\n> Time waits for no man.");
  const { text } = ben.chapter;
  await expect(text.getByRole("heading", { level: 2 })).toHaveText("Tides");
  await expect(text.getByRole("strong")).toHaveText("moon");
  await expect(text.getByRole("emphasis")).toHaveText("sea");
  await expect(text.getByRole("listitem")).toHaveText(["in", "out"]);
  await expect(text.getByRole("blockquote")).toHaveText("Time waits for no man.");
  await expect(text).not.toContainText(/[#*>]/);
  // After a reload it is the server's own rendering, then the editor's: both say the same.
  await ben.page.reload();
  await expect(text.getByRole("listitem")).toHaveText(["in", "out"]);
  await ben.chapter.canWrite();
  await expect(text.getByRole("listitem")).toHaveText(["in", "out"]);
});

test("one sees where the others write, with their names, and jumps there", async ({ ann, ben, cleo }) => {
  await chapterOpen(ann, [ben, cleo]);
  const long = Array.from({ length: 60 }, (_, at) => `<p>Paragraph ${at + 1}.</p>`).join("");
  await ann.chapter.paste({ html: long });
  await expect(ben.chapter.blocks).toHaveCount(60);
  await ben.chapter.type(" Ben is at the end.");
  await cleo.chapter.typeIn(0, " Cleo is at the beginning.");
  await expect(ann.chapter.caret(ben.name)).toHaveCount(1);
  await expect(ann.chapter.caret(cleo.name)).toHaveCount(1);
  await expect.poll(() => ann.chapter.blockOf(ben.name)).toBe("Paragraph 60. Ben is at the end.");
  await expect.poll(() => ann.chapter.blockOf(cleo.name)).toBe("Paragraph 1. Cleo is at the beginning.");

  await ann.chapter.field.press("Control+Home");
  await expect(ann.chapter.caret(ben.name)).not.toBeInViewport();
  await expect(ann.chapter.also.getByRole("listitem")).toHaveCount(2);
  await ann.chapter.also.getByRole("button", { name: `Go to where ${ben.name} is` }).click();
  await expect(ann.chapter.caret(ben.name)).toBeInViewport();

  // Whoever leaves takes the caret along.
  await ben.page.goto("/shelf");
  await expect(ann.chapter.caret(ben.name)).toHaveCount(0, { timeout: 20_000 });
  await expect(ann.chapter.caret(cleo.name)).toHaveCount(1);
  await expect(ann.chapter.also.getByRole("listitem")).toHaveCount(1);
});

test("the text is there before any script, and the editor takes its place without a jump", async ({ ann }) => {
  const { part, book } = await chapterOpen(ann, []);
  await ann.chapter.paste({
    html: `<h2>Tides</h2><p>${"The moon pulls. ".repeat(40)}</p><ul><li>in</li><li>out</li></ul>
      <blockquote><p>Time waits.</p></blockquote><pre><code>let tide = 1;</code></pre><p></p><p>The end.</p>`,
  });
  await ann.chapter.isSaved();
  let release = () => {};
  const released = new Promise<void>((go) => (release = go));
  await ann.page.route(/\/pkg\/.*\.(wasm|js)$/, async (route) => {
    await released;
    await route.continue();
  });
  await ann.page.goto(`/book/${book}/${part}`, { waitUntil: "commit" });
  const places = () =>
    ann.chapter.text.locator(":scope > *").evaluateAll((blocks) =>
      blocks.map((block) => {
        const { top, left, width, height } = block.getBoundingClientRect();
        return [block.tagName, ...[top, left, width, height].map(Math.round)].join(" ");
      }),
    );
  await expect(ann.chapter.text).toContainText("The end.");
  await ann.page.evaluate(() => document.fonts.ready.then(() => undefined));
  // Not before the page has its looks: those come with a file of their own.
  await ann.page.waitForFunction(() => document.querySelector<HTMLLinkElement>("link[rel=stylesheet]")?.sheet);
  const before = await places();
  expect(before.length).toBeGreaterThan(5);
  release();
  await ann.chapter.canWrite();
  expect(await places()).toEqual(before);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("a chapter is written, with what is safe always in sight", async ({ ann, ben }) => {
    const { book, part } = await chapterOpen(ann, [ben]);
    await ann.chapter.canWrite();
    await ann.chapter.field.tap();
    await ann.page.keyboard.type("# Written on the way\nWith a thumb.\n- and a list");
    await expect(ben.chapter.text.getByRole("heading", { level: 2 })).toHaveText("Written on the way");
    await expect(ben.chapter.text.getByRole("listitem")).toHaveText("and a list");
    await ben.chapter.type(" of two");
    await expect(ann.chapter.text.getByRole("listitem")).toHaveText("and a list of two");
    await expect(ann.book.connection).toBeInViewport();
    expect(await endsEqual([ann, ben], book, part)).toEqual(["Written on the way", "With a thumb.", "and a list of two"]);

    await ann.context.setOffline(true);
    await ann.page.keyboard.type(", in a tunnel");
    await expect(ann.book.connection).toHaveText("Offline: kept on this device");
    await expect(ann.book.connection).toBeInViewport();
    await ann.context.setOffline(false);
    await ann.chapter.isSaved();
    await expect(ben.chapter.text.getByRole("listitem")).toContainText("in a tunnel");
    const sideways = () => document.documentElement.scrollWidth > window.innerWidth;
    expect(await ann.page.evaluate(sideways)).toBe(false);
  });
});
