/** What is kept on this device for a person, of any chapter of any book: listed, watched, and let go. */
import { forgetDocument } from "./chapters";
import { asked, byOwner, opened, within, type Names, type Row } from "./database";
import { hear, Teller, type Unsendable } from "./news";
import { Held } from "./ownership";

export interface KeptChapter {
  /** `book/part`. */
  document: string;
  /** What both were called; empty where that is not known. */
  names: Names;
  /** Whether an editor, in whatever tab, has the chapter open and sends it itself. */
  open: boolean;
}

/** What an open editor has put here for so short a time is on its way, and nothing to speak of. */
const onItsWay = 2000;

/** The oldest of each chapter, and whether some of it is so young that it is not told yet. */
async function list(database: IDBDatabase, person: string): Promise<{ kept: KeptChapter[]; young: boolean }> {
  const oldest = await within(database, "readonly", async (updates) => {
    const index = updates.index(byOwner);
    const mine = (await keysOf(index)).filter(([, owner]) => owner === person);
    return Promise.all(mine.map((key) => asked(index.get(key)) as Promise<Row>));
  });
  const held = await Held.now();
  const now = Date.now();
  const waits = (row: Row) => !held.lives(row) || now - (row.since ?? 0) > onItsWay;
  const kept = oldest.filter(waits).map(({ document, names }) => ({
    document,
    names: names ?? { book: "", chapter: "" },
    open: held.isKept(document, person),
  }));
  return { kept, young: kept.length < oldest.length };
}

function keysOf(index: IDBIndex): Promise<[string, string][]> {
  return new Promise((resolve, reject) => {
    const keys: [string, string][] = [];
    const request = index.openKeyCursor(null, "nextunique");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      if (cursor === null) return resolve(keys);
      keys.push(cursor.key as [string, string]);
      cursor.continue();
    };
  });
}

/** Tells what is kept, now and whenever that changes, in whatever tab; and what cannot be sent, as another tab found. */
export function watch(
  person: string,
  changed: (kept: KeptChapter[]) => void,
  unsendable: (found: Unsendable) => void,
): void {
  let looking = false;
  let again = false;
  let later: number | undefined;
  const database = opened();
  async function look(): Promise<void> {
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    clearTimeout(later);
    try {
      const { kept, young } = await list(await database, person);
      changed(kept);
      // An editor that ends with its tab tells nobody.
      const mayEnd = kept.some(({ open }) => open);
      if (young || mayEnd) later = window.setTimeout(() => void look(), onItsWay);
    } catch {
      // Where the browser gives no room, nothing is kept.
    }
    looking = false;
    if (again) {
      again = false;
      void look();
    }
  }
  hear((news) => {
    if ("changed" in news) void look();
    else if (news.unsendable.person === person) unsendable(news.unsendable);
  });
  // What was told while this tab slept was not heard.
  document.addEventListener("visibilitychange", () => void look());
  void look();
}

/** Forgets all that is kept of a chapter and that no living editor sends. */
export async function letGo(document: string, person: string): Promise<void> {
  const database = await opened();
  const held = await Held.now();
  await within(database, "readwrite", async (updates) => {
    const index = updates.index(byOwner);
    const owner = IDBKeyRange.only([document, person]);
    const [keys, rows] = await Promise.all([asked(index.getAllKeys(owner)), asked(index.getAll(owner))]);
    const left = keys.filter((_, at) => !held.lives(rows[at] as Row));
    await Promise.all(left.map((key) => asked(updates.delete(key))));
  });
  database.close();
  // It is in there too.
  await forgetDocument(document);
  new Teller().close();
}
