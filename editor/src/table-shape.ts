/**
 * The shape of a table: which of its rows and columns move together, and how wide its columns are. A column's width is
 * its share of the table in percent and stands at each of its cells, so that a row or a column that somebody adds, moves
 * or removes meanwhile takes nothing from it.
 */
import { Fragment, type Node } from "prosemirror-model";
import { Selection, TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import { CellSelection, TableMap, type TableRect } from "prosemirror-tables";

/** No column is narrower, in percent. */
const narrowest = 5;

export type Direction = "row" | "column";

/** Before which rows, or columns, no cell reaches across; also behind the last. */
function partings({ map, width, height }: TableMap, direction: Direction): boolean[] {
  const across = direction === "row" ? height : width;
  const along = direction === "row" ? width : height;
  const at = (one: number, other: number) => (direction === "row" ? map[one * width + other] : map[other * width + one]);
  return Array.from({ length: across + 1 }, (_, line) => {
    if (line === 0 || line === across) return true;
    return Array.from({ length: along }, (_, other) => at(line - 1, other) !== at(line, other)).every(Boolean);
  });
}

export interface Move {
  /** What moves: from the first up to the last and not with it. */
  from: number;
  to: number;
  /** Before which it comes to stand, counted as before the move. */
  before: number;
}

/**
 * Where what is selected goes when it moves by one, with all that cells of several rows or columns hold together, and
 * past the like. Null where there is no further.
 */
export function moveOf({ map, top, bottom, left, right }: TableRect, direction: Direction, by: -1 | 1): Move | null {
  const parted = partings(map, direction);
  let [from, to] = direction === "row" ? [top, bottom] : [left, right];
  while (!parted[from]) from -= 1;
  while (!parted[to]) to += 1;
  if (by < 0 ? from === 0 : to === parted.length - 1) return null;
  let before = by < 0 ? from - 1 : to + 1;
  while (!parted[before]) before += by;
  return { from, to, before };
}

/** The cells of what moves that begin in this row. */
function cellsOf({ map, table }: TableRect, row: number, { from, to }: Move): { start: number; end: number; cells: Node[] } | null {
  let found: { start: number; end: number; cells: Node[] } | null = null;
  for (let column = from; column < to; column += 1) {
    const at = map.map[row * map.width + column]!;
    const begins = (row === 0 || map.map[(row - 1) * map.width + column] !== at) && (column === 0 || map.map[row * map.width + column - 1] !== at);
    if (!begins) continue;
    const cell = table.nodeAt(at)!;
    found ??= { start: at, end: at, cells: [] };
    found.cells.push(cell);
    found.end = at + cell.nodeSize;
  }
  return found;
}

/** What is taken out, where it is put in again, and where in it the selection was. */
interface Taken {
  from: number;
  to: number;
  content: Fragment;
}

function takenOf(rect: TableRect, direction: Direction, move: Move): (Taken | null)[] {
  const { table, tableStart, map } = rect;
  if (direction === "row") {
    let from = tableStart;
    for (let row = 0; row < move.from; row += 1) from += table.child(row).nodeSize;
    const rows = table.content.content.slice(move.from, move.to);
    const content = Fragment.from(rows);
    return [{ from, to: from + content.size, content }];
  }
  return Array.from({ length: map.height }, (_, row) => {
    const found = cellsOf(rect, row, move);
    return found && { from: tableStart + found.start, to: tableStart + found.end, content: Fragment.from(found.cells) };
  });
}

/** Where in the table without them they come to stand. */
function placeFor(table: Node, tableStart: number, direction: Direction, { from, to, before }: Move, row: number): number {
  const index = before > to ? before - (to - from) : before;
  if (direction === "column") return tableStart + TableMap.get(table).positionAt(row, index, table);
  let at = tableStart;
  for (let above = 0; above < index; above += 1) at += table.child(above).nodeSize;
  return at;
}

/**
 * Moves rows or columns: they are taken out, and then put in again elsewhere, in two steps. Told in one, it would reach
 * the document as every cell's words changed into its neighbour's, and what somebody else writes there meanwhile would
 * stand in the wrong one.
 */
export function moveIn(
  rect: TableRect,
  direction: Direction,
  move: Move,
  state: EditorState,
  dispatch: (tr: Transaction) => EditorState,
): void {
  const taken = takenOf(rect, direction, move);
  const { selection } = state;
  const inCells = selection instanceof CellSelection;
  const ends = inCells ? [selection.$anchorCell.pos, selection.$headCell.pos] : [selection.anchor, selection.head];
  const removing = state.tr;
  for (const part of [...taken].reverse()) if (part) removing.delete(part.from, part.to);
  const { doc, tr } = dispatch(removing);
  const table = doc.nodeAt(rect.tableStart - 1)!;
  let [anchor, head] = ends as [number, number];
  for (const [row, part] of taken.entries()) {
    if (!part) continue;
    const at = tr.mapping.map(placeFor(table, rect.tableStart, direction, move, row), -1);
    tr.insert(at, part.content);
    const follow = (end: number, now: number) => (end >= part.from && end < part.to ? at + end - part.from : now);
    [anchor, head] = [follow(ends[0]!, anchor), follow(ends[1]!, head)];
  }
  tr.setSelection(selectionOf(tr.doc, inCells, anchor, head));
  dispatch(tr.scrollIntoView());
}

function selectionOf(doc: Node, inCells: boolean, anchor: number, head: number): Selection {
  if (inCells) return CellSelection.create(doc, anchor, head);
  return TextSelection.between(doc.resolve(anchor), doc.resolve(head));
}

/** Each column's width in percent; 0 where it is as wide as what stands in it. */
export function widthsOf(table: Node): number[] {
  const map = TableMap.get(table);
  const widths = new Array<number>(map.width).fill(0);
  for (const [index, at] of map.map.entries()) {
    const { colspan, width } = table.nodeAt(at)?.attrs ?? {};
    const column = index % map.width;
    // Two may have set it at once: the wider counts, as it does on the screen.
    if (colspan === 1) widths[column] = Math.max(widths[column]!, Number(width));
  }
  return widths;
}

/** Writes the widths to all cells of the table that begins here. */
export function setWidths(tr: Transaction, at: number, widths: number[]): Transaction {
  const table = tr.doc.nodeAt(at)!;
  const map = TableMap.get(table);
  for (const cell of new Set(map.map)) {
    const { colspan, width } = table.nodeAt(cell)!.attrs;
    const wanted = colspan === 1 ? (widths[map.colCount(cell)] ?? 0) : 0;
    if (width !== wanted) tr.setNodeAttribute(at + 1 + cell, "width", wanted);
  }
  return tr;
}

/** The same shares in whole percent, a hundred together; as they are where not every column has one. */
export function shared(widths: number[]): number[] {
  const sum = widths.reduce((sum, width) => sum + width, 0);
  if (widths.includes(0)) return widths;
  let given = 0;
  let exact = 0;
  return widths.map((width) => {
    exact += (width * 100) / sum;
    const share = Math.max(1, Math.round(exact) - given);
    given += share;
    return share;
  });
}

/** One column wider by so many percent of the table, or narrower, at the cost of the one beside it. */
export function widened(widths: number[], column: number, by: number): number[] {
  const beside = column + 1 < widths.length ? column + 1 : column - 1;
  const changed = [...widths];
  if (beside < 0) return changed;
  const least = (at: number) => Math.min(narrowest, widths[at]!);
  const change = Math.round(Math.max(least(column) - widths[column]!, Math.min(by, widths[beside]! - least(beside))));
  changed[column] = widths[column]! + change;
  changed[beside] = widths[beside]! - change;
  return changed;
}
