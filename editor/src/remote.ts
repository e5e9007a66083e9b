/**
 * What others change, made as small as it is.
 *
 * The binding replaces the whole document whenever somebody else has typed a letter. Taken literally that would move
 * every decoration, scroll to the caret and forget that bold was just switched on. Here it becomes the replacement of
 * the top-level blocks that differ; those it leaves are the same objects as before, which the binding relies on.
 */
import { Fragment, Slice, type Node } from "prosemirror-model";
import { Plugin, Selection, type EditorState, type Transaction } from "prosemirror-state";
import { ySyncPluginKey } from "y-prosemirror";
import type { Caret } from "./caret";

interface SyncChange {
  isChangeOrigin?: boolean;
  isUndoRedoOperation?: boolean;
}

/** Whether a transaction brings what others wrote, or takes back or repeats what we did. */
export function fromDocument(tr: Transaction): boolean {
  return (tr.getMeta(ySyncPluginKey) as SyncChange | undefined)?.isChangeOrigin === true;
}

/** The blocks that differ: index of the first, and past the last, in each of both. */
function difference(before: Node, after: Node): { start: number; beforeEnd: number; afterEnd: number } {
  let start = 0;
  let beforeEnd = before.childCount;
  let afterEnd = after.childCount;
  while (start < Math.min(beforeEnd, afterEnd) && before.child(start) === after.child(start)) start += 1;
  while (beforeEnd > start && afterEnd > start && before.child(beforeEnd - 1) === after.child(afterEnd - 1)) {
    beforeEnd -= 1;
    afterEnd -= 1;
  }
  return { start, beforeEnd, afterEnd };
}

function childrenFrom(parent: Node, start: number, end: number): Node[] {
  return Array.from({ length: end - start }, (_, at) => parent.child(start + at));
}

const sizeOf = (children: Node[]) => children.reduce((size, child) => size + child.nodeSize, 0);

/** The transaction itself, or for a change that comes from the document a smaller one with the same result. */
export function narrowed(state: EditorState, tr: Transaction, caret: Caret): Transaction {
  if (!fromDocument(tr) || !tr.docChanged) return tr;
  const { start, beforeEnd, afterEnd } = difference(state.doc, tr.doc);
  const from = sizeOf(childrenFrom(state.doc, 0, start));
  const to = from + sizeOf(childrenFrom(state.doc, start, beforeEnd));
  const blocks = childrenFrom(tr.doc, start, afterEnd);
  const change = tr.getMeta(ySyncPluginKey) as SyncChange;
  const next = state.tr.setMeta("addToHistory", false).setMeta(ySyncPluginKey, change);
  if (from !== to || blocks.length > 0) next.replace(from, to, new Slice(Fragment.from(blocks), 0, 0));
  if (!next.doc.eq(tr.doc)) return tr;
  const selection = Selection.fromJSON(next.doc, tr.selection.toJSON() as { type: string });
  next.setSelection(caret.after(state, next) ?? selection);
  if (state.storedMarks !== null && next.selection.empty) next.setStoredMarks(state.storedMarks);
  // Others' changes never scroll: the text under one's eyes stays. One's own undo shows what it did.
  if (change.isUndoRedoOperation) next.scrollIntoView();
  return next;
}

/** Refuses every edit of one's own while the text may only be read. */
export function readOnly(writable: () => boolean): Plugin {
  return new Plugin({
    props: { editable: writable },
    filterTransaction: (tr) => writable() || !tr.docChanged || fromDocument(tr),
  });
}
