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
