/** Where the others are: their carets with a name that fades, their selections in their colour. And telling of ours. */
import { Plugin, PluginKey, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import * as Y from "yjs";
import {
  absolutePositionToRelativePosition,
  relativePositionToAbsolutePosition,
  ySyncPluginKey,
} from "y-prosemirror";
import type { Caret, Person } from "./contract";
import { element } from "./element";
import { fromDocument } from "./remote";

/** More would only be clutter, and cost. */
const mostDrawn = 24;
/** How often our caret is told, at most. */
const tellEvery = 80;

interface Other {
  person: Person;
  caret: Caret;
  /** Counts moves: the name shows again after each. */
  moves: number;
}

interface Sync {
  doc: Y.Doc;
  type: Y.XmlFragment;
  binding: { mapping: Parameters<typeof absolutePositionToRelativePosition>[2] };
}

const syncOf = (state: EditorState) => ySyncPluginKey.getState(state) as Sync;

/** A position that stays where it is in the text while others write. */
export function anchored(state: EditorState, position: number): unknown {
  const { type, binding } = syncOf(state);
  return Y.relativePositionToJSON(absolutePositionToRelativePosition(position, type, binding.mapping) as Y.RelativePosition);
}

/** Where such a position is now; null if what it stood in is gone. */
export function positionOf(state: EditorState, anchor: unknown): number | null {
  const { doc, type, binding } = syncOf(state);
  try {
    const relative = Y.createRelativePositionFromJSON(anchor);
    const position = relativePositionToAbsolutePosition(doc, type, relative, binding.mapping);
    return position === null ? null : Math.min(position, state.doc.content.size);
  } catch {
    // A caret may come from somebody who already has what we have not got yet, or be nonsense: it is not drawn.
    return null;
  }
}

const key = new PluginKey<DecorationSet>("carets");

export class Carets {
  private readonly others = new Map<string, Other>();
  private view: EditorView | null = null;
  private told = "";
  private placed = false;
  private tellTimer: number | undefined;

  constructor(private readonly whisper: (caret: Caret | null) => void) {}

  readonly plugin = new Plugin<DecorationSet>({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, drawn, _before, state) => {
        // Our own typing moves them along; after what others wrote they are found anew.
        if (tr.getMeta(key) === "redraw" || (tr.docChanged && fromDocument(tr))) return this.drawn(state);
        return tr.docChanged ? drawn.map(tr.mapping, tr.doc) : drawn;
      },
    },
    props: { decorations: (state) => key.getState(state) },
    view: (view) => {
      this.view = view;
      return {
        update: (_view, before) => {
          if (!before.selection.eq(view.state.selection) || before.doc !== view.state.doc) this.tellSoon();
        },
        destroy: () => {
          clearTimeout(this.tellTimer);
          this.view = null;
        },
      };
    },
  });

  moved(client: string, person: Person, caret: Caret | null): void {
    const before = this.others.get(client);
    // Put last: whoever moved last is drawn if there are too many.
    this.others.delete(client);
    if (caret !== null) this.others.set(client, { person, caret, moves: (before?.moves ?? 0) + 1 });
    this.redraw();
  }

  left(client: string): void {
    if (this.others.delete(client)) this.redraw();
  }

  /** Where somebody's caret is. */
  of(client: string): number | null {
    const other = this.others.get(client);
    return other && this.view ? positionOf(this.view.state, other.caret.head) : null;
  }

  /** Shows somebody's name again. */
  point(client: string): void {
    const other = this.others.get(client);
    if (other) other.moves += 1;
    this.redraw();
  }

  /** Tells where we are, although nothing moved: somebody new may have come, or we may be new to them. */
  tellAgain(): void {
    this.told = "";
    this.tellSoon();
  }

  private redraw(): void {
    if (this.view) this.view.dispatch(this.view.state.tr.setMeta(key, "redraw").setMeta("addToHistory", false));
  }

  private drawn(state: EditorState): DecorationSet {
    const decorations: Decoration[] = [];
    for (const [client, other] of [...this.others].slice(-mostDrawn)) {
      const head = positionOf(state, other.caret.head);
      const anchor = positionOf(state, other.caret.anchor);
      if (head === null || anchor === null) continue;
      const hue = `hue-${((other.person.colour % 10) + 10) % 10}`;
      if (anchor !== head) {
        const [from, to] = [Math.min(anchor, head), Math.max(anchor, head)];
        decorations.push(Decoration.inline(from, to, { class: `their-selection ${hue}` }));
      }
      decorations.push(
        Decoration.widget(head, () => flag(other.person.name, hue), {
          key: `${client} ${other.moves} ${other.person.name} ${hue}`,
          side: 10,
          ignoreSelection: true,
        }),
      );
    }
    return DecorationSet.create(state.doc, decorations);
  }

  private tellSoon(): void {
    this.tellTimer ??= window.setTimeout(() => {
      this.tellTimer = undefined;
      this.tell();
    }, tellEvery);
  }

  private tell(): void {
    if (!this.view?.editable) return;
    // Before anybody has put it somewhere it is nobody's caret.
    this.placed ||= this.view.hasFocus();
    if (!this.placed) return;
    const { anchor, head } = this.view.state.selection;
    const caret = { anchor: anchored(this.view.state, anchor), head: anchored(this.view.state, head) };
    const words = JSON.stringify(caret);
    if (words === this.told) return;
    this.told = words;
    this.whisper(caret);
  }
}

/**
 * The name is drawn by the style sheet and is nowhere as text: when a browser joins two paragraphs by itself, it copies
 * what stands in them, and a name would become part of the book.
 */
function flag(name: string, hue: string): HTMLElement {
  return element("span", { class: `their-caret ${hue}`, "aria-hidden": "true", "data-name": name });
}
