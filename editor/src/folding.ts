/**
 * Text as finding compares it, with the way back: each letter of it knows where it stands in the text as written. What
 * becomes longer or shorter by that, as `İ` and `ß` do, therefore moves nothing that stands after it.
 */

export interface Way {
  /** Capital and small letters differ. */
  cased: boolean;
  /** Every sign counts as it stands. Otherwise those that a reader takes for the same are the same. */
  exact: boolean;
}

export interface Folded {
  text: string;
  /** Where what a unit of it was made of begins, and where that ends. */
  starts: Uint32Array;
  ends: Uint32Array;
}

/** What nobody sees: soft hyphens, joiners and what parts words without a blank, marks of direction, kinds of display. */
const unseen = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]/gu;

/** Signs that stand for another: found from either side. */
const same: { [sign: string]: string } = { "…": "..." };
for (const sign of "‘’‚‛′‹›ʼʹ´") same[sign] = "'";
for (const sign of "“”„‟″«»〝〞〟") same[sign] = '"';
for (const sign of "‐‑‒–—―−⁃") same[sign] = "-";

/**
 * What belongs together: a letter with all that is set on it, a Korean syllable in parts, an emoji of several. A match
 * begins and ends between two of these, so nothing is replaced that only looks like half of something.
 */
const together =
  /[\u1100-\u115f][\u1160-\u11a7][\u11a8-\u11ff]?|(?:\p{Extended_Pictographic}[\p{M}\p{Emoji_Modifier}]*\u200d)+\p{Extended_Pictographic}[\p{M}\p{Emoji_Modifier}]*|\p{Regional_Indicator}{2}|[^][\p{M}\p{Emoji_Modifier}]*/uy;

/**
 * Capitals first, so that `ß` is `ss`, both small sigmas are one and the printed `ﬁ` is `fi`. The four letters i that
 * Turkish keeps apart are one: whoever searches seldom has the keys for all, and Match case parts them.
 */
const uncased = (text: string) => text.toUpperCase().toLowerCase().normalize("NFC").replace(/i\u0307/g, "i").replace(/ς/g, "σ");

function foldedSign(sign: string, { cased, exact }: Way): string {
  if (exact) return cased ? sign : uncased(sign);
  let plain = sign.normalize("NFC").replace(unseen, "");
  // The wide letters beside Japanese, and printed ligatures, are the plain ones.
  if (/^[\ufb00-\ufb06\uff01-\uff5e]/.test(plain)) plain = plain.normalize("NFKC");
  plain = /^\p{Zs}$/u.test(plain) ? " " : (same[plain] ?? plain);
  return cased ? plain : uncased(plain);
}

/** In exact comparison a sign is a code point: what is set on a letter is one of its own. */
const alone = /[^]/uy;

export class Folding {
  /** Few signs make up most texts. */
  private readonly known = new Map<string, string>();
  /** The same of single units below U+0300, which nothing but what follows can be set on. */
  private readonly simple: string[];

  constructor(private readonly way: Way) {
    this.simple = Array.from({ length: 0x300 }, (_, unit) => foldedSign(String.fromCharCode(unit), way));
  }

  /** How a line break is read. */
  get lineBreak(): string {
    return this.way.exact ? "\n" : " ";
  }

  fold(text: string): Folded {
    const kind = this.way.exact ? alone : together;
    const parts: string[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    for (let at = 0, end = 0; at < text.length; at = end) {
      const unit = text.charCodeAt(at);
      const isSimple = unit < 0x300 && !(text.charCodeAt(at + 1) >= 0x300);
      end = isSimple ? at + 1 : endOfMatch(kind, text, at);
      const sign = isSimple ? this.simple[unit]! : this.sign(text.slice(at, end));
      for (let count = sign.length; count > 0; count -= 1) {
        starts.push(at);
        ends.push(end);
      }
      parts.push(sign);
    }
    return { text: parts.join(""), starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) };
  }

  private sign(sign: string): string {
    let folded = this.known.get(sign);
    if (folded === undefined) {
      folded = foldedSign(sign, this.way);
      if (this.known.size < 4096) this.known.set(sign, folded);
    }
    return folded;
  }
}

function endOfMatch(kind: RegExp, text: string, at: number): number {
  kind.lastIndex = at;
  return kind.test(text) ? kind.lastIndex : at + 1;
}

/** Where something is in a text, both folded in the same way: from and to in the text as written, none within another. */
export function occurrences(text: Folded, sought: string): [from: number, to: number][] {
  const found: [number, number][] = [];
  if (sought === "") return found;
  const { starts, ends } = text;
  for (let at = text.text.indexOf(sought); at >= 0; ) {
    const last = at + sought.length - 1;
    const whole = (at === 0 || starts[at] !== starts[at - 1]) && (last + 1 === starts.length || starts[last + 1] !== starts[last]);
    if (whole) found.push([starts[at]!, ends[last]!]);
    at = text.text.indexOf(sought, whole ? last + 1 : at + 1);
  }
  return found;
}
