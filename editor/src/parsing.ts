/** How HTML that comes from outside, or from another editor's clipboard, is read. Attributes not named here are lost. */
import type { TagParseRule, ParseRule } from "prosemirror-model";
import { allowedUrl, linkRule, pictureRule } from "./address";

const whole = (value: string | null, least: number, greatest: number, otherwise: number) => {
  const number = Number.parseInt(value ?? "", 10);
  return number >= least && number <= greatest ? number : otherwise;
};

const oneOf = (value: string | undefined, ...words: string[]) => words.find((word) => word === value);

/** How wide a column is, where that is told as a part of the table: what is told in other measures is another page's. */
const share = (width: string | null) => (/^\d+(\.\d+)?%$/.test(width ?? "") ? whole(width, 1, 100, 0) : 0);

const cell = (element: HTMLElement) => ({
  colspan: whole(element.getAttribute("colspan"), 1, 100, 1),
  rowspan: whole(element.getAttribute("rowspan"), 1, 1000, 1),
  width: share(element.getAttribute("width")),
});

/** A picture may only lie on this site; what has another address was dealt with before, or is left out. */
function picture(element: HTMLElement) {
  const image = element instanceof HTMLImageElement ? element : element.querySelector("img");
  const src = image && allowedUrl(image.getAttribute("src") ?? "", pictureRule);
  if (!src) return false;
  const { size, place } = (element.closest("figure") ?? element).dataset;
  return {
    src,
    alt: (image.getAttribute("alt") ?? "").slice(0, 2000),
    width: whole(image.getAttribute("width"), 0, 100_000, 0),
    height: whole(image.getAttribute("height"), 0, 100_000, 0),
    size: oneOf(size, "small", "medium", "full") ?? "natural",
    place: oneOf(place, "column", "left", "right") ?? "centre",
  };
}

function caption(figure: globalThis.Node): HTMLElement {
  return (figure as Element).querySelector("figcaption") ?? document.createElement("figcaption");
}

export const nodeRules: { [node: string]: TagParseRule[] } = {
  paragraph: [
    { tag: "p" },
    // What the editor draws into the text is no part of it, not even when the browser has copied it.
    { tag: ".coming-picture, .picture-words, .edge", ignore: true, priority: 100 },
  ],
  // The chapter's title is the page's own h1, so the highest heading in its text is the second.
  heading: [
    { tag: "h1", attrs: { level: 2 } },
    { tag: "h2", attrs: { level: 2 } },
    { tag: "h3", attrs: { level: 3 } },
    { tag: "h4", attrs: { level: 4 } },
    { tag: "h5", attrs: { level: 4 } },
    { tag: "h6", attrs: { level: 4 } },
  ],
  bullet_list: [{ tag: "ul" }],
  ordered_list: [
    { tag: "ol", getAttrs: (element) => ({ start: whole(element.getAttribute("start"), 0, 999_999, 1) }) },
  ],
  list_item: [{ tag: "li" }],
  task_list: [{ tag: "ul.tasks", priority: 60 }],
  task_item: [
    { tag: "li.task", priority: 60, getAttrs: (element) => ({ done: element.dataset.done === "true" }) },
  ],
  blockquote: [{ tag: "blockquote" }],
  verse: [{ tag: "p.verse", priority: 60, preserveWhitespace: "full" }],
  code_block: [
    {
      tag: "pre",
      preserveWhitespace: "full",
      getAttrs: (element) => ({ language: (element.dataset.language ?? "").slice(0, 40) }),
      // The code in it is the block itself.
      contentElement: (pre) => ((pre as HTMLElement).querySelector(":scope > code:only-child") as HTMLElement | null) ?? (pre as HTMLElement),
    },
  ],
  figure: [
    { tag: "figure", getAttrs: picture, contentElement: caption },
    { tag: "img", getAttrs: picture },
  ],
  table: [{ tag: "table" }],
  table_row: [{ tag: "tr" }],
  table_cell: [{ tag: "td", getAttrs: cell }],
  table_header: [{ tag: "th", getAttrs: cell }],
  scene_break: [{ tag: "hr" }],
  hard_break: [{ tag: "br" }],
  footnote: [{ tag: "span.footnote", contentElement: "span" }],
};

export const markRules: { [mark: string]: ParseRule[] } = {
  link: [
    {
      tag: "a[href]",
      getAttrs: (element: HTMLElement) => {
        const href = allowedUrl(element.getAttribute("href") ?? "", linkRule);
        return href === null ? false : { href };
      },
    },
  ],
  language: [
    {
      tag: "span[lang]",
      getAttrs: (element: HTMLElement) => {
        const lang = element.getAttribute("lang") ?? "";
        // Word and Google Docs name the language of everything: only what our own editor wrote is meant.
        const ours = element.getAttribute("dir") === "auto" && /^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8}){0,4}$/.test(lang);
        return ours ? { lang } : false;
      },
    },
  ],
  index_term: [
    { tag: "span.index-term", getAttrs: (element: HTMLElement) => ({ entry: (element.dataset.entry ?? "").slice(0, 200) }) },
  ],
  small_caps: [{ tag: "span.small-caps" }, { style: "font-variant-caps=small-caps" }],
  emphasis: [{ tag: "em" }, { tag: "i" }, { tag: "cite" }, { style: "font-style=italic" }],
  strong: [
    { tag: "strong" },
    // Google Docs wraps everything it copies into a <b> that is not bold.
    { tag: "b", getAttrs: (element: HTMLElement) => element.style.fontWeight !== "normal" && null },
    { style: "font-weight", getAttrs: (weight: string) => /^(bold(er)?|[6-9]\d{2})$/.test(weight) && null },
  ],
  strike: [{ tag: "s" }, { tag: "strike" }, { tag: "del" }, { style: "text-decoration=line-through" }],
  superscript: [{ tag: "sup" }, { style: "vertical-align=super" }],
  subscript: [{ tag: "sub" }, { style: "vertical-align=sub" }],
  code: [{ tag: "code" }, { tag: "kbd" }, { tag: "samp" }, { tag: "tt" }],
};
