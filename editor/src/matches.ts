/**
 * Where something is in a chapter. A block is read as its readers read it: a note does not part the words around it and is
 * read for itself, and a line break is a blank.
 */
import type { Node } from "prosemirror-model";
import type { Transaction } from "prosemirror-state";
import { Folding, occurrences, type Folded, type Way } from "./folding";

export interface Match {
  from: number;
  to: number;
  /** The text of it: more than one piece where a note stands within. */
  pieces: [from: number, to: number][];
}

/** Words that are read in one go, and where in the block each part of them stands. */
interface Reading {
  folded: Folded;
  parts: { offset: number; at: number }[];
}

/** The words of a block, and of each note in it. */
function readingsOf(block: Node, folding: Folding, start = 0): Reading[] {
  let text = "";
  const parts: Reading["parts"] = [];
  const notes: Reading[] = [];
  block.forEach((child, offset) => {
    if (child.isText || child.isLeaf) {
      const last = parts.at(-1);
      const at = start + offset;
      if (!last || at - last.at !== text.length - last.offset) parts.push({ offset: text.length, at });
      text += child.isText ? child.text : folding.lineBreak;
    } else notes.push(...readingsOf(child, folding, start + offset + 1));
  });
  return [{ folded: folding.fold(text), parts }, ...notes];
}

function matchOf(parts: Reading["parts"], first: number, from: number, to: number): Match {
  const pieces: Match["pieces"] = [];
  for (let index = first; index < parts.length && parts[index]!.offset < to; index += 1) {
    const { offset, at } = parts[index]!;
    const end = Math.min(to, parts[index + 1]?.offset ?? to);
    pieces.push([at + Math.max(from, offset) - offset, at + end - offset]);
  }
  return { from: pieces[0]![0], to: pieces.at(-1)![1], pieces };
}

function matchesIn({ folded, parts }: Reading, sought: string): Match[] {
  let part = 0;
  return occurrences(folded, sought).map(([from, to]) => {
    while (part + 1 < parts.length && parts[part + 1]!.offset <= from) part += 1;
    return matchOf(parts, part, from, to);
  });
}

/** Finds one thing in one way, and remembers of each block what it found there. */
export class Search {
  private readonly folding: Folding;
  private readonly sought: string;
  private readonly known = new WeakMap<Node, Match[]>();

  constructor(
    sought: string,
    way: Way,
    /** Of a search in the same way: its blocks need not be read again. */
    private readonly readings = new WeakMap<Node, Reading[]>(),
  ) {
    this.folding = new Folding(way);
    this.sought = this.folding.fold(sought).text;
  }

  /** The same search for something else. */
  for(sought: string, way: Way): Search {
    return new Search(sought, way, this.readings);
  }

  in(doc: Node): Match[] {
    const found: Match[] = [];
    if (this.sought === "") return found;
    doc.descendants((block, at) => {
      if (!block.isTextblock) return true;
      const by = at + 1;
      for (const { from, to, pieces } of this.inBlock(block)) {
        found.push({ from: from + by, to: to + by, pieces: pieces.map(([from, to]) => [from + by, to + by]) });
      }
      return false;
    });
    return found;
  }

  private inBlock(block: Node): Match[] {
    const known = this.known.get(block);
    if (known) return known;
    let readings = this.readings.get(block);
    if (!readings) this.readings.set(block, (readings = readingsOf(block, this.folding)));
    const found = readings.flatMap((reading) => matchesIn(reading, this.sought));
    if (readings.length > 1) found.sort((one, other) => one.from - other.from);
    this.known.set(block, found);
    return found;
  }
}

/** Puts words in the place of matches. A note that stands within one stays. */
export function replaceMatches(tr: Transaction, matches: Match[], words: string): Transaction {
  const pieces = matches.flatMap(({ pieces }) => pieces.map(([from, to], index) => ({ from, to, words: index === 0 ? words : "" })));
  // From the end, so that the places before stay true; a match in a note may stand within one around it.
  for (const { from, to, words } of pieces.sort((one, other) => other.from - one.from)) tr.insertText(words, from, to);
  return tr;
}
