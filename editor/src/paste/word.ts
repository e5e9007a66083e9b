/**
 * Word puts lists on the clipboard as paragraphs with the bullet or number typed in front, and Word on the web puts each
 * item into a list of its own: both become lists again. A numbered heading is a heading, without its number.
 */
import { styleOf } from "../inert-html";
import { unwrap } from "./styles";

/** How a level of a list counts, as Word names it, by list and level. */
export type Counting = Map<string, string>;

interface Item {
  element: Element;
  level: number;
  list: string;
  /** What Word typed in front. */
  sign: string;
}

interface Placed extends Item {
  kind: "ul" | "ol" | "tasks";
  number: number;
}

/** Read before the rest is, for what reads the rest leaves styles out. */
export function countingIn(html: string): Counting {
  const found: Counting = new Map();
  for (const [, list, level, says] of html.matchAll(/@list\s+(l\d+):level(\d+)[^{]*\{([^}]*)\}/gi)) {
    const format = /mso-level-number-format\s*:\s*([\w-]+)/i.exec(says!)?.[1];
    found.set(`${list}/${level}`, (format ?? "decimal").toLowerCase());
  }
  return found;
}

/** What Word typed in front of a paragraph, taken out of it. */
function signOf(paragraph: Element): string {
  const signs = [...paragraph.querySelectorAll("span")].filter((span) => /mso-list\s*:\s*ignore/i.test(styleOf(span)));
  const sign = (signs[0]?.textContent ?? "").replace(/\u00a0/g, " ").trim();
  for (const span of signs) span.remove();
  return sign;
}

function itemFrom(element: Element): Item | null {
  if (element.localName === "div") return itemOfWordOnline(element);
  const says = /mso-list\s*:\s*([^;]*)/i.exec(styleOf(element))?.[1] ?? "";
  const level = /\blevel(\d+)/i.exec(says)?.[1];
  if (level === undefined) return null;
  const list = /\bl\d+\b/i.exec(says)?.[0] ?? "";
  return { element, level: Math.min(9, Math.max(1, Number(level))), list, sign: signOf(element) };
}

function itemOfWordOnline(wrapper: Element): Item | null {
  const list = wrapper.firstElementChild;
  const item = list?.firstElementChild;
  if (!list || !item || !/^[uo]l$/.test(list.localName) || item.localName !== "li" || item.nextElementSibling) return null;
  const level = Number(item.getAttribute("data-aria-level") ?? item.getAttribute("aria-level") ?? 1);
  const start = Number(list.getAttribute("start") ?? 1);
  item.replaceWith(...item.childNodes);
  wrapper.replaceChildren(...list.childNodes);
  const sign = list.localName === "ol" ? `${Number.isInteger(start) ? start : 1}.` : "\u00b7";
  return { element: wrapper, level: Math.min(9, Math.max(1, level || 1)), list: item.getAttribute("data-listid") ?? "", sign };
}

const romans = ["m", 1000, "cm", 900, "d", 500, "cd", 400, "c", 100, "xc", 90, "l", 50, "xl", 40, "x", 10, "ix", 9, "v", 5, "iv", 4, "i", 1] as const;

function roman(letters: string): number | null {
  if (!/^m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})$/.test(letters)) return null;
  let [rest, value] = [letters, 0];
  for (let at = 0; at < romans.length; at += 2) {
    while (rest.startsWith(romans[at] as string)) {
      rest = rest.slice((romans[at] as string).length);
      value += romans[at + 1] as number;
    }
  }
  return value || null;
}

/** Word counts a to z, then aa, bb, cc. */
function alphabetic(letters: string): number | null {
  if (!/^([a-z])\1*$/.test(letters)) return null;
  return (letters.length - 1) * 26 + letters.charCodeAt(0) - 96;
}

/** The number or letter of a sign, its last where it has several; null if it has none or words beside it. */
function countOf(sign: string): { letters: string; marked: boolean } | null {
  const parts = /^[^\p{L}\p{N}]*((?:(?:\d+|[a-z]{1,5})[.\-:])*)(\d{1,6}|[a-z]{1,7})([^\p{L}\p{N}]*)$/iu.exec(sign.normalize("NFKC"));
  if (parts === null) return null;
  const letters = parts[2]!.toLowerCase();
  if (!/\d/.test(letters) && roman(letters) === null && alphabetic(letters) === null) return null;
  return { letters, marked: /\d/.test(letters) || parts[3] !== "" || parts[1] !== "" };
}

/** What a letter counts is told by the list's own way, by the one before it, or by the one after. */
function numberOf(letters: string, format: string | undefined, before: number | null, after: string | null): number {
  if (/\d/.test(letters)) return Number(letters);
  const ways = [roman, alphabetic] as const;
  const [asRoman, asLetter] = [roman(letters), alphabetic(letters)];
  if (asRoman === null || asLetter === null) return asRoman ?? asLetter ?? 1;
  if (format !== undefined) return /roman/.test(format) ? asRoman : asLetter;
  if (before !== null && asRoman === before + 1) return asRoman;
  if (before !== null && asLetter === before + 1) return asLetter;
  const follows = after === null ? undefined : ways.find((way) => way(after) === way(letters)! + 1);
  if (follows !== undefined) return follows(letters)!;
  return letters.length > 1 || /[ivx]/.test(letters) ? asRoman : asLetter;
}

const boxes: { [sign: string]: boolean } = { "\u2610": false, "\u274f": false, "\u2611": true, "\u2612": true };

function placed(items: Item[], counting: Counting): Placed[] {
  const seen = new Map<string, number>();
  return items.map((item, at) => {
    const key = `${item.list}/${item.level}`;
    const format = counting.get(key);
    const count = countOf(item.sign);
    const bulleted = format === "bullet" || format === "image";
    const counts = !bulleted && ((format !== undefined && format !== "none" && count !== null) || count?.marked === true);
    // A number that no sign of ours tells, such as one in kanji, still counts.
    const other = !counts && format !== undefined && !bulleted && format !== "none" && item.sign !== "";
    if (!counts && !other) return { ...item, kind: item.sign in boxes ? "tasks" : "ul", number: 0 };
    const next = items[at + 1];
    const after = next && `${next.list}/${next.level}` === key ? countOf(next.sign)?.letters ?? null : null;
    const before = seen.get(key) ?? null;
    const number = count === null ? (before ?? 0) + 1 : numberOf(count.letters, format, before, after);
    seen.set(key, number);
    return { ...item, kind: "ol", number };
  });
}

/** The element after it, if there is only space between. */
function next(element: Element): Element | null {
  let sibling = element.nextSibling;
  while (sibling && sibling.nodeType !== Node.ELEMENT_NODE && sibling.textContent?.trim() === "") sibling = sibling.nextSibling;
  return sibling?.nodeType === Node.ELEMENT_NODE ? (sibling as Element) : null;
}

const isHeading = (element: Element) => /^h[1-6]$/.test(element.localName);

/** What belongs to the item before it: indented like it, without a sign. */
function goesOn(element: Element): boolean {
  return element.localName === "p" && /(^|\s)MsoList(Continue|Paragraph)/.test(element.className) &&
    /margin-left\s*:\s*[1-9]/i.test(styleOf(element)) && !/mso-list\s*:[^;]*level/i.test(styleOf(element));
}

export function listsFromWord(body: HTMLElement, counting: Counting): void {
  let run: (Item | Element)[] = [];
  const end = () => {
    if (run.length > 0) listed(run, counting);
    run = [];
  };
  let last: Element | null = null;
  for (const element of [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6, div.ListContainerWrapper")]) {
    if (element.parentElement?.closest("div.ListContainerWrapper")) continue;
    if (last === null || next(last) !== element) end();
    if (isHeading(element)) {
      end();
      const sign = /mso-list\s*:[^;]*level/i.test(styleOf(element)) ? signOf(element) : "";
      // A number is dropped, but not what says more than one.
      if (/\p{L}/u.test(sign) && countOf(sign) === null) element.prepend(`${sign} `);
      continue;
    }
    if (run.length > 0 && goesOn(element)) {
      run.push(element);
      last = element;
      continue;
    }
    const item = itemFrom(element);
    if (item === null) {
      end();
      continue;
    }
    if (/\p{L}{2}/u.test(item.sign) && countOf(item.sign) === null && !counting.get(`${item.list}/${item.level}`)?.startsWith("bullet")) {
      // A sign in words, such as "Step 1:", is text.
      element.prepend(`${item.sign} `);
      end();
      continue;
    }
    run.push(item);
    last = element;
  }
  end();
}

/** Makes lists of items that follow each other, and of what goes on in them. */
function listed(run: (Item | Element)[], counting: Counting): void {
  const items = placed(run.filter((entry): entry is Item => !(entry instanceof Element)), counting);
  const page = items[0]!.element.ownerDocument;
  const place = page.createElement("div");
  items[0]!.element.before(place);
  /** The lists that are open, outermost first. */
  let open: { list: HTMLElement; of: Placed; number: number }[] = [];
  let at = 0;
  for (const entry of run) {
    if (entry instanceof Element) {
      open.at(-1)!.list.lastElementChild!.append(entry);
      continue;
    }
    const item = items[at++]!;
    while (open.length > 0 && open.at(-1)!.of.level > item.level) open.pop();
    const here = open.at(-1);
    const follows = here?.of.level === item.level && here.of.kind === item.kind && here.of.list === item.list &&
      (item.kind !== "ol" || item.number === here.number + 1);
    if (here?.of.level === item.level && !follows) open.pop();
    if (!follows) {
      const list = page.createElement(item.kind === "ol" ? "ol" : "ul");
      if (item.kind === "tasks") list.className = "tasks";
      if (item.kind === "ol" && item.number !== 1) list.setAttribute("start", String(item.number));
      (open.at(-1)?.list.lastElementChild ?? place).append(list);
      open.push({ list, of: item, number: item.number });
    }
    const made = page.createElement("li");
    if (item.kind === "tasks") {
      made.className = "task";
      made.setAttribute("data-done", String(boxes[item.sign] ?? false));
    }
    if (item.element.localName === "div") made.append(...item.element.childNodes);
    else {
      const words = page.createElement("p");
      const style = styleOf(item.element);
      if (style !== "") words.setAttribute("data-style", style);
      words.append(...item.element.childNodes);
      made.append(words);
    }
    open.at(-1)!.list.append(made);
    open.at(-1)!.number = item.number;
    item.element.remove();
  }
  unwrap(place);
}
