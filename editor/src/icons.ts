/** Small drawings on the site's 16-pixel grid. Beside each stands a word, or on its button. */

const paths = {
  strong: "M5 3v10M5 3h3.5a2.3 2.3 0 0 1 0 4.7H5M5 7.7h4a2.6 2.6 0 0 1 0 5.3H5",
  emphasis: "M6.5 3h5M4.5 13h5M9.5 3l-3 10",
  strike: "M3 8h10M11 5.2C10.7 4 9.5 3.2 8 3.2c-1.7 0-3 .9-3 2.3 0 .7.300 1.2.900 1.7M5 10.8c.3 1.2 1.5 2 3 2 1.7 0 3-.9 3-2.3 0-.3-.050-.6-.2-.9",
  small_caps: "M2 12.5l3.2-9 3.2 9M3.1 9.5h4.2M9.5 12.5l2.2-6 2.2 6M10.3 10.5h2.9",
  code: "M6 4.5L2.5 8 6 11.5M10 4.5L13.5 8 10 11.5",
  link: "M7 9l2-2M6.5 5.5l1.6-1.6a2.3 2.3 0 0 1 3.7.4 2.3 2.3 0 0 1-.5 2.9L9.7 8.8M9.5 10.5l-1.6 1.6a2.3 2.3 0 0 1-3.7-.4 2.3 2.3 0 0 1 .5-2.9l1.6-1.6",
  language: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M2.5 8h11M8 2.5c2 1.5 2.7 3.4 2.7 5.5S10 12 8 13.5C6 12 5.3 10.1 5.3 8S6 4 8 2.5",
  term: "M3.5 2.5h9v11l-4.5-3-4.5 3zM6 5.5h4M6 8h2.5",
  superscript: "M3 5l6 8M9 5l-6 8M11.5 3.7c.2-1 2.2-1 2.2.200 0 .9-2.2 1.3-2.2 2.6h2.3",
  subscript: "M3 3l6 8M9 3l-6 8M11.5 10.7c.2-1 2.2-1 2.2.200 0 .9-2.2 1.3-2.2 2.6h2.3",
  paragraph: "M3 4h10M3 8h10M3 12h6",
  heading: "M4 3v10M12 3v10M4 8h8",
  bullet: "M6 4h7.5M6 8h7.5M6 12h7.5M3 4h.01M3 8h.01M3 12h.01",
  ordered: "M6.5 4h7M6.5 8h7M6.5 12h7M2.5 3l1-.5v3M2.3 10.3c.2-.7 1.5-.7 1.5.100 0 .6-1.5 1-1.5 1.8h1.6",
  task: "M2.5 3.5h4v4h-4zM9 5.5h4.5M2.5 11l1.5 1.5 2.5-3M9 11.5h4.5",
  quote: "M3 5.5h3.5v3.5c0 1.5-1 2.2-2.5 2.5M9 5.5h3.5v3.5c0 1.5-1 2.2-2.5 2.5",
  verse: "M3 3.5h7M5 6.5h7M3 9.5h6M5 12.5h8",
  scene: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  table: "M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 3.5v9",
  footnote: "M3 13V6.5L9.5 13V6.5M12 3l1-.5V7",
  picture: "M2.5 3.5h11v9h-11zM2.5 11l3-3 2.5 2.5 2-1.5 3.5 3M10.5 6.3h.01",
  focusMode: "M6 2.5H2.5V6M10 2.5h3.5V6M6 13.5H2.5V10M10 13.5h3.5V10",
  grip: "M6 4h.01M6 8h.01M6 12h.01M10 4h.01M10 8h.01M10 12h.01",
  up: "M4 10l4-4 4 4",
  down: "M4 6l4 4 4-4",
  close: "M4 4l8 8M12 4l-8 8",
} as const;

export type IconName = keyof typeof paths;

const space = "http://www.w3.org/2000/svg";

export function icon(name: IconName): SVGSVGElement {
  const drawing = document.createElementNS(space, "svg");
  const attributes = { class: "icon", viewBox: "0 0 16 16", width: "16", height: "16", "aria-hidden": "true", focusable: "false" };
  for (const [key, value] of Object.entries(attributes)) drawing.setAttribute(key, value);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", paths[name]);
  drawing.append(path);
  return drawing;
}
