/** How something that is pasted was to look: what its style says, by the property's name. */
import { styleOf } from "../inert-html";

export function declarationsOf(element: Element): Map<string, string> {
  const found = new Map<string, string>();
  for (const declaration of styleOf(element).split(";")) {
    const colon = declaration.indexOf(":");
    if (colon < 0) continue;
    const value = declaration.slice(colon + 1).replace(/!\s*important/i, "");
    found.set(declaration.slice(0, colon).trim().toLowerCase(), value.trim().toLowerCase());
  }
  return found;
}

const blocks = new Set(
  ("address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 " +
    "header hgroup hr legend li main menu nav ol p pre search section summary table tbody td tfoot th thead tr ul").split(" "),
);

export const isBlock = (found: globalThis.Node | null): boolean =>
  found instanceof Element && blocks.has(found.localName);

export const holdsBlocks = (element: Element): boolean => [...element.children].some(isBlock);

/** Takes an element away and leaves what is in it. */
export function unwrap(element: Element): void {
  element.replaceWith(...element.childNodes);
}

/** The same under another name, with nothing of what it said of itself but its style. */
export function renamed(element: Element, tag: string): HTMLElement {
  const made = element.ownerDocument.createElement(tag);
  const style = styleOf(element);
  if (style !== "") made.setAttribute("data-style", style);
  made.append(...element.childNodes);
  element.replaceWith(made);
  return made;
}

/** Whether blanks stand there as they were written. */
export const keepsBlanks = (style: Map<string, string>): boolean =>
  /^(pre|pre-wrap|preserve|break-spaces)( |$)/.test(style.get("white-space-collapse") ?? style.get("white-space") ?? "");

/** Whether a line feed is a new line there; null where that is as around it. */
export function keepsLines(style: Map<string, string>): boolean | null {
  const collapse = style.get("white-space-collapse");
  if (collapse !== undefined) return /^(preserve|break-spaces)/.test(collapse);
  const space = style.get("white-space");
  if (space === undefined || /^(inherit|unset)/.test(space)) return null;
  return /^(pre|break-spaces)/.test(space);
}
