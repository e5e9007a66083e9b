/** The handles of the table that the caret is in, and its columns' edges, which a mouse can pull. */
import type { EditorState } from "prosemirror-state";
import { isInTable, selectedRect } from "prosemirror-tables";
import type { EditorView } from "prosemirror-view";
import type { Commands } from "./commands";
import { element } from "./element";
import { handlesOf, type Handled } from "./handles";
import { setWidths, widened } from "./table-shape";
import { columnBoxes, widthsSeen } from "./tables";

/** What the handles take beside the table, in pixels. */
const room = 32;

/** How wide the place is at which an edge is taken hold of, in pixels. */
const grip = 9;

function counted(what: "Row" | "Column", from: number, to: number, all: number): string {
  return to - from > 1 ? `${what}s ${from + 1} to ${to} of ${all}` : `${what} ${from + 1} of ${all}`;
}

const rectOf = (state: EditorState) => selectedRect(state);

const table: Handled = {
  name: "Table",
  isAt: isInTable,
  handles: [
    {
      words: "Row",
      icon: "grip",
      name: (state) => {
        const { top, bottom, map } = rectOf(state);
        return counted("Row", top, bottom, map.height);
      },
      items: ["row-above", "row-below", null, "row-up", "row-down", null, "header-row", null, "remove-row"],
    },
    {
      words: "Column",
      icon: "grip",
      name: (state) => {
        const { left, right, map } = rectOf(state);
        return counted("Column", left, right, map.width);
      },
      items: [
        "column-before", "column-after", null, "column-left", "column-right", null,
        "wider", "narrower", "widths-by-content", null, "header-column", null, "remove-column",
      ],
    },
    {
      words: "Table",
      icon: "table",
      name: () => "Table",
      items: ["join-cells", "split-cell", null, "header-row", "header-column", "widths-by-content", null, "remove-table"],
    },
  ],
  settle(view, layer) {
    const rect = rectOf(view.state);
    const { map, tableStart } = rect;
    const cell = (row: number, column: number) => view.nodeDOM(tableStart + map.map[row * map.width + column]!) as HTMLElement;
    const [first, last] = [cell(rect.top, rect.left), cell(rect.bottom - 1, rect.right - 1)].map((one) => one.getBoundingClientRect());
    const whole = cell(0, 0).closest("table")!.getBoundingClientRect();
    const home = layer.getBoundingClientRect();
    const within = (x: number) => Math.max(whole.left, Math.min(x, whole.right));
    const [left, right] = [Math.min(first!.left, last!.left), Math.max(first!.right, last!.right)];
    const places = {
      // Where the page has no room beside the text, they stand at its edge.
      left: Math.max(whole.left, room) - home.left,
      top: whole.top - home.top,
      tall: whole.height,
      row: (first!.top + last!.bottom) / 2 - home.top,
      column: (within(left) + within(right)) / 2 - home.left,
    };
    for (const [name, pixels] of Object.entries(places)) layer.style.setProperty(`--${name}`, `${Math.round(pixels)}px`);
  },
};

export const tableHandles = (commands: Commands) => handlesOf(commands, table, (view, layer) => new Edges(view, layer));

/** Pulls a column's edge. What it will be is shown by a line; the text changes when it is let go. */
class Edges {
  private readonly line = element("div", { class: "column-edge", "aria-hidden": "true", hidden: "" });
  private pulled: { column: number; from: number; pointer: number } | null = null;

  constructor(
    private readonly view: EditorView,
    private readonly layer: HTMLElement,
  ) {
    layer.append(this.line);
    view.dom.addEventListener("mousemove", this.over);
    this.line.addEventListener("pointerdown", this.begin);
    this.line.addEventListener("pointermove", this.pull);
    this.line.addEventListener("pointerup", this.end);
    this.line.addEventListener("pointercancel", this.leave);
    this.line.addEventListener("pointerleave", this.leave);
  }

  update(): void {
    if (this.layer.hidden) this.leave();
  }

  destroy(): void {
    this.view.dom.removeEventListener("mousemove", this.over);
  }

  /** Over an edge of the table with the caret, the line comes. */
  private readonly over = (event: MouseEvent) => {
    if (this.layer.hidden || this.pulled || event.buttons !== 0 || !isInTable(this.view.state)) return;
    const column = this.edgeAt(event);
    if (column !== null) this.show(column);
  };

  private edgeAt({ clientX, clientY }: MouseEvent): number | null {
    const table = this.layer.getBoundingClientRect();
    const [top, tall] = [this.pixels("--top") + table.top, this.pixels("--tall")];
    if (clientY < top || clientY > top + tall) return null;
    const boxes = columnBoxes(this.view, selectedRect(this.view.state));
    const found = boxes.findIndex((box) => box !== null && Math.abs(edgeOf(box, this.runsLeft) - clientX) < grip / 2);
    // The last one's outer edge is the table's.
    return found < 0 || found === boxes.length - 1 ? null : found;
  }

  private get runsLeft(): boolean {
    return getComputedStyle(this.view.dom).direction === "rtl";
  }

  private pixels(name: string): number {
    return Number.parseFloat(this.layer.style.getPropertyValue(name));
  }

  private show(column: number): void {
    const box = columnBoxes(this.view, selectedRect(this.view.state))[column]!;
    this.line.dataset.column = String(column);
    this.put(edgeOf(box, this.runsLeft));
    this.line.hidden = false;
  }

  private put(x: number): void {
    this.line.style.setProperty("--x", `${Math.round(x - this.layer.getBoundingClientRect().left)}px`);
  }

  private readonly begin = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.preventDefault();
    this.line.setPointerCapture(event.pointerId);
    this.pulled = { column: Number(this.line.dataset.column), from: event.clientX, pointer: event.pointerId };
    this.line.classList.add("pulled");
  };

  private readonly pull = (event: PointerEvent) => {
    if (this.pulled) this.put(event.clientX);
  };

  private readonly end = (event: PointerEvent) => {
    const { pulled, view } = this;
    this.leave();
    if (!pulled || view.isDestroyed || !view.editable || !isInTable(view.state)) return;
    const rect = selectedRect(view.state);
    const boxes = columnBoxes(view, rect);
    const wide = boxes.reduce((sum, box) => sum + (box?.width ?? 0), 0);
    const by = ((event.clientX - pulled.from) / wide) * (this.runsLeft ? -100 : 100);
    if (pulled.column >= rect.map.width || Math.abs(by) < 0.5) return;
    view.dispatch(setWidths(view.state.tr, rect.tableStart - 1, widened(widthsSeen(view, rect), pulled.column, by)));
  };

  private readonly leave = (event?: PointerEvent) => {
    if (event?.type === "pointerleave" && this.pulled) return;
    this.pulled = null;
    this.line.hidden = true;
    this.line.classList.remove("pulled");
  };
}

const edgeOf = (box: DOMRect, runsLeft: boolean) => (runsLeft ? box.left : box.right);
