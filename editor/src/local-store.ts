/**
 * What is kept on this device until the server has acknowledged it, so that a tab that is closed, killed or runs out of
 * battery takes no words with it. Every change is put here at once. Where the browser gives no IndexedDB, it says so and
 * everything goes on in memory.
 */
import { asked, byOwner, opened, within, type Names, type Row } from "./device/database";
import { hear, Teller } from "./device/news";
import { Held, Ownership } from "./device/ownership";

export interface KeptUpdate {
  key: number;
  update: Uint8Array;
}

/** How many transactions put changes here side by side; what comes then gathers until one of them is done. */
const mostAtOnce = 8;
/** How long what is acknowledged may stay: it is removed in one go. */
const removeAfter = 500;

/** How long the text waits for what is kept here to be opened. Some browsers now and then never say whether it is. */
const openWithin = 3000;

export class LocalStore {
  /** Whether anything can be kept here. */
  works = true;
  /** What is to be done when it was opened only after everything had gone on without. */
  openedLate: () => void = () => {};
  private underWay = 0;
  private database: Promise<IDBDatabase | null>;
  private closed = false;
  private puts: { row: Row; kept: (key: number | null) => void }[] = [];
  private putting = 0;
  private outdated: number[] = [];
  private removeTimer: number | undefined;
  private readonly ownership: Ownership;
  private readonly teller = new Teller();
  private readonly deaf: () => void;

  constructor(
    private readonly document: string,
    private readonly person: string,
    /** What book and chapter are called: what waits is told by it, when both may be gone. */
    public names: Names,
    private readonly changed: () => void,
  ) {
    this.ownership = new Ownership(document, person);
    this.deaf = hear(() => void this.ownership.watchOthers());
    const opening = Promise.resolve()
      .then(opened)
      .catch(() => this.failed());
    this.database = this.inTime(opening);
  }

  private inTime(opening: Promise<IDBDatabase | null>): Promise<IDBDatabase | null> {
    return new Promise((resolve) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        resolve(this.failed());
      }, openWithin);
      void opening.then((database) => {
        clearTimeout(timer);
        resolve(database);
        if (late && database !== null) this.usedLate(database);
      });
    });
  }

  private usedLate(database: IDBDatabase): void {
    if (this.closed) {
      database.close();
      return;
    }
    this.database = Promise.resolve(database);
    this.works = true;
    this.openedLate();
    this.changed();
  }

  /**
   * Keeps an update; the key by which it is removed, or null where it could not be kept. It outlives tab and browser;
   * what is put here for every key has to outlive the device only once the system has written it, which it does within
   * seconds, or with "strict" at once.
   */
  put(update: Uint8Array, durability: "relaxed" | "strict" = "relaxed"): Promise<number | null> {
    const { document, person, names } = this;
    const row: Row = { document, person, update, names, editor: this.ownership.editor, since: Date.now() };
    const put = this.added(row, durability);
    this.underWay += 1;
    void put.then(() => {
      this.underWay -= 1;
      this.teller.changed();
      if (this.underWay === 0) this.changed();
    });
    return put;
  }

  private added(row: Row, durability: "relaxed" | "strict"): Promise<number | null> {
    if (durability === "strict") {
      return this.within("readwrite", async (updates) => (await asked(updates.add(row))) as number, null, durability);
    }
    return new Promise((kept) => {
      this.puts.push({ row, kept });
      if (this.putting < mostAtOnce) this.hurry();
    });
  }

  /**
   * Begins to put what still waits. A transaction that was begun goes on when the tab ends; what waits for one, or for
   * another's end, goes with the tab.
   */
  hurry(): void {
    const some = this.puts.splice(0);
    if (some.length === 0) return;
    this.putting += 1;
    const put = (updates: IDBObjectStore) => Promise.all(some.map(({ row }) => asked(updates.add(row))));
    void this.within<IDBValidKey[]>("readwrite", put, []).then((keys) => {
      this.putting -= 1;
      some.forEach(({ kept }, at) => kept((keys[at] as number | undefined) ?? null));
      this.hurry();
    });
  }

  remove(keys: number[]): Promise<void> {
    return this.within("readwrite", (updates) => Promise.all(keys.map((key) => asked(updates.delete(key)))), []).then(() =>
      this.teller.changed(),
    );
  }

  /** Removes what is of no use any more, with what follows. Found again by another tab it would do no harm. */
  removeSoon(keys: number[]): void {
    this.outdated.push(...keys);
    this.removeTimer ??= window.setTimeout(() => void this.removeOutdated(), removeAfter);
  }

  /**
   * Everything that editors which are gone left of this chapter and person, oldest first; nothing where that is another's
   * to send. Where the browser does not say in time, nothing either: what is written now must not wait for it.
   */
  left(): Promise<KeptUpdate[]> {
    const late = new Promise<KeptUpdate[]>((resolve) => setTimeout(() => resolve([]), openWithin));
    return Promise.race([this.leftHere(), late]);
  }

  private async leftHere(): Promise<KeptUpdate[]> {
    await this.ownership.known;
    if (!this.ownership.isKeeper) return [];
    // Before it is seen who lives: whoever ends after that is heard of.
    await this.ownership.watchOthers();
    const owner = IDBKeyRange.only([this.document, this.person]);
    const [held, kept] = await Promise.all([
      Held.now(),
      this.within(
        "readonly",
        async (updates) => {
          const index = updates.index(byOwner);
          const [keys, rows] = await Promise.all([asked(index.getAllKeys(owner)), asked(index.getAll(owner))]);
          return keys.map((key, at) => ({ key: key as number, row: rows[at] as Row }));
        },
        [],
      ),
    ]);
    const gone = kept.filter(({ row }) => row.editor !== this.ownership.editor && !held.lives(row));
    return gone.map(({ key, row }) => ({ key, update: row.update }));
  }

  /** Whether what is left of this chapter is this editor's to send. */
  get isKeeper(): boolean {
    return this.ownership.isKeeper;
  }

  /** What is to be done when there may be more left: it became that later, or another editor ended. */
  set moreIsLeft(act: () => void) {
    this.ownership.moreIsLeft = act;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.removeOutdated();
    (await this.database)?.close();
    // What is not with the server is another's to send from now on.
    this.ownership.release();
    this.deaf();
    this.teller.close();
  }

  /** Whether all that was put here outlives the tab. */
  get safe(): boolean {
    return this.works && this.underWay === 0;
  }

  private async removeOutdated(): Promise<void> {
    clearTimeout(this.removeTimer);
    this.removeTimer = undefined;
    const keys = this.outdated.splice(0);
    if (keys.length > 0) await this.remove(keys);
  }

  private async within<T>(
    mode: IDBTransactionMode,
    act: (updates: IDBObjectStore) => Promise<T>,
    otherwise: T,
    durability: IDBTransactionDurability = "relaxed",
  ): Promise<T> {
    const database = await this.database;
    if (database === null) return otherwise;
    try {
      const acted = (updates: IDBObjectStore) => {
        const result = act(updates);
        // Nothing is added later. Left to end by itself it would wait for this page once more, which may be gone.
        updates.transaction.commit();
        return result;
      };
      return await within(database, mode, acted, durability);
    } catch {
      this.failed();
      return otherwise;
    }
  }

  private failed(): null {
    this.works = false;
    this.changed();
    return null;
  }
}
