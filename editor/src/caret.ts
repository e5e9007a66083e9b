/**
 * One's own caret while others write.
 *
 * It stays behind the letter it stands behind. The binding keeps it before what follows, so that it would move on with
 * whatever others write there, and two who write at one place would write letter by letter through each other.
 *
 * And it is where the writer put it last: a browser tells of a click or an arrow key a moment after it happened. Were
 * others' text drawn in that moment, the caret would be put back to where it was before.
 */
import { TextSelection, type EditorState, type Selection, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { absolutePositionToRelativePosition, relativePositionToAbsolutePosition, ySyncPluginKey } from "y-prosemirror";
import * as Y from "yjs";

interface Sync {
  doc: Y.Doc;
  type: Y.XmlFragment;
  binding: { mapping: Parameters<typeof absolutePositionToRelativePosition>[2] };
}

const syncOf = (state: EditorState) => ySyncPluginKey.getState(state) as Sync;

/** The place behind the letter before the caret; null where the caret stands at a text's beginning, or is none. */
function placeOf(state: EditorState): Y.RelativePosition | null {
  const { selection } = state;
  if (!(selection instanceof TextSelection) || !selection.empty || selection.$head.parentOffset === 0) return null;
  const { doc, type, binding } = syncOf(state);
  const before = absolutePositionToRelativePosition(selection.head, type, binding.mapping) as Y.RelativePosition;
  const place = Y.createAbsolutePositionFromRelativePosition(before, doc);
  if (!(place?.type instanceof Y.XmlText) || place.index === 0) return null;
  return Y.createRelativePositionFromTypeIndex(place.type, place.index, -1);
}

/** The same place in the text as it is now; null where what it stood in is gone. */
function positionNow(state: EditorState, place: Y.RelativePosition): number | null {
  const { doc, type, binding } = syncOf(state);
  const now = Y.createAbsolutePositionFromRelativePosition(place, doc);
  if (!(now?.type instanceof Y.XmlText) || now.index === 0) return null;
  const relative = Y.createRelativePositionFromTypeIndex(now.type, now.index, 0);
  return relativePositionToAbsolutePosition(doc, type, relative, binding.mapping);
}

export class Caret {
  private place: Y.RelativePosition | null = null;

  /** Does what brings in what others wrote. */
  keptWhile(view: EditorView, bring: () => void): void {
    // What the browser knows already and has not told. While a letter is composed it is not to be disturbed.
    if (!view.composing) (view as unknown as { domObserver: { flush(): void } }).domObserver.flush();
    this.place = placeOf(view.state);
    bring();
    this.place = null;
  }

  /** The selection after a transaction by which others' text comes in; null where the binding's is right. */
  after(state: EditorState, tr: Transaction): Selection | null {
    const position = this.place === null ? null : positionNow(state, this.place);
    if (position === null || position > tr.doc.content.size) return null;
    const $position = tr.doc.resolve(position);
    return $position.parent.inlineContent ? TextSelection.create(tr.doc, position) : null;
  }
}
