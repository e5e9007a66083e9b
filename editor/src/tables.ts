/**
 * Tables. Two people who change one table's shape at once leave rows of unequal length: nothing is lost by that, and
 * nobody mends it on receiving it, because then all would, each adding cells to the others' mending without end. It is
 * mended by whoever next changes the table's shape, and whatever is pasted is mended before.
 */
import type { Node } from "prosemirror-model";
import { Plugin, TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import {
  addColumnAfter,
  addColumnBefore,
  addRowAfter,
  addRowBefore,
  deleteColumn,
  deleteRow,
  deleteTable,
  fixTables,
  goToNextCell,
  isInTable,
  tableEditing,
  toggleHeaderRow,
} from "prosemirror-tables";
import { insertBlock } from "./blocks";
import { node } from "./schema";

export const insertTable = insertBlock((): Node => {
  const cell = (type: string) => node(type).create(null, node("paragraph").create());
  const row = (type: string) => node("table_row").create(null, [cell(type), cell(type), cell(type)]);
  return node("table").create(null, [row("table_header"), row("table_cell"), row("table_cell")]);
});

/** Mends the tables, then does it. */
function onMended(command: Command): Command {
  return (state, dispatch, view) => {
    if (!isInTable(state)) return false;
    const mending = fixTables(state);
    if (mending && dispatch) {
      dispatch(mending);
      return view ? command(view.state, dispatch, view) : true;
    }
    return command(state, dispatch, view);
  };
}

export const rowBefore = onMended(addRowBefore);
export const rowAfter = onMended(addRowAfter);
export const columnBefore = onMended(addColumnBefore);
export const columnAfter = onMended(addColumnAfter);
export const removeRow = onMended(deleteRow);
export const removeColumn = onMended(deleteColumn);
export const headerRow = onMended(toggleHeaderRow);
export const removeTable: Command = (state, dispatch) => isInTable(state) && deleteTable(state, dispatch);

/** Tab goes to the next cell; after the last one there is a new row. */
export const nextCell: Command = (state, dispatch, view) => {
  if (!isInTable(state)) return false;
  if (goToNextCell(1)(state, dispatch)) return true;
  if (!dispatch || !view) return true;
  rowAfter(state, dispatch, view);
  return goToNextCell(1)(view.state, dispatch);
};

export const cellBefore: Command = (state, dispatch) => isInTable(state) && (goToNextCell(-1)(state, dispatch) || true);

/** Below a table at the chapter's end there must be a way on. */
export const leaveTableDown: Command = (state, dispatch) => {
  const { $head, empty } = state.selection;
  if (!empty || !isInTable(state)) return false;
  for (let depth = $head.depth; depth > 0; depth -= 1) {
    if ($head.node(depth).type !== node("table")) continue;
    const table = $head.node(depth);
    const inLastRow = $head.index(depth) === table.childCount - 1;
    const last = $head.index(depth - 1) === $head.node(depth - 1).childCount - 1;
    if (!inLastRow || !last || $head.pos < $head.end()) return false;
    if (dispatch) {
      const after = $head.after(depth);
      const tr = state.tr.insert(after, node("paragraph").create());
      dispatch(tr.setSelection(TextSelection.create(tr.doc, after + 1)).scrollIntoView());
    }
    return true;
  }
  return false;
};

const editing = tableEditing();
const { appendTransaction } = editing.spec;

/** Selecting and pasting cells, without mending on every change. */
export const tables = new Plugin({
  ...editing.spec,
  appendTransaction(transactions: readonly Transaction[], before: EditorState, state: EditorState) {
    const pasted = transactions.some((tr) => tr.getMeta("paste") === true);
    // Beside itself a state has no changed tables, so only the selection is looked after.
    return appendTransaction?.call(editing, transactions, pasted ? before : state, state) ?? null;
  },
});
