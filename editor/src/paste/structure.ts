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
    formula.replaceWith(source ?? formula.textContent ?? "");
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
