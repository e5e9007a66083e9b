/** What is written in one go: changes that follow each other, as many as the server takes at once. */
import * as Y from "yjs";

/** The largest update the server takes, in bytes. */
export const largestWrite = 1 << 20;

export interface Batch {
  update: Uint8Array;
  /** How many changes of the person are in it. */
  changes: number;
  /** Where it is kept on this device. */
  keys: Promise<number | null>[];
}

export const count = (batches: Batch[]) => batches.reduce((sum, batch) => sum + batch.changes, 0);

export async function keysOf(batches: Batch[]): Promise<number[]> {
  const keys = await Promise.all(batches.flatMap((batch) => batch.keys));
  return keys.filter((key) => key !== null);
}

/** Neighbours together, as many as one write may hold. */
export function grouped(batches: Batch[], most = Infinity): Batch[][] {
  const groups: Batch[][] = [];
  let room = 0;
  for (const batch of batches) {
    const { length } = batch.update;
    let group = groups.at(-1);
    if (group === undefined || length > room || group.length === most) {
      groups.push((group = []));
      room = largestWrite;
    }
    group.push(batch);
    room -= length;
  }
  return groups;
}

/** One in place of several. It is never larger than they are together. */
export function merged(batches: Batch[]): Batch {
  if (batches.length === 1) return batches[0]!;
  return {
    update: Y.mergeUpdates(batches.map((batch) => batch.update)),
    changes: count(batches),
    keys: batches.flatMap((batch) => batch.keys),
  };
}
