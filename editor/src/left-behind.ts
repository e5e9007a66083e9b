/**
 * Words that stay behind, where others took the words around them elsewhere.
 *
 * In a Yjs document nothing moves: who ends a paragraph in the middle removes the rest of its text and writes a copy of it
 * into a new one. What somebody else wrote in that rest meanwhile is in no copy. It is not lost, for the paragraph is
 * still there, but it stands at the end of the wrong half. It belongs where the copy is, between the same words.
 *
 * Whoever wrote the words takes them there, on learning of the copy. So nobody else has to know, and it is done once.
 */
import type { Node } from "prosemirror-model";
import { TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { relativePositionToAbsolutePosition } from "y-prosemirror";
import * as Y from "yjs";
import { bindingOf } from "./anchors";
import { rescuing } from "./remote";
import { few } from "./rescue";
import { fragmentName } from "./schema";

/** How much of the words around is compared. */
const compared = 200;
/** So many words that stayed behind are looked at of one change: a copy of much may come at once, and all of it is read. */
const most = 100;

/** Words that stayed behind: where they are, and where they belong. */
export interface LeftBehind {
  from: { text: Y.XmlText; index: number; length: number };
  to: { text: Y.XmlText; index: number };
}

/** Characters of one text that follow each other: live ones of our own between some that were just removed. */
interface Straggler {
  text: Y.XmlText;
  index: number;
  length: number;
  before: string;
  after: string;
}

export class Following {
  /** Takes words where they belong. */
  take: ((words: LeftBehind) => void) | null = null;
  private found: LeftBehind[] = [];

  constructor(
    doc: Y.Doc,
    /** Whose words are ours. */
    private readonly ours: ReadonlySet<number>,
  ) {
    doc.on("afterTransaction", this.after);
  }

  private readonly after = (transaction: Y.Transaction) => {
    if (transaction.local || transaction.deleteSet.clients.size === 0) return;
    const stragglers = shortened(transaction).flatMap((text) => this.stragglersOf(text, transaction));
    if (stragglers.length === 0) return;
    const copies = newTexts(transaction, this.ours).map((text) => ({ text, words: wordsOf(text) }));
    for (const straggler of stragglers.slice(0, most)) {
      const to = placeIn(copies, straggler);
      if (to === null) continue;
      if (this.found.length === 0) queueMicrotask(this.takeFound);
      const { text, index, length } = straggler;
      this.found.push({ from: { text, index, length }, to });
    }
  };

  /** Not within what brought it: the text is to be drawn first. From the end, so that the places before stay true. */
  private readonly takeFound = () => {
    for (const words of this.found.splice(0).reverse()) this.take?.(words);
  };

  private stragglersOf(text: Y.XmlText, { deleteSet, beforeState }: Y.Transaction): Straggler[] {
    const found: Straggler[] = [];
    let [index, before, others] = [0, "", 0];
    /** The straggler that what is read now stands behind, as far as only removed words do. */
    let last: Straggler | null = null;
    for (let item = text._start; item !== null; item = item.right) {
      const { content, deleted, id, length, countable } = item;
      if (!countable) continue;
      if (!deleted) {
        const isOurs = this.ours.has(id.client) && content instanceof Y.ContentString;
        // What came with the removal, in its place, was not there when ours was written.
        const isNew = !isOurs && id.clock >= (beforeState.get(id.client) ?? 0);
        if (isOurs && last !== null && last.after === "" && last.index + last.length === index) last.length += length;
        else if (isOurs && before !== "") found.push((last = { text, index, length, before, after: "" }));
        else if (!isNew) [last, before] = [null, ""];
        if (!isOurs) others += length;
        index += length;
      } else if (content instanceof Y.ContentString && Y.isDeleted(deleteSet, id)) {
        before += content.str;
        if (last !== null) last.after += content.str;
      }
    }
    // Where nothing else is left, nobody parted the text: an undo leaves in it what it did not write.
    return others > 0 ? found : [];
  }
}

/** The texts of which a transaction removed a part. */
function shortened(transaction: Y.Transaction): Y.XmlText[] {
  const texts = new Set<Y.XmlText>();
  Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
    const { parent } = struct as Partial<Y.Item>;
    if (parent instanceof Y.XmlText && parent._item?.deleted === false) texts.add(parent);
  });
  return [...texts];
}

/** The texts that others wrote anew. */
function newTexts(transaction: Y.Transaction, ours: ReadonlySet<number>): Y.XmlText[] {
  const texts: Y.XmlText[] = [];
  for (const [client, after] of transaction.afterState) {
    const before = transaction.beforeState.get(client) ?? 0;
    if (ours.has(client) || after <= before) continue;
    const structs = transaction.doc.store.clients.get(client) ?? [];
    for (const struct of structs.slice(Y.findIndexSS(structs, before))) {
      if (!(struct instanceof Y.Item) || struct.deleted || !(struct.content instanceof Y.ContentType)) continue;
      if (struct.content.type instanceof Y.XmlText) texts.push(struct.content.type);
    }
  }
  return texts;
}

function wordsOf(text: Y.XmlText): string {
  let words = "";
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    words += item.content instanceof Y.ContentString ? item.content.str : "\ufffc".repeat(item.length);
  }
  return words;
}

/** Where in the copies the same words stand before and after: of several places the one with the most of them. */
function placeIn(copies: { text: Y.XmlText; words: string }[], { before, after }: Straggler): LeftBehind["to"] | null {
  const [left, right] = [before.slice(-compared), after.slice(0, compared)];
  let best: { to: LeftBehind["to"]; same: number } | null = null;
  for (const { text, words } of copies) {
    for (let index = 0; index <= words.length; index += 1) {
      const same = sameAround(words, index, left, right);
      if (same > (best?.same ?? 0)) best = { to: { text, index }, same };
    }
  }
  return best?.to ?? null;
}

/**
 * How many of the words are the same on both sides of a place; 0 where the place is none. On each side all that was removed
 * stands there, or all that there is of the copy; a few letters that are a part of something else mean nothing.
 */
function sameAround(words: string, index: number, left: string, right: string): number {
  let [back, on] = [0, 0];
  while (back < left.length && back < index && left.at(-1 - back) === words[index - 1 - back]) back += 1;
  while (on < right.length && index + on < words.length && right[on] === words[index + on]) on += 1;
  const isWhole = (same: number, removed: number, there: number) => same === removed || same === there;
  if (!isWhole(back, left.length, index) || !isWhole(on, right.length, words.length - index)) return 0;
  return back + on >= Math.min(few, words.length) ? back + on : 0;
}

/** Takes words where they belong. Whoever's caret is in them, or behind them, goes along. */
export function takeAlong(view: EditorView, document: Y.Doc, { from, to }: LeftBehind): void {
  if (view.isDestroyed) return;
  const start = positionIn(view, document, from.text, from.index);
  const target = positionIn(view, document, to.text, to.index);
  const end = start === null ? null : start + from.length;
  if (start === null || target === null || end === null || end > view.state.doc.content.size) return;
  if (target > start && target < end) return;
  const { doc, selection } = view.state;
  const words: Node[] = [];
  doc.slice(start, end).content.forEach((child) => words.push(child));
  const $target = doc.resolve(target);
  if (!$target.parent.inlineContent || words.some((word) => !word.isInline)) return;
  const tr = view.state.tr.setMeta("addToHistory", false).setMeta(rescuing, true);
  tr.delete(start, end);
  const at = tr.mapping.map(target);
  tr.insert(at, words);
  const moved = (place: number) =>
    place > start && place <= end ? at + (place - start) : place === target ? at + from.length : tr.mapping.map(place);
  if (selection instanceof TextSelection) {
    const [anchor, head] = [moved(selection.anchor), moved(selection.head)];
    tr.setSelection(TextSelection.between(tr.doc.resolve(anchor), tr.doc.resolve(head)));
  }
  view.dispatch(tr);
}

function positionIn(view: EditorView, document: Y.Doc, text: Y.XmlText, index: number): number | null {
  const { mapping } = bindingOf(view.state);
  const relative = Y.createRelativePositionFromTypeIndex(text, index);
  return relativePositionToAbsolutePosition(document, document.getXmlFragment(fragmentName), relative, mapping);
}
