/** Lists: bulleted, numbered, and of tasks. */
import { chainCommands } from "prosemirror-commands";
import type { NodeType } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { Selection, type Command } from "prosemirror-state";
import type { NodeView, NodeViewConstructor } from "prosemirror-view";
import { depthOf } from "./blocks";
import { element } from "./element";
import { node } from "./schema";

const lists = () => [node("bullet_list"), node("ordered_list"), node("task_list")];
const items = () => [node("list_item"), node("task_item")];
const itemOf = (list: NodeType) => (list === node("task_list") ? node("task_item") : node("list_item"));

/** Makes the blocks such a list, another list such a one, and such a list plain text again. */
export function toggleList(list: NodeType): Command {
  return (state, dispatch) => {
    const { $from } = state.selection;
    const depth = depthOf($from, ...lists());
    if (depth === null) return wrapInList(list)(state, dispatch);
    const current = $from.node(depth);
    if (current.type === list) return liftListItem(itemOf(list))(state, dispatch);
    if (!dispatch) return true;
    const tr = state.tr;
    const at = $from.before(depth);
    const changed = current.content.content.map((item) => itemOf(list).create(null, item.content));
    tr.replaceWith(at, at + current.nodeSize, list.create(null, changed));
    // The same size as before, so the caret's number still means the same place.
    tr.setSelection(Selection.fromJSON(tr.doc, state.selection.toJSON() as { type: string }));
    dispatch(tr.scrollIntoView());
    return true;
  };
}

const eachItem = (command: (item: NodeType) => Command): Command => chainCommands(...items().map(command));

/** The innermost item is split: in a numbered list inside a task its own, not the task. */
export const splitItem: Command = (state, dispatch) => {
  const depth = depthOf(state.selection.$from, ...items());
  if (depth === null) return false;
  const item = state.selection.$from.node(depth).type;
  return splitListItem(item, item === node("task_item") ? { done: false } : undefined)(state, dispatch);
};

export const sinkItem = eachItem(sinkListItem);
export const liftItem = eachItem(liftListItem);

/** Backspace at an item's start takes it out of the list, rather than gluing it to the one before. */
export const startOutOfList: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parentOffset > 0 || $from.depth < 2) return false;
  const item = $from.node($from.depth - 1);
  if (!items().includes(item.type) || $from.index($from.depth - 1) > 0) return false;
  return liftListItem(item.type)(state, dispatch);
};

export const toggleTask: Command = (state, dispatch) => {
  const depth = depthOf(state.selection.$from, node("task_item"));
  if (depth === null) return false;
  const task = state.selection.$from.node(depth);
  dispatch?.(state.tr.setNodeAttribute(state.selection.$from.before(depth), "done", !task.attrs.done));
  return true;
};

/** A task with a box that can be pressed. */
export const taskView: NodeViewConstructor = (task, view, position): NodeView => {
  const box = element("input", { type: "checkbox", "aria-label": "Done" });
  const contentDOM = element("div");
  const dom = element("li", { class: "task" }, [box, contentDOM]);
  box.contentEditable = "false";
  const show = (done: boolean) => {
    dom.dataset.done = String(done);
    box.checked = done;
    box.disabled = !view.editable;
  };
  box.addEventListener("change", () => {
    const at = position();
    if (at !== undefined) view.dispatch(view.state.tr.setNodeAttribute(at, "done", box.checked));
  });
  show(task.attrs.done === true);
  return {
    dom,
    contentDOM,
    update(changed) {
      if (changed.type !== task.type) return false;
      show(changed.attrs.done === true);
      return true;
    },
    stopEvent: (event) => event.target === box,
    ignoreMutation: (mutation) => !contentDOM.contains(mutation.target),
  };
};
