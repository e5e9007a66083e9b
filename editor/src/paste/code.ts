/** Programs' text: one block with its lines and its indentation, and nothing but text in it. */
import { declarationsOf, holdsBlocks, isBlock, keepsLines } from "./styles";

const monospace = /monospace|menlo|monaco|consolas|courier|\b(code|mono)\b/i;
const gutters =
  ".gutter, .lineno, .linenos, .linenum, .line-number, .line-numbers, .line-numbers-rows, .hljs-ln-numbers, .blob-num, .rouge-gutter, .linenodiv, button";
const coded = "table.highlight, table.highlighttable, table.rouge-table, table.hljs-ln, table.js-file-line-container, table.diff-table";

function languageOf(element: Element): string {
  const named = element.closest("[data-language], [data-lang]") ?? element.querySelector("[data-language], [data-lang]");
  const said = named?.getAttribute("data-language") ?? named?.getAttribute("data-lang");
  if (said) return said.slice(0, 40);
  const around = [element, element.querySelector("code"), element.parentElement, element.parentElement?.parentElement];
  const classes = around.map((found) => found?.getAttribute("class") ?? "").join(" ");
  const found = /(?:^|\s)(?:language|lang|highlight-source|highlight)-([\w+#-]{1,40})|brush:\s*([\w+#-]{1,40})|(?:^|\s)sourceCode\s+([\w+#-]{1,40})/.exec(classes);
  const name = found?.[1] ?? found?.[2] ?? found?.[3] ?? "";
  return /^(none|plaintext|text|plain|default|block)$/.test(name) ? "" : name;
}

/** The lines of something, whether a feed, a line break or a block of its own ends each. */
function linesOf(element: Element): string {
  const parts: string[] = [];
  let ended = true;
  const put = (text: string) => {
    if (text === "") return;
    parts.push(text);
    ended = text.endsWith("\n");
  };
  const walk = (found: globalThis.Node) => {
    for (const child of found.childNodes) {
      if (child instanceof Text) put(child.data);
      else if (child instanceof Element && child.localName === "br") put("\n");
      else if (child instanceof Element && child.localName === "img") put(child.getAttribute("alt") ?? "");
      else if (isBlock(child) && !/^(td|th|tbody|table)$/.test((child as Element).localName)) {
        if (!ended) put("\n");
        const before = parts.length;
        walk(child);
        // An empty block is an empty line.
        if (parts.length === before || !ended) put("\n");
      } else walk(child);
    }
  };
  walk(element);
  return parts.join("").replace(/\r\n?/g, "\n").replaceAll("\u00a0", " ").replace(/\n$/, "");
}

function codeBlock(element: Element, text: string): HTMLElement {
  const made = element.ownerDocument.createElement("pre");
  const language = languageOf(element);
  if (language !== "") made.setAttribute("data-language", language);
  // The first line feed after the tag is none when it is read again.
  made.textContent = text.startsWith("\n") ? `\n${text}` : text;
  return made;
}

const withoutGutters = (element: Element) => {
  for (const gutter of element.querySelectorAll(gutters)) gutter.remove();
};

/** What looks like a program: letters of one width, and each line as it stands. */
function looksLikeCode(element: Element): boolean {
  const style = declarationsOf(element);
  return keepsLines(style) === true && monospace.test(`${style.get("font-family") ?? ""} ${style.get("font") ?? ""}`);
}

export function codeFrom(body: HTMLElement): void {
  for (const table of [...body.querySelectorAll(coded)]) {
    withoutGutters(table);
    table.replaceWith(codeBlock(table, linesOf(table)));
  }
  for (const element of [...body.querySelectorAll("[data-style*='white-space']")]) {
    if (!body.contains(element) || element.closest("pre") || !looksLikeCode(element) || /^(td|th|li|tr|table|body)$/.test(element.localName)) continue;
    if (element.querySelector("pre, table, ul, ol") !== null) continue;
    const lines = linesOf(element);
    if (lines.includes("\n")) element.replaceWith(codeBlock(element, lines));
    // One line is mostly a name or an expression to be put into a sentence.
    else if (lines.trim() !== "" && holdsBlocks(element)) {
      const made = element.ownerDocument.createElement("code");
      made.textContent = lines;
      element.replaceWith(made);
    }
  }
  for (const pre of [...body.querySelectorAll("pre")]) {
    if (!body.contains(pre)) continue;
    withoutGutters(pre);
    const made = codeBlock(pre, linesOf(pre));
    const before = pre.previousElementSibling;
    // Word has a block for each line.
    if (before?.localName === "pre" && before.hasAttribute("data-word") && isWords(pre)) {
      before.append(`\n${made.textContent}`);
      pre.remove();
      continue;
    }
    if (isWords(pre)) made.setAttribute("data-word", "");
    pre.replaceWith(made);
  }
  for (const block of [...body.querySelectorAll("code")]) {
    if (block.closest("pre") || !block.textContent!.trim().includes("\n")) continue;
    const style = declarationsOf(block);
    if (style.get("display") === "block" || keepsLines(style)) block.replaceWith(codeBlock(block, linesOf(block)));
  }
}

const isWords = (pre: Element) => /mso-/.test(pre.getAttribute("data-style") ?? "") || [...pre.querySelectorAll("*")].some((found) => found.localName === "o:p");
