/**
 * While a word is composed, as one writes Japanese or letters with accents, nothing from outside joins the block it stands
 * in: that would be drawn anew, and the browser would begin the word again beside what is there of it, or put its next
 * letter into somebody else's. What others write elsewhere comes at once.
 */
import type { EditorView } from "prosemirror-view";
import type * as Y from "yjs";
import { isBeside } from "./beside";

/** Some keyboards never say that a word is done: one that has not changed for so long is, once something waits for it. */
const patience = 10_000;
/** So much may wait, in bytes. Each thing that does counts with some more than its own. */
const mostHeld = 4_000_000;
const ofEach = 200;
/** How often it is looked whether the word is done, and how soon after it is: the view reads it first. */
const lookEvery = 50;
const readWithin = 25;

interface Held {
  act: () => void;
  update: Uint8Array;
}

export class Composing {
  private view: EditorView | null = null;
  private changedAt = -Infinity;
  private held: Held[] = [];
  private timer: number | undefined;

  constructor(private readonly doc: Y.Doc) {}

  watch(view: EditorView): void {
    this.view = view;
    const changed = () => (this.changedAt = performance.now());
    view.dom.addEventListener("compositionstart", changed);
    view.dom.addEventListener("compositionupdate", changed);
    // Soon, for the next word may begin at once.
    view.dom.addEventListener("compositionend", () => this.lookIn(readWithin));
  }

  /** Takes in an update by `act` as soon as that disturbs no word that is composed, which mostly is at once. */
  over<T>(act: () => T, update: Uint8Array): Promise<T> {
    return new Promise((done, failed) => {
      const now = () => {
        try {
          done(act());
        } catch (reason) {
          failed(reason);
        }
      };
      if (this.mayComeNow(update)) return now();
      this.held.push({ act: now, update });
      if (this.held.length === 1) this.lookIn(lookEvery);
    });
  }

  /** Holds up nothing any more of what has come until now. */
  readonly letGo = (): void => {
    clearTimeout(this.timer);
    for (const { act } of this.held.splice(0)) act();
  };

  private mayComeNow(update: Uint8Array): boolean {
    if (!this.goesOn) return this.held.length === 0;
    return isBeside(update, this.view!.state, this.doc);
  }

  private lookIn(time: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (this.goesOn && this.held.length > 0 && this.hasWaitedEnough) this.finish();
      if (this.goesOn) this.lookIn(lookEvery);
      else this.letGo();
    }, time);
  }

  private get goesOn(): boolean {
    return this.view !== null && this.view.composing && this.view.hasFocus();
  }

  private get hasWaitedEnough(): boolean {
    const held = this.held.reduce((sum, { update }) => sum + update.length + ofEach, 0);
    return performance.now() > this.changedAt + patience || held > mostHeld;
  }

  /** Has the browser end the word as it stands, as it does where the focus goes; the next letter begins another. */
  private finish(): void {
    this.view!.dom.blur();
    this.view!.focus();
  }
}
