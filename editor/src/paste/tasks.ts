/** Lists of things to tick, as Google Docs, GitHub, Notion and others write them, become lists of tasks. */
import { declarationsOf, unwrap } from "./styles";

const boxes = "input[type='checkbox' i]";
const signs: [sign: RegExp, done: boolean][] = [
  [/^\s*(?:[\u2610\u274f\u2b1c\u25a2]|\[ ?\])\s+/u, false],
  [/^\s*(?:[\u2611\u2612\u2713\u2714\u2705]\ufe0f?|\[[xX]\])\s+/u, true],
];

/** Whether it is ticked; null if it is nothing to tick. What only showed the tick is removed. */
function tickOf(item: Element): boolean | null {
  const box = boxOf(item);
  if (box !== null) {
    const done = box.hasAttribute("checked");
    (box.closest("label") ?? box).replaceWith(...(box.closest("label")?.childNodes ?? []));
    box.remove();
    return done;
  }
  if (item.getAttribute("role") === "checkbox" || item.hasAttribute("aria-checked")) {
    for (const icon of item.querySelectorAll("img[aria-roledescription='checkbox']")) {
      if (icon.closest("li") === item) icon.remove();
    }
    return item.getAttribute("aria-checked") === "true";
  }
  const said = item.getAttribute("data-checked") ?? declarationsOf(item).get("--en-checked");
  if (said !== null && said !== undefined) return said === "true";
  const quill = item.getAttribute("data-list");
  if (quill === "checked" || quill === "unchecked") return quill === "checked";
  const drawn = item.querySelector(".checkbox-on, .checkbox-off");
  if (drawn !== null && drawn.closest("li") === item && drawn.textContent!.trim() === "") {
    drawn.remove();
    return drawn.classList.contains("checkbox-on");
  }
  return null;
}

/** The box that an item begins with. */
function boxOf(item: Element): Element | null {
  const box = item.querySelector(boxes);
  if (box === null || box.closest("li") !== item) return null;
  const text = firstText(item);
  return text === null || text.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_PRECEDING ? box : null;
}

/** A list each of whose items begins with the sign of a box. */
function ticksTyped(items: Element[]): (boolean | null)[] {
  const none = items.map(() => null);
  const starts = items.map((item) => {
    const text = firstText(item);
    const sign = text && signs.find(([sign]) => sign.test(text.data));
    return text && sign ? { text, sign } : null;
  });
  if (starts.length === 0 || starts.includes(null)) return none;
  return starts.map((start) => {
    start!.text.data = start!.text.data.replace(start!.sign[0], "");
    return start!.sign[1];
  });
}

function firstText(item: Element): Text | null {
  const walker = item.ownerDocument.createTreeWalker(item, NodeFilter.SHOW_TEXT);
  let text = walker.nextNode() as Text | null;
  while (text !== null && text.data.trim() === "") text = walker.nextNode() as Text | null;
  return text;
}

/** Docs strikes through what is ticked: the tick says it already. */
function unstrike(item: Element): void {
  const struck = [...item.querySelectorAll("[data-style*='line-through']")].filter((found) => found.closest("li") === item);
  const whole = (found: Element) =>
    [...found.childNodes].filter((child) => !(child instanceof Element && /^[uo]l$/.test(child.localName)))
      .map((child) => child.textContent ?? "").join("").trim();
  if (struck.length === 0 || struck.map((found) => found.textContent).join("").trim() !== whole(item)) return;
  for (const found of struck) {
    found.setAttribute("data-style", found.getAttribute("data-style")!.replace(/text-decoration[^;:]*:[^;]*line-through[^;]*/gi, ""));
  }
}

export function tasksFrom(body: HTMLElement): void {
  for (const list of [...body.querySelectorAll("ul, ol")]) {
    const items = [...list.children].filter((child) => child.localName === "li");
    let ticks = items.map(tickOf);
    if (list.localName === "ul" && ticks.every((tick) => tick === null)) ticks = ticksTyped(items);
    const kinds = items.map((item, at) => (ticks[at] !== null ? "tasks" : item.getAttribute("data-list") ?? ""));
    if (kinds.every((kind) => kind === "")) continue;
    const tickedOrder = list.localName === "ol" && !items.some((item) => item.hasAttribute("data-list"));
    if (tickedOrder) {
      // A number cannot be ticked: the number stays, and the tick as a sign.
      items.forEach((item, at) => ticks[at] !== null && tickSign(item, ticks[at]!));
      continue;
    }
    divided(list, items, kinds, ticks);
  }
  for (const box of [...body.querySelectorAll(boxes)]) {
    // A form that is to be filled in is no text.
    if (box.closest("form") === null) box.replaceWith(signOf(box.hasAttribute("checked")));
  }
}

const signOf = (done: boolean) => (done ? "\u2611 " : "\u2610 ");

function tickSign(item: Element, done: boolean): void {
  const text = firstText(item);
  const sign = signOf(done);
  if (text !== null && text.parentElement!.closest("li") === item) text.data = sign + text.data.trimStart();
  else item.prepend(sign);
}

/** What may be ticked and what not are lists of their own, one after the other. */
function divided(list: Element, items: Element[], kinds: string[], ticks: (boolean | null)[]): void {
  const page = list.ownerDocument;
  let made: HTMLElement | null = null;
  let kind: string | null = null;
  const whole = page.createElement("div");
  const place = new Map(items.map((item, at) => [item, at]));
  for (const child of [...list.children]) {
    const at = place.get(child);
    // A list beside the items belongs into the one before it.
    if (at === undefined) {
      (made?.lastElementChild ?? made ?? whole).append(child);
      continue;
    }
    if (made === null || kinds[at] !== kind) {
      kind = kinds[at]!;
      const ordered = kind === "ordered" || (kind === "" && list.localName === "ol");
      made = page.createElement(ordered ? "ol" : "ul");
      if (kind === "tasks") made.className = "tasks";
      whole.append(made);
    }
    if (kind === "tasks") {
      child.className = "task";
      child.setAttribute("data-done", String(ticks[at]));
      if (ticks[at]) unstrike(child);
    }
    made.append(child);
  }
  list.replaceWith(whole);
  unwrap(whole);
}
