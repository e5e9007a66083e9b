/** Where things stand in a chapter, as the page and the server count it: by blocks of text, in the order of reading. */
import type { Node } from "prosemirror-model";
import { TextSelection, type EditorState } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import type { Heading, Place } from "./contract";
import { node } from "./schema";

/** More headings than anybody reads in a list. */
const most = 200;

/** Calls for every block of text with its number and where it begins. */
function eachBlock(doc: Node, call: (block: Node, at: number, number: number) => void): void {
  let number = 0;
  doc.descendants((block, at) => {
    if (!block.isTextblock) return true;
    call(block, at, number++);
    return false;
  });
}

/** The words of a block, without its notes; a line break is one. */
function wordsOf(block: Node, to = block.content.size): string {
  let words = "";
  block.nodesBetween(0, to, (child, at) => {
    if (child.isText) words += child.text!.slice(0, to - at);
    else if (child.type === node("hard_break")) words += "\n";
    return false;
  });
  return words;
}

/** Remembers the headings of the text it read last. */
export class Outline {
  private read: { doc: Node; headings: Heading[] } | null = null;

  of(doc: Node): Heading[] {
    if (this.read?.doc === doc) return this.read.headings;
    const headings: Heading[] = [];
    eachBlock(doc, (block, _at, number) => {
      const isHeading = block.type === node("heading") && headings.length < most;
      const words = isHeading ? wordsOf(block).trim() : "";
      if (words !== "") headings.push({ level: block.attrs["level"] as number, words, block: number });
    });
    this.read = { doc, headings };
    return headings;
  }
}

/** Where the caret is; null outside of any text. In a note, where the note stands. */
export function caretPlace(state: EditorState): Place | null {
  const { from } = state.selection;
  let place: Place | null = null;
  eachBlock(state.doc, (block, at, number) => {
    if (from <= at || from >= at + block.nodeSize) return;
    place = { block: number, at: wordsOf(block, from - at - 1).length };
  });
  return place;
}

/** Brings a block onto the screen, with the caret at its beginning where one may write. */
export function goToBlock(view: EditorView, number: number): void {
  let there: number | null = null;
  eachBlock(view.state.doc, (_block, at, other) => {
    if (other === number) there = at + 1;
  });
  if (there === null) return;
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, there)).setMeta("addToHistory", false));
  const shown = view.domAtPos(there).node;
  (shown instanceof Element ? shown : shown.parentElement)?.scrollIntoView({ block: "start" });
  if (view.editable) view.focus();
}
