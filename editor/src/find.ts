/** Finding and replacing in the chapter. What counts as the same is in `folding.ts`. */
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { anchored, positionOf } from "./anchors";
import type { FoundPlace } from "./contract";
import { element } from "./element";
import { followed } from "./caret-mapping";
import { icon } from "./icons";
import { replaceMatches, Search, type Match } from "./matches";
import { fromDocument } from "./remote";
import { node } from "./schema";

/** More than this are counted, not drawn. */
const mostDrawn = 1000;

/** Where the current match is. */
interface Place {
  /** After its first letter: what is written before that is no part of it. */
  inside: number;
  /** That letter, as Yjs holds it. */
  anchor: unknown;
}

const key = new PluginKey<Place | null>("find");

/** Where it is after a change. */
function moved(place: Place, tr: Transaction, before: EditorState, after: EditorState): Place {
  if (!fromDocument(tr)) return { ...place, inside: tr.mapping.map(place.inside) };
  const sure = positionOf(after, place.anchor, true);
  if (sure !== null) return { ...place, inside: sure + 1 };
  return { ...place, inside: followed(before.doc, after.doc, place.inside, true) ?? tr.mapping.map(place.inside) };
}

/** The match at the place; the next one if it is there no more. */
function matchAt(matches: Match[], place: Place | null | undefined): number {
  if (!place) return -1;
  const found = matches.findIndex(({ to }) => to >= place.inside);
  return found < 0 ? matches.length - 1 : found;
}

export class Find {
  private readonly bar: HTMLElement;
  private readonly sought = field("Find");
  private readonly instead = field("Replace with");
  private readonly cased = element("input", { type: "checkbox" });
  private readonly exact = element("input", { type: "checkbox" });
  private readonly told = element("span", { class: "muted numbers", role: "status" });
  private readonly replacing: HTMLButtonElement[];
  private view: EditorView | null = null;
  private matches: Match[] = [];
  private current = -1;
  private search = new Search("", { cased: false, exact: false });

  constructor(home: HTMLElement) {
    const button = (words: string, act: () => void, content: globalThis.Node | string = words) => {
      const made = element("button", { type: "button", class: "small", "aria-label": words, title: words }, [content]);
      made.addEventListener("click", act);
      return made;
    };
    this.replacing = [
      button("Replace", () => this.replace()),
      button("Replace all", () => this.replaceAll()),
    ];
    this.bar = element("div", { class: "find-bar", role: "search", "aria-label": "Find in the chapter", hidden: "" }, [
      element("div", {}, [
        this.sought,
        this.told,
        button("Previous", () => this.go(-1), icon("up")),
        button("Next", () => this.go(1), icon("down")),
        element("span", { class: "options" }, [
          element("label", { class: "with-mark" }, [this.cased, "Match case"]),
          element("label", { class: "with-mark", title: "Quotation marks, dashes, blanks and hidden signs count as they stand" }, [
            this.exact, "Exact",
          ]),
        ]),
        button("Close", () => this.close(), icon("close")),
      ]),
      element("div", {}, [this.instead, ...this.replacing]),
    ]);
    home.before(this.bar);
    this.sought.addEventListener("input", () => this.ask());
    for (const change of [this.cased, this.exact]) change.addEventListener("change", () => this.ask(true));
    this.bar.addEventListener("keydown", (event) => this.pressed(event));
  }

  readonly plugin = new Plugin<Place | null>({
    key,
    state: {
      init: () => null,
      apply: (tr, place, before, after) => {
        const pointed = tr.getMeta(key) as Place | null | undefined;
        if (pointed !== undefined) return pointed;
        return place === null || !tr.docChanged ? place : moved(place, tr, before, after);
      },
    },
    props: { decorations: (state) => this.drawn(state) },
    view: (view) => {
      this.view = view;
      return {
        update: (_view, before) => {
          if (this.isOpen && before.doc !== view.state.doc) this.count();
        },
        destroy: () => this.bar.remove(),
      };
    },
  });

  readonly open: Command = (state, dispatch) => {
    if (!dispatch) return true;
    const { from, to } = state.selection;
    const selected = state.doc.textBetween(from, to, "\n");
    if (selected !== "" && !selected.includes("\n")) this.sought.value = selected;
    this.unhide();
    this.sought.focus();
    this.sought.select();
    this.ask();
    return true;
  };

  /** Shows what was found by a search of the whole book: the nearest match to where it stood. The focus stays where it is. */
  show({ words, block, at }: FoundPlace): void {
    if (!this.view) return;
    this.sought.value = words;
    for (const box of [this.cased, this.exact]) box.checked = false;
    this.unhide();
    this.search = new Search(words, { cased: false, exact: false });
    this.count();
    const { doc } = this.view.state;
    const there = placeOf(doc, block) + 1 + at;
    const far = ({ from }: Match) => Math.abs(from - there);
    this.current = this.matches.reduce((best, match, index) => (best < 0 || far(match) < far(this.matches[best]!) ? index : best), -1);
    this.reveal();
    // It was changed since, or is what a picture is described by.
    if (this.current < 0) this.bring(Math.min(there, doc.content.size));
  }

  private get isOpen(): boolean {
    return !this.bar.hidden;
  }

  private unhide(): void {
    this.bar.hidden = false;
    for (const control of [...this.replacing, this.instead]) control.disabled = this.view?.editable === false;
  }

  private close(): void {
    this.bar.hidden = true;
    this.matches = [];
    this.redraw();
    this.view?.focus();
  }

  private pressed(event: KeyboardEvent): void {
    // The Enter that ends a composition is no more than that.
    if (event.isComposing) return;
    const inField = event.target === this.sought || event.target === this.instead;
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && event.target === this.instead) this.replace();
    else if (event.key === "Enter" && inField) this.go(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  }

  /** The question changed: the first match from the caret on is the current one. */
  private ask(anotherWay = false): void {
    const way = { cased: this.cased.checked, exact: this.exact.checked };
    this.search = anotherWay ? new Search(this.sought.value, way) : this.search.for(this.sought.value, way);
    this.count();
    const caret = this.view?.state.selection.from ?? 0;
    const next = this.matches.findIndex(({ from }) => from >= caret);
    this.current = this.matches.length > 0 ? Math.max(0, next) : -1;
    this.reveal();
  }

  private count(): void {
    if (!this.view) return;
    this.matches = this.search.in(this.view.state.doc);
    this.current = matchAt(this.matches, key.getState(this.view.state));
    this.tell();
  }

  private go(by: 1 | -1): void {
    if (this.matches.length === 0) return;
    this.current = (this.current + by + this.matches.length) % this.matches.length;
    this.reveal();
  }

  private reveal(): void {
    this.tell();
    this.redraw();
    const match = this.matches[this.current];
    if (!match || !this.view) return;
    const box = this.view.coordsAtPos(match.from);
    if (box.top < 80 || box.bottom > window.innerHeight - 80) this.bring(match.from);
  }

  private bring(position: number): void {
    const there = this.view?.domAtPos(position).node;
    const place = there instanceof Element ? there : there?.parentElement;
    place?.scrollIntoView({ block: "center" });
  }

  private tell(): void {
    const many = this.matches.length;
    this.told.textContent = this.sought.value === "" ? "" : many === 0 ? "Not found" : `${this.current + 1} of ${many}`;
  }

  private replace(): void {
    const match = this.matches[this.current];
    if (!match || !this.view?.editable) return;
    const { state } = this.view;
    const tr = replaceMatches(state.tr, [match], this.instead.value);
    this.view.dispatch(tr.setSelection(TextSelection.create(tr.doc, match.from + this.instead.value.length)));
    this.current = this.matches.findIndex(({ from }) => from >= match.from + this.instead.value.length);
    if (this.current < 0) this.current = this.matches.length > 0 ? 0 : -1;
    this.reveal();
  }

  private replaceAll(): void {
    if (!this.view?.editable || this.matches.length === 0) return;
    const many = this.matches.length;
    const { doc, tr } = this.view.state;
    this.view.dispatch(replaceMatches(tr, this.matches, this.instead.value));
    // It was refused, and whoever refused it says why.
    if (this.view.state.doc === doc) return;
    this.told.textContent = many === 1 ? "1 replaced" : `${many} replaced`;
  }

  private redraw(): void {
    if (!this.view || this.view.isDestroyed) return;
    const { state } = this.view;
    const match = this.matches[this.current];
    const place: Place | null = match ? { inside: match.from + 1, anchor: anchored(state, match.from) } : null;
    this.view.dispatch(state.tr.setMeta(key, place).setMeta("addToHistory", false));
  }

  private drawn(state: EditorState): DecorationSet | null {
    if (!this.isOpen || this.sought.value === "") return null;
    // What was counted last may be of the document before this change.
    const matches = this.search.in(state.doc);
    if (matches.length === 0) return null;
    const current = matchAt(matches, key.getState(state));
    const note = openNote(state, matches[current]!.from);
    const first = Math.max(0, Math.min(current - mostDrawn / 2, matches.length - mostDrawn));
    return DecorationSet.create(state.doc, [
      ...note,
      ...matches.slice(first, first + mostDrawn).flatMap(({ pieces }, at) => {
        const look = { class: at + first === current ? "match current" : "match" };
        return pieces.map(([from, to]) => Decoration.inline(from, to, look));
      }),
    ]);
  }
}

/** Where a block of text begins, of those of the chapter in their order. */
function placeOf(doc: Node, block: number): number {
  let [place, count] = [0, 0];
  doc.descendants((node, at) => {
    if (!node.isTextblock) return count <= block;
    if (count++ <= block) place = at;
    return false;
  });
  return place;
}

/** Shows the note that the current match is in. */
function openNote(state: EditorState, at: number): Decoration[] {
  const $at = state.doc.resolve(at);
  return $at.parent.type === node("footnote") ? [Decoration.node($at.before(), $at.after(), { class: "open" })] : [];
}

function field(words: string): HTMLInputElement {
  return element("input", { type: "text", "aria-label": words, placeholder: words, autocomplete: "off", spellcheck: "false" });
}
