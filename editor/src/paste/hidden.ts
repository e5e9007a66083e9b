/** Leaves out what a reader of the page did not see: hidden text, comments, deletions, and icons that only decorate. */
import { styleOf } from "../inert-html";
import { declarationsOf } from "./styles";

/** What is there for machines and for pressing, by the names that well-known pages and programs give it. */
const byClass =
  /(^|\s)(sr-only|visually-hidden|screen-reader-text|mw-editsection|headerlink|msocomanchor|msocomtxt|mso(comment|annotation)reference|msodel|eop|material-icons\S*|material-symbols\S*)(\s|$)/i;

/** Word's own parts that are no part of its text. */
const officeParts = /mso-element\s*:\s*(comment|header|footer|(foot|end)note-(continuation|separator))/i;

/** What of an element's text is letters or numbers: an icon has none. */
const words = /[\p{L}\p{N}]/u;

function isHidden(element: Element): boolean {
  if (element.hasAttribute("hidden") || byClass.test(element.getAttribute("class") ?? "")) return true;
  if (element.localName === "dialog" && !element.hasAttribute("open")) return true;
  // Word names who deleted it, and when.
  if (element.localName === "del" && element.hasAttribute("cite") && element.hasAttribute("datetime")) return true;
  if (element.getAttribute("aria-hidden") === "true" && isIcon(element)) return true;
  const style = styleOf(element);
  if (style === "") return false;
  if (officeParts.test(style)) return true;
  const says = declarationsOf(element);
  if (says.get("display") === "none" || says.get("mso-hide") === "all") return true;
  return isUnseen(element);
}

/** What is not seen keeps its place, and what is in it may be seen all the same. */
const isUnseen = (element: Element) => /^(hidden|collapse)$/.test(declarationsOf(element).get("visibility") ?? "");
const isSeen = (element: Element) => declarationsOf(element).get("visibility") === "visible";

function isIcon(element: Element): boolean {
  const images = element.localName === "img" ? [element] : [...element.querySelectorAll("img")];
  const said = images.map((image) => image.getAttribute("alt") ?? "").join("");
  return !words.test(`${element.textContent ?? ""}${said}`);
}

export function dropHidden(body: HTMLElement): void {
  const hidden: Element[] = [];
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_ELEMENT, (found) => {
    if (!isHidden(found as Element)) return NodeFilter.FILTER_SKIP;
    hidden.push(found as Element);
    return NodeFilter.FILTER_REJECT;
  });
  walker.nextNode();
  for (const found of hidden) {
    const seen = isUnseen(found) ? [...found.querySelectorAll("[data-style*='visib']")].filter(isSeen) : [];
    found.replaceWith(...seen);
  }
}
