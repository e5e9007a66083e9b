/**
 * Cleans what is pasted from Word, Google Docs and web pages: what looked bold becomes bold, Word's typed-out lists
 * become lists, and everything a book does not need is left behind. It is read without being part of any page, so
 * nothing in it runs or is fetched, and what remains still has to fit the schema.
 */
import { Fragment, Slice, type Node, type ResolvedPos } from "prosemirror-model";
import { Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { allowedUrl, pictureRule } from "./address";
import { isPicture, type Pictures } from "./pictures";
import { quieted, styleOf } from "./inert-html";
import { greatestDepth, node, schema } from "./schema";
import { listsFromWord } from "./word-paste";

/** What a style says in words, and the element that says the same. */
const looks: [style: RegExp, tag: string][] = [
  [/(^|[;\s])font-weight\s*:\s*(bold|bolder|[6-9]\d\d)\b/i, "strong"],
  [/(^|[;\s])font-style\s*:\s*(italic|oblique)\b/i, "em"],
  [/(^|[;\s])text-decoration(-line)?\s*:[^;]*line-through/i, "s"],
  [/(^|[;\s])vertical-align\s*:\s*super\b/i, "sup"],
  [/(^|[;\s])vertical-align\s*:\s*sub\b/i, "sub"],
];

const unwanted = "script, style, meta, link, title, template, iframe, object, embed, svg, math, noscript, button, input, select, textarea, form > label";

interface Coming {
  file: Blob;
  alt: string;
}

interface Pictured {
  pictures: Coming[];
  /** How many are stored elsewhere. */
  leftOut: number;
}

const none: Pictured = { pictures: [], leftOut: 0 };

export function cleaned(html: string): Pictured & { html: string } {
  // What another of our editors copied is as it should be.
  if (/data-pm-slice/.test(html) && !/<(script|img)\b/i.test(html)) return { html: quieted(html), ...none };
  const page = new DOMParser().parseFromString(quieted(html), "text/html");
  const { body } = page;
  for (const found of body.querySelectorAll(unwanted)) found.remove();
  dropComments(body);
  listsFromWord(body);
  const pictured = replacePictures(body);
  for (const found of [...body.querySelectorAll<HTMLElement>("*")]) {
    namesOfOffice(found);
    looksToElements(found);
  }
  unwrapBoldWholes(body);
  for (const found of body.querySelectorAll("*")) {
    for (const { name } of [...found.attributes]) if (!kept.has(name)) found.removeAttribute(name);
  }
  return { html: body.innerHTML, ...pictured };
}

const kept = new Set([
  "href", "src", "alt", "width", "height", "colspan", "rowspan", "start", "lang", "dir", "class", "data-done",
  "data-language", "data-pm-slice",
]);

function dropComments(body: HTMLElement): void {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const comments: globalThis.Node[] = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const comment of comments) comment.parentNode?.removeChild(comment);
}

/** `<o:p>`, `<w:sdt>` and the like hold text and mean nothing. */
function namesOfOffice(found: HTMLElement): void {
  if (found.localName.includes(":") || found.localName === "font") found.replaceWith(...found.childNodes);
}

function looksToElements(found: HTMLElement): void {
  const style = styleOf(found);
  if (style === "" || /^(b|strong|em|i|h[1-6])$/.test(found.localName)) return;
  for (const [look, tag] of looks) {
    // A heading or a table's head is bold as it is.
    if (!look.test(style) || found.closest("h1, h2, h3, h4, h5, h6, th")) continue;
    const made = found.ownerDocument.createElement(tag);
    made.append(...found.childNodes);
    found.append(made);
  }
}

/** Google Docs puts the whole of what is copied into a `<b>` that is not bold. */
function unwrapBoldWholes(body: HTMLElement): void {
  for (const bold of [...body.querySelectorAll("b")]) {
    const plain = /font-weight\s*:\s*(normal|400)/i.test(styleOf(bold));
    if (plain || bold.id.startsWith("docs-internal-guid")) bold.replaceWith(...bold.childNodes);
  }
}

/** Pictures of this site stay, those that came along are stored; of others elsewhere only what they show, in words. */
function replacePictures(body: HTMLElement): Pictured {
  const pictures: Coming[] = [];
  let leftOut = 0;
  for (const image of [...body.querySelectorAll("img")]) {
    const src = withoutSite(image.getAttribute("src") ?? "");
    const alt = image.getAttribute("alt") ?? "";
    image.setAttribute("src", src);
    if (allowedUrl(src, pictureRule) !== null) continue;
    const file = fileFrom(src);
    if (file !== null) pictures.push({ file, alt });
    else leftOut += 1;
    const words = file === null ? alt.trim() : "";
    image.replaceWith(words);
  }
  return { pictures, leftOut };
}

/** An address as it stands in a chapter: copied from a page of this site, it is a whole one. */
function withoutSite(src: string): string {
  const { origin } = location;
  return src.startsWith(`${origin}/`) ? src.slice(origin.length) : src;
}

function fileFrom(src: string): Blob | null {
  const found = /^data:([\w/+.-]+);base64,([A-Za-z0-9+/=\s]+)$/.exec(src);
  if (found === null) return null;
  try {
    const bytes = Uint8Array.from(atob(found[2]!), (letter) => letter.charCodeAt(0));
    const file = new Blob([bytes], { type: found[1] });
    return isPicture(file) ? file : null;
  } catch {
    return null;
  }
}

/** Plain text: a blank line parts paragraphs, a single one breaks the line. Markdown's signs stay what they are. */
function plainText(text: string, $context: ResolvedPos): Slice {
  const lines = text.replace(/\r\n?/g, "\n");
  if ($context.parent.type === node("verse")) return new Slice(Fragment.from(schema.text(lines)), 0, 0);
  const marks = $context.marks();
  const paragraphs = lines
    .replace(/^\n+|\n+$/g, "")
    .split(/\n[ \t]*\n\s*/)
    .map((paragraph) => {
      const content: Node[] = [];
      paragraph.split("\n").forEach((line, at) => {
        if (at > 0) content.push(node("hard_break").create());
        if (line !== "") content.push(schema.text(line, marks));
      });
      return node("paragraph").create(null, content);
    });
  return new Slice(Fragment.from(paragraphs), 1, 1);
}

/** Nothing may lie deeper than the schema's bound, with room for where it is pasted. */
function flattened(fragment: Fragment, left: number): Fragment {
  const children: Node[] = [];
  fragment.forEach((child) => {
    if (child.isTextblock || child.isInline || child.isLeaf) children.push(child);
    else if (left > 1) children.push(child.copy(flattened(child.content, left - 1)));
    else if (child.type.isInGroup("block")) {
      const text = child.textBetween(0, child.content.size, "\n", "\n");
      children.push(node("paragraph").create(null, text === "" ? null : schema.text(text.replaceAll("\n", " "))));
    } else {
      children.push(child.copy(Fragment.from(node("paragraph").create(null, textIn(child)))));
    }
  });
  return Fragment.fromArray(children);
}

function textIn(child: Node): Node | null {
  const text = child.textBetween(0, child.content.size, " ", " ");
  return text === "" ? null : schema.text(text);
}

/** The picture in HTML that has nothing else in it: so browsers copy one, along with its file. */
function pictureAlone(html: string): HTMLImageElement | null {
  const { body } = new DOMParser().parseFromString(quieted(html), "text/html");
  for (const found of body.querySelectorAll(unwanted)) found.remove();
  const [image, ...more] = body.querySelectorAll("img");
  return image && more.length === 0 && body.textContent!.trim() === "" ? image : null;
}

export function pasting(pictures: Pictures): Plugin {
  let came = none;
  const begin = (view: EditorView, event: Event) => {
    came = none;
    const data = event instanceof DragEvent ? event.dataTransfer : (event as ClipboardEvent).clipboardData;
    if (view.editable || !data?.types.includes("Files")) return false;
    // The browser would show the file in place of the page.
    event.preventDefault();
    if (event.type !== "dragover") pictures.add(view, [...data.files], 0);
    return true;
  };
  const bring = (view: EditorView) => {
    const { pictures: coming, leftOut } = came;
    // After the text is there: the pictures come below what they came with.
    setTimeout(() => {
      for (const { file, alt } of coming) pictures.add(view, [file], view.state.selection.head, alt);
      if (leftOut > 0) pictures.leftOut(view, leftOut);
    });
    return false;
  };
  return new Plugin({
    props: {
      handleDOMEvents: { paste: begin, drop: begin, dragover: begin },
      transformPastedHTML(html) {
        const { html: clean, ...pictured } = cleaned(html);
        came = pictured;
        return clean;
      },
      transformPasted: (slice) => new Slice(flattened(slice.content, greatestDepth / 2), slice.openStart, slice.openEnd),
      clipboardTextParser: plainText,
      handlePaste(view, { clipboardData }) {
        const files = [...(clipboardData?.files ?? [])];
        const html = clipboardData?.getData("text/html") ?? "";
        const alone = html === "" ? null : pictureAlone(html);
        // A text that brings its own picture of itself, as Word's does, is pasted as text.
        if (files.length === 0 || (html !== "" && alone === null)) return bring(view);
        if (!files.some(isPicture) && clipboardData!.types.includes("text/plain")) return bring(view);
        pictures.add(view, files, view.state.selection.head, alone?.alt);
        return true;
      },
      handleDrop(view, event) {
        const files = [...(event.dataTransfer?.files ?? [])];
        // A picture of the text itself some browsers drag as a file, too.
        if (files.length === 0 || view.dragging !== null) return bring(view);
        const place = view.posAtCoords({ left: event.clientX, top: event.clientY });
        pictures.add(view, files, place?.pos ?? view.state.selection.head);
        return true;
      },
    },
  });
}
