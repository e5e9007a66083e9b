import { readFile } from "node:fs/promises";
import { Person } from "../support/person";
import { expect, test } from "../support/test";
import { packed } from "../support/zip";

const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

function page(body: string, title = ""): string {
  return `<?xml version="1.0"?><html xmlns:epub="x"><head><title>${title}</title></head><body>${body}</body></html>`;
}

/** A book of three chapters, two of them in a section. */
function epub(): Buffer {
  const item = (id: string, more = "") => `<item id="${id}" href="${id}.xhtml" media-type="application/xhtml+xml"${more}/>`;
  const ids = ["nav", "tides", "waves", "air"];
  return packed({
    mimetype: "application/epub+zip",
    "META-INF/container.xml": '<container><rootfiles><rootfile full-path="b/p.opf"/></rootfiles></container>',
    "b/p.opf": `<package><metadata><dc:title>Seas and winds</dc:title><dc:creator>Ada Reed</dc:creator>
      <dc:language>en</dc:language></metadata><manifest>${item("nav", ' properties="nav"')}${ids.slice(1).map((id) => item(id)).join("")}
      <item id="dot" href="dot.png" media-type="image/png"/></manifest>
      <spine>${ids.map((id) => `<itemref idref="${id}"/>`).join("")}</spine></package>`,
    "b/nav.xhtml": page(
      `<nav epub:type="toc"><ol><li><span>Water</span><ol><li><a href="tides.xhtml">Tides</a></li>
       <li><a href="waves.xhtml">Waves</a></li></ol></li><li><a href="air.xhtml">Air</a></li></ol></nav>`,
      "What is in it",
    ),
    "b/tides.xhtml": page(
      `<h1>Tides</h1><p>In<a epub:type="noteref" href="#n1">1</a> and <a href="air.xhtml">up</a>.</p>
       <figure><img src="dot.png" alt="A dot"/><figcaption>A very small one</figcaption></figure>
       <aside epub:type="footnote" id="n1"><p>Twice a day.</p></aside><script src="x"></script>`,
    ),
    "b/waves.xhtml": page("<h1>Waves</h1><p>They break.</p>"),
    "b/air.xhtml": page("<h1>Air</h1><p>It is thin.</p>"),
    "b/dot.png": PICTURE,
  });
}

test("a book comes in as a new one, without a chapter that is left out", async ({ ann }) => {
  await ann.page.goto("/shelf");
  await ann.page.getByRole("button", { name: "Import a book…" }).click();
  const dialog = ann.page.getByRole("dialog", { name: "Import a book from a file" });
  const file = { name: "seas.epub", mimeType: "application/epub+zip", buffer: epub() };
  await dialog.getByLabel("A book as a file").setInputFiles(file);
  await expect(dialog).toContainText("It is called “Seas and winds”. By Ada Reed. Its language: en.");
  await expect(dialog.getByLabel("Title of the new book")).toHaveValue("Seas and winds");
  await expect(dialog.getByText("Left out: 1 × element of HTML.")).toBeVisible();
  const box = (name: string | RegExp) => dialog.getByRole("checkbox", { name });
  await expect(box("Tides")).toBeChecked();
  await expect(box("What is in it")).not.toBeChecked();
  // With a section goes all that stands in it, and with a chapter comes what it stands in.
  await box("Water").uncheck();
  await expect(box("Waves")).not.toBeChecked();
  await box("Tides").check();
  await expect(box("Water")).toBeChecked();
  await box("Air").focus();
  await ann.page.keyboard.press("Space");
  await expect(box("Air")).not.toBeChecked();
  await box("Air").check();
  await dialog.getByRole("button", { name: "Import 2 chapters" }).click();
  await expect(dialog).toBeHidden();

  await ann.contents.are("Water", "Tides", "Air");
  await ann.page.getByRole("link", { name: "Tides" }).first().click();
  const { text } = ann.chapter;
  await expect(text.getByRole("img", { name: "A dot" })).toBeVisible();
  await expect(text).toContainText("A very small one");
  await expect(text.locator(".footnote")).toHaveText("Twice a day.");
  await expect(text.getByRole("link", { name: "up" })).toHaveAttribute("href", /^\/book\/\w+\/\w+$/);
});

test("what is no book is refused in words, and another file can be chosen", async ({ ann }) => {
  await ann.page.goto("/shelf");
  await ann.page.getByRole("button", { name: "Import a book…" }).click();
  const dialog = ann.page.getByRole("dialog", { name: "Import a book from a file" });
  ann.mayHear(/the server responded with a status of 400/i);
  const protectedBook = packed({
    "META-INF/container.xml": '<container><rootfile full-path="p.opf"/></container>',
    "META-INF/encryption.xml":
      '<e><EncryptedData><EncryptionMethod Algorithm="aes"/><CipherReference URI="a.xhtml"/></EncryptedData></e>',
  });
  for (const [buffer, words] of [
    [protectedBook, "protected by DRM"],
    [epub().subarray(0, 500), "damaged"],
  ] as const) {
    await dialog.getByLabel("A book as a file").setInputFiles({ name: "a.epub", mimeType: "application/epub+zip", buffer });
    await expect(dialog.getByRole("alert")).toContainText(words);
    await expect(dialog.getByRole("button", { name: "Import", exact: true })).toBeDisabled();
  }
  const file = { name: "seas.epub", mimeType: "application/epub+zip", buffer: epub() };
  await dialog.getByLabel("A book as a file").setInputFiles(file);
  await expect(dialog.getByRole("alert")).toBeHidden();
  await expect(dialog.getByRole("button", { name: "Import 3 chapters" })).toBeEnabled();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
});

/** A document of a word processor, of two chapters: a note in the first, a deletion that was proposed in the second. */
function docx(): Buffer {
  const style = (id: string, name: string) => `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/></w:style>`;
  const line = (text: string, style = "") =>
    `<w:p><w:pPr>${style && `<w:pStyle w:val="${style}"/>`}</w:pPr><w:r><w:t>${text}</w:t></w:r></w:p>`;
  const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const link = (id: string, name: string) => `<Relationship Id="${id}" Type="${kind}/${name}" Target="${name}.xml"/>`;
  return packed({
    "[Content_Types].xml": "<Types/>",
    "word/document.xml": `<w:document xmlns:w="w"><w:body>${line("Seas and winds", "Titel")}${line("Tidse", "berschrift1")}
      <w:p><w:r><w:t>In</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t> and out.</w:t></w:r></w:p>
      ${line("Air", "berschrift1")}<w:p><w:r><w:t>It is thin.</w:t></w:r><w:del><w:r><w:delText>Very.</w:delText></w:r></w:del></w:p>
      </w:body></w:document>`,
    "word/styles.xml": `<w:styles xmlns:w="w">${style("Titel", "Title")}${style("berschrift1", "heading 1")}</w:styles>`,
    "word/footnotes.xml": `<w:footnotes xmlns:w="w"><w:footnote w:id="2">${line("Twice a day.")}</w:footnote></w:footnotes>`,
    "word/_rels/document.xml.rels": `<Relationships>${link("a", "styles")}${link("b", "footnotes")}</Relationships>`,
  });
}

test("a document of a word processor comes in, a title is mended, and a reader takes the book along", async ({ ann, browser }) => {
  await ann.page.goto("/shelf");
  await ann.page.getByRole("button", { name: "Import a book…" }).click();
  const dialog = ann.page.getByRole("dialog", { name: "Import a book from a file" });
  const mimeType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  await dialog.getByLabel("A book as a file").setInputFiles({ name: "seas.docx", mimeType, buffer: docx() });
  await expect(dialog).toContainText("It is called “Seas and winds”.");
  await expect(dialog.getByText("Left out: 1 × proposed deletion, taken as accepted.")).toBeVisible();
  await dialog.getByRole("button", { name: "Import 2 chapters" }).click();
  await expect(dialog).toBeHidden();
  await ann.contents.are("Tidse", "Air");
  await ann.contents.rename("Tidse", "Tides");
  await ann.contents.are("Tides", "Air");

  const book = new URL(ann.page.url()).pathname.split("/")[2]!;
  await ann.page.getByRole("link", { name: "Publish" }).click();
  const download = ann.page.waitForEvent("download");
  await ann.page.getByRole("link", { name: "Download as DOCX" }).click();
  const taken = await readFile(await (await download).path());
  expect(taken.subarray(0, 2).toString()).toBe("PK");
  await ann.page.getByRole("checkbox", { name: "The book as EPUB" }).check();
  await ann.does.publish(book);

  const reader = await Person.guest(browser, { javaScriptEnabled: false });
  await expect
    .poll(async () => (await reader.context.request.get(`/book/${book}/book.epub`)).status())
    .toBe(200);
  await reader.page.goto(`/book/${book}`);
  await expect(reader.page.getByRole("link", { name: "Tides" }).first()).toBeVisible();
  await expect(reader.page.getByRole("link", { name: "Download as DOCX" })).toHaveCount(0);
  const theirs = reader.page.waitForEvent("download");
  await reader.page.getByRole("link", { name: "Download as EPUB" }).click();
  const epub = await readFile(await (await theirs).path());
  expect(epub.subarray(30, 58).toString()).toBe("mimetypeapplication/epub+zip");
  await reader.leave();
});
