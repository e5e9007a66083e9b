/**
 * Counts words and characters. A block that has not changed is the same object as before, so its count is looked up:
 * a key costs the counting of one paragraph, in a chapter of any length.
 */
import type { Node } from "prosemirror-model";
import type { EditorState } from "prosemirror-state";
import { textWithPlaces } from "./places";

export interface Count {
  words: number;
  characters: number;
}

export class Counting {
  private readonly known = new WeakMap<Node, Count>();
  private readonly segmenter: Intl.Segmenter | null;

  constructor(language: string) {
    this.segmenter = segmenterFor(language);
  }

  of(node: Node): Count {
    const known = this.known.get(node);
    if (known) return known;
    const count = { words: 0, characters: 0 };
    if (node.isTextblock) {
      // A footnote parts the words around it.
      const text = textWithPlaces(node);
      count.words = this.wordsIn(text.replaceAll("\ufffc", " "));
      count.characters = charactersIn(text.replaceAll("\ufffc", ""));
    } else {
      node.forEach((child) => {
        const part = this.of(child);
        count.words += part.words;
        count.characters += part.characters;
      });
    }
    this.known.set(node, count);
    return count;
  }

  inSelection(state: EditorState): number {
    const { from, to, empty } = state.selection;
    return empty ? 0 : this.wordsIn(state.doc.textBetween(from, to, "\n", " "));
  }

  private wordsIn(text: string): number {
    // Segmenting is exact in every script and slow; where words stand between spaces, counting them is the same.
    if (this.segmenter === null || /^[\u0000-\u024f\u0370-\u052f\u2010-\u2027]*$/.test(text)) {
      return text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’\-.,_]*/gu)?.length ?? 0;
    }
    let words = 0;
    for (const segment of this.segmenter.segment(text)) if (segment.isWordLike) words += 1;
    return words;
  }
}

/** As people count them: a letter outside the basic plane is one. */
function charactersIn(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xdc00 && unit <= 0xdfff) pairs += 1;
  }
  return text.length - pairs;
}

function segmenterFor(language: string): Intl.Segmenter | null {
  if (!("Segmenter" in Intl)) return null;
  try {
    return new Intl.Segmenter(language, { granularity: "word" });
  } catch {
    return new Intl.Segmenter(undefined, { granularity: "word" });
  }
}
