/**
 * What a picture shows, in words, for those who do not see it. It is asked for at the picture, in a field that takes
 * nothing from whoever is writing: the caret stays where it is until somebody goes there. A picture without a description
 * is marked until it has one.
 */
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { anchored, positionOf } from "./anchors";
import { keyNames } from "./commands";
import { element } from "./element";
import { allowedValue, attributeRules, node } from "./schema";

/** A picture that is asked for: held by its place, and known by its file if that has moved. */
interface Asked {
  anchor: unknown;
  src: string;
}

const key = new PluginKey<number>("picture words");
const undescribed = "No description yet";

/** Where in a block pictures without a description are. Blocks that did not change are the same objects as before. */
const bare = new WeakMap<Node, number[]>();

function bareWithin(block: Node): number[] {
  const known = bare.get(block);
  if (known !== undefined) return known;
  const found: number[] = [];
  if (isBare(block)) found.push(0);
  else if (!block.isTextblock) block.descendants((child, at) => {
    if (isBare(child)) found.push(at + 1);
    return !child.isTextblock;
  });
  bare.set(block, found);
  return found;
}

const isBare = (child: Node) => child.type === node("figure") && String(child.attrs.alt).trim() === "";

export class PictureWords {
  private readonly asked = new Map<number, Asked>();
  private count = 0;

  readonly plugin = new Plugin<number>({
    key,
    state: { init: () => 0, apply: (tr, times) => (tr.getMeta(key) === undefined ? times : times + 1) },
    props: {
      decorations: (state) => this.drawn(state),
      handleDoubleClickOn: (view, _position, pressed, at) => pressed.type === node("figure") && this.goTo(view, at),
      // The mark lies upon the picture and belongs to what holds it.
      handleClickOn: (view, _position, pressed, at, event) => pressed.type === node("figure") && onMark(event) && this.goTo(view, at),
    },
  });

  /** Asks without taking the caret. */
  ask(view: EditorView, position: number): number | null {
    const figure = view.state.doc.nodeAt(position);
    if (figure?.type !== node("figure")) return null;
    for (const [id, asked] of this.asked) if (this.placeOf(view.state, asked) === position) return id;
    const id = ++this.count;
    this.asked.set(id, { anchor: anchored(view.state, position), src: String(figure.attrs.src) });
    this.redraw(view);
    return id;
  }

  /** Asks, and puts the caret into the field. */
  goTo(view: EditorView, position: number): boolean {
    const id = view.editable ? this.ask(view, position) : null;
    if (id === null) return false;
    this.focus(view, id);
    return true;
  }

  /** Goes to the field of the picture that came last, where one is open. */
  goToLast(view: EditorView): boolean {
    const last = [...this.asked.keys()].at(-1);
    if (last === undefined || !view.editable) return false;
    return this.focus(view, last);
  }

  get isAsking(): boolean {
    return this.asked.size > 0;
  }

  private focus(view: EditorView, id: number): boolean {
    const input = view.dom.querySelector<HTMLInputElement>(`#picture-words-${id}`);
    input?.focus();
    input?.select();
    input?.scrollIntoView({ block: "nearest" });
    return input !== null;
  }

  private placeOf(state: EditorState, { anchor, src }: Asked): number | null {
    const near = positionOf(state, anchor) ?? 0;
    if (state.doc.nodeAt(near)?.attrs.src === src) return near;
    let found: number | null = null;
    state.doc.descendants((child, at) => {
      if (child.attrs.src === src && (found === null || Math.abs(at - near) < Math.abs(found - near))) found = at;
      return !child.isTextblock;
    });
    return found;
  }

  private keep(view: EditorView, id: number, words: string): void {
    const asked = this.asked.get(id);
    if (asked === undefined) return;
    this.asked.delete(id);
    const at = this.placeOf(view.state, asked);
    const alt = String(allowedValue(attributeRules("figure").alt!, words.trim()));
    const changed = at !== null && view.state.doc.nodeAt(at)!.attrs.alt !== alt;
    if (changed) view.dispatch(view.state.tr.setNodeAttribute(at, "alt", alt));
    this.redraw(view);
  }

  private drop(view: EditorView, id: number): void {
    this.asked.delete(id);
    this.redraw(view);
  }

  private redraw(view: EditorView): void {
    if (!view.isDestroyed) view.dispatch(view.state.tr.setMeta(key, true).setMeta("addToHistory", false));
  }

  private drawn(state: EditorState): DecorationSet | null {
    const drawn: Decoration[] = [];
    state.doc.forEach((block, offset) => {
      for (const at of bareWithin(block)) {
        const size = state.doc.nodeAt(offset + at)!.nodeSize;
        drawn.push(Decoration.node(offset + at, offset + at + size, { class: "undescribed", "data-words": undescribed }));
      }
    });
    for (const [id, asked] of this.asked) {
      const at = this.placeOf(state, asked);
      const figure = at === null ? null : state.doc.nodeAt(at);
      if (at === null || figure === null) continue;
      const field = (view: EditorView) => this.field(view, id, String(figure.attrs.alt));
      drawn.push(
        Decoration.widget(at + figure.nodeSize, field, { key: `picture words ${id}`, side: -1, ignoreSelection: true, stopEvent: () => true }),
      );
    }
    return drawn.length > 0 ? DecorationSet.create(state.doc, drawn) : null;
  }

  private field(view: EditorView, id: number, alt: string): HTMLElement {
    const input = element("input", { id: `picture-words-${id}`, type: "text", autocomplete: "off", maxlength: "2000" });
    input.value = alt;
    const later = element("button", { type: "button", class: "quiet small" }, ["Not now"]);
    const hint = element("p", { class: "muted", id: `picture-words-${id}-hint` }, [
      `For people who do not see it. ${keyNames("Mod-Alt-d")} comes here, Escape goes back.`,
    ]);
    input.setAttribute("aria-describedby", hint.id);
    const form = element("form", { class: "picture-words", contenteditable: "false", "aria-label": "Describe the picture" }, [
      element("label", { for: input.id }, ["What the picture shows"]),
      element("div", { class: "row" }, [input, element("button", { type: "submit", class: "small" }, ["Keep"]), later]),
      hint,
    ]);
    const back = () => !view.isDestroyed && view.focus();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      back();
      this.keep(view, id, input.value);
    });
    later.addEventListener("click", () => {
      back();
      this.drop(view, id);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation();
      back();
      this.drop(view, id);
    });
    // Who goes elsewhere has said what they wanted to say.
    form.addEventListener("focusout", (event) => {
      const stays = event.relatedTarget instanceof globalThis.Node && form.contains(event.relatedTarget);
      if (!stays && document.hasFocus() && input.value.trim() !== alt.trim()) setTimeout(() => this.keep(view, id, input.value));
    });
    return form;
  }
}

function onMark(event: MouseEvent): boolean {
  const figure = event.target as HTMLElement;
  const picture = figure.matches?.("figure.undescribed") ? figure.querySelector("img")?.getBoundingClientRect() : undefined;
  if (picture === undefined) return false;
  const { clientX: x, clientY: y } = event;
  return x >= picture.left && x <= picture.right && y >= picture.top && y <= picture.bottom;
}
