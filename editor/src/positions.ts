import type { Node } from "prosemirror-model";

/** A block's text in which every position is one character, footnotes and breaks included. */
export function textWithPlaces(block: Node): string {
  let text = "";
  block.forEach((child) => {
    if (child.isText) text += child.text;
    else if (child.isLeaf) text += "\ufffc";
    else text += `\ufffc${textWithPlaces(child)}\ufffc`;
  });
  return text;
}
