/**
 * Handles at what the caret is in, a table or a picture: buttons beside it, each with a menu of what can be done with that
 * part of it. By mouse they stand where that part is; under a finger they are one bar at the edge of the screen. A
 * shortcut goes to them, Tab and the arrow keys from one to the next, Escape back to the text.
 */
import { Plugin, type EditorState } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import type { Action, CommandName, Commands } from "./commands";
import { element } from "./element";
import { hide, homeOf, place, show } from "./floating";
import { icon, type IconName } from "./icons";

export interface Handle {
  /** What it is for, as it is written on the bar. */
  words: string;
  icon: IconName;
  /** Its full name where the caret is, which begins with the words. */
  name: (state: EditorState) => string;
  /** Null parts one group from the next. */
  items: (CommandName | null)[];
}

/** What has handles. */
export interface Handled {
  /** What it is called: the name of the bar. */
  name: string;
  handles: Handle[];
  isAt: (state: EditorState) => boolean;
  /** Tells the handles where they belong, by custom properties. */
  settle: (view: EditorView, layer: HTMLElement, buttons: HTMLElement[]) => void;
}

interface Beside {
  update(): void;
  destroy(): void;
}

/** The handles as a plugin, what else is shown beside them, and how a key goes to them. */
export function handlesOf(
  commands: Commands,
  handled: Handled,
  beside?: (view: EditorView, layer: HTMLElement) => Beside,
): { plugin: Plugin; reach: (view: EditorView) => boolean } {
  const shown = new WeakMap<EditorView, Handles>();
  const told = (view: EditorView) => {
    // Where the focus goes is known a moment later.
    queueMicrotask(() => !view.isDestroyed && shown.get(view)?.update());
    return false;
  };
  const plugin = new Plugin({
    view(view) {
      const made = new Handles(view, commands, handled);
      const other = beside?.(view, made.layer);
      shown.set(view, made);
      return {
        update() {
          made.update();
          other?.update();
        },
        destroy() {
          other?.destroy();
          made.destroy();
        },
      };
    },
    props: { handleDOMEvents: { focus: told, blur: told } },
  });
  return { plugin, reach: (view) => shown.get(view)?.reach() ?? false };
}

class Handles {
  readonly layer: HTMLElement;
  private readonly buttons: HTMLButtonElement[];
  private readonly menu = element("div", { class: "menu-sheet floating-menu", role: "menu", popover: "manual" });
  private readonly resized = new ResizeObserver(() => this.soon());
  private open: { handle: Handle; button: HTMLButtonElement } | null = null;
  private frame: number | undefined;
  /** What is done in several steps is looked at after the last. */
  private acting = false;

  constructor(
    private readonly view: EditorView,
    private readonly commands: Commands,
    private readonly handled: Handled,
  ) {
    this.buttons = handled.handles.map((handle) => this.button(handle));
    this.layer = element("div", { class: "handles", role: "toolbar", "aria-label": handled.name, hidden: "" }, this.buttons);
    this.layer.addEventListener("keydown", this.pressedOnBar);
    this.menu.addEventListener("keydown", this.pressedInMenu);
    for (const part of [this.layer, this.menu]) {
      part.addEventListener("mousedown", (event) => event.preventDefault());
      part.addEventListener("focusout", this.blurred);
    }
    view.dom.before(this.layer);
    homeOf(view).append(this.menu);
    this.resized.observe(view.dom);
    view.dom.addEventListener("load", this.soon, { capture: true });
    window.addEventListener("scroll", this.soon, { capture: true, passive: true });
    document.addEventListener("pointerdown", this.pressedElsewhere, { capture: true });
  }

  /** Goes to the handles by key. */
  reach(): boolean {
    if (!this.isWanted(true)) return false;
    this.update();
    this.buttons[0]!.focus();
    return true;
  }

  update(): void {
    if (this.acting) return;
    const wanted = this.isWanted(this.view.hasFocus());
    this.layer.hidden = !wanted;
    if (!wanted) return this.close(false);
    for (const [at, button] of this.buttons.entries()) {
      const name = this.handled.handles[at]!.name(this.view.state);
      if (button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name);
    }
    if (this.open) this.draw();
    this.soon();
  }

  destroy(): void {
    this.resized.disconnect();
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.view.dom.removeEventListener("load", this.soon, { capture: true });
    window.removeEventListener("scroll", this.soon, { capture: true });
    document.removeEventListener("pointerdown", this.pressedElsewhere, { capture: true });
    this.layer.remove();
    this.menu.remove();
  }

  private isWanted(focused: boolean): boolean {
    const here = focused || this.holds(document.activeElement);
    return here && this.view.editable && this.handled.isAt(this.view.state);
  }

  private holds(one: Element | null): boolean {
    return this.layer.contains(one) || this.menu.contains(one);
  }

  /** Once before the next frame is drawn: the text is laid out then anyway. */
  private readonly soon = () => {
    if (this.layer.hidden) return;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      if (this.layer.hidden || this.view.isDestroyed || !this.handled.isAt(this.view.state)) return;
      this.handled.settle(this.view, this.layer, this.buttons);
      if (this.open) place(this.menu, this.open.button.getBoundingClientRect(), "below");
    });
  };

  private button(handle: Handle): HTMLButtonElement {
    const button = element("button", { type: "button", class: "handle", "aria-haspopup": "menu", "aria-expanded": "false" }, [
      icon(handle.icon),
      element("span", {}, [handle.words]),
    ]);
    button.addEventListener("click", () => (this.open?.handle === handle ? this.close(true) : this.unfold(handle, button)));
    return button;
  }

  private unfold(handle: Handle, button: HTMLButtonElement): void {
    this.close(false);
    this.open = { handle, button };
    button.setAttribute("aria-expanded", "true");
    this.menu.setAttribute("aria-label", handle.words);
    this.menu.replaceChildren(
      ...handle.items.map((name) => (name === null ? element("span", { class: "parting", role: "separator" }) : this.item(name))),
    );
    this.draw();
    show(this.menu);
    place(this.menu, button.getBoundingClientRect(), "below");
    const first = this.items.find((item) => !item.ariaDisabled);
    if (first) this.rove(first);
  }

  private get items(): HTMLButtonElement[] {
    return [...this.menu.querySelectorAll("button")];
  }

  private rove(to: HTMLButtonElement): void {
    for (const item of this.items) item.tabIndex = item === to ? 0 : -1;
    to.focus();
  }

  private item(name: CommandName): HTMLButtonElement {
    const action: Action = this.commands[name];
    const role = action.active ? "menuitemcheckbox" : "menuitem";
    const item = element("button", { type: "button", role, tabindex: "-1", "data-name": name }, [
      element("span", {}, [action.words]),
      element("small", {}),
    ]);
    item.addEventListener("click", () => this.choose(item, action));
    return item;
  }

  /** What can be done at present, and why the rest cannot. */
  private draw(): void {
    const { state } = this.view;
    for (const item of this.items) {
      const action: Action = this.commands[item.dataset.name as CommandName];
      const can = action.run(state, undefined, this.view);
      item.ariaDisabled = can ? null : "true";
      item.lastElementChild!.textContent = can ? "" : (action.whyNot?.(state) ?? "");
      if (action.active) item.ariaChecked = String(action.active(state));
    }
  }

  private choose(item: HTMLButtonElement, action: Action): void {
    if (item.ariaDisabled) return;
    if (!action.again) this.close(true);
    this.acting = true;
    action.run(this.view.state, this.view.dispatch, this.view);
    this.acting = false;
    this.update();
    if (action.again) item.focus();
  }

  private close(toText: boolean): void {
    if (this.open === null) return;
    this.open.button.setAttribute("aria-expanded", "false");
    this.open = null;
    hide(this.menu);
    if (toText) this.view.focus();
  }

  private readonly blurred = (event: FocusEvent) => {
    const to = event.relatedTarget as Element | null;
    if (this.holds(to)) return;
    this.close(false);
    if (to !== this.view.dom) this.layer.hidden = true;
  };

  private readonly pressedElsewhere = (event: PointerEvent) => {
    const target = event.target as Element;
    if (this.open && !this.holds(target)) this.close(false);
  };

  private readonly pressedOnBar = (event: KeyboardEvent) => {
    const at = this.buttons.indexOf(document.activeElement as HTMLButtonElement);
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by !== undefined) this.buttons.at((at + by) % this.buttons.length)!.focus();
    else if (event.key === "ArrowDown") this.unfold(this.handled.handles[at]!, this.buttons[at]!);
    else if (event.key === "Escape") this.view.focus();
    else return;
    event.preventDefault();
  };

  private readonly pressedInMenu = (event: KeyboardEvent) => {
    const { items } = this;
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: items[(at + 1) % items.length], ArrowUp: items.at(at - 1), Home: items[0], End: items.at(-1) }[event.key];
    if (to) this.rove(to);
    else if (event.key === "Escape" || event.key === "Tab" || event.key === "ArrowLeft") {
      const button = this.open?.button;
      this.close(false);
      button?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
}
