/**
 * Tables. Two people who change one table's shape at once leave rows of unequal length: nothing is lost by that, and
 * nobody mends it on receiving it, because then all would, each adding cells to the others' mending without end. It is
 * mended by whoever next changes the table's shape, and whatever is pasted is mended before.
 */
import type { Node } from "prosemirror-model";
import { Plugin, Selection, TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import {
  addColumnAfter,
  addColumnBefore,
  addRowAfter,
  addRowBefore,
  CellSelection,
  columnIsHeader,
  deleteColumn,
  deleteRow,
  deleteTable,
  fixTables,
  goToNextCell,
  isInTable,
  mergeCells,
  rowIsHeader,
  selectedRect,
  splitCell,
  TableMap,
  tableEditing,
  toggleHeader,
  type TableRect,
} from "prosemirror-tables";
import type { EditorView } from "prosemirror-view";
import { insertBlock } from "./blocks";
import { node } from "./schema";
import { moveIn, moveOf, setWidths, shared, widened, widthsOf, type Direction, type Move } from "./table-shape";
import { parted } from "./undo";

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

/** Changes the shape; then the columns are as wide as they were, or as is answered for those there are then. */
function reshaping(command: Command, then = (widths: number[], _rect: TableRect) => widths): Command {
  return onMended((state, dispatch, view) => {
    if (!dispatch) return command(state);
    const rect = selectedRect(state);
    const widths = widthsOf(rect.table);
    const at = rect.tableStart - 1;
    const keep = (tr: Transaction) => {
      const isThere = tr.doc.nodeAt(at)?.type === node("table");
      const have = widths.some((width) => width > 0);
      if (isThere && have) setWidths(tr, at, shared(then([...widths], rect)));
      dispatch(isThere ? staying(tr, rect) : tr);
    };
    return command(state, keep, view);
  });
}

/** Where the cell with the caret is removed, the caret goes to the one in its place. */
function staying(tr: Transaction, { tableStart, top, left }: TableRect): Transaction {
  const table = tr.doc.nodeAt(tableStart - 1)!;
  if (tr.selection.from > tableStart && tr.selection.to < tableStart + table.content.size) return tr;
  const map = TableMap.get(table);
  const cell = map.map[Math.min(top, map.height - 1) * map.width + Math.min(left, map.width - 1)];
  return cell === undefined ? tr : tr.setSelection(Selection.near(tr.doc.resolve(tableStart + cell + 1)));
}

/** A new column is as wide as the others are on average. */
const withColumn = (at: "left" | "right") => (widths: number[], rect: TableRect) => {
  const average = widths.reduce((sum, width) => sum + width, 0) / widths.length;
  widths.splice(rect[at], 0, Math.max(1, Math.round(average)));
  return widths;
};

const withoutColumns = (widths: number[], { left, right }: TableRect) => {
  widths.splice(left, right - left);
  return widths;
};

/** Without its last row or column there is no table. */
const orTable = (command: Command): Command => (state, dispatch, view) => {
  return command(state, dispatch, view) || removeTable(state, dispatch, view);
};

export const removeTable: Command = (state, dispatch) => isInTable(state) && deleteTable(state, dispatch);
export const rowBefore = reshaping(addRowBefore);
export const rowAfter = reshaping(addRowAfter);
export const columnBefore = reshaping(addColumnBefore, withColumn("left"));
export const columnAfter = reshaping(addColumnAfter, withColumn("right"));
export const removeRow = orTable(reshaping(wholly("row", deleteRow)));
export const removeColumn = orTable(reshaping(wholly("column", deleteColumn), withoutColumns));
export const headerRow = reshaping(toggleHeader("row"));
export const headerColumn = reshaping(toggleHeader("column"));
export const splitCells = reshaping(splitCell);

/** Not where nothing would be left. */
function wholly(direction: Direction, command: Command): Command {
  return (state, dispatch) => {
    const { top, bottom, left, right, map } = selectedRect(state);
    const all = direction === "row" ? bottom - top === map.height : right - left === map.width;
    return !all && command(state, dispatch);
  };
}

/** What is selected becomes one cell; where it is one, it takes in the next of its row. */
export const joinCells = reshaping((state, dispatch) => {
  if (mergeCells(state)) return mergeCells(state, dispatch);
  const { top, right, left, map, tableStart } = selectedRect(state);
  if (state.selection instanceof CellSelection && state.selection.ranges.length > 1) return false;
  if (right >= map.width) return false;
  const [one, next] = [map.map[top * map.width + left]!, map.map[top * map.width + right]!];
  const both = state.apply(state.tr.setSelection(CellSelection.create(state.doc, tableStart + one, tableStart + next)));
  return mergeCells(both, dispatch);
});

const header = (direction: Direction, { map, table }: TableRect, at: number) =>
  direction === "row" ? rowIsHeader(map, table, at) : columnIsHeader(map, table, at);

/** Whether the table has a row, or column, of headings. */
export const hasHeader = (direction: Direction) => (state: EditorState) => isInTable(state) && header(direction, selectedRect(state), 0);

/** Where a row, or column, would go, and whether what heads the others is in the way. */
function wayOf(rect: TableRect, direction: Direction, by: -1 | 1): { way: Move; isHeader: boolean } | null {
  const way = moveOf(rect, direction, by);
  if (way === null) return null;
  const [first, second] = by > 0 ? [way.from, way.to] : [way.before, way.from];
  return { way, isHeader: first === 0 && header(direction, rect, 0) && !header(direction, rect, second) };
}

/** Why it cannot be moved, where not simply because it is the last. */
export const whyStays = (direction: Direction) => (state: EditorState): string => {
  if (!isInTable(state)) return "";
  const rect = selectedRect(state);
  const ways = ([-1, 1] as const).map((by) => wayOf(rect, direction, by));
  if (ways.some((found) => found?.isHeader)) return "Headings stay first";
  const size = direction === "row" ? rect.bottom - rect.top : rect.right - rect.left;
  const all = direction === "row" ? rect.map.height : rect.map.width;
  return ways.every((found) => found === null) && size < all ? "Split the cell that reaches across" : "";
};

/** Rows, or columns, change places. What heads the others stays before them. */
export function move(direction: Direction, by: -1 | 1): Command {
  return onMended((state, dispatch, view) => {
    const rect = selectedRect(state);
    const found = wayOf(rect, direction, by);
    if (found === null || found.isHeader) return false;
    if (dispatch && view) {
      const told = (tr: Transaction) => {
        dispatch(tr);
        return view.state;
      };
      parted(state);
      moveIn(rect, direction, found.way, state, told);
      parted(view.state);
    }
    return true;
  });
}

/** In a table that runs from right to left its columns do. */
export function moveColumn(to: "left" | "right"): Command {
  return (state, dispatch, view) => {
    const by = (to === "left") === runsLeft(view) ? 1 : -1;
    return move("column", by)(state, dispatch, view);
  };
}

function runsLeft(view: EditorView | undefined): boolean {
  if (!view) return false;
  const { node: there } = view.domAtPos(view.state.selection.from);
  const row = (there instanceof Element ? there : there.parentElement)?.closest("tr");
  return !!row && getComputedStyle(row).direction === "rtl";
}

/** The table's element and the boxes of its columns. */
export function columnBoxes(view: EditorView, { map, tableStart }: TableRect): (DOMRect | null)[] {
  return Array.from({ length: map.width }, (_, column) => {
    for (let row = 0; row < map.height; row += 1) {
      const at = map.map[row * map.width + column]!;
      const { left, right } = map.findCell(at);
      const cell = right - left === 1 ? view.nodeDOM(tableStart + at) : null;
      if (cell instanceof HTMLElement) return cell.getBoundingClientRect();
    }
    return null;
  });
}

/** The widths as they are set, or else as the columns are on the screen. */
export function widthsSeen(view: EditorView, rect: TableRect): number[] {
  const set = widthsOf(rect.table);
  if (!set.includes(0)) return shared(set);
  const boxes = columnBoxes(view, rect).map((box) => box?.width ?? 0);
  // A column that no cell has for itself has no box of its own.
  const average = boxes.reduce((sum, width) => sum + width, 0) / Math.max(1, boxes.filter((width) => width > 0).length);
  return shared(boxes.map((width) => width || average || 1));
}

/** A column becomes wider, by so many percent of the table. */
export function widen(by: number): Command {
  return onMended((state, dispatch, view) => {
    const rect = selectedRect(state);
    if (rect.map.width < 2) return false;
    if (!dispatch || !view) return true;
    const widths = widthsSeen(view, rect);
    dispatch(setWidths(state.tr, rect.tableStart - 1, widened(widths, rect.right - 1, by)));
    return true;
  });
}

/** Each column as wide as what stands in it needs. */
export const widthsByContent: Command = onMended((state, dispatch) => {
  const { table, tableStart } = selectedRect(state);
  if (!widthsOf(table).some((width) => width > 0)) return false;
  dispatch?.(setWidths(state.tr, tableStart - 1, []));
  return true;
});

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
