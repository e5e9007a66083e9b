/** Which key does what. */
import {
  chainCommands,
  createParagraphNear,
  deleteSelection,
  exitCode,
  joinBackward,
  liftEmptyBlock,
  selectNodeBackward,
  splitBlock,
} from "prosemirror-commands";
import { undoInputRule } from "prosemirror-inputrules";
import { NodeSelection, TextSelection, type Command } from "prosemirror-state";
import { newLine, startToParagraph } from "./blocks";
import type { Commands } from "./commands";
import { leaveFootnote, startOfFootnote, throughFootnote } from "./footnotes";
import { liftItem, sinkItem, splitItem, startOutOfList } from "./lists";
import { node } from "./schema";
import { cellBefore, leaveTableDown, nextCell } from "./tables";
import { fenceToCode } from "./input-rules";

/** Enter in a caption, or with a picture selected, goes on below. */
const belowPicture: Command = (state, dispatch) => {
  const { selection } = state;
  const { $from } = selection;
  const selected = selection instanceof NodeSelection && selection.node.type === node("figure");
  if (!selected && ($from.depth === 0 || $from.parent.type !== node("figure"))) return false;
  if (dispatch) {
    const after = selected ? selection.to : $from.after();
    const tr = state.tr.insert(after, node("paragraph").create());
    dispatch(tr.setSelection(TextSelection.create(tr.doc, after + 1)).scrollIntoView());
  }
  return true;
};

/** Backspace at a caption's start selects the picture: the next one removes it. */
const selectPicture: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.depth === 0 || $from.parent.type !== node("figure") || $from.parentOffset > 0) return false;
  dispatch?.(state.tr.setSelection(NodeSelection.create(state.doc, $from.before())));
  return true;
};

/** Goes to the handles of what the caret is in. */
const handlesKey = "Mod-Alt-g";

/** Further keys bound here that do no command by name; which, and what they do. */
export const furtherKeys: [string, string][] = [
  ["Alt-F10", "Go to the format bar"],
  [handlesKey, "Go to the handles of a table or picture"],
  ["/", "Everything that can be inserted"],
  ["Tab", "Deeper in a list; next cell in a table"],
  ["Shift-Tab", "Less deep; cell before"],
];

/** In code Tab is a tab; elsewhere, outside lists and tables, it goes on to what comes after the text. */
const tabInCode: Command = (state, dispatch) => {
  if (!state.selection.$from.parent.type.spec.code) return false;
  dispatch?.(state.tr.insertText("\t").scrollIntoView());
  return true;
};

/**
 * A shortcut is taken even where its command can do nothing. Left to others, one with Shift would count as the one
 * without, so that redo pressed once too often would undo; and the browser would undo, or make bold, by itself.
 */
function taken(run: Command): Command {
  return (state, dispatch, view) => {
    run(state, dispatch, view);
    return true;
  };
}

export function keysFor(commands: Commands, bar: Command, handles: Command): { [key: string]: Command } {
  const keys: { [key: string]: Command } = {};
  for (const { keys: name, run } of Object.values(commands)) {
    if (name !== undefined) keys[name] = name.startsWith("Mod-") ? taken(run) : run;
  }
  return {
    ...keys,
    "Mod-y": taken(commands.redo.run),
    // The page finds in the whole book by it. Left to others, it would count as the one without Shift.
    "Mod-Shift-f": () => true,
    "Alt-F10": bar,
    [handlesKey]: taken(handles),
    Enter: chainCommands(
      leaveFootnote, fenceToCode, newLine, belowPicture, splitItem, createParagraphNear, liftEmptyBlock, splitBlock,
    ),
    "Mod-Enter": chainCommands(commands["toggle-task"].run, exitCode, commands["hard-break"].run),
    Backspace: chainCommands(
      undoInputRule, startOfFootnote, selectPicture, deleteSelection, startOutOfList, startToParagraph, joinBackward,
      selectNodeBackward,
    ),
    Tab: chainCommands(nextCell, sinkItem, tabInCode),
    "Shift-Tab": chainCommands(cellBefore, liftItem),
    Escape: chainCommands(leaveFootnote, (state, dispatch, view) => {
      return commands.focusMode.active(state) && commands.focusMode.run(state, dispatch, view);
    }),
    ArrowLeft: throughFootnote(-1),
    ArrowRight: throughFootnote(1),
    ArrowDown: leaveTableDown,
  };
}
