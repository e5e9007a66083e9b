/** Word puts lists on the clipboard as paragraphs with the bullet or number typed in front: these become lists again. */
import { styleOf } from "./inert-html";

interface Item {
  paragraph: HTMLElement;
  level: number;
  ordered: boolean;
  start: number;
}

function itemFrom(paragraph: Element): Item | null {
  const style = styleOf(paragraph);
  const level = /mso-list\s*:[^;]*\blevel(\d+)/i.exec(style)?.[1];
  if (level === undefined) return null;
  const signs = [...paragraph.querySelectorAll<HTMLElement>("span")].filter((span) =>
    /mso-list\s*:\s*ignore/i.test(styleOf(span)),
  );
  const sign = signs[0]?.textContent?.trim() ?? "";
  for (const span of signs) span.remove();
  const number = /^\(?(\d+|[a-z]{1,4})[.)]/i.exec(sign)?.[1];
  return {
    paragraph: paragraph as HTMLElement,
    level: Math.max(1, Number(level)),
    // A lone "o" is one of Word's bullets; with a point after it, it is a letter.
    ordered: number !== undefined,
    start: number !== undefined && /^\d+$/.test(number) ? Number(number) : 1,
  };
}

export function listsFromWord(body: HTMLElement): void {
  const page = body.ownerDocument;
  /** The lists that are open, outermost first. */
  let open: { list: HTMLElement; level: number }[] = [];
  let last: Element | null = null;
  for (const paragraph of [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")]) {
    const item = itemFrom(paragraph);
    if (item === null) continue;
    const follows = last !== null && next(last) === paragraph;
    if (!follows) open = [];
    while (open.length > 0 && open.at(-1)!.level > item.level) open.pop();
    const tag = item.ordered ? "ol" : "ul";
    if (open.length > 0 && open.at(-1)!.level === item.level && open.at(-1)!.list.localName !== tag) open.pop();
    if (open.length === 0 || open.at(-1)!.level < item.level) {
      const list = page.createElement(tag);
      if (item.ordered && item.start !== 1) list.setAttribute("start", String(item.start));
      const parent = open.at(-1)?.list.lastElementChild;
      if (parent) parent.append(list);
      else if (follows) last!.after(list);
      else paragraph.before(list);
      open.push({ list, level: item.level });
    }
    const made = page.createElement("li");
    const words = page.createElement("p");
    words.append(...item.paragraph.childNodes);
    made.append(words);
    open.at(-1)!.list.append(made);
    paragraph.remove();
    last = open[0]!.list;
  }
}

/** The element after it, if there is only space between. */
function next(element: Element): Element | null {
  let sibling = element.nextSibling;
  while (sibling && sibling.nodeType !== Node.ELEMENT_NODE && sibling.textContent?.trim() === "") sibling = sibling.nextSibling;
  return sibling instanceof Element || sibling?.nodeType === Node.ELEMENT_NODE ? (sibling as Element) : null;
}
