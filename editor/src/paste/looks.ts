/**
 * How words look, as elements and styles around them say, becomes elements at the words themselves: so what is bold only
 * in part is bold only there, whatever the bold was said of.
 */
import { declarationsOf, holdsBlocks, isBlock, keepsBlanks, keepsLines, unwrap } from "./styles";

interface Look {
  strong: boolean;
  em: boolean;
  caps: boolean;
  s: boolean;
  sup: boolean;
  sub: boolean;
  /** A heading or a table's head is bold as it is: there a style that says so says nothing. */
  bold: boolean;
  /** Whether a line feed is a new line. */
  lines: boolean;
  /** Whether blanks at the beginning of one are kept, too. */
  blanks: boolean;
}

const plain: Look = { strong: false, em: false, caps: false, s: false, sup: false, sub: false, bold: false, lines: false, blanks: false };

const byName: { [name: string]: keyof Look } = {
  b: "strong", strong: "strong", i: "em", em: "em", cite: "em", dfn: "em", var: "em",
  s: "s", strike: "s", del: "s", sup: "sup", sub: "sub",
};

function lookOf(element: Element, above: Look): Look {
  const name = element.localName;
  // A note looks for itself, wherever its number stands.
  const look = name === "span" && element.className === "footnote" ? { ...plain } : { ...above };
  if (/^(h[1-6]|th)$/.test(name)) look.bold = true;
  const style = declarationsOf(element);
  const own = Object.hasOwn(byName, name) ? byName[name] : undefined;
  if (own !== undefined) look[own] = true;
  if (style.size === 0) return look;
  const font = style.get("font");
  if (font !== undefined) fontLook(look, font);
  const weight = style.get("font-weight");
  if (/^(bold|bolder|[6-9]\d\d)$/.test(weight ?? "")) look.strong ||= !look.bold;
  else if (/^(normal|lighter|initial|[1-5]\d\d)$/.test(weight ?? "")) look.strong = false;
  const slant = style.get("font-style");
  if (/^(italic|oblique)/.test(slant ?? "")) look.em = true;
  else if (/^(normal|initial)/.test(slant ?? "")) look.em = false;
  const variant = `${style.get("font-variant-caps") ?? ""} ${style.get("font-variant") ?? ""}`;
  if (/small-caps|petite-caps/.test(variant)) look.caps = true;
  else if (/\b(normal|none|initial)\b/.test(variant)) look.caps = false;
  if (/line-through/.test(`${style.get("text-decoration") ?? ""} ${style.get("text-decoration-line") ?? ""}`)) look.s = true;
  if (!isBlock(element)) {
    const raised = style.get("vertical-align");
    if (raised === "super") look.sup = true;
    else if (raised === "sub") look.sub = true;
  }
  return look;
}

function fontLook(look: Look, font: string): void {
  look.strong = /\b(bold|bolder|[6-9]00)\b/.test(font) && !look.bold;
  look.em = /\b(italic|oblique)\b/.test(font);
  look.caps = /small-caps/.test(font);
}

const elements: [keyof Look, string][] = [
  ["sub", "sub"], ["sup", "sup"], ["s", "s"], ["strong", "strong"], ["em", "em"], ["caps", "span"],
];

/** Blanks that a line begins with would be none where it is read. */
const indented = (line: string) =>
  line.replace(/^[ \t]+(?=[^ \t])/, (blanks) => blanks.replaceAll("\t", "    ").replaceAll(" ", "\u00a0"));

function dressed(text: Text, look: Look): void {
  const page = text.ownerDocument;
  let inner: globalThis.Node = text;
  const place = page.createComment("");
  text.before(place);
  if (look.lines && text.data.includes("\n")) {
    const lines = page.createDocumentFragment();
    text.data.split(/\r\n?|\n/).forEach((line, at) => {
      if (at > 0) lines.append(page.createElement("br"), look.blanks ? indented(line) : line);
      else lines.append(line);
    });
    text.remove();
    inner = lines;
  }
  for (const [name, tag] of elements) {
    if (!look[name]) continue;
    const made = page.createElement(tag);
    if (name === "caps") made.className = "small-caps";
    made.append(inner);
    inner = made;
  }
  place.parentNode!.replaceChild(inner, place);
}

export function looksToElements(body: HTMLElement): void {
  const walk = (parent: Element, above: Look) => {
    const blocks = holdsBlocks(parent);
    for (const child of [...parent.childNodes]) {
      if (child instanceof Text) {
        const space = child.data.trim() === "";
        if (!space || !blocks) dressed(child, space ? { ...above, lines: above.lines && !blocks } : above);
      } else if (child instanceof Element && child.localName !== "pre") {
        const look = lookOf(child, above);
        const style = declarationsOf(child);
        look.lines = keepsLines(style) ?? above.lines;
        look.blanks = keepsLines(style) === null ? above.blanks : keepsBlanks(style);
        walk(child, look);
        if (Object.hasOwn(byName, child.localName)) unwrap(child);
      }
    }
  };
  walk(body, plain);
}
