import { stage } from "../support/stage";
import { longText } from "../support/text";
import { expect, test } from "../support/test";

test("a chapter of 105,000 characters is written, read along, saved and opened", async ({ ann, ben }, info) => {
  test.slow();
  const text = longText(105_000);
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
  await ann.chapter.write();
  await ann.chapter.field.fill(text);
  await timed("pasted as a whole, seen by the other", async () => {
    await expect(ben.chapter.text).toContainText("Part 10");
  });
  await ann.chapter.isSaved();
  await timed("saved as a version", () => ann.chapter.save("The whole paper"));

  await timed("opened anew by the other, until live", () => ben.book.open(book, part));
  await expect(ben.chapter.text.getByRole("heading", { level: 3 }).first()).toHaveText("Part 1");

  // In the middle, where everything after it has to move.
  await ann.chapter.field.evaluate((field: HTMLTextAreaElement) => {
    const at = field.value.indexOf("## Part 5");
    field.focus();
    field.setSelectionRange(at, at);
  });
  const keys = "In the midst of it. ";
  await timed(`${keys.length} keys typed in its midst`, () => ann.page.keyboard.type(keys));
  const lags = await ann.page.evaluate(
    () =>
      new Promise<number[]>((done) => {
        const lags: number[] = [];
        const field = document.querySelector<HTMLTextAreaElement>("#chapter-text")!;
        field.addEventListener("input", (event) => {
          const since = event.timeStamp;
          requestAnimationFrame(() => {
            lags.push(performance.now() - since);
            // All of them: what is still typed later would be missing from what is read then.
            if (lags.length === 14) done(lags);
          });
        });
        let left = 14;
        const type = () => {
          document.execCommand("insertText", false, "x");
          left -= 1;
          if (left > 0) setTimeout(type, 60);
        };
        type();
      }),
  );
  times.push(["from a key to the next frame, the slowest of fourteen", Math.max(...lags)]);
  await timed("typed, seen by the other", async () => {
    await expect(ben.chapter.text).toContainText("In the midst of it.");
  });

  await ann.chapter.isSaved();
  const value = await ann.chapter.field.inputValue();
  expect(value.length).toBeGreaterThan(105_000);
  expect((await ben.does.openChapter(book, part)).text).toBe(value);
  await timed("saved again, and the pen put down", () => ann.chapter.done());
  await timed("opened to write by the other", () => ben.chapter.write());
  await expect(ben.chapter.field).toHaveValue(value);

  for (const [what, ms] of times) {
    const line = `${what}: ${Math.round(ms)} ms`;
    info.annotations.push({ type: "time", description: line });
    console.log(`    ${line}`);
  }
});
