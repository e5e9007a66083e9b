/** Where the others are: their carets, and their selections in their colour. And telling of ours. */
import { Plugin, PluginKey, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { anchored, positionOf } from "./anchors";
import type { Caret, Person } from "./contract";
import { Flags, type Flag } from "./flags";
import { followed } from "./caret-mapping";
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

/** Where somebody is in the text at present. */
interface Place {
  anchor: number;
  head: number;
}

interface Drawn {
  places: Map<string, Place>;
  flags: Flag[];
  decorations: DecorationSet;
}

const key = new PluginKey<Drawn>("carets");

export class Carets {
  private readonly others = new Map<string, Other>();
  private view: EditorView | null = null;
  private lastTold = "";
  private placed = false;
  private tellTimer: number | undefined;

  constructor(
    private readonly whisper: (caret: Caret | null) => void,
    /** Told when somebody's caret has got its place, or another one. */
    private readonly placedAnew: () => void = () => {},
  ) {}

  readonly plugin = new Plugin<Drawn>({
    key,
    state: {
      init: () => ({ places: new Map(), flags: [], decorations: DecorationSet.empty }),
      apply: (tr, drawn, before, state) => {
        const mover = tr.getMeta(key) as string | undefined;
        if (mover !== undefined) return this.drawn(state, this.withTold(state, drawn.places, mover));
        if (!tr.docChanged) return drawn;
        // What we do moves them as it will on their own page; what others do as Yjs says, as long as it knows.
        const places = new Map<string, Place>();
        for (const client of this.others.keys()) {
          const sure = fromDocument(tr) ? this.told(state, client, true) : null;
          const last = drawn.places.get(client);
          const follow = (at: number) => followed(before.doc, state.doc, at, true) ?? tr.mapping.map(at);
          if (sure) places.set(client, sure);
          else if (last) places.set(client, { anchor: follow(last.anchor), head: follow(last.head) });
        }
        return this.drawn(state, places);
      },
    },
    props: { decorations: (state) => key.getState(state)?.decorations },
    view: (view) => {
      this.view = view;
      const flags = new Flags(view);
      // Some may have told where they are before there was a text to show it in.
      queueMicrotask(() => this.others.forEach((_other, client) => this.redraw(client)));
      return {
        update: (_view, before) => {
          const drawn = key.getState(view.state);
          if (drawn !== key.getState(before)) queueMicrotask(this.placedAnew);
          if (drawn && (drawn !== key.getState(before) || before.doc !== view.state.doc)) flags.show(drawn.flags);
          if (!before.selection.eq(view.state.selection) || before.doc !== view.state.doc) this.tellSoon();
        },
        destroy: () => {
          clearTimeout(this.tellTimer);
          flags.destroy();
          this.view = null;
        },
      };
    },
  });

  moved(client: string, person: Person, caret: Caret | null): void {
    const before = this.others.get(client);
    // Put last: whoever moved last is drawn if there are too many.
    this.others.delete(client);
    // Told again where they stand, they have not moved.
    const stays = before !== undefined && JSON.stringify(before.caret) === JSON.stringify(caret);
    if (caret !== null) this.others.set(client, { person, caret, moves: (before?.moves ?? 0) + (stays ? 0 : 1) });
    this.redraw(client);
  }

  left(client: string): void {
    if (this.others.delete(client)) this.redraw(client);
  }

  /** Where somebody's caret is. */
  of(client: string): number | null {
    return (this.view && key.getState(this.view.state)?.places.get(client)?.head) ?? null;
  }

  /** Shows somebody's name again. */
  point(client: string): void {
    const other = this.others.get(client);
    if (other) other.moves += 1;
    this.redraw(client);
  }

  /** Tells where we are, although nothing moved: somebody new may have come, or we may be new to them. */
  tellAgain(): void {
    this.lastTold = "";
    this.tellSoon();
  }

  private redraw(mover: string): void {
    if (this.view) this.view.dispatch(this.view.state.tr.setMeta(key, mover).setMeta("addToHistory", false));
  }

  /** Where somebody is by what they told; null if that is not known, or if `onlySure` if it is half gone. */
  private told(state: EditorState, client: string, onlySure = false): Place | null {
    const caret = this.others.get(client)?.caret;
    if (caret === undefined) return null;
    const [anchor, head] = [positionOf(state, caret.anchor, onlySure), positionOf(state, caret.head, onlySure)];
    return anchor === null || head === null ? null : { anchor, head };
  }

  private withTold(state: EditorState, places: Map<string, Place>, client: string): Map<string, Place> {
    const others = new Map(places);
    others.delete(client);
    if (!this.others.has(client)) return others;
    // Told beside words that are gone here: they had not heard of it yet. Where they were last has moved along with it.
    const place = this.told(state, client, true) ?? places.get(client) ?? this.told(state, client);
    return place === null ? others : others.set(client, place);
  }

  private drawn(state: EditorState, places: Map<string, Place>): Drawn {
    const decorations: Decoration[] = [];
    const flags: Flag[] = [];
    for (const [client, other] of [...this.others].slice(-mostDrawn)) {
      const place = places.get(client);
      if (place === undefined) continue;
      const { anchor, head } = place;
      const hue = `hue-${((other.person.colour % 10) + 10) % 10}`;
      if (anchor !== head) {
        const [from, to] = [Math.min(anchor, head), Math.max(anchor, head)];
        decorations.push(Decoration.inline(from, to, { class: `their-selection ${hue}` }));
      }
      flags.push({ client, name: other.person.name, hue, moves: other.moves, at: head });
    }
    return { places, flags, decorations: DecorationSet.create(state.doc, decorations) };
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
    if (words === this.lastTold) return;
    this.lastTold = words;
    this.whisper(caret);
  }
}
