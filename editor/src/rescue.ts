/**
 * Words that would go down with the block they were written in.
 *
 * In a Yjs document nothing moves: who makes a paragraph a list item, joins it to another or turns it into a heading
 * removes it and writes a copy elsewhere. What somebody else wrote in it meanwhile is in no copy and would be gone,
 * though nobody removed it. It can be told from what was removed: an update names every character it removes, and these
 * it does not name. They are written again, where the copy is.
 *
 * Exactly one side does it. Who wrote the words does, on learning that the block is gone. But if who removed the block
 * learns of the words before having sent the removal, the words go along with it, and the writer finds them there.
 */
import * as Y from "yjs";

type Update = ReturnType<typeof Y.decodeUpdate>;

export interface Lost {
  text: string;
  /** The text around, without what was lost, and where in it that stood. */
  around: string;
  offset: number;
  /** The top-level block in which it all was. */
  top: Y.ID | null;
}

/** A text that was removed with its block, and that nobody else knows of yet. */
interface Grave {
  id: Y.ID;
  around: string;
  top: Y.ID | null;
  /** Which characters stood where. */
  pieces: { id: Y.ID; length: number; offset: number }[];
}

const same = (one: Y.ID, other: Y.ID) => one.client === other.client && one.clock === other.clock;

/** The top-level block around a text, although it is removed. */
function topOf(text: Y.XmlText): Y.ID | null {
  let item = text._item;
  while (item !== null) {
    const above: Y.Item | null = (item.parent as Y.AbstractType<unknown> | null)?._item ?? null;
    if (above === null) return item.id;
    item = above;
  }
  return null;
}

function removedTexts(transaction: Y.Transaction): Y.XmlText[] {
  const texts: Y.XmlText[] = [];
  Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
    if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentType)) return;
    if (struct.content.type instanceof Y.XmlText) texts.push(struct.content.type);
  });
  return texts;
}

/** The characters a text had until this transaction. */
function lastWords(text: Y.XmlText, transaction: Y.Transaction): { item: Y.Item; words: string }[] {
  const found: { item: Y.Item; words: string }[] = [];
  for (let item = text._start; item !== null; item = item.right) {
    if (item.content instanceof Y.ContentString && Y.isDeleted(transaction.deleteSet, item.id)) {
      found.push({ item, words: item.content.str });
    }
  }
  return found;
}

export class Rescue {
  /** Writes lost words again; there is nobody to do it until the text is shown. */
  put: ((lost: Lost) => void) | null = null;
  /** Removed here and not sent yet. */
  private graves: Grave[] = [];
  /** Removed here and on the way to the server. */
  private sent: Grave[] = [];
  /** Whose words are ours to put back: this tab's, and those of gone tabs whose words it brings. */
  private readonly ours: Set<number>;
  private incoming: Update | null = null;
  private found: Lost[] = [];

  constructor(private readonly doc: Y.Doc) {
    this.ours = new Set([doc.clientID]);
    doc.on("afterTransaction", this.after);
  }

  /** What was removed until now is being written. */
  sending(): void {
    this.sent.push(...this.graves.splice(0));
  }

  arrived(): void {
    this.sent = [];
  }

  /** It did not arrive, or nobody knows. */
  failed(): void {
    this.graves.unshift(...this.sent.splice(0));
  }

  /** What a tab that is gone had written is brought by this one. */
  inherit(update: Uint8Array): void {
    for (const client of Y.parseUpdateMeta(update).to.keys()) this.ours.add(client);
  }

  /** Applies an update from outside, and what it lost is put back. */
  apply(update: Uint8Array, origin: unknown): void {
    const mayLose = this.graves.length > 0 || [...this.ours].some((client) => this.has(client)) || this.ours.size > 1;
    this.incoming = mayLose ? Y.decodeUpdate(update) : null;
    const before = new Map(this.incoming?.structs.map(({ id }) => [id.client, Y.getState(this.doc.store, id.client)]));
    Y.applyUpdate(this.doc, update, origin);
    if (this.incoming !== null) this.found.push(...this.deadOnArrival(this.incoming, before));
    this.incoming = null;
    this.putFound();
  }

  private has(client: number): boolean {
    return Y.getState(this.doc.store, client) > 0;
  }

  private putFound(): void {
    for (const lost of this.found.splice(0)) this.put?.(lost);
  }

  private readonly after = (transaction: Y.Transaction) => {
    if (transaction.deleteSet.clients.size === 0) return;
    if (transaction.local) this.bury(transaction);
    else if (this.incoming !== null && [...this.ours].some((client) => transaction.deleteSet.clients.has(client))) {
      this.found.push(...this.goneDown(transaction, this.incoming));
    }
  };

  private bury(transaction: Y.Transaction): void {
    for (const text of removedTexts(transaction)) {
      const grave: Grave = { id: text._item!.id, around: "", top: topOf(text), pieces: [] };
      for (const { item, words } of lastWords(text, transaction)) {
        grave.pieces.push({ id: item.id, length: item.length, offset: grave.around.length });
        grave.around += words;
      }
      this.graves.push(grave);
    }
  }

  /** What we wrote in a block that somebody removed without knowing of it. */
  private goneDown(transaction: Y.Transaction, incoming: Update): Lost[] {
    const lost: Lost[] = [];
    const unnamed = (item: Y.Item) => this.ours.has(item.id.client) && !Y.isDeleted(incoming.ds, item.id);
    for (const text of removedTexts(transaction)) {
      const words = lastWords(text, transaction);
      if (!words.some(({ item }) => unnamed(item))) continue;
      let around = "";
      const pieces: { text: string; offset: number }[] = [];
      for (const { item, words: piece } of words) {
        const last = pieces.at(-1);
        if (!unnamed(item)) around += piece;
        else if (last?.offset === around.length) last.text += piece;
        else pieces.push({ text: piece, offset: around.length });
      }
      for (const piece of pieces) {
        if (!cameAlong(piece, around, incoming)) lost.push({ ...piece, around, top: topOf(text) });
      }
    }
    // From the end, so that the places before stay true.
    return lost.reverse();
  }

  /** What others wrote in a block that we have removed and nobody knows it yet; and what gone tabs of ours wrote. */
  private deadOnArrival(incoming: Update, before: Map<number, number>): Lost[] {
    const lost: (Lost & { last: Y.ID })[] = [];
    for (const item of this.dead(incoming, before)) {
      const text = (item.content as Y.ContentString).str;
      const last = Y.createID(item.id.client, item.id.clock + item.length - 1);
      const follows = item.origin && lost.find((words) => same(words.last, item.origin!));
      const place = this.placeOf(item);
      if (follows) {
        follows.text += text;
        follows.last = last;
      } else if (place) {
        lost.push({ text, around: place.grave.around, offset: place.offset, top: place.grave.top, last });
      } else if (this.ours.has(item.id.client)) {
        lost.push({ text, around: "", offset: 0, top: null, last });
      }
    }
    return lost.sort((one, other) => other.offset - one.offset);
  }

  /** Characters that are new with an update, that it does not remove itself, and that are nowhere in the text. */
  private dead(incoming: Update, before: Map<number, number>): Y.Item[] {
    return incoming.structs.filter((struct): struct is Y.Item => {
      if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) return false;
      const { id } = struct;
      if (id.clock < (before.get(id.client) ?? 0) || Y.getState(this.doc.store, id.client) <= id.clock) return false;
      return !Y.isDeleted(incoming.ds, id) && Y.getItem(this.doc.store, id).deleted;
    });
  }

  private placeOf(item: Y.Item): { grave: Grave; offset: number } | null {
    for (const grave of this.graves) {
      for (const { id, length, offset } of grave.pieces) {
        const within = (other: Y.ID | null) =>
          other !== null && other.client === id.client && other.clock >= id.clock && other.clock < id.clock + length;
        if (within(item.origin)) return { grave, offset: offset + item.origin!.clock - id.clock + 1 };
        if (within(item.rightOrigin)) return { grave, offset: offset + item.rightOrigin!.clock - id.clock };
      }
      const parent = item.parent as unknown;
      if (parent instanceof Y.ID && same(parent, grave.id)) return { grave, offset: 0 };
    }
    return null;
  }
}

/** Whether whoever removed the block sent our words along: alone, or at the end of the copy. */
function cameAlong({ text, offset }: { text: string; offset: number }, around: string, incoming: Update): boolean {
  const atEnd = around.slice(Math.max(0, offset - 20), offset) + text;
  return incoming.structs.some((struct) => {
    if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) return false;
    const { str } = struct.content;
    return str === text || (atEnd.length > text.length && str.endsWith(atEnd));
  });
}
