/** Pictures: each becomes a file of the site. Until it is one, a place in the text shows that it is on its way. */
import { NodeSelection, Plugin, PluginKey, TextSelection, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { allowedUrl, pictureRule } from "./address";
import { anchored, positionOf } from "./anchors";
import { element } from "./element";
import type { PictureWords } from "./picture-words";
import { allowedValue, attributeRules, node } from "./schema";
import { say } from "./dialogs";

export type Upload = (file: Blob) => Promise<{ src: string; width: number; height: number }>;

interface Underway {
  anchor: unknown;
  name: string;
  /** Why it did not become one. */
  failed: string | null;
  /** What it became while one might not write: it is put in when one may. */
  stored: Picture | null;
}

interface Picture {
  src: string;
  width: number;
  height: number;
  alt: string;
}

const key = new PluginKey<number>("pictures");

export const isPicture = (file: Blob) => /^image\/(png|jpeg|gif|webp)$/.test(file.type);

export class Pictures {
  private readonly underway = new Map<number, Underway>();
  private count = 0;

  constructor(
    private readonly upload: Upload,
    /** Hears how many are on their way: until they are in the text, they are nowhere else. */
    private readonly told: (count: number) => void,
    private readonly words: PictureWords,
  ) {}

  readonly plugin = new Plugin<number>({
    key,
    state: { init: () => 0, apply: (tr, times) => (tr.getMeta(key) === undefined ? times : times + 1) },
    props: {
      decorations: (state) => this.places(state),
    },
  });

  /** Lets somebody choose a file, then adds it where the caret is. */
  choose(view: EditorView): void {
    const input = element("input", { type: "file", accept: "image/*", multiple: "" });
    input.addEventListener("change", () => this.add(view, [...(input.files ?? [])], view.state.selection.head));
    input.click();
  }

  /** Stores files as pictures of the text, described as they were where they come from. */
  add(view: EditorView, files: Blob[], position: number, alt = ""): void {
    if (view.editable) for (const file of files) void this.store(view, file, position, alt);
    else if (files.length > 0) say(view, "No pictures here", "This text may only be read at present. Nothing was put in.");
  }

  /** Says that pictures did not come along with what was pasted. */
  leftOut(view: EditorView, count: number): void {
    const words =
      count === 1
        ? "A picture is stored elsewhere and was left out. Copy it alone, or drop its file here."
        : `${count} pictures are stored elsewhere and were left out. Copy each alone, or drop the files here.`;
    this.fail(view, ...this.placed(view, view.state.selection.head, ""), words);
  }

  private placed(view: EditorView, position: number, name: string): [id: number, place: Underway] {
    const id = ++this.count;
    const place: Underway = { anchor: anchored(view.state, position), name, failed: null, stored: null };
    this.underway.set(id, place);
    return [id, place];
  }

  private async store(view: EditorView, file: Blob, position: number, alt: string): Promise<void> {
    const [id, place] = this.placed(view, position, nameOf(file));
    if (!isPicture(file)) {
      this.fail(view, id, place, `${place.name} is no picture that can be shown here: it has to be PNG, JPEG, GIF or WebP.`);
      return;
    }
    this.redraw(view);
    try {
      const picture = await this.upload(file);
      const src = allowedUrl(picture.src, pictureRule);
      if (src === null) throw new Error("not an address of this site");
      place.stored = { ...picture, src, alt: String(allowedValue(attributeRules("figure").alt!, alt.trim())) };
      this.putStored(view);
    } catch (reason) {
      this.fail(view, id, place, (reason as { words?: string } | null)?.words ?? "The picture could not be stored.");
    }
  }

  /** Puts in what is stored, unless one may not write: then it waits for that. */
  putStored(view: EditorView): void {
    if (view.isDestroyed) return;
    for (const [id, place] of view.editable ? this.underway : []) {
      if (place.stored === null) continue;
      this.underway.delete(id);
      this.put(view, place, place.stored);
    }
    this.redraw(view);
  }

  private fail(view: EditorView, id: number, place: Underway, words: string): void {
    place.failed = words;
    this.redraw(view);
    setTimeout(() => {
      this.underway.delete(id);
      this.redraw(view);
    }, 8000);
  }

  private put(view: EditorView, place: Underway, attrs: Picture): void {
    const { state } = view;
    const figure = node("figure").create(attrs);
    const at = blockEnd(state, positionOf(state, place.anchor) ?? state.doc.content.size);
    const tr = state.tr.insert(at, figure);
    // An empty paragraph was only where the picture was to come.
    const before = tr.doc.resolve(at).nodeBefore;
    const inPlace = before?.type === node("paragraph") && before.content.size === 0;
    const start = inPlace ? at - before.nodeSize : at;
    if (inPlace) {
      // Who is in it writes on, below the picture.
      const caretThere = state.selection.head >= start && state.selection.head <= at;
      tr.delete(start, at);
      if (caretThere) {
        tr.insert(start + figure.nodeSize, before);
        tr.setSelection(TextSelection.create(tr.doc, start + figure.nodeSize + 1));
      }
    }
    const last = tr.doc.resolve(start + figure.nodeSize);
    if (last.nodeAfter === null) tr.insert(last.pos, node("paragraph").create());
    view.dispatch(tr);
    if (attrs.alt === "") this.words.ask(view, start);
  }

  private redraw(view: EditorView): void {
    if (view.isDestroyed) return;
    this.told([...this.underway.values()].filter(({ failed }) => failed === null).length);
    view.dispatch(view.state.tr.setMeta(key, true).setMeta("addToHistory", false));
  }

  private places(state: EditorState): DecorationSet | null {
    if (this.underway.size === 0) return null;
    const widgets = [...this.underway].map(([id, place]) => {
      const at = blockEnd(state, positionOf(state, place.anchor) ?? state.doc.content.size);
      const key = `${id} ${place.failed ?? ""} ${place.stored !== null}`;
      return Decoration.widget(at, () => waitingFor(place), { key, side: -1 });
    });
    return DecorationSet.create(state.doc, widgets);
  }
}

function nameOf(file: Blob): string {
  return file instanceof File && file.name !== "" ? file.name : "picture";
}

function waitingFor({ name, failed, stored }: Underway): HTMLElement {
  if (failed !== null) return element("div", { class: "coming-picture failed", role: "alert" }, [failed]);
  if (stored !== null) {
    return element("div", { class: "coming-picture", role: "status" }, [`${name} comes here when you may write again.`]);
  }
  return element("div", { class: "coming-picture", role: "status" }, [
    `Storing ${name}…`,
    element("progress", { "aria-label": `Storing ${name}` }),
  ]);
}

/** After the innermost block that may have a picture beside it. */
function blockEnd(state: EditorState, position: number): number {
  const $place = state.doc.resolve(Math.min(position, state.doc.content.size));
  for (let depth = $place.depth; depth > 0; depth -= 1) {
    const index = $place.indexAfter(depth - 1);
    if ($place.node(depth - 1).canReplaceWith(index, index, node("figure"))) return $place.after(depth);
  }
  return $place.depth === 0 ? $place.pos : state.doc.content.size;
}

/** The picture that is selected, or whose caption the caret is in. */
export function pictureAt(state: EditorState): number | null {
  const { selection } = state;
  if (selection instanceof NodeSelection && selection.node.type === node("figure")) return selection.from;
  const { $from } = selection;
  return $from.depth > 0 && $from.parent.type === node("figure") ? $from.before() : null;
}
