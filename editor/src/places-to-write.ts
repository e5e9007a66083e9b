/**
 * Every place in a text can be written in, whatever made it.
 *
 * Blocks without anything in them: an item whose sign stands alone in a Markdown file, a quotation that two people have
 * emptied. A caret needs a line to stand in. Whoever goes there makes it; nobody does on receiving such a block, because
 * then all would, each one a line of their own.
 */
import { GapCursor } from "prosemirror-gapcursor";
import type { Node, ResolvedPos } from "prosemirror-model";
import { Plugin, TextSelection, type EditorState } from "prosemirror-state";
import { isInTable, selectedRect } from "prosemirror-tables";
import type { EditorView } from "prosemirror-view";
import { node } from "./schema";

/** Whether it is empty and writing may begin in it. */
function isEmpty(block: Node): boolean {
  return block.content.size === 0 && !block.isLeaf && !block.inlineContent && block.type.contentMatch.matchType(node("paragraph")) !== null;
}

/** The empty block that an arrow key comes to from here, before any other place; where its inside is. */
function emptyBeyond({ doc }: EditorState, from: number, by: -1 | 1): number | null {
  for (let at = from; at >= 0 && at <= doc.content.size; at += by) {
    const $at = doc.resolve(at);
    const next = by > 0 ? $at.nodeAfter : $at.nodeBefore;
    if (next?.isTextblock || next?.isLeaf) return null;
    if (next && isEmpty(next)) return at + by;
  }
  return null;
}

function enter(view: EditorView, at: number): void {
  const tr = view.state.tr.insert(at, node("paragraph").create());
  view.dispatch(tr.setSelection(TextSelection.create(tr.doc, at + 1)).scrollIntoView());
}

/** The lines that the cells of the table around are without. */
function fillCells(view: EditorView): void {
  const { state } = view;
  if (!isInTable(state)) return;
  const { table, tableStart } = selectedRect(state);
  const { tr } = state;
  table.descendants((cell, at) => {
    if (isEmpty(cell)) tr.insert(tr.mapping.map(tableStart + at + 1), node("paragraph").create());
    return cell.type === node("table_row");
  });
  if (tr.docChanged) view.dispatch(tr);
}

/** Whether this place has no line and needs none: what is typed there becomes a paragraph. */
const isGap = (place: ResolvedPos) => (GapCursor as unknown as { valid($place: ResolvedPos): boolean }).valid(place);

/** The gap that an arrow key comes to out of a table; null where there is none, or a cell before it. */
function gapBeyondTable({ doc, selection: { $head } }: EditorState, side: "up" | "down" | "left" | "right"): GapCursor | null {
  const by = side === "up" || side === "left" ? -1 : 1;
  for (let depth = $head.depth; depth > 0; depth -= 1) {
    const around = $head.node(depth);
    const index = $head.index(depth);
    const isLast = by < 0 ? index === 0 : index === around.childCount - 1;
    // Up and down, the other cells of the row do not count.
    if (!around.inlineContent && !isLast && !(around.type === node("table_row") && (side === "up" || side === "down"))) return null;
    if (around.type !== node("table")) continue;
    const $beyond = doc.resolve(by < 0 ? $head.before(depth) : $head.after(depth));
    return isGap($beyond) ? new GapCursor($beyond) : null;
  }
  return null;
}

const directions = { ArrowUp: ["up", -1], ArrowDown: ["down", 1], ArrowLeft: ["left", -1], ArrowRight: ["right", 1] } as const;

export const placesToWrite = new Plugin({
  props: {
    handleKeyDown(view, event) {
      if (!view.editable || event.ctrlKey || event.metaKey || event.altKey) return false;
      const direction = directions[event.key as keyof typeof directions];
      if (direction || event.key === "Tab") fillCells(view);
      const { selection } = view.state;
      if (!direction || event.shiftKey || !selection.empty) return false;
      const [side, by] = direction;
      const inText = selection instanceof TextSelection;
      if (inText && !view.endOfTextblock(side)) return false;
      const gap = inText && isInTable(view.state) ? gapBeyondTable(view.state, side) : null;
      if (gap) {
        view.dispatch(view.state.tr.setSelection(gap).scrollIntoView());
        return true;
      }
      const { $head } = selection;
      const from = !inText ? $head.pos : by > 0 ? $head.after() : $head.before();
      const at = emptyBeyond(view.state, from, by);
      if (at === null) return false;
      enter(view, at);
      return true;
    },
    handleDOMEvents: {
      mousedown(view, event) {
        if (!view.editable || event.button !== 0) return false;
        const pressed = (event.target as Element).closest("li, blockquote, td, th");
        if (!pressed || !view.dom.contains(pressed)) return false;
        const $at = view.state.doc.resolve(view.posAtDOM(pressed, 0));
        if (!isEmpty($at.parent)) return false;
        event.preventDefault();
        view.focus();
        enter(view, $at.pos);
        return true;
      },
    },
  },
});
