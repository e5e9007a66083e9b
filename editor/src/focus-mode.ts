/** Only the text: the page hides everything else as long as it is wanted, and Escape ends it wherever the focus is. */
import type { Command } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { keydownHandler } from "prosemirror-keymap";

export const focusModeKeys = "Mod-Alt-z";

export class FocusMode {
  /** Whether it is wanted at present. */
  on = false;
  private view: EditorView | null = null;

  /** `tell` is the page's part; without one there is no such view. */
  constructor(private readonly tell: ((on: boolean) => void) | undefined) {}

  readonly command: Command = (_state, dispatch, view) => {
    if (this.tell === undefined) return false;
    if (dispatch && view) this.turn(!this.on, view);
    return true;
  };

  destroy(): void {
    window.removeEventListener("keydown", this.pressed);
    if (this.on) this.tell?.(false);
    this.on = false;
  }

  private turn(on: boolean, view: EditorView): void {
    this.on = on;
    this.view = view;
    if (on) window.addEventListener("keydown", this.pressed);
    else window.removeEventListener("keydown", this.pressed);
    this.tell?.(on);
    // The bars show or hide.
    view.updateState(view.state);
  }

  /** What is left to the window: what menu, footnote and search took is theirs, and a dialog closes itself. */
  private readonly pressed = (event: KeyboardEvent) => {
    if (this.view === null || event.defaultPrevented || event.isComposing) return;
    if (document.querySelector("dialog:modal") !== null) return;
    const end: Command = () => {
      this.turn(false, this.view!);
      return true;
    };
    if (keydownHandler({ Escape: end, [focusModeKeys]: end })(this.view, event)) event.preventDefault();
  };
}
