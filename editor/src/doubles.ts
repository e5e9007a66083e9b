/**
 * A block that two people changed at once, and that would stand twice.
 *
 * In a Yjs document nothing moves: who makes a paragraph a heading removes it and writes a copy beside it. Two who do so
 * without knowing of each other make two copies. Of these one goes, if nobody has written in either: that of whoever has
 * the higher number in Yjs, and its maker removes it. So nobody else has to know that it is one, and never do both go.
 *
 * That two blocks are such copies is certain by where they stand: a block is put between two that its maker saw. Between
 * the same two, and with the words that were removed there, another can only have been put by somebody who did not know
 * of the first.
 */
import { TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import * as Y from "yjs";
import { anchored, positionOf } from "./anchors";

/** How many of the blocks made here are remembered. */
const mostRemembered = 500;

interface Made {
  block: Y.XmlElement;
  item: Y.Item;
  words: string;
}

/** One's own copy that goes, and the other that stays. */
export interface Double {
  mine: Y.XmlElement;
  theirs: Y.XmlElement;
}

export class Doubles {
  /** Removes one's own copy. */
  drop: ((double: Double) => void) | null = null;
  private made: Made[] = [];
  private found: Double[] = [];

  constructor(private readonly doc: Y.Doc) {
    doc.on("afterTransaction", this.after);
  }

  private readonly after = (transaction: Y.Transaction) => {
    if (transaction.local) this.remember(transaction);
    else if (this.made.length > 0) this.compare(transaction);
  };

  /** What was made of words that were removed with it. */
  private remember(transaction: Y.Transaction): void {
    if (transaction.deleteSet.clients.size === 0) return;
    const blocks = newBlocks(transaction, (client) => client === this.doc.clientID);
    if (blocks.length === 0) return;
    const removed = removedWords(transaction);
    for (const { block, item } of blocks) {
      const words = texts(block).map(wordsOf);
      const isCopy = words.some((text) => text !== "") && words.every((text) => removed.some((was) => was.includes(text)));
      if (isCopy) this.made.push({ block, item, words: words.join("\n") });
    }
    this.made = this.made.filter(({ item }) => !item.deleted).slice(-mostRemembered);
  }

  private compare(transaction: Y.Transaction): void {
    for (const theirs of newBlocks(transaction, (client) => client < this.doc.clientID)) {
      const mine = this.made.find(({ item, words }) => isBeside(item, theirs.item) && words === wordsIn(theirs.block));
      if (!mine || mine.item.deleted || wordsIn(mine.block) !== mine.words) continue;
      this.made.splice(this.made.indexOf(mine), 1);
      if (this.found.length === 0) queueMicrotask(this.dropFound);
      this.found.push({ mine: mine.block, theirs: theirs.block });
    }
  }

  /** Not within what brought it: the text is to be drawn with both, so that a caret can go from one to the other. */
  private readonly dropFound = () => {
    for (const double of this.found.splice(0)) this.drop?.(double);
  };
}

/** Removes one's own copy. Whoever's caret is in it goes on at the same place of the other. */
export function drop(view: EditorView, document: Y.Doc, { mine, theirs }: Double): void {
  const { parent } = mine;
  if (view.isDestroyed || mine._item?.deleted !== false || theirs._item?.deleted !== false || parent === null) return;
  const { anchor, head } = view.state.selection;
  const [from, to] = [anchor, head].map((end) => inOther(document, anchored(view.state, end), mine, theirs));
  document.transact(() => {
    const index = (parent as Y.XmlFragment).toArray().indexOf(mine);
    if (index >= 0) (parent as Y.XmlFragment).delete(index, 1);
  });
  if (!from || !to) return;
  const [start, end] = [from, to].map((anchor) => positionOf(view.state, anchor));
  if (start === null || start === undefined || end === null || end === undefined) return;
  const { doc, tr } = view.state;
  view.dispatch(tr.setSelection(TextSelection.between(doc.resolve(start), doc.resolve(end))));
}

/** The same place in the other block, held as `anchored` holds it; null for what is in neither. */
function inOther(document: Y.Doc, anchor: unknown, mine: Y.XmlElement, theirs: Y.XmlElement): unknown {
  const place = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(anchor), document);
  const at = place ? texts(mine).indexOf(place.type as Y.XmlText) : -1;
  const text = texts(theirs)[at];
  return place && text ? Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, place.index)) : null;
}

/** Whether both were put between the same two. */
function isBeside(one: Y.Item, other: Y.Item): boolean {
  return (
    one.parent === other.parent &&
    Y.compareIDs(one.origin, other.origin) &&
    Y.compareIDs(one.rightOrigin, other.rightOrigin)
  );
}

/** The outermost of the elements that are new. */
function newBlocks(transaction: Y.Transaction, by: (client: number) => boolean): { block: Y.XmlElement; item: Y.Item }[] {
  const found: { block: Y.XmlElement; item: Y.Item }[] = [];
  const isNew = ({ client, clock }: Y.ID) => clock >= (transaction.beforeState.get(client) ?? 0);
  for (const [client, after] of transaction.afterState) {
    if (!by(client) || after <= (transaction.beforeState.get(client) ?? 0)) continue;
    const structs = transaction.doc.store.clients.get(client) ?? [];
    for (const struct of structs.slice(Y.findIndexSS(structs, transaction.beforeState.get(client) ?? 0))) {
      if (!(struct instanceof Y.Item) || struct.deleted || !(struct.content instanceof Y.ContentType)) continue;
      const { type } = struct.content;
      const above = (struct.parent as Y.AbstractType<unknown> | null)?._item ?? null;
      const isInner = above !== null && isNew(above.id);
      if (type instanceof Y.XmlElement && !isInner) found.push({ block: type, item: struct });
    }
  }
  return found;
}

/** The words that a transaction removed from each text, those that went with their block included. */
function removedWords(transaction: Y.Transaction): string[] {
  const words = new Map<unknown, string>();
  Y.iterateDeletedStructs(transaction, transaction.deleteSet, ({ parent }: Y.Item | Y.GC & { parent?: unknown }) => {
    if (!(parent instanceof Y.XmlText) || words.has(parent)) return;
    let text = "";
    for (let item = parent._start; item !== null; item = item.right) {
      if (item.content instanceof Y.ContentString && Y.isDeleted(transaction.deleteSet, item.id)) text += item.content.str;
    }
    words.set(parent, text);
  });
  return [...words.values()];
}

/** The texts in a block, in their order. */
function texts(block: Y.XmlElement): Y.XmlText[] {
  return block.toArray().flatMap((child) => (child instanceof Y.XmlText ? [child] : child instanceof Y.XmlElement ? texts(child) : []));
}

function wordsOf(text: Y.XmlText): string {
  let words = "";
  for (let item = text._start; item !== null; item = item.right) {
    if (!item.deleted && item.content instanceof Y.ContentString) words += item.content.str;
  }
  return words;
}

const wordsIn = (block: Y.XmlElement) => texts(block).map(wordsOf).join("\n");
