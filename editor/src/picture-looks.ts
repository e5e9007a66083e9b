/** How large a picture is and where it stands: a few steps, so that a book's pictures go with each other. */
import { NodeSelection, type Command, type EditorState } from "prosemirror-state";
import { pictureAt } from "./pictures";

export type Size = "natural" | "small" | "medium" | "full";
export type Place = "centre" | "column" | "left" | "right";

const isBeside = (place: unknown) => place === "left" || place === "right";

/** Beside a picture as wide as the text there is no room for text: the one that was asked for last is had. */
function together(now: { size: Size; place: Place }, asked: { size?: Size; place?: Place }): { size: Size; place: Place } {
  const both = { ...now, ...asked };
  if (both.size !== "full" || !isBeside(both.place)) return both;
  return asked.size === "full" ? { ...both, place: "centre" } : { ...both, size: "medium" };
}

export function looks(asked: { size?: Size; place?: Place }): Command {
  return (state, dispatch) => {
    const at = pictureAt(state);
    if (at === null) return false;
    const { size, place } = state.doc.nodeAt(at)!.attrs as { size: Size; place: Place };
    const wanted = together({ size, place }, asked);
    const { tr } = state;
    if (wanted.size !== size) tr.setNodeAttribute(at, "size", wanted.size);
    if (wanted.place !== place) tr.setNodeAttribute(at, "place", wanted.place);
    const { selection } = state;
    if (selection instanceof NodeSelection) tr.setSelection(NodeSelection.create(tr.doc, at));
    if (tr.docChanged) dispatch?.(tr);
    return true;
  };
}

export const hasLooks = (asked: { size?: Size; place?: Place }) => (state: EditorState) => {
  const at = pictureAt(state);
  const attrs = at === null ? {} : state.doc.nodeAt(at)!.attrs;
  return at !== null && Object.entries(asked).every(([name, value]) => attrs[name] === value);
};

export const removePicture: Command = (state, dispatch) => {
  const at = pictureAt(state);
  if (at === null) return false;
  dispatch?.(state.tr.delete(at, at + state.doc.nodeAt(at)!.nodeSize).scrollIntoView());
  return true;
};
