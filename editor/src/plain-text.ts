/**
 * The text as plain text, as one copies it into a letter: a blank line between blocks, lists with their signs, tables
 * with a tab between cells, notes in brackets where they stand, pictures by what is said of them.
 */
import type { Fragment, Node, Slice } from "prosemirror-model";

/** A note in the running text. */
export const noteInBrackets = (before: string, note: string): string =>
  note.trim() === "" ? "" : `${before === "" || /\s$/.test(before) ? "" : " "}[${note.trim()}]`;

/** What is said of a picture: its description, then what stands beneath it. */
export const pictureInWords = (alt: string, caption: string): string =>
  [...new Set([alt.trim(), caption.trim()])].filter((words) => words !== "").join("\n");

function lineOf(content: Fragment): string {
  let text = "";
  content.forEach((child) => {
    if (child.isText) text += child.text!;
    else if (child.type.name === "hard_break") text += "\n";
    else text += noteInBrackets(text, child.textContent);
  });
  return text;
}

const indented = (text: string, by: number) => text.replace(/\n(?=[^\n])/g, `\n${" ".repeat(by)}`);

function itemWith(sign: string, item: Node): string {
  return `${sign} ${indented(together(item.content, "\n"), sign.length + 1)}`;
}

function itemsOf(list: Node): string {
  const items: string[] = [];
  list.forEach((item, _offset, at) => {
    const sign =
      item.type.name === "task_item" ? `[${item.attrs.done ? "x" : " "}]`
      : list.type.name === "ordered_list" ? `${Number(list.attrs.start) + at}.`
      : "-";
    items.push(itemWith(sign, item));
  });
  return items.join("\n");
}

/** A cell that spans several leaves the others empty, so that each value stays in its column. */
function rowsOf(rows: Fragment): string {
  const lines: string[] = [];
  /** For how many rows more each column is taken by a cell above. */
  const taken: number[] = [];
  rows.forEach((row) => {
    const cells: string[] = [];
    const skip = () => {
      while ((taken[cells.length] ?? 0) > 0) {
        taken[cells.length]! -= 1;
        cells.push("");
      }
    };
    row.forEach((cell) => {
      skip();
      const value = together(cell.content, " ").replace(/\s*[\n\t]+\s*/g, " ");
      for (let column = 0; column < Number(cell.attrs.colspan); column += 1) {
        taken[cells.length] = Math.min(Number(cell.attrs.rowspan), rows.childCount) - 1;
        cells.push(column === 0 ? value : "");
      }
    });
    skip();
    lines.push(cells.join("\t"));
  });
  return lines.join("\n");
}

function blockText(block: Node): string {
  switch (block.type.name) {
    case "figure":
      return pictureInWords(String(block.attrs.alt), lineOf(block.content));
    case "scene_break":
      return "* * *";
    case "bullet_list":
    case "ordered_list":
    case "task_list":
      return itemsOf(block);
    case "table":
      return rowsOf(block.content);
    default:
      return block.inlineContent ? lineOf(block.content) : together(block.content, "\n\n");
  }
}

function together(content: Fragment, between: string): string {
  if (content.firstChild?.type.name === "table_row") return rowsOf(content);
  if (content.firstChild?.isInline) return lineOf(content);
  return content.content.map(blockText).join(between);
}

/** The whole of some blocks. */
export const textOfBlocks = (content: Fragment): string => together(content, "\n\n");

/** What was selected: words of one item are no list, and one item's rest needs no sign of what it was cut from. */
export function textOfSlice({ content, openStart, openEnd }: Slice): string {
  let open = Math.min(openStart, openEnd);
  for (; open > 0 && content.childCount === 1; open -= 1) {
    const only = content.firstChild!;
    if (!only.inlineContent && only.childCount > 1) break;
    content = only.content;
  }
  return textOfBlocks(content);
}
