import type { Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { chapterOpen, stage } from "../support/stage";
import { expect, test } from "../support/test";

async function choose(page: Page, name: string, text: string | Buffer): Promise<void> {
  const buffer = typeof text === "string" ? Buffer.from(text) : text;
  await page.getByLabel("A Markdown file").setInputFiles({ name, mimeType: "text/markdown", buffer });
}

async function downloaded(page: Page): Promise<{ name: string; text: string }> {
  const download = page.waitForEvent("download");
  const menu = page.getByLabel("More about this chapter");
  if (await menu.isVisible()) await menu.click();
  await page.getByRole("link", { name: "Download as Markdown" }).click();
  const file = await download;
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

test("a Markdown file comes into a chapter while somebody else writes there, and goes out again", async ({
  ann,
  ben,
}) => {
  const { book, part } = await chapterOpen(ann, [ben]);
  await ben.chapter.type("Before it came.");
  await ben.chapter.isSaved();

  await ann.chapter.choose("Import Markdown…");
  const dialog = ann.page.getByRole("dialog", { name: "Import Markdown into this chapter" });
  await choose(ann.page, "tides.md", "# Tides\n\n## Ebb\n\n*Out* it goes[^1].\n\n[^1]: Twice a day.\n");
  await dialog.getByRole("button", { name: "Add the text" }).click();
  await expect(dialog).toBeHidden();
  for (const person of [ann, ben]) {
    await expect(person.chapter.text.getByRole("heading", { name: "Ebb" })).toBeVisible();
    await expect(person.chapter.blocks.first()).toHaveText("Before it came.");
  }

  await ben.chapter.typeIn(0, " And after.");
  await ben.chapter.isSaved();
  const { name, text } = await downloaded(ann.page);
  expect(name).toBe("Tides.md");
  expect(text).toBe(
    "# Tides\n\nBefore it came. And after.\n\n## Ebb\n\n*Out* it goes[^1].\n\n[^1]: Twice a day.\n",
  );

  await ann.history.open(book, part);
  await expect(ann.history.line(2)).toContainText("Imported from Markdown");
});

test("a file with headings becomes chapters, and the whole book one file", async ({ ann, ben }) => {
  const { book } = await stage(ann, [ben]);
  for (const person of [ann, ben]) await person.book.open(book);
  await ann.page.getByRole("button", { name: "Import…" }).click();
  const dialog = ann.page.getByRole("dialog", { name: "Import chapters from a file" });
  const head = "---\ntitle: The sea\nauthor: Ann\ndraft: 1957\n---\n";
  const buffer = Buffer.from(`${head}# Winds\n\nThey blow [on](on.md).\n\n# Waves\n\nThey break.\n`);
  await dialog.getByLabel("A book as a file").setInputFiles({ name: "sea.md", mimeType: "text/markdown", buffer });
  await expect(dialog.getByRole("checkbox", { name: "Winds" })).toBeChecked();
  await expect(dialog.getByLabel("How finely")).toContainText("2 chapters");
  await expect(dialog).toContainText("It is called “The sea”. By Ann.");
  await dialog.getByText("Left out: 1 × field at its head, 1 × link.").click();
  await expect(dialog.getByRole("listitem").filter({ hasText: "link: on.md" })).toBeVisible();
  await dialog.getByRole("checkbox", { name: "Call this book “The sea” too" }).check();
  await dialog.getByRole("button", { name: "Import 2 chapters" }).click();
  await expect(dialog).toBeHidden();
  await ben.contents.are("Winds", "Waves");
  await ann.page.reload();
  const { text } = await downloaded(ann.page);
  const chapter = "<!-- chapter -->\n\n##";
  expect(text).toBe(`# The sea\n\n${chapter} Winds\n\nThey blow on.\n\n${chapter} Waves\n\nThey break.\n`);
});

test("a file that cannot come in is refused in words, and changes nothing", async ({ ann }) => {
  await chapterOpen(ann, []);
  await ann.chapter.type("Here to stay.");
  await ann.chapter.isSaved();
  await ann.chapter.choose("Import Markdown…");
  const dialog = ann.page.getByRole("dialog", { name: "Import Markdown into this chapter" });
  for (const [file, words] of [
    [Buffer.from([0x47, 0x72, 0xfc, 0xdf, 0x65]), "not text in UTF-8"],
    [Buffer.alloc(1_000_001, "x"), "at most 1,000,000 bytes"],
    [" \n", "no text in this file"],
  ] as const) {
    await choose(ann.page, "bad.md", file);
    await expect(dialog.getByRole("alert")).toContainText(words);
    await expect(dialog.getByRole("button", { name: "Add the text" })).toBeDisabled();
  }
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(ann.chapter.text).toHaveText("Here to stay.");
});
