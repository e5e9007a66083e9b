/** What is pasted and dropped: HTML is cleaned (see `paste/cleaning.ts`), plain text read by its lines, files stored. */
import { Fragment, Slice, type Node, type ResolvedPos } from "prosemirror-model";
import { Plugin } from "prosemirror-state";
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
