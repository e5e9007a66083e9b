/**
 * Counts words and characters. A block that has not changed is the same object as before, so its count is looked up:
 * a key costs the counting of one paragraph, in a chapter of any length.
 */
import type { Node } from "prosemirror-model";
import type { EditorState } from "prosemirror-state";
import { textWithPlaces } from "./positions";

export interface Count {
  words: number;
  characters: number;
}

export class WordCount {
  private readonly known = new WeakMap<Node, Count>();

  of(node: Node): Count {
    const known = this.known.get(node);
    if (known) return known;
    const count = { words: 0, characters: 0 };
    if (node.isTextblock) {
      // A footnote parts the words around it.
      const text = textWithPlaces(node);
      count.words = wordsIn(text.replaceAll("\ufffc", " "));
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
    return empty ? 0 : wordsIn(state.doc.textBetween(from, to, "\n", " "));
  }
}

/** Chinese and Japanese characters, which stand in no words between blanks. */
const alone = /[\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\u{20000}-\u{3ffff}]/gu;

/** As the server counts (`count_words`): what stands between blanks and has a letter or a digit, and each of those. */
function wordsIn(text: string): number {
  const runs = text.replace(alone, " $& ").split(/\s+/u);
  return runs.filter((run) => /[\p{Alphabetic}\p{N}]/u.test(run)).length;
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
