/** Nothing may lie deeper than the server accepts: the edit that would do it is not made, rather than refused later. */
import type { Node } from "prosemirror-model";
import { Plugin, type Transaction } from "prosemirror-state";
import { fromDocument } from "./remote";
import { greatestDepth } from "./schema";

function depthWithin(node: Node): number {
  let deepest = 0;
  if (!node.isTextblock) node.forEach((child) => (deepest = Math.max(deepest, 1 + depthWithin(child))));
  return deepest;
}

/** The depth of the deepest block that the transaction touched. */
function deepest(tr: Transaction): number {
  let found = 0;
  tr.mapping.maps.forEach((map, at) => {
    map.forEach((_from, _to, start, end) => {
      const rest = tr.mapping.slice(at + 1);
      const [from, to] = [rest.map(start, -1), rest.map(end, 1)];
      const $from = tr.doc.resolve(from);
      const $to = tr.doc.resolve(to);
      // Typing stays in one paragraph, and costs no look at the others.
      const range = $from.sameParent($to) && $from.parent.isTextblock ? null : $from.blockRange($to);
      found = Math.max(found, range ? range.depth + depthWithin(range.parent) : $from.depth);
    });
  });
  return found;
}

export const depthBound = new Plugin({
  // A footnote inside the deepest block is one level more.
  filterTransaction: (tr) => !tr.docChanged || fromDocument(tr) || deepest(tr) < greatestDepth - 1,
});
