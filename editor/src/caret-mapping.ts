/**
 * Where a caret is once somebody else has changed the text around it.
 *
 * Yjs holds a caret by the character after it, and in a Yjs document nothing moves: who splits a paragraph, joins it to
 * another or makes it a heading removes characters and writes copies of them elsewhere. The caret would stay behind and
 * whoever writes there would go on writing in another paragraph. And who writes just where it stands would push it
 * along: two who write at one place would mix their letters. So a caret goes with the words before it.
 */
import type { Node } from "prosemirror-model";
import { childrenFrom, difference, sizeOf } from "./difference";
import { textWithPlaces } from "./positions";

/** The text of some blocks in a row without what parts them, and where each of its characters stands. */
interface Stretch {
  text: string;
  places: number[];
  /** Where the text of each block begins: in the document, and after how much of the text. */
  starts: number[];
  froms: number[];
}

/** How much of the text around is looked for, the most first. */
const windows = [60, 20, 8];
/** So many letters beside a caret at the edge of its block tell where that edge is now. */
const telling = 8;

function stretch(doc: Node, from: number, to: number): Stretch {
  const found: Stretch = { text: "", places: [], starts: [], froms: [] };
  doc.nodesBetween(from, to, (block, at) => {
    if (!block.isTextblock) return true;
    const text = textWithPlaces(block);
    found.starts.push(at + 1);
    found.froms.push(found.text.length);
    found.text += text;
    for (let offset = 0; offset < text.length; offset += 1) found.places.push(at + 1 + offset);
    return false;
  });
  return found;
}

function commonStart(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one[length] === other[length]) length += 1;
  return length;
}

function commonEnd(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one[one.length - 1 - length] === other[other.length - 1 - length]) length += 1;
  return length;
}

/** The place of the same words; of several the nearest. */
function amongSameWords(before: string, after: string, index: number): number | null {
  for (const width of windows) {
    const start = Math.max(0, index - width);
    const sought = before.slice(start, index + width);
    if (sought.length < Math.min(width, 8)) return null;
    let best: number | null = null;
    for (let found = after.indexOf(sought); found >= 0; found = after.indexOf(sought, found + 1)) {
      const place = found + (index - start);
      if (best === null || Math.abs(place - index) < Math.abs(best - index)) best = place;
    }
    if (best !== null) return best;
  }
  return null;
}

/** The same place in the block that says the same, whole; of several the nearest. */
function inSameBlock(old: Stretch, now: Stretch, index: number): number | null {
  const own = blocksOf(old).findLast(({ from }) => from <= index);
  if (own === undefined || own.text === "") return null;
  const offset = index - own.from;
  const same = blocksOf(now).filter(({ text }) => text === own.text).map(({ from }) => from + offset);
  same.sort((one, other) => Math.abs(one - index) - Math.abs(other - index));
  return same[0] ?? null;
}

/** The blocks of a stretch: where the text of each begins in it, and what it is. */
function blocksOf({ text, froms }: Stretch): { from: number; text: string }[] {
  return froms.map((from, at) => ({ from, text: text.slice(from, froms[at + 1]) }));
}

/**
 * Where a position is after a change that others made, or null if the text does not tell: then what Yjs says is as good
 * as anything. With `anywhere` also where the same words stand now, for a position of which Yjs knows nothing any more.
 */
export function followed(before: Node, after: Node, position: number, anywhere = false): number | null {
  const { start, beforeEnd, afterEnd } = difference(before, after);
  const from = sizeOf(childrenFrom(before, 0, start));
  const to = from + sizeOf(childrenFrom(before, start, beforeEnd));
  if (position <= from) return position;
  if (position >= to) return position + after.content.size - before.content.size;
  const $position = before.resolve(position);
  let { depth } = $position;
  while (depth > 0 && !$position.node(depth).isTextblock) depth -= 1;
  if (depth === 0) return null;

  const old = stretch(before, from, to);
  const now = stretch(after, from, from + sizeOf(childrenFrom(after, start, afterEnd)));
  if ($position.node(depth).content.size === 0) {
    return old.starts.length === now.starts.length ? now.starts[old.starts.indexOf(position)]! : null;
  }
  let index = old.places.findIndex((place) => place >= position);
  if (index < 0) index = old.places.length;
  const atStart = position === $position.start(depth);
  const atEnd = position === $position.end(depth);
  const beside = Math.min($position.node(depth).content.size, telling);
  // At the edge of a block only what stands on the one side belongs to it: what is new may stand on the other.
  const fits = (place: number) => {
    if (!atStart && !atEnd) return true;
    const [was, is] = atEnd ? [index - beside, place - beside] : [index, place];
    return is >= 0 && old.text.slice(was, was + beside) === now.text.slice(is, is + beside);
  };
  const places = [
    index <= commonStart(old.text, now.text) ? index : null,
    old.text.length - index <= commonEnd(old.text, now.text) ? index + now.text.length - old.text.length : null,
  ];
  let found = places.find((place) => place !== null && fits(place)) ?? null;
  if (found === null && anywhere) found = inSameBlock(old, now, index) ?? amongSameWords(old.text, now.text, index);
  if (found === null) return null;
  const [left, right] = [now.places[found - 1], now.places[found]];
  const afterLeft = left === undefined ? undefined : left + 1;
  return (atStart ? (right ?? afterLeft) : (afterLeft ?? right)) ?? null;
}
