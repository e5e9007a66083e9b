/** What leaves the text by copying, cutting and dragging: as plain text, and as HTML that other programs understand, too. */
import { DOMSerializer, Fragment, Slice, type Node, type ResolvedPos } from "prosemirror-model";
import { Plugin } from "prosemirror-state";
import { ours } from "./paste/cleaning";
import { textOfSlice } from "./plain-text";
import { node, schema } from "./schema";

type Target = HTMLElement | DocumentFragment;

/** As the schema shows it, and what only our style sheet would show. Read by us again, that is left out. */
class ForOthers extends DOMSerializer {
  override serializeFragment(fragment: Fragment, options?: { document?: Document }, target?: Target): Target {
    const made = super.serializeFragment(fragment, options, target);
    // What is within is put into something.
    if (target === undefined) forOthers(made);
    return made;
  }
}

function forOthers(made: Target): void {
  made.firstElementChild?.setAttribute(ours, "");
  for (const note of made.querySelectorAll(".footnote")) {
    note.prepend(" [");
    note.append("]");
  }
  for (const verse of made.querySelectorAll(".verse")) brokenLines(verse);
  for (const image of made.querySelectorAll("img")) {
    const src = image.getAttribute("src") ?? "";
    if (src.startsWith("/")) image.setAttribute("src", `${location.origin}${src}`);
  }
}

function brokenLines(verse: Element): void {
  const page = verse.ownerDocument;
  const texts: Text[] = [];
  const walker = page.createTreeWalker(verse, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) {
    const lines = text.data.split("\n").flatMap((line, at) => {
      const broken = page.createElement("br");
      broken.setAttribute("data-line", "");
      return at > 0 ? [broken, line] : [line];
    });
    text.replaceWith(...lines);
  }
}

/** A numbered list that is taken from its middle on counts from there. */
function counted(slice: Slice, $from: ResolvedPos): Slice {
  const within = (content: Fragment, depth: number): Fragment => {
    const first = content.firstChild;
    if (first === null || depth > slice.openStart || $from.node(depth)?.type !== first.type) return content;
    const inner = within(first.content, depth + 1);
    const skipped = first.type === node("ordered_list") ? $from.index(depth) : 0;
    const attrs = skipped > 0 ? { ...first.attrs, start: Number(first.attrs.start) + skipped } : first.attrs;
    const changed: Node = first.type.create(attrs, inner, first.marks);
    return inner === first.content && skipped === 0 ? content : content.replaceChild(0, changed);
  };
  // The slice holds everything around what was selected, up to the outermost block.
  return new Slice(within(slice.content, $from.depth - slice.openStart + 1), slice.openStart, slice.openEnd);
}

export const copying = new Plugin({
  props: {
    clipboardSerializer: new ForOthers(DOMSerializer.nodesFromSchema(schema), DOMSerializer.marksFromSchema(schema)),
    clipboardTextSerializer: textOfSlice,
    transformCopied: (slice, { state }) => counted(slice, state.selection.$from),
  },
});
