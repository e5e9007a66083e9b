import { hydrated } from "../support/hydrated";
import type { Person } from "../support/person";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

/** A book of two owners, who both have the page open on which it gets ready. */
async function twoOwners(ann: Person, ben: Person): Promise<string> {
  const { book } = await stage(ann, [], "Tides");
  await ann.does.letIn(book, ben, "owner");
  for (const { page, book: open } of [ann, ben]) {
    await page.goto(`/book/${book}/publish`);
    await hydrated(page);
    await open.isConnected();
  }
  return book;
}

const field = ({ page }: Person, name: string) => page.getByRole("textbox", { name, exact: true });
const keep = ({ page }: Person) => page.getByRole("button", { name: "Keep what the book says" }).click();
const note = ({ page }: Person, words: string) => page.getByRole("status").filter({ hasText: words });

test("the form of what the book says lives on however often another owner keeps it", async ({ ann, ben }) => {
  await twoOwners(ann, ben);
  for (const [at, subtitle] of ["Of water", "Of the moon", "Of both"].entries()) {
    await field(ann, "Subtitle").fill(subtitle);
    await field(ann, "Name").nth(at).fill(`Author ${at + 1}`);
    await keep(ann);
    await expect(field(ben, "Subtitle")).toHaveValue(subtitle);
    await expect(field(ben, "Name")).toHaveCount(at + 1);
    await expect(field(ben, "Name").nth(at)).toHaveValue(`Author ${at + 1}`);
    await ann.page.getByRole("button", { name: "Add a person" }).click();
  }
  // What came so can be changed and kept, and those who made it with it.
  await field(ben, "Name").nth(1).fill("Cleo");
  await ben.page.getByRole("combobox", { name: "What Cleo did" }).selectOption("Illustrator");
  await ben.page.getByRole("button", { name: "Remove Author 1" }).click();
  await keep(ben);
  await expect(field(ann, "Name").first()).toHaveValue("Cleo");
  await expect(ann.page.getByRole("combobox", { name: "What Cleo did" })).toHaveValue("ill");
  await ann.page.reload();
  await expect(field(ann, "Name")).toHaveCount(2);
});

test("two owners who keep one after the other wipe nothing of each other's, and are told where both wrote", async ({
  ann,
  ben,
}) => {
  const book = await twoOwners(ann, ben);
  await field(ann, "Subtitle").fill("Of water");
  await field(ben, "Publisher").fill("Quay");
  await keep(ann);
  await expect(field(ben, "Subtitle")).toHaveValue("Of water");
  await expect(field(ben, "Publisher")).toHaveValue("Quay");
  await keep(ben);
  await expect(field(ann, "Publisher")).toHaveValue("Quay");
  await expect(field(ann, "Subtitle")).toHaveValue("Of water");

  // Both in one field: what is typed stays, and it is said what is there by now.
  await field(ann, "Series").fill("Waters");
  await field(ben, "Series").fill("Skies");
  await keep(ben);
  await expect(note(ann, `${ben.name} kept “Skies” here meanwhile.`)).toBeVisible();
  await expect(field(ann, "Series")).toHaveValue("Waters");
  await keep(ann);
  await expect(field(ben, "Series")).toHaveValue("Waters");
  await expect(note(ann, "meanwhile")).toHaveCount(0);
  // Or theirs is taken.
  await field(ann, "Series").fill("Moons");
  await field(ben, "Series").fill("Suns");
  await keep(ben);
  await note(ann, "“Suns”").getByRole("button", { name: "Take theirs" }).click();
  await expect(field(ann, "Series")).toHaveValue("Suns");
  await expect(note(ann, "meanwhile")).toHaveCount(0);

  // The choices beside each other, at once.
  const box = ({ page }: Person, name: string) => page.getByRole("checkbox", { name });
  const anns = async () => {
    await box(ann, "The book as EPUB").click();
    await ann.page.getByRole("radio", { name: "Textbook" }).click();
  };
  const bens = async () => {
    await box(ben, "The book as DOCX").click();
    await box(ben, "Half title").click();
  };
  await Promise.all([anns(), bens()]);
  for (const person of [ann, ben]) {
    await expect(person.page.getByRole("radio", { name: "Textbook" })).toBeChecked();
    for (const name of ["The book as EPUB", "The book as DOCX", "Half title"]) {
      await expect(box(person, name)).toBeChecked();
    }
  }
  const { snapshot } = await ann.does.openBook(book);
  expect(snapshot.state).toMatchObject({
    metadata: { subtitle: "Of water", publisher: "Quay", series: "Suns" },
    publishing: { theme: "textbook", offers_epub: true, offers_docx: true, matter: { half_title: true } },
  });
});
