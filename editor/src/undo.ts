/** Undo takes back what one did oneself, and nothing that others have written in it since. */
import type { EditorState } from "prosemirror-state";
import { ySyncPluginKey, yUndoPlugin, yUndoPluginKey } from "y-prosemirror";
import * as Y from "yjs";

/** Whether undo may take away what was added here: not an element or a text in which something of others is left. */
function mayGo(item: Y.Item): boolean {
  const { content, parent } = item;
  if (content instanceof Y.ContentType) {
    const { type } = content;
    // What is in it comes first: of what was all one's own nothing is left by now, and no empty husk stays.
    return !(type instanceof Y.XmlText || type instanceof Y.XmlElement) || type.length === 0;
  }
  // An attribute that came with its element goes with it, and never before: a picture that stays keeps its address.
  const element = item.parentSub !== null && parent instanceof Y.XmlElement ? parent._item : null;
  return element === null || item.origin !== null || item.id.client !== element.id.client;
}

/** The names of nodes do not matter, as they do by default: a heading holds others' words as a paragraph does. */
export function undoing(fragment: Y.XmlFragment) {
  const undoManager = new Y.UndoManager(fragment, {
    trackedOrigins: new Set<unknown>([ySyncPluginKey]),
    deleteFilter: mayGo,
    captureTransaction: (transaction) => transaction.meta.get("addToHistory") !== false,
  });
  return yUndoPlugin({ undoManager });
}

/** What follows is taken back for itself, and not together with what was done just before. */
export function parted(state: EditorState): void {
  (yUndoPluginKey.getState(state) as { undoManager: Y.UndoManager } | undefined)?.undoManager.stopCapturing();
}
