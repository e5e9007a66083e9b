/**
 * Words that would go down with the block they were written in.
 *
 * In a Yjs document nothing moves: who makes a paragraph a list item, joins it to another or turns it into a heading
 * removes it and writes a copy elsewhere. What somebody else wrote in it meanwhile is in no copy and would be gone,
 * though nobody removed it. It can be told from what was removed: an update names every character it removes, and these
 * it does not name. They are written again, where the copy is.
 *
 * One side does it. Who wrote the words does, on learning that the block is gone. But if who removed the block learns of
 * the words before having sent the removal, the words go along with it, and the writer finds them there. Where that
 * cannot be told, as when the removal waits in more than one write, both may: words that stand twice are not lost.
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
  /** Whoever removed the block may have known the words: they are put back only if the copy has not got them. */
  unsure: boolean;
  /** Whether the caret stood in their block: it goes on behind them. */
  holdsCaret: boolean;
}

/** A text or an element that was removed with its block, and that nobody else knows of yet. */
interface Grave {
  id: Y.ID;
  around: string;
  top: Y.ID | null;
  /** What stood where; what had been removed from it before is there too, since words may have been written beside it. */
  pieces: { id: Y.ID; length: number; offset: number; seen: boolean }[];
}

/** Characters of one item that follow each other, or an element. */
interface Run {
  id: Y.ID;
  length: number;
  /** Empty for what is no text. */
  text: string;
  origin: Y.ID | null;
  rightOrigin: Y.ID | null;
  parent: unknown;
}

/** Words of a removed text, and whether whoever removed it knew them. */
interface Part {
  text: string;
  holds: "known" | "unknown" | "unsure";
}

/** How long a word may be under way to the others, and how many writings are remembered to know which were. */
const onTheWay = 5000;
const mostRemembered = 2000;

/** Over how much that came with a word it is looked for what it was written beside. */
const farthest = 500;

/** So few letters in a row may stand anywhere: that they do tells nothing. */
export const few = 8;

const same = (one: Y.ID, other: Y.ID) => one.client === other.client && one.clock === other.clock;

/** Whether something that is so long and begins with one character has another. */
const holds = (first: Y.ID, length: number, { client, clock }: Y.ID) =>
  first.client === client && clock >= first.clock && clock < first.clock + length;

/** The top-level block around a text, although it is removed. */
function topOf(text: Y.XmlText | Y.XmlFragment): Y.ID | null {
  let item = text._item;
  while (item !== null) {
    const above: Y.Item | null = (item.parent as Y.AbstractType<unknown> | null)?._item ?? null;
    if (above === null) return item.id;
    item = above;
  }
  return null;
}

function removedTypes(transaction: Y.Transaction): Y.XmlFragment[] {
  const types: Y.XmlFragment[] = [];
  Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
    if (struct instanceof Y.Item && struct.content instanceof Y.ContentType) {
      types.push(struct.content.type as unknown as Y.XmlFragment);
    }
  });
  return types;
}

/**
 * An item in runs of which something holds alike. Yjs keeps in one item all that somebody wrote in a row, and with its
 * block removes it whole, though of only a part it was known.
 */
function runs<T>(item: Y.Item, of: (id: Y.ID) => T): (Run & { holds: T })[] {
  const { id, length, content, origin, rightOrigin, parent } = item;
  const text = content instanceof Y.ContentString ? content.str : "";
  const found: (Run & { holds: T })[] = [];
  for (let at = 0; at < length; at += 1) {
    const here = Y.createID(id.client, id.clock + at);
    const holds = of(here);
    let last = found.at(-1);
    if (last?.holds !== holds) {
      const before = at > 0 ? Y.createID(id.client, here.clock - 1) : origin;
      last = { id: here, length: 0, text: "", origin: before, rightOrigin, parent, holds };
      found.push(last);
    }
    last.length += 1;
    last.text += text.charAt(at);
  }
  return found;
}

/** What a text had in it until this transaction. */
function lastItems(text: Y.XmlText | Y.XmlFragment, transaction: Y.Transaction): Y.Item[] {
  const found: Y.Item[] = [];
  for (let item = text._start; item !== null; item = item.right) {
    if (item.content instanceof Y.ContentString && Y.isDeleted(transaction.deleteSet, item.id)) found.push(item);
  }
  return found;
}

export class Rescue {
  /** Writes lost words again; there is nobody to do it until the text is shown. */
  put: ((lost: Lost) => void) | null = null;
  /** What is to be done before anything from outside comes in; tells where the caret is then. */
  before: () => Y.RelativePosition | null = () => null;
  private caret: Y.RelativePosition | null = null;
  /** Removed here and not sent yet. */
  private graves: Grave[] = [];
  /** Removed here and on the way to the server. */
  private sent: Grave[] = [];
  /** What went down with a removal on its way. If it arrives, the writer puts it back; if not, it is for us to do. */
  private owed: { lost: Lost; grave: Grave }[] = [];
  /** Whose words are ours to put back: this tab's, and those of gone tabs whose words it brings. */
  readonly ours: Set<number>;
  private incoming: Update | null = null;
  /** From which of our characters on nobody can tell whether who removed them knew them. */
  private recentFrom = Infinity;
  private inExchange = false;
  private readonly written: { at: number; clock: number }[] = [];
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
    this.owed = [];
  }

  /** It did not arrive; or, if that is not certain, the next exchange will tell. */
  failed(certain: boolean): void {
    this.graves.unshift(...this.sent.splice(0));
    if (!certain) return;
    this.found.push(...this.owed.splice(0).map(({ lost }) => lost));
    this.putFound();
  }

  /** What a tab that is gone had written is brought by this one. */
  inherit(update: Uint8Array): void {
    for (const client of Y.parseUpdateMeta(update).to.keys()) this.ours.add(client);
  }

  /** Applies an update from outside, and what it lost is put back. */
  apply(update: Uint8Array, origin: unknown): void {
    const mayLose = this.graves.length + this.sent.length > 0 || [...this.ours].some((client) => this.has(client)) || this.ours.size > 1;
    this.incoming = mayLose ? Y.decodeUpdate(update) : null;
    const before = new Map(this.incoming?.structs.map(({ id }) => [id.client, Y.getState(this.doc.store, id.client)]));
    this.caret = this.before();
    Y.applyUpdate(this.doc, update, origin);
    if (this.incoming !== null) this.found.push(...this.deadOnArrival(this.incoming, before));
    this.incoming = null;
    this.putFound();
  }

  /** The connection is gone, since a time: what was written just before may not have reached the others. */
  cutOff(since: number): void {
    const last = this.written.find(({ at }) => at >= since - onTheWay)?.clock;
    this.recentFrom = Math.min(this.recentFrom, last ?? Y.getState(this.doc.store, this.doc.clientID));
  }

  /** The same for the answer of an exchange: it names all that is removed, and not who knew what. */
  applyExchange(update: Uint8Array, origin: unknown): void {
    this.inExchange = true;
    this.apply(update, origin);
    this.inExchange = false;
    // What the server does not know as removed, it did not get.
    const { ds } = this.owed.length > 0 ? Y.decodeUpdate(update) : { ds: null };
    for (const { lost, grave } of this.owed.splice(0)) if (ds && !Y.isDeleted(ds, grave.id)) this.found.push(lost);
    this.putFound();
    this.recentFrom = Infinity;
  }

  private has(client: number): boolean {
    return Y.getState(this.doc.store, client) > 0;
  }

  private putFound(): void {
    for (const lost of this.found.splice(0)) this.put?.(lost);
  }

  private readonly after = (transaction: Y.Transaction) => {
    if (transaction.local) this.remember(transaction);
    if (transaction.deleteSet.clients.size === 0) return;
    if (transaction.local) this.bury(transaction);
    else if (this.incoming !== null && [...this.ours].some((client) => transaction.deleteSet.clients.has(client))) {
      this.found.push(...this.goneDown(transaction, this.incoming));
    }
  };

  /** When which of our characters were written. */
  private remember(transaction: Y.Transaction): void {
    const clock = transaction.beforeState.get(this.doc.clientID) ?? 0;
    if (Y.getState(this.doc.store, this.doc.clientID) > clock) this.written.push({ at: Date.now(), clock });
    if (this.written.length > 2 * mostRemembered) this.written.splice(0, mostRemembered);
  }

  private bury(transaction: Y.Transaction): void {
    for (const text of removedTypes(transaction)) {
      const grave: Grave = { id: text._item!.id, around: "", top: topOf(text), pieces: [] };
      for (let item = text._start; item !== null; item = item.right) {
        const { content, id, length } = item;
        const seen = content instanceof Y.ContentString && Y.isDeleted(transaction.deleteSet, id);
        grave.pieces.push({ id, length, offset: grave.around.length, seen });
        if (seen) grave.around += content.str;
      }
      this.graves.push(grave);
    }
  }

  /** What we wrote in a block that somebody removed without knowing of it. */
  private goneDown(transaction: Y.Transaction, incoming: Update): Lost[] {
    const lost: Lost[] = [];
    const { clientID } = this.doc;
    const state = (id: Y.ID): Part["holds"] => {
      if (!this.ours.has(id.client)) return "known";
      if (!Y.isDeleted(incoming.ds, id)) return "unknown";
      return this.inExchange && id.client === clientID && id.clock >= this.recentFrom ? "unsure" : "known";
    };
    const copies = this.inExchange ? writtenBy(incoming, (client) => !this.ours.has(client)) : [];
    for (const text of removedTypes(transaction)) {
      let around = "";
      const pieces: { text: string; offset: number; unsure: boolean }[] = [];
      const parts: Part[] = [];
      for (const { text: run, holds } of lastItems(text, transaction).flatMap((item) => runs(item, state))) {
        const last = parts.at(-1);
        if (last?.holds === holds) last.text += run;
        else parts.push({ text: run, holds });
      }
      for (const [at, { text: run, holds }] of parts.entries()) {
        const known = holds === "known" ? run.length : holds === "unsure" ? copied(around, run, parts.slice(at + 1), copies) : 0;
        around += run.slice(0, known);
        const words = run.slice(known);
        const last = pieces.at(-1);
        if (words === "") continue;
        if (last?.offset === around.length) last.text += words;
        else pieces.push({ text: words, offset: around.length, unsure: holds === "unsure" });
      }
      const rest = pieces.filter((piece) => !cameAlong(piece, around, incoming, this.doc.store));
      for (const [at, piece] of rest.entries()) {
        lost.push({ ...piece, around, top: topOf(text), holdsCaret: at === rest.length - 1 && this.isCaretIn(text) });
      }
    }
    // From the end, so that the places before stay true.
    return lost.reverse();
  }

  private isCaretIn(text: Y.XmlText | Y.XmlFragment): boolean {
    if (this.caret?.item) return (Y.getItem(this.doc.store, this.caret.item) as Partial<Y.Item>).parent === text;
    return this.caret?.type !== null && this.caret?.type !== undefined && text._item !== null && same(this.caret.type, text._item.id);
  }

  /** What others wrote in a block that we have removed and nobody knows it yet; and what gone tabs of ours wrote. */
  private deadOnArrival(incoming: Update, before: Map<number, number>): Lost[] {
    const lost: (Lost & { last: Y.ID; grave: Grave | null })[] = [];
    const came = incoming.structs.filter((struct): struct is Y.Item => struct instanceof Y.Item);
    for (const run of this.dead(incoming, before)) {
      const place = this.placeOf(run, came);
      // What is written later may stand beside it.
      place?.grave.pieces.push({ id: run.id, length: run.length, offset: place.offset, seen: false });
      const { text } = run;
      if (text === "") continue;
      const last = Y.createID(run.id.client, run.id.clock + run.length - 1);
      const follows = run.origin && lost.find((words) => same(words.last, run.origin!));
      if (follows) {
        follows.text += text;
        follows.last = last;
      } else if (place) {
        const { grave, offset } = place;
        lost.push({ text, around: grave.around, offset, top: grave.top, unsure: false, holdsCaret: false, last, grave });
      } else if (this.graves.length + this.sent.length > 0 || this.ours.has(run.id.client)) {
        // Not certain that it is for us to do; but twice is better than never.
        const grave = this.graves.at(-1) ?? this.sent.at(-1) ?? null;
        lost.push({ text, around: "", offset: 0, top: grave?.top ?? null, unsure: false, holdsCaret: false, last, grave });
      }
    }
    const now: Lost[] = [];
    for (const { grave, ...words } of lost) {
      if (grave !== null && this.sent.includes(grave)) this.owed.push({ lost: words, grave });
      else now.push(words);
    }
    return now.sort((one, other) => other.offset - one.offset);
  }

  /** Characters and elements that are new with an update, that it does not remove itself, and that are nowhere in the text. */
  private dead(incoming: Update, before: Map<number, number>): Run[] {
    const isDead = (id: Y.ID) =>
      id.clock >= (before.get(id.client) ?? 0) &&
      Y.getState(this.doc.store, id.client) > id.clock &&
      !Y.isDeleted(incoming.ds, id) &&
      Y.getItem(this.doc.store, id).deleted;
    return incoming.structs
      .filter((struct): struct is Y.Item => struct instanceof Y.Item)
      .flatMap((item) => runs(item, isDead).filter(({ holds }) => holds));
  }

  /** The grave that a dead character or element fell into. What it came with may have fallen in first, or be removed. */
  private placeOf(run: Run, came: Y.Item[]): { grave: Grave; offset: number } | null {
    const looked = new Set<Pick<Run, "parent" | "origin" | "rightOrigin">>([run]);
    for (const item of looked) {
      const place = this.placeAt(item);
      if (place) return place;
      for (const other of [item.parent, item.origin, item.rightOrigin]) {
        const beside = other instanceof Y.ID ? came.find(({ id, length }) => holds(id, length, other)) : undefined;
        if (beside && looked.size < farthest) looked.add(beside);
      }
    }
    return null;
  }

  private placeAt(item: Pick<Run, "parent" | "origin" | "rightOrigin">): { grave: Grave; offset: number } | null {
    for (const grave of [...this.graves, ...this.sent]) {
      for (const { id, length, offset, seen } of grave.pieces) {
        const within = (other: Y.ID | null) => other !== null && holds(id, length, other);
        if (within(item.origin)) return { grave, offset: seen ? offset + item.origin!.clock - id.clock + 1 : offset };
        if (item.parent instanceof Y.ID && within(item.parent)) return { grave, offset };
        if (within(item.rightOrigin)) return { grave, offset: seen ? offset + item.rightOrigin!.clock - id.clock : offset };
      }
      const beside = [item.parent as unknown, item.origin, item.rightOrigin];
      if (beside.some((other) => other instanceof Y.ID && same(other, grave.id))) return { grave, offset: 0 };
    }
    return null;
  }
}

/** Where a text begins and ends; it is in none. */
const edge = "\uffff";

/** What they wrote in an update, each text that follows itself directly apart: a copy stands there in one piece. */
function writtenBy(incoming: Update, whom: (client: number) => boolean): string[] {
  const written: string[] = [];
  let last: Y.ID | null = null;
  for (const struct of incoming.structs) {
    const { client, clock } = struct.id;
    if (!(struct instanceof Y.Item) || !whom(client)) continue;
    const { content, origin, length } = struct;
    const follows = last !== null && origin !== null && same(origin, last);
    last = Y.createID(client, clock + length - 1);
    const text = content instanceof Y.ContentString ? content.str : "";
    if (follows) written.push(written.pop()! + text);
    else written.push(text);
  }
  return written.map((text) => edge + text + edge);
}

/**
 * How many of the characters that followed `before` in the removed block follow it in a copy, too. After them the copy
 * has what it knew of the rest, or ends: others may have begun a sentence with the same words.
 */
function copied(before: string, text: string, rest: Part[], copies: string[]): number {
  const context = (edge + before).slice(-20);
  const after = [["known"], ["known", "unsure"]].map((kinds) => {
    const there = rest.filter(({ holds }) => kinds.includes(holds)).map((part) => part.text);
    return (there.join("") + edge).slice(0, 20);
  });
  let most = 0;
  for (const copy of copies) {
    for (let at = copy.indexOf(context); at >= 0; at = copy.indexOf(context, at + 1)) {
      const from = at + context.length;
      let length = 0;
      while (length < text.length && copy[from + length] === text[length]) length += 1;
      while (length > most && !after.some((next) => copy.startsWith(next, from + length))) length -= 1;
      most = Math.max(most, length);
    }
  }
  return context.length + most <= few ? 0 : most;
}

/** Whether whoever removed the block sent our words along: many alone, or any after what stood before them. */
function cameAlong({ text, offset }: { text: string; offset: number }, around: string, incoming: Update, store: Y.Doc["store"]): boolean {
  const sought = (edge + around.slice(0, offset)).slice(-20) + text;
  return incoming.structs.some((struct) => {
    if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) return false;
    const { str } = struct.content;
    if (text.length >= few && str === text) return true;
    return sought.length > few && str.at(-1) === text.at(-1) && upTo(struct, sought.length, store).endsWith(sought);
  });
}

/** What stands in the text up to the end of what came, so many letters. */
function upTo({ id, length }: Y.Item, most: number, store: Y.Doc["store"]): string {
  const clock = id.clock + length - 1;
  let words = "";
  let item: unknown = Y.getState(store, id.client) > clock ? Y.getItem(store, Y.createID(id.client, clock)) : null;
  while (item instanceof Y.Item && words.length < most) {
    if (!item.deleted && item.content instanceof Y.ContentString) words = item.content.str + words;
    item = item.left;
  }
  return item === null ? edge + words : words;
}
