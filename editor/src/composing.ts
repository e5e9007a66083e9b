/**
 * While a word is composed, as one writes Japanese or letters with accents, nothing from outside joins the text: what the
 * word stands in would be drawn anew, and the browser would begin the word again beside what is there of it.
 */
import type { EditorView } from "prosemirror-view";

/**
 * Some keyboards never say that a word is done: one that has not changed for so long holds up nothing any more, and
 * nothing is held up for longer.
 */
const patience = 10_000;
/** How often it is looked whether the word is done, and how soon after it is: the view reads it first. */
const lookEvery = 50;
const readWithin = 25;

export class Composing {
  private view: EditorView | null = null;
  private changedAt = -Infinity;
  private heldSince = 0;
  private held: (() => void)[] = [];
  private timer: number | undefined;

  watch(view: EditorView): void {
    this.view = view;
    const changed = () => (this.changedAt = performance.now());
    view.dom.addEventListener("compositionstart", changed);
    view.dom.addEventListener("compositionupdate", changed);
    // Soon, for the next word may begin at once.
    view.dom.addEventListener("compositionend", () => this.lookIn(readWithin));
  }

  /** Does something once no word is composed, which mostly is at once; one after the other as they were asked for. */
  over<T>(act: () => T): Promise<T> {
    return new Promise((done, failed) => {
      const now = () => {
        try {
          done(act());
        } catch (reason) {
          failed(reason);
        }
      };
      if (this.held.length === 0) this.heldSince = performance.now();
      if (this.held.length === 0 && !this.goesOn) return now();
      this.held.push(now);
      if (this.held.length === 1) this.lookIn(lookEvery);
    });
  }

  /** Holds up nothing any more of what has come until now. */
  readonly letGo = (): void => {
    clearTimeout(this.timer);
    for (const act of this.held.splice(0)) act();
  };

  private lookIn(time: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => (this.goesOn ? this.lookIn(lookEvery) : this.letGo()), time);
  }

  private get goesOn(): boolean {
    if (!this.view?.composing || !this.view.hasFocus()) return false;
    return performance.now() < Math.min(this.changedAt, this.heldSince) + patience;
  }
}
