/** Commands that change what a block is. */
import { setBlockType } from "prosemirror-commands";
import type { Attrs, Node, NodeType, ResolvedPos } from "prosemirror-model";
import { TextSelection, type Command, type EditorState } from "prosemirror-state";
import { node } from "./schema";

/** The innermost node of one of these types around a position; its depth, or null. */
export function depthOf($place: ResolvedPos, ...types: NodeType[]): number | null {
  for (let depth = $place.depth; depth > 0; depth -= 1) if (types.includes($place.node(depth).type)) return depth;
  return null;
}

/** The text blocks that the selection touches. */
function textblocks(state: EditorState): { type: NodeType; attrs: Attrs; hasNotes: boolean }[] {
  const found: { type: NodeType; attrs: Attrs; hasNotes: boolean }[] = [];
  state.doc.nodesBetween(state.selection.from, state.selection.to, (child) => {
    if (child.isTextblock) {
      const hasNotes = child.content.content.some((part) => part.type === node("footnote"));
      found.push({ type: child.type, attrs: child.attrs, hasNotes });
    }
    return !child.isTextblock;
  });
  return found;
}

export function isBlock(state: EditorState, type: NodeType, attrs: Attrs = {}): boolean {
  const blocks = textblocks(state);
  const same = (has: Attrs) => Object.entries(attrs).every(([name, value]) => has[name] === value);
  return blocks.length > 0 && blocks.every((block) => block.type === type && same(block.attrs));
}

/** Makes the blocks this kind, or paragraphs again if they already are. A picture's caption stays one. */
export function turnInto(type: NodeType, attrs: Attrs = {}): Command {
  return (state, dispatch) => {
    const blocks = textblocks(state);
    if (blocks.some((block) => block.type === node("figure"))) return false;
    // Code has no place for notes, and their words would go.
    if (type === node("code_block") && blocks.some((block) => block.hasNotes)) return false;
    return isBlock(state, type, attrs)
      ? setBlockType(node("paragraph"))(state, dispatch)
      : setBlockType(type, attrs)(state, dispatch);
  };
}

/** At the start of a heading, verse or code: first it becomes a paragraph, only then does Backspace join. */
export const startToParagraph: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parentOffset > 0) return false;
  if (!["heading", "verse", "code_block"].includes($from.parent.type.name)) return false;
  return setBlockType(node("paragraph"))(state, dispatch);
};

/** In verse and code Enter is a new line; a third one at the end leaves it. */
export const newLine: Command = (state, dispatch) => {
  const { $from, $to } = state.selection;
  const kind = $from.parent.type.name;
  if ((kind !== "verse" && kind !== "code_block") || !$from.sameParent($to)) return false;
  if (!dispatch) return true;
  const before = $from.parent.textBetween(0, $from.parentOffset, "\n", "\n");
  if ($to.pos === $to.end() && before.endsWith("\n\n")) {
    const tr = state.tr.delete($from.pos - 2, $to.pos);
    const after = tr.mapping.map($to.after());
    tr.insert(after, node("paragraph").create());
    dispatch(tr.setSelection(TextSelection.create(tr.doc, after + 1)).scrollIntoView());
  } else {
    dispatch(state.tr.insertText("\n").scrollIntoView());
  }
  return true;
};

export const lineBreak: Command = (state, dispatch) => {
  const { $from } = state.selection;
  if (!$from.parent.inlineContent || $from.parent.type === node("footnote")) return false;
  if ($from.parent.type.name === "code_block" || $from.parent.type.name === "verse") {
    dispatch?.(state.tr.insertText("\n").scrollIntoView());
  } else {
    dispatch?.(state.tr.replaceSelectionWith(node("hard_break").create(), false).scrollIntoView());
  }
  return true;
};

/** Puts a block after the one with the caret, or in its place if that is an empty paragraph, and a place to go on. */
export function insertBlock(make: () => Node): Command {
  return (state, dispatch) => {
    const { $from } = state.selection;
    if ($from.depth === 0 || !$from.parent.isTextblock) return false;
    const container = $from.node($from.depth - 1);
    const index = $from.index($from.depth - 1);
    const block = make();
    if (!container.canReplaceWith(index, index + 1, block.type)) return false;
    if (!dispatch) return true;
    const tr = state.tr;
    const inPlace = $from.parent.type === node("paragraph") && $from.parent.content.size === 0;
    const at = inPlace ? $from.before() : $from.after();
    if (inPlace) tr.replaceWith(at, $from.after(), block);
    else tr.insert(at, block);
    const end = at + block.nodeSize;
    if (block.isLeaf) {
      // After a line across the page one goes on writing below it.
      const next = tr.doc.resolve(end).nodeAfter;
      if (!next?.isTextblock) tr.insert(end, node("paragraph").create());
      tr.setSelection(TextSelection.create(tr.doc, end + 1));
    } else {
      tr.setSelection(TextSelection.near(tr.doc.resolve(at + 1)));
    }
    dispatch(tr.scrollIntoView());
    return true;
  };
}
