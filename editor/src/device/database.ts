/** The browser's own database, in which what is written waits for the server. */

export interface Names {
  book: string;
  chapter: string;
}

export interface Row {
  document: string;
  person: string;
  update: Uint8Array;
  /** The editor that put it here, and sends it as long as it lives. Rows of earlier versions name none. */
  editor?: string;
  /** When, in milliseconds since 1970. */
  since?: number;
  /** What book and chapter were called. */
  names?: Names;
}

export const store = "updates";
export const byOwner = "by document and person";

export function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export async function opened(): Promise<IDBDatabase> {
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

/** What a transaction's requests bring, once it is complete. */
export async function within<T>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  act: (updates: IDBObjectStore) => Promise<T>,
  durability: IDBTransactionDurability = "relaxed",
): Promise<T> {
  const transaction = database.transaction(store, mode, { durability });
  const complete = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  const acted = act(transaction.objectStore(store));
  // Awaited together: a request that fails aborts its transaction, and neither may go unhandled.
  const [result] = await Promise.all([acted, complete]);
  return result;
}
