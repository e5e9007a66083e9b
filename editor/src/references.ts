/**
 * References: links to a chapter of the book that say what it is called. In the text one is a link whose address ends in
 * `?show=…`; its words are what it said when it was written. What it says now is drawn in their place, and nothing in
 * the text is changed for it: whoever only looks writes nothing.
 */
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import type { Chapter } from "./contract";
import { mark } from "./schema";

/** What a reference says of its chapter. */
export type Show = "title" | "number" | "both";

const ends = /\?show=(title|number|both)$/;

interface References {
  chapters: Chapter[];
  drawn: DecorationSet;
}

const key = new PluginKey<References>("references");

/** The chapter's address in that of a link, and what the link says of it; null where that is what stands there. */
export function parted(href: string): { chapter: string; show: Show | null } {
  const show = (ends.exec(href)?.[1] ?? null) as Show | null;
  return { chapter: href.replace(ends, ""), show };
}

/** What the link says now; null where it is no reference, or its chapter is not known. */
function says(chapters: Map<string, Chapter>, href: string): string | null {
  const { chapter, show } = parted(href);
  return (show && chapters.get(chapter)?.[show]) || null;
}

function draw(doc: Node, chapters: Chapter[]): DecorationSet {
  if (chapters.length === 0) return DecorationSet.empty;
  const known = new Map(chapters.map((chapter) => [chapter.href, chapter]));
  const drawn: Decoration[] = [];
  doc.descendants((block, at) => {
    if (!block.inlineContent) return true;
    // What of one stands under other marks is one all the same.
    let open: { href: string; from: number; to: number; text: string } | null = null;
    const end = () => {
      const now = open && says(known, open.href);
      if (open && now && now !== open.text) {
        drawn.push(Decoration.inline(open.from, open.to, { class: "renamed" }));
        const shown = () => Object.assign(document.createElement("span"), { className: "reference", textContent: now });
        drawn.push(Decoration.widget(open.to, shown, { side: -1, key: `${open.href} ${now}`, marks: [] }));
      }
      open = null;
    };
    block.forEach((child, offset) => {
      const href = mark("link").isInSet(child.marks)?.attrs.href as string | undefined;
      const from = at + 1 + offset;
      if (!child.isText || href === undefined || !ends.test(href)) return end();
      if (open && open.href === href) {
        open.to = from + child.nodeSize;
        open.text += child.text ?? "";
      } else {
        end();
        open = { href, from, to: from + child.nodeSize, text: child.text ?? "" };
      }
    });
    end();
    return block.isTextblock && block.content.size > 0;
  });
  return DecorationSet.create(doc, drawn);
}

export const references = new Plugin<References>({
  key,
  state: {
    init: () => ({ chapters: [], drawn: DecorationSet.empty }),
    apply(tr, before) {
      const chapters = (tr.getMeta(key) as Chapter[] | undefined) ?? before.chapters;
      if (chapters === before.chapters && !tr.docChanged) return before;
      return { chapters, drawn: draw(tr.doc, chapters) };
    },
  },
  props: { decorations: (state) => key.getState(state)?.drawn },
});

/** The book's chapters are these now. */
export function setChapters(view: EditorView, chapters: Chapter[]): void {
  view.dispatch(view.state.tr.setMeta(key, chapters).setMeta("addToHistory", false));
}

/** The book's chapters, as far as they are known. */
export function chaptersOf(state: EditorState): Chapter[] {
  return key.getState(state)?.chapters ?? [];
}
