/** What a change from the document changed: the top-level blocks that differ. The binding leaves the others as they are. */
import type { Node } from "prosemirror-model";

/** Index of the first block that differs, and past the last, in each of both. */
export interface Difference {
  start: number;
  beforeEnd: number;
  afterEnd: number;
}

export function difference(before: Node, after: Node): Difference {
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

export function childrenFrom(parent: Node, start: number, end: number): Node[] {
  return Array.from({ length: end - start }, (_, at) => parent.child(start + at));
}

export const sizeOf = (children: Node[]) => children.reduce((size, child) => size + child.nodeSize, 0);
