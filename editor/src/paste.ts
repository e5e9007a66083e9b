/** What is pasted and dropped: HTML is cleaned (see `paste/cleaning.ts`), plain text read by its lines, files stored. */
import { Fragment, Slice, type Node, type ResolvedPos } from "prosemirror-model";
import { Plugin, TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { quieted } from "./inert-html";
import { cleaned, unwanted } from "./paste/cleaning";
import { nothingPictured } from "./paste/pictured";
import { isPicture, type Pictures } from "./pictures";
import { greatestDepth, node, schema } from "./schema";

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

/** Where only a line fits: a note, and what stands beneath a picture. */
function lineAt($place: ResolvedPos): "note" | "caption" | null {
  if ($place.parent.type === node("footnote")) return "note";
  return $place.parent.type === node("figure") ? "caption" : null;
}

/** What is pasted as one line: blocks follow each other, in a note after a space and else on a line of their own. */
function asLine(content: Fragment, kind: "note" | "caption"): Node[] {
  const line: Node[] = [];
  const breaks = () => {
    if (line.length > 0) line.push(kind === "note" ? schema.text(" ") : node("hard_break").create());
  };
  const put = (text: string, from: Node) => {
    const lines = kind === "note" ? [text.replace(/\s*\n\s*/g, " ")] : text.split("\n");
    lines.forEach((words, at) => {
      if (at > 0) breaks();
      if (words !== "") line.push(schema.text(words, from.marks));
    });
  };
  const inline = (child: Node) => {
    if (child.isText) put(child.text!, child);
    else if (kind === "caption") line.push(child);
    else if (child.type === node("footnote")) put(` [${child.textContent}]`, child);
    else breaks();
  };
  const walk = (child: Node) => {
    if (child.isInline) inline(child);
    else if (child.inlineContent) {
      if (child.type === node("figure")) put(String(child.attrs.alt), child);
      if (child.content.size > 0) breaks();
      child.forEach(inline);
    } else child.forEach(walk);
  };
  content.forEach(walk);
  return line;
}

/** Puts what comes into the line where it was to go; false where more than a line fits. */
function intoLine(view: EditorView, slice: Slice, from: number, to: number): boolean {
  const { doc } = view.state;
  const kind = lineAt(doc.resolve(from));
  if (kind === null || !doc.resolve(from).sameParent(doc.resolve(to))) return false;
  // A picture is put below what the line belongs to.
  if (slice.content.childCount === 1 && slice.content.firstChild!.type === node("figure") && slice.openStart === 0) return false;
  const tr = view.state.tr.replaceWith(from, to, asLine(slice.content, kind));
  const end = tr.mapping.map(to);
  view.dispatch(tr.setSelection(TextSelection.create(tr.doc, end)).setMeta("paste", true).scrollIntoView());
  return true;
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
  let came = nothingPictured;
  const begin = (view: EditorView, event: Event) => {
    came = nothingPictured;
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
      transformPastedHTML(html, view) {
        const { html: clean, ...pictured } = cleaned(html, view.dom.lang);
        came = pictured;
        return clean;
      },
      transformPasted: (slice) => new Slice(flattened(slice.content, greatestDepth / 2), slice.openStart, slice.openEnd),
      clipboardTextParser: plainText,
      handlePaste(view, { clipboardData }, slice) {
        const files = [...(clipboardData?.files ?? [])];
        const html = clipboardData?.getData("text/html") ?? "";
        const alone = html === "" ? null : pictureAlone(html);
        // A text that brings its own picture of itself, as Word's does, is pasted as text.
        const isText = files.length === 0 || (html !== "" && alone === null);
        if (isText || (!files.some(isPicture) && clipboardData!.types.includes("text/plain"))) {
          bring(view);
          const { from, to } = view.state.selection;
          return intoLine(view, slice, from, to);
        }
        pictures.add(view, files, view.state.selection.head, alone?.alt);
        return true;
      },
      handleDrop(view, event, slice, moved) {
        const files = [...(event.dataTransfer?.files ?? [])];
        const place = view.posAtCoords({ left: event.clientX, top: event.clientY });
        // A picture of the text itself some browsers drag as a file, too.
        if (files.length === 0 || view.dragging !== null) {
          bring(view);
          if (place === null || lineAt(view.state.doc.resolve(place.pos)) === null) return false;
          const { from } = view.state.selection;
          // What is moved within one line the view moves as it is.
          if (moved && view.state.doc.resolve(from).sameParent(view.state.doc.resolve(place.pos))) return false;
          const removed = view.state.tr;
          if (moved) removed.deleteSelection();
          const at = removed.mapping.map(place.pos);
          if (moved) view.dispatch(removed);
          return intoLine(view, slice, at, at);
        }
        pictures.add(view, files, place?.pos ?? view.state.selection.head);
        return true;
      },
    },
  });
}
