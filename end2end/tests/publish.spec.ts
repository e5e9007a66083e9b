import AxeBuilder from "@axe-core/playwright";
import { readFile } from "node:fs/promises";
import { hydrated } from "../support/hydrated";
import { Person } from "../support/person";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

/** A PNG of one pixel. */
const DOT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCB3UNq9AAAAABJRU5ErkJggg==",
  "base64",
);

test("a writer says what the book is, looks it over, mends it, and a reader without an account takes it along", async ({
  ann,
  ben,
  browser,
}) => {
  const { book, title, chapters } = await stage(ann, [ben], "Tides", "Winds");
  const markdown = "The moon pulls.\n\n[gone](/book/nowhere)\n";
  await ann.does.send("import_chapter", { book, part: chapters["Tides"]!, markdown, how: "replace" });
  await ben.book.open(book);

  await ann.book.open(book);
  await ann.page.getByRole("link", { name: "Publish" }).click();
  const page = ann.page;
  await expect(page.getByRole("heading", { name: "Publish", level: 1 })).toBeVisible();
  const status = page.getByRole("status").filter({ hasText: "to look at" });
  await expect(status).toHaveText("2 places to look at.");

  // All that is wrong at once, beside its field.
  await page.getByRole("textbox", { name: "Subtitle" }).fill("And why");
  await page.getByRole("textbox", { name: "Name" }).fill("Ann Ebb");
  await page.getByRole("button", { name: "Add a person" }).click();
  await page.getByRole("textbox", { name: "Name" }).nth(1).fill("Cleo");
  await page.getByRole("combobox", { name: "What Cleo did" }).selectOption("Illustrator");
  await page.getByRole("textbox", { name: "ISBN" }).fill("978-3-16-148410-1");
  await page.getByRole("textbox", { name: "Published" }).fill("soon");
  const language = page.getByRole("combobox", { name: "Language" });
  await language.fill("english, mostly");
  await page.getByRole("textbox", { name: "Description" }).fill("Of the sea.\n\nAnd of ships.");
  await page.getByRole("button", { name: "Keep what the book says" }).click();
  await expect(page.getByRole("alert")).toHaveCount(3);
  await expect(language).toBeFocused();
  await expect(page.getByRole("textbox", { name: "ISBN" })).toHaveAccessibleDescription(/last digit does not fit/);
  await language.fill("en");
  await page.getByRole("textbox", { name: "ISBN" }).fill("978-3-16-148410-0");
  await page.getByRole("textbox", { name: "Published" }).fill("2026-11");
  await page.getByRole("button", { name: "Keep what the book says" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("textbox", { name: "ISBN" })).toHaveValue("9783161484100");
  // Whoever has the book's page open sees it.
  await expect(ben.page.getByText("by Ann Ebb")).toBeVisible();
  await expect(ben.page.getByText("And of ships.")).toBeVisible();

  await page.getByLabel("A picture: JPEG or PNG").setInputFiles({ name: "c.png", mimeType: "image/png", buffer: DOT });
  await expect(page.getByRole("img", { name: `Cover: ${title}` })).toBeVisible();
  await expect(ben.page.getByRole("img", { name: `Cover: ${title}` })).toBeVisible();

  // A place that is to be looked at is one click away.
  const line = page.getByRole("listitem").filter({ hasText: "“gone”" });
  await line.getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`/book/${book}/${chapters["Tides"]}`));
  await ann.does.send("import_chapter", { book, part: chapters["Tides"]!, markdown: "The moon pulls.", how: "replace" });
  await ann.does.send("import_chapter", { book, part: chapters["Winds"]!, markdown: "They blow.", how: "replace" });
  await page.goto(`/book/${book}/publish`);
  await hydrated(page);
  await expect(page.getByText("Nothing to stumble over was found in the text.").first()).toBeVisible();

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download as EPUB" }).click();
  const epub = await readFile(await (await download).path());
  expect(epub.subarray(30, 58).toString()).toBe("mimetypeapplication/epub+zip");

  // A private book is nobody's; public, it offers what its owner offers.
  const reader = await Person.guest(browser, { javaScriptEnabled: false });
  await ann.does.publish(book);
  await reader.page.goto(`/book/${book}`);
  await expect(reader.page.getByRole("heading", { name: title, level: 1 })).toBeVisible();
  await expect(reader.page.getByRole("link", { name: "Download as EPUB" })).toHaveCount(0);
  expect((await reader.context.request.get(`/book/${book}/book.epub`)).status()).toBe(403);
  await page.getByRole("checkbox", { name: "The book as EPUB" }).check();
  await expect
    .poll(async () => (await reader.context.request.get(`/book/${book}/book.epub`)).status())
    .toBe(200);
  await reader.page.reload();
  const taken = reader.page.waitForEvent("download");
  await reader.page.getByRole("link", { name: "Download as EPUB" }).click();
  const theirs = await readFile(await (await taken).path());
  expect(theirs.subarray(30, 58)).toEqual(epub.subarray(30, 58));

  // What programs read of it.
  const data = JSON.parse((await reader.page.locator('script[type="application/ld+json"]').textContent())!);
  expect(data).toMatchObject({ "@type": "Book", name: title, isbn: "9783161484100", author: [{ name: "Ann Ebb" }] });
  await expect(reader.page.locator('meta[name="robots"]')).toHaveAttribute("content", "noindex");
  await page.getByRole("checkbox", { name: "Search engines may list it" }).check();
  await expect(async () => {
    await reader.page.reload();
    await expect(reader.page.locator('meta[name="robots"]')).toHaveAttribute("content", "index, follow", { timeout: 500 });
  }).toPass();
  await reader.leave();
});

test("a writer chooses what stands around the text and looks at the book before it is made", async ({ ann, ben }) => {
  const { book, title, chapters } = await stage(ann, [ben], "Foreword", "Tides");
  await ann.does.send("import_chapter", { book, part: chapters["Foreword"]!, markdown: "Read on.", how: "replace" });
  const markdown = `The moon pulls. See [the beginning](/book/${book}/${chapters["Foreword"]}?show=title), [w](https://w.example).`;
  await ann.does.send("import_chapter", { book, part: chapters["Tides"]!, markdown, how: "replace" });
  await ann.page.goto(`/book/${book}/publish`);
  await hydrated(ann.page);
  const page = ann.page;

  await page.getByRole("textbox", { name: "Dedication" }).fill("For Ben,\nwho waits.");
  await page.getByRole("button", { name: "Keep what the book says" }).click();
  await page.getByRole("checkbox", { name: "Half title" }).check();
  await page.getByRole("combobox", { name: "Numbers of chapters" }).selectOption("Part I, Chapter 1");
  await page.getByText("Which chapters have none").click();
  await page.getByRole("checkbox", { name: "Foreword" }).check();

  await page.getByRole("button", { name: "Show the preview" }).click();
  const frame = page.frameLocator("iframe[title='Preview of the book']");
  await expect(frame.getByRole("heading", { name: title, level: 1 })).toBeVisible();
  const place = page.getByRole("combobox", { name: "Place in the book" });
  await place.selectOption("Dedication");
  await expect(frame.getByText("For Ben,")).toBeVisible();
  await place.selectOption("Foreword");
  await expect(frame.getByRole("heading", { name: "Foreword", level: 1 })).toBeVisible();
  await expect(frame.getByText("Chapter 1")).toHaveCount(0);
  // By keyboard to the next page, which has the number that the first has not.
  await page.getByRole("button", { name: "Next" }).focus();
  await page.keyboard.press("Enter");
  await expect(frame.getByRole("heading", { name: "Chapter 1 Tides", level: 1 })).toBeVisible();
  await expect(place.locator("option:checked")).toHaveText("Tides");
  await expect(page.getByRole("button", { name: "Next" })).toBeDisabled();
  // A link within the book leads there, and the page knows.
  await frame.getByRole("link", { name: "Foreword" }).click();
  await expect(place.locator("option:checked")).toHaveText("Foreword");

  // Another look, without choosing it for the book.
  const face = () => frame.locator("body").evaluate((body) => getComputedStyle(body).fontFamily);
  const novel = await face();
  await page.getByRole("combobox", { name: "In the look" }).selectOption("Textbook");
  await expect.poll(face).not.toBe(novel);
  await expect(page.getByRole("radio", { name: "Novel" })).toBeChecked();

  // Who sees it on a phone sees all of it, and nothing in the frame runs.
  await page.setViewportSize({ width: 390, height: 800 });
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
  expect(await wide()).toBeLessThanOrEqual(390);
  await expect(page.locator("iframe")).toHaveAttribute("sandbox", "allow-same-origin allow-popups");
  // Nothing runs in the frame, the checker neither.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().exclude("iframe").analyze();
  expect(violations.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);

  // Renamed by somebody else, a link says the new title when it is shown anew.
  await ann.does.send("rename_part", { book, part: chapters["Foreword"]!, title: "Before the sea" });
  await place.selectOption("Tides");
  await page.getByRole("button", { name: "Show it anew" }).click();
  await expect(frame.getByRole("link", { name: "Before the sea" })).toBeVisible();
});

test("the page of one who only reads says what it is for, and that of an editor lets them look and take along", async ({
  ann,
  ben,
}) => {
  const { book } = await stage(ann, [ben], "Tides");
  await ben.page.goto(`/book/${book}/publish`);
  await hydrated(ben.page);
  await expect(ben.page.getByRole("status").filter({ hasText: "1 place to look at." })).toBeVisible();
  await expect(ben.page.getByRole("link", { name: "Download as EPUB" })).toBeVisible();
  await expect(ben.page.getByRole("textbox", { name: "ISBN" })).toHaveCount(0);
  const { violations } = await new AxeBuilder({ page: ben.page }).analyze();
  expect(violations.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);
  await ann.does.setMember(book, ben.name, "reader");
  await expect(ben.page.getByText("Those who write this book get it ready here.")).toBeVisible();
});

test("one asks for a file, the other sees it come, and both fetch it; a named version has the text of then", async ({
  ann,
  ben,
}) => {
  const { book, title, chapters } = await stage(ann, [ben], "Tides");
  const part = chapters["Tides"]!;
  const bring = (markdown: string) => ann.does.send("import_chapter", { book, part, markdown, how: "replace" });
  await bring("The moon pulls.");
  await ann.does.send("name_book_version", { book, name: "First draft" });
  await bring("The moon lets go.");
  for (const person of [ann, ben]) {
    await person.page.goto(`/book/${book}/publish`);
    await hydrated(person.page);
  }
  const files = (person: Person) => person.page.getByRole("region", { name: "Exports" });
  await expect(files(ben).getByText("Nobody has asked for a file yet.")).toBeVisible();

  // By keyboard alone.
  const format = files(ann).getByRole("combobox", { name: "Format" });
  await format.focus();
  await ann.page.keyboard.press("h");
  await expect(format).toHaveValue("html");
  const version = files(ann).getByRole("combobox", { name: "Version" });
  await expect(version.getByRole("option")).toHaveCount(2);
  await version.selectOption({ index: 1 });
  await files(ann).getByRole("button", { name: "Make the file" }).focus();
  await ann.page.keyboard.press("Enter");

  const called = "HTML page, “First draft”";
  for (const person of [ann, ben]) {
    const line = files(person).getByRole("listitem").filter({ hasText: called });
    await expect(line).toContainText(`asked for by ${person === ann ? "you" : ann.name}`);
    const download = person.page.waitForEvent("download");
    await line.getByRole("link", { name: `Download ${called}` }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`${title}, First draft.html`);
    const text = await readFile(await file.path(), "utf8");
    expect(text).toContain("The moon pulls.");
    expect(text).not.toContain("lets go");
  }
  const { violations } = await new AxeBuilder({ page: ann.page }).include(".exports").analyze();
  expect(violations).toEqual([]);

  // The other throws it away, and it is gone for both.
  await files(ben).getByRole("button", { name: `Delete ${called}` }).click();
  const asked = ben.page.getByRole("dialog", { name: `Delete ${called}?` });
  await asked.getByRole("button", { name: "Delete" }).click();
  for (const person of [ann, ben]) {
    await expect(files(person).getByText("Nobody has asked for a file yet.")).toBeVisible();
  }
  await expect(files(ben).getByRole("heading", { name: "Exports" })).toBeFocused();
});
