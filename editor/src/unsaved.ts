/** What is written here and not acknowledged, in words, for somebody who is to copy it before it is gone. */
import * as Y from "yjs";
import { noteInBrackets, pictureInWords } from "./plain-text";

/** The text of a block as Yjs has it, its notes, line breaks and what is said of a picture included. */
function textOf(type: Y.XmlElement | Y.XmlText | Y.XmlFragment): string {
  if (type instanceof Y.XmlText) {
    return type
      .toDelta()
      .map((part: { insert: unknown }) => (typeof part.insert === "string" ? part.insert : ""))
      .join("");
  }
  if (type instanceof Y.XmlElement && type.nodeName === "hard_break") return "\n";
  let text = "";
  for (const child of type.toArray() as (Y.XmlElement | Y.XmlText)[]) {
    const words = textOf(child);
    text += child instanceof Y.XmlElement && child.nodeName === "footnote" ? noteInBrackets(text, words) : words;
  }
  const isPicture = type instanceof Y.XmlElement && type.nodeName === "figure";
  return isPicture ? pictureInWords(String(type.getAttribute("alt") ?? ""), text) : text;
}

/** The block that directly holds the text. */
function blockOf(text: Y.AbstractType<unknown>): Y.XmlElement | null {
  let parent = text instanceof Y.XmlText ? text.parent : text;
  if (parent instanceof Y.XmlElement && parent.nodeName === "footnote") parent = parent.parent;
  return parent instanceof Y.XmlElement ? parent : null;
}

function insertions(update: Uint8Array): Y.Item[] {
  return Y.decodeUpdate(update).structs.filter(
    (struct): struct is Y.Item => struct instanceof Y.Item && struct.content instanceof Y.ContentString,
  );
}

/** The whole of every block that has something new in it: half a sentence helps nobody. */
export function wordsHere(doc: Y.Doc, updates: Uint8Array[]): string[] {
  const blocks = new Set<Y.XmlElement>();
  for (const item of updates.flatMap(insertions)) {
    const place = Y.createAbsolutePositionFromRelativePosition(new Y.RelativePosition(null, null, item.id), doc);
    const block = place && blockOf(place.type);
    if (block) blocks.add(block);
  }
  return [...blocks].map(textOf).filter((text) => text.trim() !== "");
}

/** Of what never joined the text there is no block to show, only what was typed: each text's on a line of its own. */
export function wordsLeft(updates: Uint8Array[]): string[] {
  return updates.map(typed).filter((text) => text.trim() !== "");
}

function typed(update: Uint8Array): string {
  let words = "";
  let last: Y.ID | null = null;
  for (const { content, id, length, origin } of insertions(update)) {
    // What does not follow what was typed before it stands elsewhere.
    const follows = last !== null && origin !== null && Y.compareIDs(origin, last);
    if (!follows && words !== "") words += "\n";
    words += (content as Y.ContentString).str;
    last = Y.createID(id.client, id.clock + length - 1);
  }
  return words;
}
