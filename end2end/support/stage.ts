import { unique, type Person } from "./person";

export interface Stage {
  book: string;
  title: string;
  /** The ids of the chapters, by title. */
  chapters: Record<string, string>;
}

/** A book of the first person's, with others as editors, and chapters. */
export async function stage(owner: Person, editors: Person[], ...chapters: string[]): Promise<Stage> {
  const title = unique("The sea");
  const book = await owner.does.createBook(title);
  for (const editor of editors) await owner.does.letIn(book, editor, "editor");
  const ids: Record<string, string> = {};
  for (const chapter of chapters) ids[chapter] = await owner.does.addChapter(book, chapter);
  return { book, title, chapters: ids };
}

/** The same with one chapter, which all of them have open. */
export async function chapterOpen(
  owner: Person,
  editors: Person[],
): Promise<{ book: string; part: string; title: string }> {
  const { book, title, chapters } = await stage(owner, editors, "Tides");
  const part = chapters["Tides"]!;
  for (const person of [owner, ...editors]) await person.book.open(book, part);
  return { book, part, title };
}
