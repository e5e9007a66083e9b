/** What is written in one go: changes that follow each other, as many as the server takes at once. */
import * as Y from "yjs";

/** The largest update the server takes, in bytes. */
export const largestWrite = 1 << 20;

/** How many letters of a text go in one piece of an update that is cut. */
const inOnePiece = 1 << 14;

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

type Struct = ReturnType<typeof Y.decodeUpdate>["structs"][number];

/**
 * What one did here, in updates of which none is larger than the server takes: an undo may bring back a whole chapter.
 * Each builds only on those before it, for what is new in it is one client's, in order. What it removes goes last.
 */
export function cut(update: Uint8Array): Uint8Array[] {
  if (update.length <= largestWrite) return [update];
  const { structs, ds } = Y.decodeUpdate(update);
  if (new Set(structs.map(({ id }) => id.client)).size !== 1) return [update];
  const pieces: Struct[][] = [];
  let room = 0;
  for (const part of structs.flatMap(inParts)) {
    const { length } = encoded([part]);
    if (length > room) {
      pieces.push([]);
      room = largestWrite;
    }
    pieces.at(-1)!.push(part);
    room -= length;
  }
  const { id, length } = structs.at(-1)!;
  const all = Y.encodeStateVector(new Map([[id.client, id.clock + length]]));
  return [...pieces.map(encoded), ...(ds.clients.size > 0 ? [Y.diffUpdate(update, all)] : [])];
}

/** A long text in parts that follow each other, as if they had been written one after the other. */
function inParts(struct: Struct): Struct[] {
  if (!(struct instanceof Y.Item && struct.content instanceof Y.ContentString)) return [struct];
  const { id, origin, rightOrigin, parent, parentSub, content } = struct;
  const parts: Struct[] = [];
  for (let at = 0, end = 0; at < content.str.length; at = end) {
    end = at + inOnePiece;
    // Never half of a letter that Yjs counts as two.
    if (/[\ud800-\udbff]/.test(content.str.charAt(end - 1))) end += 1;
    const here = Y.createID(id.client, id.clock + at);
    const before = at > 0 ? Y.createID(id.client, here.clock - 1) : origin;
    const text = new Y.ContentString(content.str.slice(at, end));
    parts.push(new Y.Item(here, null, before, null, rightOrigin, parent, parentSub, text));
  }
  return parts;
}

/** An update of what one client wrote in a row, which removes nothing. */
function encoded(structs: Struct[]): Uint8Array {
  const { client, clock } = structs[0]!.id;
  const encoder = new Y.UpdateEncoderV1();
  for (const number of [1, structs.length, client, clock]) encoder.writeLen(number);
  for (const struct of structs) struct.write(encoder, 0);
  encoder.writeLen(0);
  return encoder.toUint8Array();
}
