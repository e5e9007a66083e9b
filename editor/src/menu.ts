/** The menu that a slash opens: everything that can be inserted, found by typing on. */
import { Plugin, type EditorState } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { isInTable } from "prosemirror-tables";
import { keyNames, type Action, type CommandName, type Commands } from "./commands";
import { element } from "./element";
import { hide, homeOf, place, show } from "./floating";
import { icon } from "./icons";

const always: CommandName[] = [
  "paragraph", "heading-2", "heading-3", "heading-4", "bullet-list", "ordered-list", "task-list", "quote", "verse",
  "code-block", "scene-break", "picture", "table", "footnote",
];
const inTables: CommandName[] = [
  "row-above", "row-below", "column-before", "column-after", "row-up", "row-down", "column-left", "column-right",
  "remove-row", "remove-column", "header-row", "header-column", "wider", "narrower", "widths-by-content", "join-cells",
  "split-cell", "remove-table",
];

/** The slash before the caret and what was typed after it; null if there is none. */
function asked(state: EditorState): { from: number; words: string } | null {
  const { $from, empty } = state.selection;
  if (!empty || !$from.parent.inlineContent || $from.parent.type.spec.code) return null;
  const before = $from.parent.textBetween(Math.max(0, $from.parentOffset - 40), $from.parentOffset, "\ufffc", "\ufffc");
  const words = /(?:^|\s)\/([\p{L}\p{N}][\p{L}\p{N} -]*|)$/u.exec(before)?.[1];
  return words === undefined ? null : { from: $from.pos - words.length - 1, words: words.toLowerCase() };
}

let menus = 0;

export function slashMenu(commands: Commands): Plugin {
  return new Plugin({
    view: (view) => new Menu(view, commands),
    props: {
      handleTextInput(view, _from, _to, text) {
        // Only a slash that is typed opens it: not one that somebody's caret comes to stand behind.
        if (text === "/") menuOf.get(view)!.wanted = true;
        return false;
      },
      handleKeyDown: (view, event) => menuOf.get(view)?.pressed(event) ?? false,
      handleDOMEvents: {
        blur: (view) => {
          menuOf.get(view)?.close();
          return false;
        },
      },
    },
  });
}

const menuOf = new WeakMap<EditorView, Menu>();

class Menu {
  wanted = false;
  private readonly id = `editor-menu-${++menus}`;
  private readonly list = element("div", { id: this.id, class: "menu-sheet slash-menu", role: "listbox", "aria-label": "Insert", popover: "manual" });
  private shown: CommandName[] = [];
  private at = 0;
  private side: "above" | "below" = "below";

  constructor(
    private readonly view: EditorView,
    private readonly commands: Commands,
  ) {
    menuOf.set(view, this);
    homeOf(view).append(this.list);
    // Pressing must not take the focus out of the text.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (option) this.choose(Number(option.dataset.at));
    });
    window.addEventListener("scroll", this.follow, { capture: true, passive: true });
    window.addEventListener("resize", this.follow);
    window.visualViewport?.addEventListener("resize", this.follow);
  }

  update(): void {
    const question = this.wanted && this.view.editable ? asked(this.view.state) : null;
    if (question === null) return this.close();
    const found = this.found(question.words);
    if (found.length === 0) {
      // While something is typed that no command has, it is text with a slash in it.
      hide(this.list);
      this.shown = [];
      this.point();
      return;
    }
    if (found.join() !== this.shown.join()) {
      this.shown = found;
      this.at = 0;
      this.draw();
    }
    show(this.list);
    this.follow();
    this.point();
  }

  pressed(event: KeyboardEvent): boolean {
    if (this.shown.length === 0 || event.isComposing) return false;
    const last = this.shown.length - 1;
    switch (event.key) {
      case "ArrowDown":
        this.at = this.at === last ? 0 : this.at + 1;
        break;
      case "ArrowUp":
        this.at = this.at === 0 ? last : this.at - 1;
        break;
      case "Enter":
      case "Tab":
        this.choose(this.at);
        return true;
      case "Escape":
        this.close();
        return true;
      default:
        return false;
    }
    this.point();
    return true;
  }

  close(): void {
    this.wanted = false;
    this.shown = [];
    this.side = "below";
    hide(this.list);
    this.point();
  }

  destroy(): void {
    window.removeEventListener("scroll", this.follow, { capture: true });
    window.removeEventListener("resize", this.follow);
    window.visualViewport?.removeEventListener("resize", this.follow);
    this.list.remove();
  }

  private readonly follow = () => {
    const question = this.shown.length > 0 ? asked(this.view.state) : null;
    if (question === null) return;
    const [slash, caret] = [this.view.coordsAtPos(question.from), this.view.coordsAtPos(this.view.state.selection.head)];
    // Beside all the lines that the question is on; and it stays on its side while it becomes shorter.
    this.side = place(this.list, { ...slash, bottom: Math.max(slash.bottom, caret.bottom) }, this.side);
  };

  private found(words: string): CommandName[] {
    const names = isInTable(this.view.state) ? [...inTables, ...always] : always;
    if (words === "") return names;
    const rank = (name: CommandName) => {
      const { words: title, also } = this.commands[name];
      if (title.toLowerCase().startsWith(words)) return 0;
      const all = `${title} ${also ?? ""} ${name.replace("-", " ")}`.toLowerCase();
      return all.split(" ").some((word) => word.startsWith(words)) || all.includes(words) ? 1 : 2;
    };
    return names.filter((name) => rank(name) < 2).sort((one, other) => rank(one) - rank(other));
  }

  private draw(): void {
    this.list.replaceChildren(
      ...this.shown.map((name, at) => {
        const action: Action = this.commands[name];
        const option = element("div", { id: `${this.id}-${at}`, role: "option", "data-at": String(at) });
        if (action.icon) option.append(icon(action.icon));
        option.append(element("span", {}, [action.words]));
        const keys = action.typed ?? (action.keys ? keyNames(action.keys) : "");
        if (keys !== "") option.append(element("kbd", { "aria-hidden": "true" }, [keys]));
        return option;
      }),
    );
  }

  /** Tells the text field, which keeps the focus, what is pointed at. */
  private point(): void {
    const { dom } = this.view;
    if (this.shown.length === 0) {
      for (const name of ["aria-activedescendant", "aria-controls", "aria-haspopup"]) dom.removeAttribute(name);
      return;
    }
    for (const [at, option] of [...this.list.children].entries()) option.setAttribute("aria-selected", String(at === this.at));
    const option = this.list.children[this.at];
    option?.scrollIntoView({ block: "nearest" });
    dom.setAttribute("aria-haspopup", "listbox");
    dom.setAttribute("aria-controls", this.id);
    if (option) dom.setAttribute("aria-activedescendant", option.id);
  }

  private choose(at: number): void {
    const name = this.shown[at];
    const question = asked(this.view.state);
    if (name === undefined || question === null) return;
    this.close();
    const { view } = this;
    view.dispatch(view.state.tr.delete(question.from, view.state.selection.from));
    view.focus();
    this.commands[name].run(view.state, view.dispatch, view);
  }
}
