/** Positions that Yjs holds: they stay where they are in the text while others write, as long as that text is there. */
import type { EditorState } from "prosemirror-state";
import { absolutePositionToRelativePosition, relativePositionToAbsolutePosition, ySyncPluginKey } from "y-prosemirror";
import * as Y from "yjs";

interface Binding {
  mapping: Parameters<typeof absolutePositionToRelativePosition>[2];
  /** What is selected, as it was held before what is being taken in. */
  beforeTransactionSelection: { anchor: Y.RelativePosition; head: Y.RelativePosition } | null;
  /** Through this goes each change from the document to the text and back. */
  mux: (change: () => void) => void;
}

interface Sync {
  doc: Y.Doc;
  type: Y.XmlFragment;
  binding: Binding;
}

const syncOf = (state: EditorState) => ySyncPluginKey.getState(state) as Sync;

export const bindingOf = (state: EditorState): Binding => syncOf(state).binding;

export function heldPosition(state: EditorState, position: number): Y.RelativePosition {
  const { type, binding } = syncOf(state);
  return absolutePositionToRelativePosition(position, type, binding.mapping) as Y.RelativePosition;
}

/** A position as one that is held, to be sent or kept as JSON. */
export function anchored(state: EditorState, position: number): unknown {
  return Y.relativePositionToJSON(heldPosition(state, position));
}

/** Where such a position is now; null if what it stood in is gone, or if `onlySure` also if what it stood beside is. */
export function positionOf(state: EditorState, anchor: unknown, onlySure = false): number | null {
  const { doc, type, binding } = syncOf(state);
  try {
    const relative = Y.createRelativePositionFromJSON(anchor);
    if (onlySure && !standsStill(state, relative)) return null;
    const position = relativePositionToAbsolutePosition(doc, type, relative, binding.mapping);
    return position === null ? null : Math.min(position, state.doc.content.size);
  } catch {
    // A caret may come from somebody who already has what we have not got yet, or be nonsense: it is not drawn.
    return null;
  }
}

/** Whether what a position is held by is still in the text. If not, Yjs knows at most what stood beside it. */
export function standsStill(state: EditorState, relative: Y.RelativePosition): boolean {
  const id = relative.item ?? relative.type;
  if (id === null) return true;
  const { store } = syncOf(state).doc;
  if (Y.getState(store, id.client) <= id.clock) return false;
  const item = Y.getItem(store, id) as Y.Item | Y.GC;
  return item instanceof Y.Item && !item.deleted;
}
