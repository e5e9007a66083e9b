/** Everything one can do, by name: what keys, the menu, the bar and the page's `exec` all call. */
import { lift, toggleMark, wrapIn } from "prosemirror-commands";
import type { Command, EditorState } from "prosemirror-state";
import { redoCommand, undoCommand } from "y-prosemirror";
import { depthOf, insertBlock, isBlock, lineBreak, turnInto } from "./blocks";
import { focusModeKeys } from "./focus-mode";
import { addFootnote } from "./footnotes";
import type { IconName } from "./icons";
import { toggleList, toggleTask } from "./lists";
import { hasLooks, looks, removePicture, type Place, type Size } from "./picture-looks";
import { mark, node } from "./schema";
import * as tables from "./tables";

export interface Action {
  /** What it is called; sentence case. */
  words: string;
  run: Command;
  icon?: IconName;
  /** The keys, as ProseMirror names them. */
  keys?: string;
  /** What does the same while typing. */
  typed?: string;
  /** Further words by which the menu finds it. */
  also?: string;
  /** Whether it is in force where the selection is. */
  active?: (state: EditorState) => boolean;
  /** Why it cannot be done at present, where that is not plain to see; empty where it is. */
  whyNot?: (state: EditorState) => string;
  /** Whether one often does it some times in a row: its menu stays open. */
  again?: boolean;
  /** Under which heading it stands in the shortcut sheet. */
  part: "Words" | "Blocks" | "Insert" | "Table" | "Picture" | "Edit";
}

/** What opens a window of its own, and so is not the text's business. */
export interface Windows {
  link: Command;
  language: Command;
  term: Command;
  picture: Command;
  describe: Command;
  find: Command;
  shortcuts: Command;
  focusMode: Command;
  isInFocusMode: () => boolean;
}

export type CommandName = keyof ReturnType<typeof commandsFor>;

function marks(name: string, words: string, icon: IconName, keys: string, typed?: string): Action {
  const type = mark(name);
  return {
    words,
    icon,
    keys,
    typed,
    part: "Words",
    run: toggleMark(type, null, { includeWhitespace: false }),
    active: (state) => hasMark(state, name),
  };
}

function hasMark(state: EditorState, name: string): boolean {
  const { from, to, empty, $from } = state.selection;
  const type = mark(name);
  return empty ? !!type.isInSet(state.storedMarks ?? $from.marks()) : state.doc.rangeHasMark(from, to, type);
}

function heading(level: number): Action {
  const type = node("heading");
  return {
    words: ["Heading", "Smaller heading", "Smallest heading"][level - 2]!,
    icon: "heading",
    keys: `Mod-Alt-${level - 1}`,
    typed: "#".repeat(level),
    also: `title section h${level}`,
    part: "Blocks",
    run: turnInto(type, { level }),
    active: (state) => isBlock(state, type, { level }),
  };
}

function list(name: string, words: string, icon: IconName, keys: string, typed: string, also: string): Action {
  return {
    words, icon, keys, typed, also,
    part: "Blocks",
    run: toggleList(node(name)),
    active: ({ selection: { $from } }) => {
      const depth = depthOf($from, node("bullet_list"), node("ordered_list"), node("task_list"));
      return depth !== null && $from.node(depth).type === node(name);
    },
  };
}

const quoted = (state: EditorState) => depthOf(state.selection.$from, node("blockquote")) !== null;
const toggleQuote: Command = (state, dispatch) =>
  quoted(state) ? lift(state, dispatch) : wrapIn(node("blockquote"))(state, dispatch);

function inTable(words: string, run: Command, also: string, more: Partial<Action> = {}): Action {
  return { words, run, also, part: "Table", icon: "table", ...more };
}

function moving(words: string, run: Command, direction: "row" | "column", also: string): Action {
  return inTable(words, run, also, { again: true, whyNot: tables.whyStays(direction) });
}

function look(words: string, asked: { size?: Size; place?: Place }): Action {
  return { words, part: "Picture", icon: "picture", run: looks(asked), active: hasLooks(asked), again: true };
}

export function commandsFor(windows: Windows) {
  return {
    strong: marks("strong", "Bold", "strong", "Mod-b", "**words**"),
    emphasis: marks("emphasis", "Italic", "emphasis", "Mod-i", "*words*"),
    "small-caps": marks("small_caps", "Small capitals", "small_caps", "Mod-Alt-k"),
    strike: marks("strike", "Struck through", "strike", "Mod-Shift-x", "~~words~~"),
    superscript: marks("superscript", "Raised", "superscript", "Mod-."),
    subscript: marks("subscript", "Lowered", "subscript", "Mod-,"),
    code: marks("code", "Code", "code", "Mod-e", "`words`"),
    link: {
      words: "Link", icon: "link", keys: "Mod-k", typed: "[words](address)", part: "Words",
      run: windows.link, active: (state) => hasMark(state, "link"),
    },
    language: {
      words: "Language of the words", icon: "language", keys: "Mod-Alt-l", part: "Words",
      run: windows.language, active: (state) => hasMark(state, "language"),
    },
    "index-term": {
      words: "Index term", icon: "term", keys: "Mod-Alt-x", part: "Words",
      run: windows.term, active: (state) => hasMark(state, "index_term"),
    },
    paragraph: {
      words: "Plain paragraph", icon: "paragraph", keys: "Mod-Alt-0", also: "text", part: "Blocks",
      run: turnInto(node("paragraph")), active: (state) => isBlock(state, node("paragraph")),
    },
    "heading-2": heading(2),
    "heading-3": heading(3),
    "heading-4": heading(4),
    "bullet-list": list("bullet_list", "List", "bullet", "Mod-Shift-8", "-", "bullets points"),
    "ordered-list": list("ordered_list", "Numbered list", "ordered", "Mod-Shift-7", "1.", "ordered steps"),
    "task-list": list("task_list", "Tasks", "task", "Mod-Shift-9", "[ ]", "to do checklist"),
    quote: {
      words: "Quotation", icon: "quote", keys: "Mod-Shift-b", typed: ">", also: "blockquote cite", part: "Blocks",
      run: toggleQuote, active: quoted,
    },
    verse: {
      words: "Verse", icon: "verse", keys: "Mod-Alt-v", also: "poem lines song", part: "Blocks",
      run: turnInto(node("verse")), active: (state) => isBlock(state, node("verse")),
    },
    "code-block": {
      words: "Code block", icon: "code", keys: "Mod-Alt-c", typed: "```", also: "program listing", part: "Blocks",
      run: turnInto(node("code_block")), active: (state) => isBlock(state, node("code_block")),
    },
    "scene-break": {
      words: "Scene break", icon: "scene", keys: "Mod-Alt-s", typed: "---", also: "line rule divider stars", part: "Insert",
      run: insertBlock(() => node("scene_break").create()),
    },
    picture: {
      words: "Picture", icon: "picture", keys: "Mod-Alt-p", also: "image photo figure upload", part: "Insert",
      run: windows.picture,
    },
    "describe-picture": {
      words: "Describe the picture", icon: "picture", keys: "Mod-Alt-d", also: "alternative text alt", part: "Insert",
      run: windows.describe,
    },
    table: { words: "Table", icon: "table", keys: "Mod-Alt-t", also: "rows columns grid", part: "Insert", run: tables.insertTable },
    footnote: { words: "Footnote", icon: "footnote", keys: "Mod-Alt-f", also: "note reference", part: "Insert", run: addFootnote },
    "hard-break": { words: "Line break", keys: "Shift-Enter", part: "Insert", run: lineBreak },
    "row-above": inTable("Row above", tables.rowBefore, "add insert table"),
    "row-below": inTable("Row below", tables.rowAfter, "add insert table"),
    "column-before": inTable("Column before", tables.columnBefore, "add insert table left"),
    "column-after": inTable("Column after", tables.columnAfter, "add insert table right"),
    "row-up": moving("Move row up", tables.move("row", -1), "row", "table"),
    "row-down": moving("Move row down", tables.move("row", 1), "row", "table"),
    "column-left": moving("Move column left", tables.moveColumn("left"), "column", "table"),
    "column-right": moving("Move column right", tables.moveColumn("right"), "column", "table"),
    wider: inTable("Wider", tables.widen(5), "column width table", { again: true }),
    narrower: inTable("Narrower", tables.widen(-5), "column width table", { again: true }),
    "widths-by-content": inTable("Widths by content", tables.widthsByContent, "column automatic table"),
    "remove-row": inTable("Remove row", tables.removeRow, "delete table"),
    "remove-column": inTable("Remove column", tables.removeColumn, "delete table"),
    "header-row": inTable("Header row", tables.headerRow, "title table", { active: tables.hasHeader("row") }),
    "header-column": inTable("Header column", tables.headerColumn, "title table", { active: tables.hasHeader("column") }),
    "join-cells": inTable("Join cells", tables.joinCells, "merge span table"),
    "split-cell": inTable("Split cell", tables.splitCells, "unmerge span table"),
    "remove-table": inTable("Remove table", tables.removeTable, "delete"),
    "picture-natural": look("As large as it is", { size: "natural" }),
    "picture-small": look("Small", { size: "small" }),
    "picture-medium": look("Medium", { size: "medium" }),
    "picture-full": look("As wide as the text", { size: "full" }),
    "picture-centre": look("Centred", { place: "centre" }),
    "picture-column": look("In the text's column", { place: "column" }),
    "picture-left": look("Left, beside the text", { place: "left" }),
    "picture-right": look("Right, beside the text", { place: "right" }),
    "remove-picture": { words: "Remove picture", part: "Picture", icon: "picture", run: removePicture },
    "toggle-task": { words: "Tick or untick a task", keys: "Mod-Enter", part: "Edit", run: toggleTask },
    undo: { words: "Undo", keys: "Mod-z", part: "Edit", run: undoCommand },
    redo: { words: "Redo", keys: "Mod-Shift-z", part: "Edit", run: redoCommand },
    find: { words: "Find and replace", keys: "Mod-f", part: "Edit", run: windows.find },
    focusMode: {
      words: "Only the text", icon: "focusMode", keys: focusModeKeys, part: "Edit", run: windows.focusMode, active: windows.isInFocusMode,
    },
    shortcuts: { words: "Keyboard shortcuts", keys: "Mod-/", part: "Edit", run: windows.shortcuts },
  } satisfies { [name: string]: Action };
}

export type Commands = { [name in CommandName]: Action } & { focusMode: Required<Pick<Action, "active">> };

const mac = /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** Keys as they are written on this person's keyboard. */
export function keyNames(keys: string): string {
  const names: { [key: string]: string } = mac
    ? { Mod: "⌘", Alt: "⌥", Shift: "⇧" }
    : { Mod: "Ctrl" };
  return keys
    .split("-")
    .map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key))
    .join(mac ? "" : "+");
}
