/** The server takes no edit larger than a bound: one that would be is not made, rather than refused with all after it. */
import { Plugin, type Transaction } from "prosemirror-state";
import { ReplaceAroundStep, ReplaceStep } from "prosemirror-transform";
import type { EditorView } from "prosemirror-view";
import { prosemirrorToYXmlFragment } from "y-prosemirror";
import * as Y from "yjs";
import { largestWrite } from "./batches";
import { fromDocument } from "./remote";
import { fragmentName, schema } from "./schema";
import { say } from "./windows";

/** In bytes, with room for what is removed and for where it all goes. */
const greatestEdit = largestWrite - (16 << 10);
/** What is shorter than this is never that large, and costs no look. */
const short = 8192;

/** How large what a transaction puts in is as an update. */
function bytesOf(tr: Transaction): number {
  let bytes = 0;
  for (const step of tr.steps) {
    if (!(step instanceof ReplaceStep || step instanceof ReplaceAroundStep) || step.slice.size < short) continue;
    const doc = new Y.Doc();
    prosemirrorToYXmlFragment(schema.topNodeType.create(null, step.slice.content), doc.getXmlFragment(fragmentName));
    bytes += Y.encodeStateAsUpdate(doc).length;
  }
  return bytes;
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
      if (shown) say(shown, "Too much at once", "This is more than can be stored in one go. Nothing was changed; put it in piece by piece.");
      return false;
    },
  });
}
