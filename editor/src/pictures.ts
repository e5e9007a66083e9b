/** Pictures: each becomes a file of the site. Until it is one, a place in the text shows that it is on its way. */
import { NodeSelection, Plugin, PluginKey, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { allowedUrl, pictureRule } from "./address";
import { anchored, positionOf } from "./anchors";
import { element } from "./element";
import { node } from "./schema";

export type Upload = (file: Blob) => Promise<{ src: string; width: number; height: number }>;

interface Underway {
  anchor: unknown;
  name: string;
  /** Why it did not become one. */
  failed: string | null;
}

const key = new PluginKey<number>("pictures");

export const isPicture = (file: Blob) => /^image\/(png|jpeg|gif|webp)$/.test(file.type);

export class Pictures {
  private readonly underway = new Map<number, Underway>();
  private count = 0;

  constructor(
    private readonly upload: Upload,
    /** Asks what a picture shows. */
    private readonly describe: (view: EditorView, position: number) => void,
  ) {}

  readonly plugin = new Plugin<number>({
    key,
    state: { init: () => 0, apply: (tr, times) => (tr.getMeta(key) === undefined ? times : times + 1) },
    props: {
      decorations: (state) => this.places(state),
      handlePaste: (view, event) => {
        const files = [...(event.clipboardData?.files ?? [])].filter(isPicture);
        // A text that brings its own picture of itself, as Word's does, is pasted as text.
        if (files.length === 0 || event.clipboardData?.types.includes("text/html")) return false;
        for (const file of files) void this.add(view, file, view.state.selection.head);
        return true;
      },
      handleDrop: (view, event) => {
        const files = [...(event.dataTransfer?.files ?? [])].filter(isPicture);
        if (files.length === 0) return false;
        const place = view.posAtCoords({ left: event.clientX, top: event.clientY });
        for (const file of files) void this.add(view, file, place?.pos ?? view.state.selection.head);
        return true;
      },
      handleDoubleClickOn: (view, _position, pressed, at) => {
        if (pressed.type !== node("figure") || !view.editable) return false;
        this.describe(view, at);
        return true;
      },
    },
  });

  /** Lets somebody choose a file, then adds it where the caret is. */
  choose(view: EditorView): void {
    const input = element("input", { type: "file", accept: "image/*", multiple: "" });
    input.addEventListener("change", () => {
      for (const file of input.files ?? []) if (isPicture(file)) void this.add(view, file, view.state.selection.head);
    });
    input.click();
  }

  async add(view: EditorView, file: Blob, position: number, alt = ""): Promise<void> {
    if (!view.editable) return;
    const id = ++this.count;
    const place: Underway = { anchor: anchored(view.state, position), name: nameOf(file), failed: null };
    this.underway.set(id, place);
    this.redraw(view);
    try {
      const picture = await this.upload(file);
      const src = allowedUrl(picture.src, pictureRule);
      if (src === null) throw new Error("not an address of this site");
      this.underway.delete(id);
      if (!view.isDestroyed) this.put(view, place, { ...picture, src, alt });
    } catch (reason) {
      const words = (reason as { words?: string } | null)?.words;
      place.failed = words ?? "The picture could not be stored.";
      setTimeout(() => {
        this.underway.delete(id);
        if (!view.isDestroyed) this.redraw(view);
      }, 8000);
    }
    if (!view.isDestroyed) this.redraw(view);
  }

  private put(view: EditorView, place: Underway, attrs: { src: string; width: number; height: number; alt: string }): void {
    const { state } = view;
    const figure = node("figure").create(attrs);
    const at = blockEnd(state, positionOf(state, place.anchor) ?? state.doc.content.size);
    const tr = state.tr.insert(at, figure);
    // An empty paragraph was only where the picture was to come.
    const before = tr.doc.resolve(at).nodeBefore;
    const inPlace = before?.type === node("paragraph") && before.content.size === 0;
    if (inPlace) tr.delete(at - before.nodeSize, at);
    const start = inPlace ? at - before.nodeSize : at;
    const last = tr.doc.resolve(start + figure.nodeSize);
    if (last.nodeAfter === null) tr.insert(last.pos, node("paragraph").create());
    view.dispatch(tr);
    if (attrs.alt === "") this.describe(view, start);
  }

  private redraw(view: EditorView): void {
    if (!view.isDestroyed) view.dispatch(view.state.tr.setMeta(key, true).setMeta("addToHistory", false));
  }

  private places(state: EditorState): DecorationSet | null {
    if (this.underway.size === 0) return null;
    const widgets = [...this.underway].map(([id, { anchor, name, failed }]) => {
      const at = blockEnd(state, positionOf(state, anchor) ?? state.doc.content.size);
      return Decoration.widget(at, () => waitingFor(name, failed), { key: `${id} ${failed ?? ""}`, side: -1 });
    });
    return DecorationSet.create(state.doc, widgets);
  }
}

function nameOf(file: Blob): string {
  return file instanceof File && file.name !== "" ? file.name : "picture";
}

function waitingFor(name: string, failed: string | null): HTMLElement {
  if (failed !== null) return element("div", { class: "coming-picture failed", role: "alert" }, [failed]);
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
