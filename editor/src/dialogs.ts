/** Small windows that ask for something: the browser's own dialogs, which keep the focus and give it back. */
import type { Command, EditorState } from "prosemirror-state";
import { TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { completedUrl } from "./address";
import type { Shortcut } from "./contract";
import { element } from "./element";
import { icon } from "./icons";
import { chaptersOf, parted, type Show } from "./references";
import { allowedValue, attributeRules, mark } from "./schema";

interface Answers {
  [field: string]: string;
}

interface Field {
  name: string;
  words: string;
  value: string;
  hint?: string;
  type?: string;
  /** What is chosen from, in the place of typing: each value, and what it is called. */
  options?: [value: string, words: string][];
  /** What is wrong with what was typed; null if nothing is. */
  wrong?: (value: string, answers: Answers) => string | null;
}

function dialog(title: string, content: Node[]): HTMLDialogElement {
  const close = element("button", { type: "button", class: "quiet small", "aria-label": "Close" }, [icon("close")]);
  const made = element("dialog", { class: "dialog", "aria-label": title }, [
    element("header", {}, [element("h2", {}, [title]), close]),
    ...content,
  ]);
  close.addEventListener("click", () => made.close());
  made.addEventListener("close", () => made.remove());
  return made;
}

/** Asks for some words; what was answered, or null if the person would rather not. */
function ask(
  view: EditorView,
  title: string,
  verb: string,
  fields: Field[],
  other?: { words: string; answer: Answers },
): Promise<Answers | null> {
  return new Promise((resolve) => {
    const inputs = fields.map((field) => {
      const id = `editor-${field.name}`;
      const input = field.options
        ? element("select", { id, name: field.name }, field.options.map(([value, words]) => element("option", { value }, [words])))
        : element("input", { id, name: field.name, type: field.type ?? "text", autocomplete: "off" });
      input.value = field.value;
      const wrong = element("p", { class: "wrong", id: `${id}-wrong`, role: "alert" });
      const hint = element("p", { class: "muted", id: `${id}-hint` }, [field.hint ?? ""]);
      input.setAttribute("aria-describedby", `${id}-hint ${id}-wrong`);
      const label = element("label", { for: id }, [field.words]);
      return { field, input, wrong, row: element("div", { class: "field" }, [label, input, hint, wrong]) };
    });
    const footer = element("footer", { class: "row end" });
    if (other) {
      const button = element("button", { type: "button", class: "quiet" }, [other.words]);
      button.addEventListener("click", () => finish(other.answer));
      footer.append(button);
    }
    footer.append(element("button", { type: "submit", class: "primary" }, [verb]));
    const form = element("form", { class: "stack", novalidate: "" }, [...inputs.map(({ row }) => row), footer]);
    const made = dialog(title, [form]);
    let answer: Answers | null = null;

    // At once, and not when the browser tells that it is closed: a key that is pressed until then is meant for the text.
    function done(): void {
      if (!view.isDestroyed) view.focus();
      resolve(answer);
    }
    function finish(given: Answers): void {
      answer = given;
      made.close();
      done();
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      let right = true;
      const answers = Object.fromEntries(inputs.map(({ field, input }) => [field.name, input.value]));
      for (const { field, input, wrong } of inputs) {
        const words = field.wrong?.(input.value, answers) ?? null;
        wrong.textContent = words ?? "";
        input.setAttribute("aria-invalid", String(words !== null));
        if (words !== null && right) input.focus();
        right &&= words === null;
      }
      if (right) finish(answers);
    });
    made.addEventListener("close", () => answer === null && done());
    document.body.append(made);
    made.showModal();
    inputs[0]?.input.focus();
    const [first] = inputs;
    if (first?.input instanceof HTMLInputElement) first.input.select();
  });
}

/** The whole of the words around the caret that carry the mark, or what is selected. */
function reach(state: EditorState, name: string): { from: number; to: number } {
  const { from, to, empty, $from } = state.selection;
  const type = mark(name);
  const there = type.isInSet($from.marks()) ?? type.isInSet($from.nodeAfter?.marks ?? []);
  if (!empty || !there) return { from, to };
  const start = $from.start();
  let found = { from, to };
  let run: { from: number; to: number } | null = null;
  $from.parent.forEach((child, offset) => {
    const at = start + offset;
    if (there.isInSet(child.marks)) {
      run = run && run.to === at ? { from: run.from, to: at + child.nodeSize } : { from: at, to: at + child.nodeSize };
      if (run.from <= from && run.to >= from) found = run;
    }
  });
  return found;
}

function currentValue(state: EditorState, name: string, attribute: string): string {
  const { from, to } = reach(state, name);
  let value = "";
  state.doc.nodesBetween(from, to, (child) => {
    const found = mark(name).isInSet(child.marks);
    if (found && value === "") value = String(found.attrs[attribute]);
  });
  return value;
}

export function askLink(): Command {
  return (state, dispatch, view) => {
    if (!state.selection.$from.parent.inlineContent) return false;
    if (dispatch && view) void linkWith(view);
    return true;
  };
}

async function linkWith(view: EditorView): Promise<void> {
  const around = reach(view.state, "link");
  const now = currentValue(view.state, "link", "href");
  const chapters = chaptersOf(view.state);
  const led = parted(now);
  const known = chapters.find(({ href }) => href === led.chapter);
  const fields: Field[] = [
    {
      name: "href",
      words: "Address",
      value: known ? "" : now,
      hint: "A web address, an e-mail address, or a page of this site beginning with /.",
      wrong: (value, { chapter }) =>
        completedUrl(value) === null && !chapter ? "This is not an address a link can have." : null,
    },
  ];
  if (chapters.length > 0) {
    const titles = chapters.map(({ href, title }): [string, string] => [href, title]);
    fields.push(
      {
        name: "chapter",
        words: "Or a chapter of this book",
        value: known?.href ?? "",
        options: [["", "None"], ...titles],
      },
      {
        name: "show",
        words: "What a link to a chapter says",
        value: led.show ?? "",
        hint: "Title and number follow when the chapter is renamed or moved; a PDF adds the page.",
        options: [["", "The words as they are"], ["title", "Its title"], ["number", "Its number"], ["both", "Number and title"]],
      },
    );
  }
  if (around.from === around.to) fields.push({ name: "words", words: "Words to show", value: "" });
  const answer = await ask(
    view,
    now === "" ? "Link" : "Change the link",
    now === "" ? "Link" : "Change",
    fields,
    now === "" ? undefined : { words: "Remove the link", answer: { href: "" } },
  );
  if (answer === null || view.isDestroyed) return;
  const { state } = view;
  const { from, to } = reach(state, "link");
  const tr = state.tr;
  const chapter = chapters.find(({ href }) => href === answer.chapter);
  const show = chapter && answer.show ? (answer.show as Show) : null;
  const typed = answer.href ? completedUrl(answer.href) : null;
  const href = typed ?? (chapter ? chapter.href + (show ? `?show=${show}` : "") : null);
  if (typed === null && chapter && show) {
    // What it says is put there, as it is now; that it follows is the address's matter.
    const link = mark("link").create({ href });
    const marks = (from === to ? state.selection.$from.marks() : (state.doc.nodeAt(from)?.marks ?? []));
    const words = chapter[show];
    tr.replaceWith(from, to, state.schema.text(words, link.addToSet(marks)));
    tr.setSelection(TextSelection.create(tr.doc, from + words.length)).removeStoredMark(mark("link"));
  } else if (href === null) tr.removeMark(from, to, mark("link"));
  else if (from === to) {
    const words = answer.words?.trim() || (typed === null ? (chapter?.title ?? href) : answer.href!.trim());
    const link = mark("link").create({ href });
    tr.insert(from, state.schema.text(words, link.addToSet(state.selection.$from.marks())));
    tr.setSelection(TextSelection.create(tr.doc, from + words.length)).removeStoredMark(mark("link"));
  } else tr.removeMark(from, to, mark("link")).addMark(from, to, mark("link").create({ href }));
  view.dispatch(tr.scrollIntoView());
}

export function askLanguage(): Command {
  return (state, dispatch, view) => {
    const { from, to } = reach(state, "language");
    if (from === to) return false;
    if (dispatch && view) void languageWith(view);
    return true;
  };
}

async function languageWith(view: EditorView): Promise<void> {
  const now = currentValue(view.state, "language", "lang");
  const rule = attributeRules("language").lang!;
  const answer = await ask(
    view,
    "Language of the words",
    "Set",
    [
      {
        name: "lang",
        words: "Language",
        value: now,
        hint: "Its short name: fr for French, he for Hebrew, pt-BR for Brazilian Portuguese.",
        wrong: (value) => (allowedValue(rule, value.trim()) === "" ? "This is not a language's short name." : null),
      },
    ],
    now === "" ? undefined : { words: "As the chapter", answer: { lang: "" } },
  );
  if (answer === null || view.isDestroyed) return;
  const { from, to } = reach(view.state, "language");
  const tr = view.state.tr.removeMark(from, to, mark("language"));
  const lang = answer.lang!.trim();
  if (lang !== "") tr.addMark(from, to, mark("language").create({ lang }));
  view.dispatch(tr);
}

/** What the index says of the words: a term as it stands, or another, also one below another. */
export function askTerm(): Command {
  return (state, dispatch, view) => {
    const { $from, $to } = state.selection;
    const { from, to } = reach(state, "index_term");
    if (from === to || !$from.sameParent($to) || !$from.parent.inlineContent || $from.parent.type.spec.code) return false;
    if (dispatch && view) void termWith(view);
    return true;
  };
}

async function termWith(view: EditorView): Promise<void> {
  const { from, to } = reach(view.state, "index_term");
  const isThere = view.state.doc.rangeHasMark(from, to, mark("index_term"));
  const longest = attributeRules("index_term").entry!.max!;
  const answer = await ask(
    view,
    isThere ? "Change the index term" : "Index term",
    isThere ? "Change" : "Mark",
    [
      {
        name: "entry",
        words: "In the index as",
        value: currentValue(view.state, "index_term", "entry"),
        hint: "Leave it empty for the words as they stand. whales > white puts white below whales.",
        wrong: (value) => (value.trim().length > longest ? `At most ${longest} letters.` : null),
      },
    ],
    isThere ? { words: "Remove the term", answer: { remove: "yes" } } : undefined,
  );
  if (answer === null || view.isDestroyed) return;
  const around = reach(view.state, "index_term");
  const tr = view.state.tr.removeMark(around.from, around.to, mark("index_term"));
  if (answer.remove === undefined) {
    tr.addMark(around.from, around.to, mark("index_term").create({ entry: answer.entry!.trim() }));
  }
  view.dispatch(tr);
}

export function showShortcuts(shortcuts: () => Shortcut[]): Command {
  return (_state, dispatch, view) => {
    if (!dispatch || !view) return true;
    const row = ({ keys, what }: Shortcut) =>
      element("div", {}, [element("dt", {}, [element("kbd", {}, [keys])]), element("dd", {}, [what])]);
    const all = shortcuts();
    const parts = [...new Set(all.map(({ part }) => part))].map((part) => {
      const rows = all.filter((shortcut) => shortcut.part === part).map(row);
      return element("section", {}, [element("h3", {}, [part]), element("dl", {}, rows)]);
    });
    show(view, dialog("Keyboard shortcuts", [element("div", { class: "shortcuts" }, parts)]));
    return true;
  };
}

/** How long it is said why something was not done. */
const toBeRead = 15_000;

/** Says why something was not done, without taking the caret from whoever writes on. */
export function say(view: EditorView, title: string, words: string): void {
  const close = element("button", { type: "button", class: "quiet small", "aria-label": "Close" }, [icon("close")]);
  const made = element("div", { class: "notice", role: "alert", popover: "manual" }, [
    element("strong", {}, [title]),
    close,
    element("p", {}, [words]),
  ]);
  const onEscape = (event: KeyboardEvent) => {
    if (event.key === "Escape") gone();
  };
  const gone = () => {
    if (made.contains(document.activeElement) && !view.isDestroyed) view.focus();
    document.removeEventListener("keydown", onEscape, true);
    made.remove();
  };
  close.addEventListener("click", gone);
  document.addEventListener("keydown", onEscape, true);
  for (const other of document.querySelectorAll(".notice")) other.remove();
  document.body.append(made);
  made.showPopover();
  setTimeout(gone, toBeRead);
}

function show(view: EditorView, made: HTMLDialogElement): void {
  made.addEventListener("close", () => !view.isDestroyed && view.focus());
  document.body.append(made);
  made.showModal();
}
