/** What HTML has and a chapter has not becomes what says the same: no word is glued to the next, and none is lost. */
import { quotesOf } from "../quotes";
import { declarationsOf, holdsBlocks, isBlock, renamed, unwrap } from "./styles";

/** Blocks that the reader of the cleaned HTML does not know for blocks. */
const unknownBlocks = "details, summary, main, nav, legend, center, dialog, dt, search";

/** A formula as it was written, or as it can be read. */
export function formulasToText(body: HTMLElement): void {
  for (const drawn of [...body.querySelectorAll(".katex, mjx-container")]) {
    const source = drawn.querySelector("annotation[encoding='application/x-tex']")?.textContent;
    if (source) drawn.replaceWith(source);
  }
  for (const formula of [...body.querySelectorAll("math")]) {
    // Wikipedia hides it beside a picture of it that says the same.
    if (!body.contains(formula) || declarationsOf(formula.parentElement!).get("display") === "none") continue;
    const source = formula.querySelector("annotation[encoding='application/x-tex']")?.textContent ?? formula.getAttribute("alttext");
    for (const other of formula.querySelectorAll("annotation, annotation-xml, script, style")) other.remove();
    formula.replaceWith(source ?? written(formula));
  }
}

/** A formula in one line. */
function written(part: Element): string {
  const parts = [...part.children];
  if (parts.length === 0) return (part.textContent ?? "").trim();
  const words = parts.map(written);
  const group = (at: number) => (Array.from(words[at] ?? "").length > 1 ? `(${words[at]})` : (words[at] ?? ""));
  switch (part.localName) {
    case "mfrac":
      return `${group(0)}/${group(1)}`;
    case "msup":
    case "mover":
      return `${words[0]}^${group(1)}`;
    case "msub":
    case "munder":
      return `${words[0]}_${group(1)}`;
    case "msubsup":
    case "munderover":
      return `${words[0]}_${group(1)}^${group(2)}`;
    case "msqrt":
      return `\u221a(${words.join("")})`;
    case "mroot":
      return `${group(0)}^(1/${words[1] ?? ""})`;
    case "mtr":
    case "mtable":
      return words.join(part.localName === "mtr" ? ", " : "; ");
    default:
      return words.join("");
  }
}

export function structured(body: HTMLElement, language: string): void {
  for (const found of [...body.querySelectorAll("menu, dir")]) renamed(found, "ul");
  for (const found of [...body.querySelectorAll(unknownBlocks)]) renamed(found, "div");
  for (const caption of [...body.querySelectorAll("caption")]) {
    const table = caption.closest("table");
    const words = renamed(caption, "p");
    if (table) table.before(words);
  }
  layoutTables(body);
  titlesOfDocs(body);
  const [open, close] = quotesOf(language);
  for (const quote of [...body.querySelectorAll("q")]) {
    quote.prepend(open);
    quote.append(close);
    unwrap(quote);
  }
  for (const reading of [...body.querySelectorAll("rt")]) {
    if (reading.parentElement?.querySelector("rp")) continue;
    reading.prepend("(");
    reading.append(")");
  }
  for (const list of [...body.querySelectorAll("ol")]) numbered(list);
  for (const figure of [...body.querySelectorAll("figure")]) {
    const [, ...more] = figure.querySelectorAll("img");
    figure.after(...more);
  }
  for (const line of [...body.querySelectorAll(shownAlone)]) if (isLine(line)) parted(line);
  for (const line of [...body.querySelectorAll("br")]) if (isBetweenBlocks(line)) line.remove();
  dropSpaceBetweenBlocks(body);
}

/** Tables that only lay out a page, as e-mails do. */
function layoutTables(body: HTMLElement): void {
  for (const table of [...body.querySelectorAll("table[role='presentation'], table[role='none']")].reverse()) {
    const parts = [...table.querySelectorAll("td, th")].filter((cell) => cell.closest("table") === table).map((cell) => renamed(cell, "div"));
    table.replaceWith(...parts);
  }
}

/** Google Docs says of its title and subtitle only how large they are. */
function titlesOfDocs(body: HTMLElement): void {
  if (body.querySelector("[id^='docs-internal-guid']") === null && body.querySelector("p.title, p.subtitle") === null) return;
  for (const paragraph of [...body.querySelectorAll("p")]) {
    if (paragraph.textContent!.trim() === "" || paragraph.closest("li, td, th") !== null) continue;
    const spans = [...paragraph.querySelectorAll("span")].filter((span) => span.textContent!.trim() !== "");
    const words = spans.map((span) => span.textContent).join("").trim();
    const covered = words === paragraph.textContent!.trim();
    const looks = spans.map(declarationsOf);
    const title = looks.every((look) => Number.parseFloat(look.get("font-size") ?? "") >= 24);
    const subtitle = looks.every((look) => look.get("font-size") === "15pt" && /#666666|rgb\(102, 102, 102\)/.test(look.get("color") ?? ""));
    if (paragraph.className === "title" || (covered && title)) renamed(paragraph, "h2");
    else if (paragraph.className === "subtitle" || (covered && subtitle)) renamed(paragraph, "h3");
  }
}

/** An item that says its own number begins a list that counts from there. */
function numbered(list: Element): void {
  let [here, expected] = [list, Number(list.getAttribute("start") ?? 1)];
  for (const item of [...list.children]) {
    if (item.localName !== "li") continue;
    const value = item.hasAttribute("value") ? Number(item.getAttribute("value")) : expected;
    if (Number.isInteger(value) && value >= 0 && value !== expected) {
      if (here.firstElementChild === item) here.setAttribute("start", String(value));
      else {
        const made = list.ownerDocument.createElement("ol");
        made.setAttribute("start", String(value));
        here.after(made);
        here = made;
      }
      expected = value;
    }
    if (here !== list && item.parentElement !== here) {
      let moving: globalThis.Node | null = item;
      while (moving && (moving === item || !(moving instanceof Element && moving.localName === "li"))) {
        const after: globalThis.Node | null = moving.nextSibling;
        here.append(moving);
        moving = after;
      }
    }
    expected += 1;
  }
}

const isSpace = (found: globalThis.Node) => found instanceof Text && !/[^ \t\r\n\f]/.test(found.data);

function beside(found: globalThis.Node, side: "previousSibling" | "nextSibling"): globalThis.Node | null {
  let sibling = found[side];
  while (sibling && isSpace(sibling)) sibling = sibling[side];
  return sibling;
}

/** What may be shown as a line of its own, though by its name it is part of one; and how Slack parts paragraphs. */
const shownAlone = "[data-style*='display'], [data-stringify-type='paragraph-break']";

function isLine(element: Element): boolean {
  if (isBlock(element) || element.localName === "img" || element.localName === "br") return false;
  const shown = declarationsOf(element).get("display") ?? "";
  return /^(block|flex|grid|flow-root|list-item|table)$/.test(shown) || element.hasAttribute("data-stringify-type");
}

/** Parts it from the words on both sides of it. */
function parted(line: Element): void {
  if (line.childNodes.length === 0) {
    line.replaceWith(line.ownerDocument.createElement("br"));
    return;
  }
  for (const side of ["previousSibling", "nextSibling"] as const) {
    let edge = line;
    while (beside(edge, side) === null && edge.parentElement !== null && !isBlock(edge.parentElement)) edge = edge.parentElement;
    const near = beside(edge, side);
    if (near === null || isBlock(near) || (near as Element).localName === "br") continue;
    const made = line.ownerDocument.createElement("br");
    if (side === "previousSibling") edge.before(made);
    else edge.after(made);
  }
}

/** A line break that stands between two blocks, where it only makes room; such a mark ends what a browser has copied, too. */
function isBetweenBlocks(line: Element): boolean {
  if (line.className === "Apple-interchange-newline") return true;
  const [before, after] = [beside(line, "previousSibling"), beside(line, "nextSibling")];
  if (before === null && after === null) return false;
  return (before === null || isBlock(before)) && (after === null || isBlock(after));
}

function dropSpaceBetweenBlocks(body: HTMLElement): void {
  for (const element of [body, ...body.querySelectorAll("*")]) {
    if (element.localName === "pre" || !holdsBlocks(element)) continue;
    for (const child of [...element.childNodes]) {
      if (!isSpace(child)) continue;
      const [before, after] = [child.previousSibling, child.nextSibling];
      if ((before === null || isBlock(before)) || (after === null || isBlock(after))) child.remove();
    }
  }
}
