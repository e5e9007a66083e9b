import { stage } from "../support/stage";
import { longText } from "../support/text";
import { expect, test } from "../support/test";

/** The same text as HTML: a browser's clipboard has both. */
const asHtml = (text: string) =>
  text
    .split("\n\n")
    .map((block) => {
      if (block.startsWith("## ")) return `<h2>${block.slice(3)}</h2>`;
      if (!block.startsWith("- ")) return `<p>${block}</p>`;
      return `<ul>${block.split("\n").map((line) => `<li><p>${line.slice(2)}</p></li>`).join("")}</ul>`;
    })
    .join("");

test("a chapter of 100,000 characters is opened, written in by two, and read", async ({ ann, ben }, info) => {
  test.slow();
  const { book, chapters } = await stage(ann, [ben], "A paper");
  const part = chapters["A paper"]!;
  const times: [string, number][] = [];
  const timed = async (what: string, work: () => Promise<void>) => {
    const since = performance.now();
    await work();
    times.push([what, performance.now() - since]);
  };

  await ann.book.open(book, part);
  await ben.book.open(book, part);
  await ben.chapter.canWrite();
  await ann.chapter.paste({ html: asHtml(longText(105_000)) });
  await timed("pasted as a whole, seen by the other", async () => {
    await expect(ben.chapter.text).toContainText("Part 10");
  });
  await ann.chapter.isSaved();
  const length = async () => (await ann.chapter.content()).join("").length;
  expect(await length()).toBeGreaterThan(100_000);

  await timed("opened anew by the other, until it can be written in", async () => {
    await ben.book.open(book, part);
    await ben.chapter.canWrite();
  });
  await expect(ben.chapter.text.getByRole("heading", { level: 2 }).first()).toHaveText("Part 1");
  expect(await ben.chapter.content()).toEqual(await ann.chapter.content());

  // In the middle, where everything after it has to move, and by both.
  const middle = (person: typeof ann, words: string) => person.chapter.text.getByRole("heading", { name: words });
  for (const [person, words] of [
    [ann, "Part 5"],
    [ben, "Part 7"],
  ] as const) {
    await middle(person, words).click();
    await person.page.keyboard.press("End");
  }
  const keys = " in the midst of it";
  await timed(`${keys.length} keys typed in its midst by each of two`, async () => {
    await Promise.all([ann.page.keyboard.type(keys), ben.page.keyboard.type(keys)]);
  });
  await timed("and seen by the other", async () => {
    await expect(middle(ben, `Part 5${keys}`)).toBeVisible();
    await expect(middle(ann, `Part 7${keys}`)).toBeVisible();
  });

  const lags = await ann.page.evaluate(
    () =>
      new Promise<number[]>((done) => {
        const lags: number[] = [];
        let left = 14;
        const type = () => {
          const since = performance.now();
          document.execCommand("insertText", false, "x");
          requestAnimationFrame(() => {
            lags.push(performance.now() - since);
            // All of them: what is still typed later would be missing from what is read then.
            if (lags.length === 14) done(lags);
          });
          left -= 1;
          if (left > 0) setTimeout(type, 60);
        };
        type();
      }),
  );
  times.push(["from a key to the next frame, the slowest of fourteen", Math.max(...lags)]);

  for (const person of [ann, ben]) await person.chapter.isSaved();
  await expect(middle(ben, `Part 5${keys}${"x".repeat(14)}`)).toBeVisible();
  const text = await ann.chapter.content();
  expect(await ben.chapter.content()).toEqual(text);
  expect(await ben.does.chapterText(book, part)).toBe(text.join(""));

  for (const [what, ms] of times) {
    const line = `${what}: ${Math.round(ms)} ms`;
    info.annotations.push({ type: "time", description: line });
    console.log(`    ${line}`);
  }
});
