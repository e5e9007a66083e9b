/** The bar that comes with a selection. Alt-F10 goes to it, and brings it where nothing is selected. */
import { NodeSelection, Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { isInTable } from "prosemirror-tables";
import { keyNames, type CommandName, type Commands } from "./commands";
import { element } from "./element";
import { hide, homeOf, place, show } from "./floating";
import { icon, type IconName } from "./icons";
import { node } from "./schema";

const buttons: (CommandName | null)[] = [
  "strong", "emphasis", "small-caps", "strike", "code", "link", "footnote", "index-term", "language", null,
  "heading-2", "heading-3", "bullet-list", "ordered-list", "quote",
];

export function formatBar(commands: Commands): { plugin: Plugin; reach: (view: EditorView) => boolean } {
  let bar: Bar | null = null;
  const plugin = new Plugin({
    view: (view) => (bar = new Bar(view, commands)),
    props: {
      handleDOMEvents: {
        mousedown: () => {
          bar?.pointerDown();
          return false;
        },
        blur: (_view, event) => {
          bar?.blurred(event.relatedTarget as Element | null);
          return false;
        },
        focus: () => {
          bar?.update();
          return false;
        },
      },
    },
  });
  return { plugin, reach: () => bar?.reach() ?? false };
}

class Bar {
  private readonly bar = element("div", { class: "format-bar", role: "toolbar", "aria-label": "Format", popover: "manual" });
  private readonly buttons: { name: CommandName; button: HTMLButtonElement }[] = [];
  /** Asked for by key where nothing is selected. */
  private called = false;
  private selecting = false;

  constructor(
    private readonly view: EditorView,
    private readonly commands: Commands,
  ) {
    for (const name of this.commands.focusMode.run(view.state) ? [...buttons, null, "focusMode" as const] : buttons) {
      if (name === null) this.bar.append(element("span", { class: "parting", role: "separator" }));
      else this.bar.append(this.button(name));
    }
    homeOf(view).append(this.bar);
    this.bar.addEventListener("mousedown", (event) => event.preventDefault());
    this.bar.addEventListener("keydown", this.pressed);
    this.bar.addEventListener("focusout", (event) => {
      const to = event.relatedTarget as Node | null;
      if (!this.bar.contains(to) && !this.view.dom.contains(to)) this.away();
    });
    window.addEventListener("mouseup", this.pointerUp);
    window.addEventListener("scroll", this.follow, { capture: true, passive: true });
  }

  /** Goes to the bar by key. */
  reach(): boolean {
    if (!this.view.editable) return false;
    this.called = true;
    this.update();
    const first = this.buttons.find(({ button }) => !button.disabled);
    if (first) this.rove(first.button);
    return true;
  }

  update(): void {
    if (!this.wanted) return hide(this.bar);
    const { state } = this.view;
    for (const { name, button } of this.buttons) {
      const { active, run } = this.commands[name];
      if (active) button.setAttribute("aria-pressed", String(active(state)));
      button.disabled = !run(state);
    }
    show(this.bar);
    this.follow();
  }

  pointerDown(): void {
    // It would stand in the way of what is being selected.
    this.selecting = true;
    hide(this.bar);
  }

  blurred(to: Element | null): void {
    if (to === null || !this.bar.contains(to)) this.away();
  }

  destroy(): void {
    window.removeEventListener("mouseup", this.pointerUp);
    window.removeEventListener("scroll", this.follow, { capture: true });
    this.bar.remove();
  }

  private get wanted(): boolean {
    const { selection } = this.view.state;
    if (!this.view.editable || this.selecting) return false;
    const here = this.view.hasFocus() || this.bar.contains(document.activeElement);
    if (!here) return false;
    if (this.called) return true;
    if (this.commands.focusMode.active(this.view.state)) return false;
    if (selection.empty || selection instanceof NodeSelection) return false;
    // Across cells the table's own commands are meant; in code nothing is formatted.
    return !(isInTable(this.view.state) && "isColSelection" in selection) && selection.$from.parent.type !== node("code_block");
  }

  private readonly pointerUp = () => {
    if (!this.selecting) return;
    this.selecting = false;
    // The selection is read from the page only after this.
    setTimeout(() => !this.view.isDestroyed && this.update(), 20);
  };

  private readonly follow = () => {
    if (!this.bar.matches(":popover-open")) return;
    const { from, to } = this.view.state.selection;
    const [start, end] = [this.view.coordsAtPos(from), this.view.coordsAtPos(to, -1)];
    const oneLine = Math.abs(start.top - end.top) < 4;
    place(this.bar, { left: oneLine ? Math.min(start.left, end.left) : start.left, right: end.right, top: start.top, bottom: end.bottom }, "above");
  };

  private away(): void {
    this.called = false;
    hide(this.bar);
  }

  private button(name: CommandName): HTMLButtonElement {
    const { words, keys, icon: drawing, active, run } = this.commands[name];
    const title = keys ? `${words} (${keyNames(keys)})` : words;
    const button = element("button", { type: "button", class: "quiet", "aria-label": words, title, tabindex: "-1" });
    if (name.startsWith("heading")) button.append(element("span", { "aria-hidden": "true" }, [`H${Number(name.at(-1)) - 1}`]));
    else button.append(icon(drawing as IconName));
    if (active) button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      run(this.view.state, this.view.dispatch, this.view);
      // By key one stays in the bar, to press another.
      if (document.activeElement !== button) this.view.focus();
    });
    this.buttons.push({ name, button });
    return button;
  }

  private rove(to: HTMLButtonElement): void {
    for (const { button } of this.buttons) button.tabIndex = button === to ? 0 : -1;
    to.focus();
  }

  private readonly pressed = (event: KeyboardEvent) => {
    const usable = this.buttons.map(({ button }) => button).filter((button) => !button.disabled);
    const at = usable.indexOf(document.activeElement as HTMLButtonElement);
    const to = {
      ArrowRight: usable[(at + 1) % usable.length],
      ArrowLeft: usable[(at - 1 + usable.length) % usable.length],
      Home: usable[0],
      End: usable.at(-1),
    }[event.key];
    if (to) this.rove(to);
    else if (event.key === "Escape" || event.key === "Tab") {
      this.called = false;
      this.view.focus();
      this.update();
    } else return;
    event.preventDefault();
  };
}
