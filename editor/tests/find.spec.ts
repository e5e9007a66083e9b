/** Finding and replacing: what counts as the same, and that what is replaced is what was found. */
import type { Locator, Page } from "@playwright/test";
import { expect, test, type Stage, type Writer } from "./support/stage";

const text = (words: string, ...marks: string[]) => ({ type: "text", text: words, marks: marks.map((type) => ({ type })) });
const block = (type: string, ...content: unknown[]) => ({ type, content });
const paragraph = (...content: (string | object)[]) =>
  block("paragraph", ...content.map((part) => (typeof part === "string" ? text(part) : part)));
const note = (words: string) => block("footnote", text(words));

class Bar {
  readonly bar: Locator;
  constructor(readonly page: Page) {
    this.bar = page.getByRole("search", { name: "Find in the chapter" });
  }
  field = (name: string) => this.bar.getByRole("textbox", { name });
  way = (name: string) => this.bar.getByRole("checkbox", { name });
  /** How often it is there. */
  async count(words: string): Promise<number> {
    await this.field("Find").fill(words);
    const said = await this.bar.getByRole("status").textContent();
    return said === "Not found" ? 0 : Number(/ of (\d+)$/.exec(said!)![1]);
  }
}

async function opened(stage: Stage, content: unknown[], writable = true): Promise<{ ann: Writer; bar: Bar }> {
  const page = await stage.open(await stage.visitors());
  await stage.fill(page, content);
  const ann = await stage.enter("Ann", { page, writable });
  await expect(ann.text).toBeVisible();
  expect(await ann.exec("find")).toBe(true);
  return { ann, bar: new Bar(page) };
}

// A text, what is sought, and how often it is found: plainly, with Match case, and with Exact.
const cases: [string, string, number, number, number][] = [
  ["İstanbul and Ankara.", "ankara", 1, 0, 1],
  ["İİİ ankara", "ANKARA", 1, 0, 1],
  ["Don’t, don't and don‘t", "don't", 3, 2, 1],
  ["don't", "don’t", 1, 1, 0],
  ["„Ja“, “yes”, «oui», \"no\"", '"', 8, 8, 2],
  ["1914–1918, 1939—45, −5, co-op", "-", 4, 4, 1],
  ["10\u00a0km, 10\u202fkm, 10 km", "10 km", 3, 3, 1],
  ["wait… wait...", "...", 2, 2, 1],
  ["caf\u00e9 cafe\u0301 cafe", "caf\u00e9", 2, 2, 1],
  ["caf\u00e9 cafe\u0301 cafe", "cafe", 1, 1, 2],
  ["co\u00adope\u200brate cooperate", "cooperate", 2, 2, 1],
  ["Straße STRASSE strasse", "strasse", 3, 1, 3],
  ["Straße", "s", 1, 0, 1],
  ["Straße", "ß", 1, 1, 1],
  ["o\ufb03ce office", "office", 2, 2, 2],
  ["o\ufb03ce office", "fi", 1, 1, 1],
  ["ΟΔΥΣΣΕΥΣ Ὀδυσσεύς οδυσσευς", "οδυσσευς", 2, 1, 2],
  ["Iı İi", "i", 4, 1, 4],
  ["Ａｎｋａｒａ", "ankara", 1, 0, 0],
  ["한글 \u1112\u1161\u11ab\u1100\u1173\u11af", "한글", 2, 2, 1],
  ["\u{1f469}\u200d\u{1f469}\u200d\u{1f467} \u{1f469}", "\u{1f469}", 1, 1, 3],
  ["\u{1f44d}\u{1f3fd}\u{1f44d}", "\u{1f44d}", 1, 1, 2],
  ["aaaa", "aa", 2, 2, 2],
];

test("what a reader takes for the same is found, and Match case and Exact part it", async ({ stage }) => {
  const { ann } = await opened(stage, [paragraph("x")]);
  const found = await ann.page.evaluate(
    ([client, cases]) => {
      const bar = document.querySelector<HTMLElement>(".find-bar")!;
      const [field, cased, exact] = bar.querySelectorAll("input");
      const told = bar.querySelector("[role=status]")!;
      const asked = (words: string, ...on: HTMLInputElement[]) => {
        for (const box of [cased!, exact!]) {
          box.checked = on.includes(box);
          box.dispatchEvent(new Event("change"));
        }
        field!.value = words;
        field!.dispatchEvent(new Event("input"));
        return Number(/ of (\d+)$/.exec(told.textContent)?.[1] ?? 0);
      };
      return cases.map(([words, sought]) => {
        window.harness.fill(client, words);
        return [words, sought, asked(sought), asked(sought, cased!), asked(sought, exact!)];
      });
    },
    [ann.client, cases] as const,
  );
  expect(found).toEqual(cases);
});

test("what is replaced is what was found, wherever it stands", async ({ stage }) => {
  const cell = (words: string) => block("table_cell", paragraph(words));
  const { ann, bar } = await opened(stage, [
    paragraph("İstanbul, ", text("an", "strong"), text("ka", "emphasis"), "ra", note("İ: Ankara"), "."),
    paragraph("An", note("kept"), "kara"),
    block("table", block("table_row", cell("ankara"), cell("x"))),
    { type: "figure", attrs: { src: "/picture.png" }, content: [text("ANKARA")] },
    block("code_block", text("let ankara = 1;")),
    paragraph("An", { type: "hard_break" }, "kara, Ankara"),
  ]);
  expect(await bar.count("ankara")).toBe(7);
  // From its field, by key alone.
  await ann.page.keyboard.press("Enter");
  await expect(bar.bar.getByRole("status")).toHaveText("2 of 7");
  await expect(ann.text.locator(".footnote.open")).toContainText("İ: Ankara");
  await bar.field("Replace with").fill("Rome");
  await bar.bar.getByRole("button", { name: "Replace all" }).click();
  await expect(bar.bar.getByRole("status")).toHaveText("7 replaced");
  const html = await ann.html();
  expect(html).toContain('İstanbul, <strong>Rome</strong><span class="footnote"><span>İ: Rome</span></span>.');
  expect(html).toContain('<p dir="auto">Rome<span class="footnote"><span>kept</span></span></p>');
  expect(html).toContain("<figcaption dir=\"auto\">Rome</figcaption>");
  expect(html).toContain("let Rome = 1;");
  expect(html).toContain("An<br>kara, Rome");
  expect(await bar.count("an kara")).toBe(1);

  // Exact is on the way of Tab, and stays as it was while one comes and goes.
  await bar.field("Find").focus();
  while (!(await bar.way("Exact").evaluate((box) => box === document.activeElement))) await ann.page.keyboard.press("Tab");
  await ann.page.keyboard.press("Space");
  expect(await bar.count("an kara")).toBe(0);
  await ann.page.keyboard.press("Escape");
  expect(await ann.exec("find")).toBe(true);
  await expect(bar.way("Exact")).toBeChecked();
});

test("in a text that one only reads all is found and nothing is replaced", async ({ stage }) => {
  const { ann, bar } = await opened(stage, [paragraph("İstanbul and Ankara.")], false);
  expect(await bar.count("ankara")).toBe(1);
  await expect(ann.text.locator(".match.current")).toHaveText("Ankara");
  await expect(bar.bar.getByRole("button", { name: "Replace all" })).toBeDisabled();
});

test("a long chapter is searched in the time it takes to type", async ({ stage }) => {
  const sentence = "The quick brown fox — “don’t” — jumps over the İzmir dog and then goes home. ";
  const { ann, bar } = await opened(stage, Array.from({ length: 400 }, () => paragraph(sentence.repeat(10))));
  const spent = await ann.page.evaluate((sought) => {
    const field = document.querySelector<HTMLInputElement>(".find-bar input")!;
    const took = (words: string) => {
      const start = performance.now();
      field.value = words;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      return performance.now() - start;
    };
    return [took(sought), took(`${sought} dog`)];
  }, "izmir");
  console.log(`300,000 letters: read and searched in ${spent.map(Math.round).join(" and again in ")} ms`);
  expect(await bar.count("izmir dog")).toBe(4000);
  expect(Math.max(...spent)).toBeLessThan(2000);
});
