/**
 * What is kept on this device until the server has acknowledged it, so that a tab that is closed, killed or runs out of
 * battery takes no words with it. Every change is put here at once. Where the browser gives no IndexedDB, it says so and
 * everything goes on in memory.
 */

export interface KeptUpdate {
  key: number;
  update: Uint8Array;
}

interface Row {
  document: string;
  person: string;
  update: Uint8Array;
}

/** How many transactions put changes here side by side; what comes then gathers until one of them is done. */
const mostAtOnce = 8;
/** How long what is acknowledged may stay: it is removed in one go. */
const removeAfter = 500;

/** How long the text waits for what is kept here to be opened. Some browsers now and then never say whether it is. */
const openWithin = 3000;

const store = "updates";
const byOwner = "by document and person";

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open("sputnik-editor", 1);
  request.onupgradeneeded = () => {
    const updates = request.result.createObjectStore(store, { autoIncrement: true });
    updates.createIndex(byOwner, ["document", "person"]);
  };
  const database = await asked(request);
  // A newer version in another tab must not wait for this one.
  database.onversionchange = () => database.close();
  return database;
}

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

  constructor(
    private readonly document: string,
    private readonly person: string,
    private readonly changed: () => void,
  ) {
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
    const put = this.added({ document: this.document, person: this.person, update }, durability);
    this.underWay += 1;
    void put.then(() => {
      this.underWay -= 1;
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
    return this.within("readwrite", (updates) => Promise.all(keys.map((key) => asked(updates.delete(key)))), []).then(
      () => undefined,
    );
  }

  /** Removes what is of no use any more, with what follows. Found again by another tab it would do no harm. */
  removeSoon(keys: number[]): void {
    this.outdated.push(...keys);
    this.removeTimer ??= window.setTimeout(() => void this.removeOutdated(), removeAfter);
  }

  /** Everything kept for this chapter and person, oldest first. */
  all(): Promise<KeptUpdate[]> {
    const owner = IDBKeyRange.only([this.document, this.person]);
    return this.within(
      "readonly",
      async (updates) => {
        const index = updates.index(byOwner);
        const [keys, rows] = await Promise.all([asked(index.getAllKeys(owner)), asked(index.getAll(owner))]);
        return keys.map((key, at) => ({ key: key as number, update: (rows[at] as Row).update }));
      },
      [],
    );
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.removeOutdated();
    (await this.database)?.close();
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
      const transaction = database.transaction(store, mode, { durability });
      const complete = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
      const acted = act(transaction.objectStore(store));
      // Nothing is added to it later. Left to end by itself it would wait for this page once more, which may be gone.
      transaction.commit();
      // Awaited together: a request that fails aborts its transaction, and neither may go unhandled.
      const [result] = await Promise.all([acted, complete]);
      return result;
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
