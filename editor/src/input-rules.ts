/** What Markdown's signs become while they are typed. One Backspace takes it back and leaves the signs. */
import { InputRule, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import type { Attrs, Mark } from "prosemirror-model";
import { Plugin, TextSelection, type Command } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { completedUrl } from "./address";
import { mark, node } from "./schema";

/**
 * `**x**`: the signs go, what is between them gets the mark, and typing goes on without it. The match's groups are what
 * the rule looked back at, the opening signs, and what is between.
 */
function marked(typed: RegExp, markFor: (match: RegExpMatchArray) => Mark | null): InputRule {
  return new InputRule(
    typed,
    (state, match, start, end) => {
      const [whole, before, signs, inner] = match as unknown as [string, string, string, string];
      // A footnote in between would make the signs stand elsewhere than the text tells.
      if (state.doc.textBetween(start, end) !== whole.slice(0, end - start)) return null;
      const added = markFor(match);
      if (added === null) return null;
      const from = start + before.length;
      const tr = state.tr;
      const innerEnd = from + signs.length + inner.length;
      if (end > innerEnd) tr.delete(innerEnd, end);
      tr.delete(from, from + signs.length);
      return tr.addMark(from, from + inner.length, added).removeStoredMark(added.type);
    },
    { inCodeMark: false },
  );
}

const plainly = (name: string) => () => mark(name).create();

function link(match: RegExpMatchArray): Mark | null {
  const href = completedUrl(match[4]!);
  return href === null ? null : mark("link").create({ href });
}

const sceneBreak = new InputRule(/^(?:---|—-|\*\*\*)$/, (state, _match, start, end) => {
  const { $from } = state.selection;
  if ($from.parent.type !== node("paragraph") || end !== $from.end()) return null;
  const container = $from.node($from.depth - 1);
  const index = $from.index($from.depth - 1);
  if (!container.canReplaceWith(index, index + 1, node("scene_break"))) return null;
  const at = $from.before();
  const tr = state.tr.delete(start, end).insert(at, node("scene_break").create());
  return tr.setSelection(TextSelection.create(tr.doc, at + 2));
});

/** `[ ] ` begins a task, in a paragraph and at the start of a list's item, as one types it in Markdown. */
const taskRule = new InputRule(/^\s*\[( |x|X)?\]\s$/, (state, match, start, end) => {
  const { $from } = state.selection;
  if ($from.parent.type !== node("paragraph")) return null;
  const range = $from.blockRange();
  if (!range || range.parent.type === node("task_item")) return null;
  const tr = state.tr.delete(start, end);
  const around = tr.doc.resolve(start).blockRange();
  if (!around) return null;
  tr.wrap(around, [{ type: node("task_list") }, { type: node("task_item"), attrs: { done: /x/i.test(match[1] ?? "") } }]);
  return tr;
});

export function markdownRules(): InputRule[] {
  return [
    // The chapter's title is the highest heading; one sign or two begin the next.
    textblockTypeInputRule(/^(#{1,4})\s$/, node("heading"), (match) => ({ level: Math.max(2, match[1]!.length) })),
    wrappingInputRule(/^\s*([-+*])\s$/, node("bullet_list")),
    wrappingInputRule(
      /^(\d{1,6})[.)]\s$/,
      node("ordered_list"),
      (match): Attrs => ({ start: Number(match[1]) }),
      (match, before) => before.childCount + Number(before.attrs.start) === Number(match[1]),
    ),
    taskRule,
    wrappingInputRule(/^\s*>\s$/, node("blockquote")),
    textblockTypeInputRule(/^```([\w+#-]*)\s$/, node("code_block"), (match) => ({ language: match[1] })),
    sceneBreak,
    marked(/(^|[^*\p{L}\p{N}])(\*\*)([^*\s](?:[^*]*[^*\s])?)\*\*$/u, plainly("strong")),
    marked(/(^|[^*\p{L}\p{N}])(\*)([^*\s](?:[^*]*[^*\s])?)\*$/u, plainly("emphasis")),
    marked(/(^|[^_\p{L}\p{N}])(_)([^_\s](?:[^_]*[^_\s])?)_$/u, plainly("emphasis")),
    marked(/(^|[^~])(~~)([^~\s](?:[^~]*[^~\s])?)~~$/, plainly("strike")),
    marked(/(^|[^`])(`)([^`]+)`$/, plainly("code")),
    marked(/()(\[)([^[\]]+)\]\(([^()\s]+)\)$/, link),
  ];
}

/** What a rule's text may end in, here and in `quotes.ts`: at each of these the rules are asked. */
const ends = /[\s"'\-.*_~`)]/;
const pieces = /[^\s"'\-.*_~`)]+|[\s"'\-.*_~`)]/gu;

/**
 * The rules hold however a text arrives: key by key, in one go from a dictation, a keyboard's suggestion or a test, or as
 * several keys that the browser tells of at once. A text of several letters is put in piece by piece, as if typed. And a
 * key is taken before the browser has put its letter into the page: what a rule makes is then there for the next key,
 * which otherwise might go to what the rule has replaced.
 */
export function typing(): Plugin {
  let within = false;
  const asked = (view: EditorView, from: number, to: number, text: string) => {
    const plainly = () => view.state.tr.insertText(text, from, to).scrollIntoView();
    return view.someProp("handleTextInput", (handle) => handle(view, from, to, text, plainly)) === true;
  };
  const inPieces = (view: EditorView, from: number, to: number, text: string) => {
    within = true;
    try {
      let place = { from, to };
      for (const piece of text.match(pieces) ?? []) {
        if (!ends.test(piece) || !asked(view, place.from, place.to, piece)) {
          const tr = view.state.tr.insertText(piece, place.from, place.to);
          const after = place.from + piece.length;
          view.dispatch(tr.setSelection(TextSelection.create(tr.doc, after)).scrollIntoView());
        }
        place = view.state.selection;
      }
    } finally {
      within = false;
    }
    return true;
  };
  return new Plugin({
    props: {
      handleTextInput(view, from, to, text) {
        if (within || view.composing || text.length < 2 || !ends.test(text)) return false;
        if (view.state.doc.resolve(from).parent.type.spec.code) return false;
        return inPieces(view, from, to, text);
      },
      handleDOMEvents: {
        beforeinput(view, event) {
          const { inputType, data, isComposing } = event;
          if (inputType !== "insertText" || data === null || isComposing || view.composing || !view.editable) return false;
          if (!ends.test(data) || !(view.state.selection instanceof TextSelection)) return false;
          // What the browser did before is read first.
          (view as unknown as { domObserver: { forceFlush(): void } }).domObserver.forceFlush();
          const { $from, $to, from, to } = view.state.selection;
          if (!$from.sameParent($to) || !asked(view, from, to, data)) return false;
          event.preventDefault();
          return true;
        },
      },
    },
  });
}

/** Three backticks, perhaps a language, and Enter. */
export const fenceToCode: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parent.type !== node("paragraph") || $from.parentOffset < $from.parent.content.size) return false;
  const language = /^```([\w+#-]{0,40})$/.exec($from.parent.textContent)?.[1];
  if (language === undefined) return false;
  if (dispatch) {
    const tr = state.tr.delete($from.start(), $from.end());
    dispatch(tr.setBlockType($from.start(), $from.start(), node("code_block"), { language }).scrollIntoView());
  }
  return true;
};
