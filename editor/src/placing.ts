/** Where rescued words go: where the copy of their block is, or a paragraph of their own near where it was. */
import type { Node } from "prosemirror-model";
import { TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import * as Y from "yjs";
import { textWithPlaces } from "./positions";
import { rescuing } from "./remote";
import { few, type Lost } from "./rescue";
import { fragmentName, node } from "./schema";

/** How much of the text around is looked for, the most first. */
const windows = [200, 60, 20, 8];

/** The place in the text where the words around it are; the nearest if they are there more than once. */
function amongSameWords(doc: Node, { around, offset }: Lost, near: number): number | null {
  for (const width of windows) {
    const start = Math.max(0, offset - width);
    const sought = around.slice(start, offset + width);
    if (sought.trim() === "") return null;
    let best: number | null = null;
    doc.descendants((block, at) => {
      if (!block.isTextblock) return true;
      const text = textWithPlaces(block);
      for (let found = text.indexOf(sought); found >= 0; found = text.indexOf(sought, found + 1)) {
        const place = at + 1 + found + (offset - start);
        if (best === null || Math.abs(place - near) < Math.abs(best - near)) best = place;
      }
      return false;
    });
    if (best !== null) return best;
  }
  return null;
}

/** Whether the words stand in the text as they did: then whoever removed the block took them along. */
function isThere(doc: Node, { text, around, offset }: Lost): boolean {
  const sought = around.slice(Math.max(0, offset - few), offset) + text + around.slice(offset, offset + few);
  const holds = (words: string) => (sought.length < few ? words === sought : words.includes(sought));
  let found = false;
  doc.descendants((block) => {
    if (block.isTextblock) found ||= holds(textWithPlaces(block));
    return !block.isTextblock && !found;
  });
  return found;
}

/** Where the top-level block was, as far as what stands beside it tells. */
function whereItWas(doc: Node, document: Y.Doc, top: Y.ID | null): number {
  if (top === null || Y.getState(document.store, top.client) <= top.clock) return doc.content.size;
  let item: Y.Item | null = Y.getItem(document.store, top);
  while (item instanceof Y.Item && item.deleted) item = item.right;
  if (!(item instanceof Y.Item)) return doc.content.size;
  const blocks = document.getXmlFragment(fragmentName).toArray() as unknown[];
  const index = blocks.indexOf((item.content as Y.ContentType).type);
  let at = 0;
  for (let before = 0; before < index && before < doc.childCount; before += 1) at += doc.child(before).nodeSize;
  return index < 0 ? doc.content.size : at;
}

export function writeAgain(view: EditorView, document: Y.Doc, lost: Lost): void {
  if (view.isDestroyed) return;
  const { doc, schema } = view.state;
  if (lost.unsure && isThere(doc, lost)) return;
  const near = whereItWas(doc, document, lost.top);
  const place = amongSameWords(doc, lost, near);
  const tr = view.state.tr.setMeta("addToHistory", false).setMeta(rescuing, true);
  if (place !== null) tr.insert(place, schema.text(lost.text, doc.resolve(place).marks()));
  else if (lost.text.trim() !== "") tr.insert(near, node("paragraph").create(null, schema.text(lost.text)));
  if (lost.holdsCaret && tr.docChanged) {
    tr.setSelection(TextSelection.create(tr.doc, (place ?? near + 1) + lost.text.length));
  }
  if (tr.docChanged) view.dispatch(tr);
}
