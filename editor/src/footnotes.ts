/** Footnotes: a number in the text; the note itself opens where the caret goes into it, and is written in place. */
import { Plugin, TextSelection, type Command } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView, type NodeViewConstructor } from "prosemirror-view";
import { depthOf } from "./blocks";
import { element } from "./element";
import { node } from "./schema";

/** A note from what is selected, or an empty one to be written. */
export const addFootnote: Command = (state, dispatch) => {
  const { $from, $to, empty } = state.selection;
  const type = node("footnote");
  if (!$from.parent.inlineContent || depthOf($from, type) !== null || !$from.sameParent($to)) return false;
  if (!$from.parent.canReplaceWith($from.index(), $to.index(), type)) return false;
  const text = state.doc.textBetween($from.pos, $to.pos, " ");
  const note = type.create(null, empty || text === "" ? null : state.schema.text(text));
  if (dispatch) {
    const tr = state.tr.replaceWith($from.pos, $to.pos, note);
    dispatch(tr.setSelection(TextSelection.create(tr.doc, $from.pos + 1 + note.content.size)).scrollIntoView());
  }
  return true;
};

/** Enter and Escape in a note go back to the text after it. */
export const leaveFootnote: Command = (state, dispatch) => {
  const { $head } = state.selection;
  const depth = depthOf($head, node("footnote"));
  if (depth === null) return false;
  dispatch?.(state.tr.setSelection(TextSelection.create(state.doc, $head.after(depth))).scrollIntoView());
  return true;
};

/** The arrow keys go into a note and out of it: closed, the browser would jump over it. */
export function throughFootnote(direction: -1 | 1): Command {
  return (state, dispatch) => {
    const { $head, empty } = state.selection;
    if (!empty || !$head.parent.inlineContent) return false;
    const type = node("footnote");
    let target: number | null = null;
    if ($head.parent.type === type) {
      if (direction < 0 ? $head.parentOffset === 0 : $head.parentOffset === $head.parent.content.size) {
        target = direction < 0 ? $head.before() : $head.after();
      }
    } else if ((direction < 0 ? $head.nodeBefore : $head.nodeAfter)?.type === type) {
      target = $head.pos + direction;
    }
    if (target === null) return false;
    dispatch?.(state.tr.setSelection(TextSelection.create(state.doc, target)).scrollIntoView());
    return true;
  };
}

/** Backspace at a note's start: an empty note goes, a written one is only left. */
export const startOfFootnote: Command = (state, dispatch) => {
  const { $head, empty } = state.selection;
  if (!empty || $head.parent.type !== node("footnote") || $head.parentOffset > 0) return false;
  const tr = state.tr;
  if ($head.parent.content.size === 0) tr.delete($head.before(), $head.after());
  else tr.setSelection(TextSelection.create(state.doc, $head.before()));
  dispatch?.(tr.scrollIntoView());
  return true;
};

/**
 * A note between two edges that cannot be written in. Without them the place just inside it and the place just outside
 * are the same to the browser, and what is typed at a note's start or end would land in the text around it.
 */
export const footnoteView: NodeViewConstructor = () => {
  const edge = () => element("span", { class: "edge", contenteditable: "false" });
  const contentDOM = element("span");
  const dom = element("span", { class: "footnote" }, [edge(), contentDOM, edge()]);
  return { dom, contentDOM, ignoreMutation: (mutation) => mutation.type !== "selection" && !contentDOM.contains(mutation.target) };
};

/** Shows the note that the caret is in, and opens one whose number is pressed. */
export const footnotes = new Plugin({
  props: {
    decorations(state) {
      const { $head } = state.selection;
      const depth = depthOf($head, node("footnote"));
      if (depth === null) return null;
      return DecorationSet.create(state.doc, [Decoration.node($head.before(depth), $head.after(depth), { class: "open" })]);
    },
    handleDOMEvents: {
      mousedown(view: EditorView, event: MouseEvent) {
        const mark = (event.target as HTMLElement).closest?.(".footnote:not(.open)");
        // Not in an open note: there a press puts the caret where it is.
        if (!mark) return false;
        const at = view.posAtDOM(mark.querySelector("span:not(.edge)")!, 0);
        const note = view.state.doc.resolve(at).parent;
        if (note.type !== node("footnote")) return false;
        event.preventDefault();
        view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, at + note.content.size)));
        view.focus();
        return true;
      },
    },
  },
});
