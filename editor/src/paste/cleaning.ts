/**
 * Cleans HTML that is pasted: what looked bold becomes bold, what was a list, a task, a note or a program becomes one,
 * and everything a book does not need is left behind. It is read without being part of any page, so nothing in it runs
 * or is fetched, and what remains still has to fit the schema.
 */
import { quieted } from "../inert-html";
import { codeFrom } from "./code";
import { dropHidden } from "./hidden";
import { looksToElements } from "./looks";
import { Notes } from "./notes";
import { nothingPictured, replacePictures, type Pictured } from "./pictured";
import { formulasToText, structured } from "./structure";
import { unwrap } from "./styles";
import { tasksFrom } from "./tasks";
import { countingIn, listsFromWord } from "./word";

/** By this our own editors know what they have copied themselves. */
export const ours = "data-chapter-text";

export const unwanted =
  "script, style, meta, link, title, template, iframe, object, embed, svg, math, noscript, button, input, select, textarea, datalist, audio, video, canvas, form > label";

const kept = new Set([
  "href", "src", "alt", "width", "height", "colspan", "rowspan", "start", "lang", "dir", "class", "data-done",
  "data-language", "data-pm-slice",
]);

/** The classes that mean something in a chapter, and of what. */
const keptClasses = "ul.tasks, li.task[data-done], p.verse, span.small-caps, span.index-term, span.footnote:has(> span)";

export function cleaned(html: string, language = "en"): Pictured & { html: string } {
  const page = new DOMParser().parseFromString(quieted(html), "text/html");
  const { body } = page;
  const isOurs = body.querySelector(`[${ours}]`) !== null;
  if (!isOurs) {
    formulasToText(body);
    tasksFrom(body);
  }
  for (const found of body.querySelectorAll(unwanted)) found.remove();
  dropComments(body);
  if (isOurs) linesOfVerse(body);
  else fromElsewhere(body, html, language);
  const pictured = body.querySelector("img") === null ? nothingPictured : replacePictures(body);
  for (const found of body.querySelectorAll("*")) {
    if (found.className !== "" && !found.matches(keptClasses)) found.removeAttribute("class");
    for (const { name } of [...found.attributes]) if (!kept.has(name)) found.removeAttribute(name);
  }
  return { html: body.innerHTML, ...pictured };
}

function fromElsewhere(body: HTMLElement, html: string, language: string): void {
  dropHidden(body);
  new Notes(body).place();
  listsFromWord(body, countingIn(html));
  codeFrom(body);
  structured(body, language);
  // `<o:p>`, `<w:sdt>` and the like hold text and mean nothing.
  for (const found of [...body.querySelectorAll("*")]) if (found.localName.includes(":") || found.localName === "font") dressless(found);
  looksToElements(body);
}

/** Taken away, with its style put on what was in it. */
function dressless(found: Element): void {
  const style = found.getAttribute("data-style");
  if (style === null) unwrap(found);
  else {
    const made = found.ownerDocument.createElement("span");
    made.setAttribute("data-style", style);
    made.append(...found.childNodes);
    found.replaceWith(made);
  }
}

/** We copy the lines of verse as lines, for those who read them elsewhere. */
function linesOfVerse(body: HTMLElement): void {
  for (const line of body.querySelectorAll("p.verse br[data-line]")) line.replaceWith("\n");
}

function dropComments(body: HTMLElement): void {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const comments: globalThis.Node[] = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const comment of comments) comment.parentNode?.removeChild(comment);
}
