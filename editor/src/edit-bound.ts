/** The server takes no edit larger than a bound: one that would be is not made, rather than refused with all after it. */
import { Fragment } from "prosemirror-model";
import { Plugin, type Transaction } from "prosemirror-state";
import { ReplaceAroundStep, ReplaceStep } from "prosemirror-transform";
import type { EditorView } from "prosemirror-view";
import { prosemirrorToYXmlFragment } from "y-prosemirror";
import * as Y from "yjs";
import { largestWrite } from "./batches";
import { fromDocument } from "./remote";
import { fragmentName, schema } from "./schema";
import { say } from "./dialogs";

/** In bytes, with room for what is removed and for where it all goes. */
const greatestEdit = largestWrite - (16 << 10);
/** What is shorter than this is never that large, and costs no look. */
const short = 8192;

/** What a transaction puts in. What it puts something around comes to stand elsewhere, and is written anew. */
function putIn(tr: Transaction): Fragment[] {
  return tr.steps.flatMap((step, at) => {
    if (step instanceof ReplaceStep) return [step.slice.content];
    if (!(step instanceof ReplaceAroundStep)) return [];
    return [step.slice.content, tr.docs[at]!.slice(step.gapFrom, step.gapTo).content];
  });
}

/** How large that is as an update. */
function bytesOf(tr: Transaction): number {
  const pieces = putIn(tr);
  if (pieces.reduce((size, piece) => size + piece.size, 0) < short) return 0;
  const doc = new Y.Doc();
  const all = Fragment.fromArray(pieces.flatMap((piece) => piece.content));
  prosemirrorToYXmlFragment(schema.topNodeType.create(null, all), doc.getXmlFragment(fragmentName));
  return Y.encodeStateAsUpdate(doc).length;
}

export function bulkBound(): Plugin {
  let shown: EditorView | null = null;
  return new Plugin({
    view: (view) => {
      shown = view;
      return {};
    },
    filterTransaction: (tr) => {
      if (!tr.docChanged || fromDocument(tr) || bytesOf(tr) <= greatestEdit) return true;
      if (shown) say(shown, "Too much at once", "This is more than can be stored in one go. Nothing was changed; do it piece by piece.");
      return false;
    },
  });
}
