/**
 * What others change, made as small as it is.
 *
 * The binding replaces the whole document whenever somebody else has typed a letter. Taken literally that would move
 * every decoration, scroll to the caret and forget that bold was just switched on. Here it becomes the replacement of
 * the top-level blocks that differ; those it leaves are the same objects as before, which the binding relies on.
 */
import { Fragment, Slice } from "prosemirror-model";
import { Plugin, Selection, TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import { ySyncPluginKey } from "y-prosemirror";
import { bindingOf, standsStill } from "./anchors";
import { childrenFrom, difference, sizeOf } from "./difference";
import { followed } from "./caret-mapping";

interface SyncChange {
  isChangeOrigin?: boolean;
  isUndoRedoOperation?: boolean;
}

/** Whether a transaction brings what others wrote, or takes back or repeats what we did. */
export function fromDocument(tr: Transaction): boolean {
  return (tr.getMeta(ySyncPluginKey) as SyncChange | undefined)?.isChangeOrigin === true;
}

/**
 * The selection after a change by others. What is nobody's text, such as a picture that is selected, and what one's own
 * undo did, the binding knows better.
 */
function kept(state: EditorState, tr: Transaction): Selection {
  const { selection, doc: before } = state;
  if (!(selection instanceof TextSelection && tr.selection instanceof TextSelection)) return tr.selection;
  const { beforeTransactionSelection: held } = bindingOf(state);
  const place = (end: "anchor" | "head") => {
    const stands = held !== null && standsStill(state, held[end]);
    // What others write before the first of what is selected does not become part of the selection.
    const stays = !selection.empty && selection[end] === selection.from && stands;
    return (stays ? null : followed(before, tr.doc, selection[end], !stands)) ?? tr.selection[end];
  };
  return TextSelection.between(tr.doc.resolve(place("anchor")), tr.doc.resolve(place("head")));
}

/** The transaction itself, or for a change that comes from the document a smaller one with the same result. */
export function narrowed(state: EditorState, tr: Transaction): Transaction {
  if (!fromDocument(tr) || !tr.docChanged) return tr;
  const { start, beforeEnd, afterEnd } = difference(state.doc, tr.doc);
  const from = sizeOf(childrenFrom(state.doc, 0, start));
  const to = from + sizeOf(childrenFrom(state.doc, start, beforeEnd));
  const blocks = childrenFrom(tr.doc, start, afterEnd);
  const change = tr.getMeta(ySyncPluginKey) as SyncChange;
  const next = state.tr.setMeta("addToHistory", false).setMeta(ySyncPluginKey, change);
  if (from !== to || blocks.length > 0) next.replace(from, to, new Slice(Fragment.from(blocks), 0, 0));
  if (!next.doc.eq(tr.doc)) return tr;
  const selection = change.isUndoRedoOperation ? tr.selection : kept(state, tr);
  next.setSelection(Selection.fromJSON(next.doc, selection.toJSON() as { type: string }));
  if (state.storedMarks !== null && next.selection.empty) next.setStoredMarks(state.storedMarks);
  // Others' changes never scroll: the text under one's eyes stays. One's own undo shows what it did.
  if (change.isUndoRedoOperation) next.scrollIntoView();
  return next;
}

/** The meta of a transaction that writes lost words again: somebody wrote them while they might. */
export const rescuing = "rescuing";

/** Refuses every edit of one's own while the text may only be read. */
export function readOnly(writable: () => boolean): Plugin {
  return new Plugin({
    props: { editable: writable },
    filterTransaction: (tr) => writable() || !tr.docChanged || fromDocument(tr) || tr.getMeta(rescuing) === true,
  });
}
