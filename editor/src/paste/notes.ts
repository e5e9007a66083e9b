/**
 * Footnotes and endnotes as Word, LibreOffice, Google Docs, Wikipedia and Markdown's renderers write them: a sign in the
 * text that leads to a note elsewhere, which leads back. Each becomes a note in its place. A note in a note stands there
 * in brackets; one that is referred to twice stands at both places.
 */
import { isBlock, unwrap } from "./styles";

/** What a sign of a note looks like: a number, a letter or two, a star; perhaps in brackets. */
const sign = /^[[(]?\s*(note\s*)?([\p{L}\p{N}]{1,4}|[*†‡§¶#⁎]{1,4})\s*[\])]?$/iu;
/** How notes are called by what is known to make them; where they lead to one is enough. */
const known = /^(user-content-)?(_?ftn|_?edn|fn[:\-_]?\d|footnote|endnote|note[\d:_-]|cite_note|sd(foot|end)note)/i;
/** Places that only the document had that was copied from. */
const deadPlace = /^#(_(ftn|edn|toc|ref|hlk|goback)|sd(foot|end)note|ftnt|__refheading)/i;
const backSigns = /^[\s^↑↩⤴\ufe0e\ufe0f]*$/u;

function placeOf(link: Element): string {
  const href = link.getAttribute("href") ?? "";
  const hash = href.indexOf("#");
  if (hash < 0) return "";
  try {
    return decodeURIComponent(href.slice(hash + 1));
  } catch {
    return href.slice(hash + 1);
  }
}

/** The whole note that begins, or is, where a sign leads. */
function noteAt(target: Element, body: HTMLElement): Element | null {
  for (let above: Element | null = target; above !== null && above !== body; above = above.parentElement) {
    const style = above.getAttribute("data-style") ?? "";
    if (/mso-element\s*:\s*(foot|end)note\s*(;|$)/i.test(style) || /^sd(foot|end)note\d+$/.test(above.id)) return above;
  }
  const note = target.closest("li, p, dd, div, aside, td");
  if (note === null || !body.contains(note) || note === body) return null;
  return note.querySelector("h1, h2, h3, h4, h5, h6, table") === null ? note : null;
}

const textOf = (element: Element) => (element.textContent ?? "").trim();
const bare = (element: Element) => textOf(element).replace(/[[\]()\s]/g, "");

export class Notes {
  private readonly named = new Map<string, Element>();
  private readonly notes = new Map<Element, Element>();
  private readonly blocks: Element[] = [];
  private readonly said = new Set<Element>();
  /** How much may yet be written again: a long note that is referred to very often is not written as often. */
  private left: number;

  constructor(private readonly body: HTMLElement) {
    this.left = 20_000 + 2 * (body.textContent ?? "").length;
    for (const found of body.querySelectorAll("[id], a[name]")) {
      for (const name of [found.id, found.getAttribute("name")]) if (name && !this.named.has(name)) this.named.set(name, found);
    }
  }

  /** Puts each note where it is referred to. */
  place(): void {
    const links = [...this.body.querySelectorAll("a[href*='#']")];
    for (const link of links) {
      const note = this.noteOf(link);
      if (note !== null) this.notes.set(link, note);
    }
    const numbers = new Map<Element, number>();
    for (const note of this.notes.values()) if (!numbers.has(note)) numbers.set(note, this.blocks.push(note) - 1);
    for (const [link, note] of this.notes) link.setAttribute("data-note", String(numbers.get(note)));
    const backs = this.backLinks(links);
    for (const back of backs) this.dropBack(back);
    const inNotes = new Set(this.blocks.flatMap((note) => [...note.querySelectorAll("[data-note]")]));
    for (const [link, note] of this.notes) if (!inNotes.has(link)) this.put(link, note);
    this.drop();
    for (const link of links) if (deadPlace.test(link.getAttribute("href") ?? "") && this.body.contains(link)) unwrap(link);
  }

  private noteOf(link: Element): Element | null {
    const name = placeOf(link);
    const target = this.named.get(name);
    if (target === undefined || target === link || !sign.test(textOf(link))) return null;
    const note = noteAt(target, this.body);
    // The sign comes first, or it is the one that leads back.
    const follows = link.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (note === null || note.contains(link) || !follows) return null;
    if (known.test(name)) return note;
    const around = link.closest("sup") ?? link;
    const leadsBack = [...note.querySelectorAll("a[href*='#']")].some((back) => {
      const place = this.named.get(placeOf(back));
      return place !== undefined && (place === around || place.contains(link) || around.contains(place));
    });
    return leadsBack ? note : null;
  }

  /** The links in notes that lead back to their signs. */
  private backLinks(links: Element[]): Element[] {
    const within = new Set<Element>(this.blocks.flatMap((note) => [...note.querySelectorAll("a")]));
    const signs = new Set<Element>();
    for (const link of this.notes.keys()) {
      for (let around: Element | null = link; around && !isBlock(around); around = around.parentElement) signs.add(around);
      for (const inner of link.querySelectorAll("[id], [name]")) signs.add(inner);
      // Some put an empty place before the sign.
      const before = link.previousElementSibling;
      if (before !== null && textOf(before) === "") signs.add(before);
    }
    return links.filter((link) => {
      if (!within.has(link) || this.notes.has(link)) return false;
      const place = this.named.get(placeOf(link));
      return /footnote-?back/i.test(`${link.className} ${link.hasAttribute("data-footnote-backref") ? "footnote-back" : ""}`) ||
        /^#?(_ftnref|_ednref|sd(foot|end)note\d+anc|ftnt_ref)/i.test(placeOf(link)) || (place !== undefined && signs.has(place));
    });
  }

  private dropBack(back: Element): void {
    const whole = back.closest(".mw-cite-backlink") ?? back;
    if (whole !== back || sign.test(textOf(back)) || backSigns.test(textOf(back))) whole.remove();
    else unwrap(back);
  }

  private put(link: Element, note: Element): void {
    const page = link.ownerDocument;
    let whole = link;
    // The brackets and the raised place around it are the sign's, too.
    for (let above = whole.parentElement; above && !isBlock(above) && bare(above) === bare(link); above = above.parentElement) whole = above;
    const words = this.wordsOf(note);
    if (words === null) {
      link.removeAttribute("data-note");
      unwrap(link);
      return;
    }
    const made = page.createElement("span");
    made.className = "footnote";
    made.append(words);
    whole.replaceWith(made);
  }

  /** What a note says, without its paragraphs; null where that has been said too often. */
  private wordsOf(note: Element): HTMLElement | null {
    if (!this.mayBeSaid(note)) return null;
    const words = note.ownerDocument.createElement("span");
    words.append(...[...note.cloneNode(true).childNodes]);
    for (const inner of words.querySelectorAll("[data-note]")) {
      const said = this.inBrackets(this.blocks[Number(inner.getAttribute("data-note"))]!, new Set([note]));
      (inner.closest("sup") ?? inner).replaceWith(said ?? textOf(inner));
    }
    for (const line of words.querySelectorAll("br, hr")) line.replaceWith(" ");
    for (const image of words.querySelectorAll("img")) image.replaceWith(image.getAttribute("alt") ?? "");
    for (const block of [...words.querySelectorAll("*")].reverse()) {
      if (isBlock(block)) block.replaceWith(" ", ...block.childNodes, " ");
    }
    trimmed(words);
    return words;
  }

  /** Once in any case: where it stood, it goes. */
  private mayBeSaid(note: Element): boolean {
    const { length } = note.textContent ?? "";
    if (this.said.has(note) && length > this.left) return false;
    if (this.said.has(note)) this.left -= length;
    this.said.add(note);
    return true;
  }

  private inBrackets(note: Element, around: Set<Element>): string | null {
    const text = (note.textContent ?? "").replace(/\s+/g, " ").trim();
    if (around.has(note) || text === "" || !this.mayBeSaid(note)) return null;
    const further = [...note.querySelectorAll("[data-note]")]
      .map((inner) => this.inBrackets(this.blocks[Number(inner.getAttribute("data-note"))]!, new Set([...around, note])) ?? "");
    return ` [${[text, ...further].join("").trim()}]`;
  }

  /** The notes are where they belong: with them goes what only held notes, and the line that is drawn above them. */
  private drop(): void {
    const held = new Set<Element>();
    for (const note of this.blocks) {
      const { previousElementSibling: line, parentElement: parent } = note;
      note.remove();
      if (line?.localName === "hr") line.remove();
      if (parent !== null) held.add(parent);
    }
    for (const parent of held) {
      let empty: Element | null = parent;
      while (empty && empty !== this.body && !isTable(empty) && textOf(empty) === "" && empty.querySelector("img") === null) {
        const { previousElementSibling: line, parentElement: above }: Element = empty;
        empty.remove();
        if (line?.localName === "hr") line.remove();
        empty = above;
      }
    }
  }
}

const isTable = (element: Element) => /^(table|tbody|thead|tr|td|th)$/.test(element.localName);

/** Without the space around the words, and without what is left of a sign before them. */
function trimmed(words: HTMLElement): void {
  const texts: Text[] = [];
  const walker = words.ownerDocument.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) {
    text.data = text.data.replace(/^[\s\u00a0^↑]+/, "");
    if (text.data !== "") break;
  }
  for (const text of texts.reverse()) {
    text.data = text.data.replace(/[\s\u00a0]+$/, "");
    if (text.data !== "") break;
  }
}

