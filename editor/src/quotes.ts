/** Quotation marks, dashes and dots as a language prints them, put while typing. One Backspace takes the last one back. */
import { InputRule } from "prosemirror-inputrules";
import type { EditorState } from "prosemirror-state";
import { mark } from "./schema";

type Quotes = readonly [open: string, close: string, innerOpen: string, innerClose: string];

const english: Quotes = ["“", "”", "‘", "’"];
const german: Quotes = ["„", "“", "‚", "‘"];
const polish: Quotes = ["„", "”", "‚", "’"];
const guillemets: Quotes = ["«", "»", "“", "”"];
const swedish: Quotes = ["”", "”", "’", "’"];

const byLanguage: { [language: string]: Quotes } = {
  en: english, "pt-br": english, zh: english, ko: english, tr: english, nl: ["“", "”", "‘", "’"],
  de: german, cs: german, sk: german, sl: german, is: german, lt: german, bg: german, et: german, ka: german,
  "de-ch": ["«", "»", "‹", "›"],
  pl: polish, ro: ["„", "”", "«", "»"], hu: ["„", "”", "»", "«"], hr: polish, sr: polish,
  // The space inside French marks must not let a line end there.
  fr: ["«\u00a0", "\u00a0»", "“", "”"],
  es: guillemets, it: guillemets, pt: guillemets, ca: guillemets, el: guillemets, no: guillemets, nb: guillemets, nn: guillemets,
  ru: ["«", "»", "„", "“"], uk: ["«", "»", "„", "“"], be: ["«", "»", "„", "“"], fa: ["«", "»", "‹", "›"], ar: ["«", "»", "“", "”"],
  sv: swedish, fi: swedish, da: ["»", "«", "›", "‹"], he: ["”", "”", "’", "’"],
  ja: ["「", "」", "『", "』"],
};

export function quotesOf(language: string): Quotes {
  const name = language.toLowerCase();
  return byLanguage[name] ?? byLanguage[name.split("-")[0]!] ?? english;
}

/** What stands before an opening mark: nothing, a space, a bracket, a dash, a picture, another opening mark. */
function opens(before: string, [open, close, innerOpen, innerClose]: Quotes): boolean {
  if (before === "" || /[\s\u00a0([{<—–\-/\ufffc]$/.test(before)) return true;
  const last = before.at(-1)!;
  return [open, innerOpen].some((sign) => sign.trim() === last) && ![close, innerClose].some((sign) => sign.trim() === last);
}

function textBefore(state: EditorState, position: number): string {
  const $place = state.doc.resolve(position);
  return $place.parent.textBetween(0, $place.parentOffset, "\ufffc", "\ufffc");
}

/** What becomes code when the second backtick is typed must not be changed before. */
function inBackticks(state: EditorState, position: number): boolean {
  return textBefore(state, position).split("`").length % 2 === 0;
}

/** Whether the single mark ends a quotation that a single mark began; where that is no apostrophe, they differ. */
function closesInner(state: EditorState, position: number, [, , innerOpen, innerClose]: Quotes): boolean {
  if (!["‘", "’", "‹", "›"].includes(innerClose)) return false;
  const text = textBefore(state, position);
  return text.lastIndexOf(innerOpen) > text.lastIndexOf(innerClose);
}

/** What is typed as code stays as it is typed. */
const proseOnly = { inCodeMark: false };

export function quoteRules(chapter: string): InputRule[] {
  /** Of the chapter, or of the words there if they are marked as another language's. */
  const there = (state: EditorState) => {
    const marks = state.storedMarks ?? state.selection.$from.marks();
    return quotesOf(String(mark("language").isInSet(marks)?.attrs.lang ?? "") || chapter);
  };
  const quote = (typed: string, open: 0 | 2) =>
    new InputRule(new RegExp(`(?:^|[\\s\\S])${typed}$`), (state, match, start, end) => {
      const before = match[0].slice(0, -1);
      if (inBackticks(state, start + before.length)) return null;
      const quotes = there(state);
      // After a letter a single mark is an apostrophe, which most languages write alike.
      const apostrophe = open === 2 && /[\p{L}\p{N}]$/u.test(before) && !closesInner(state, start + before.length, quotes);
      const sign = apostrophe ? "’" : opens(before, quotes) ? quotes[open]! : quotes[open + 1]!;
      return state.tr.insertText(sign, start + before.length, end);
    }, proseOnly);
  return [
    quote('"', 0),
    quote("'", 2),
    printed(/(?<=\d)--$/, "–"),
    printed(/(?<!-)--$/, "—"),
    printed(/\.\.\.$/, "…"),
  ];
}

function printed(typed: RegExp, sign: string): InputRule {
  return new InputRule(
    typed,
    (state, _match, start, end) => (inBackticks(state, start) ? null : state.tr.insertText(sign, start, end)),
    proseOnly,
  );
}
