/**
 * How the editor takes the place of the text the page came with. Until all is there, what is not on the screen is not
 * laid out (see the style sheet), and takes as much room as text takes on average. Whoever has scrolled by then goes on
 * reading where they were.
 */

/** By this class the style sheet knows that the whole text may be laid out. */
const settled = "settled";

const blocksOf = (element: Element) => [...(element.querySelector(".manuscript")?.children ?? [])];

/** Which block is the topmost on the screen. */
const topmost = (element: Element) => blocksOf(element).findIndex((block) => block.getBoundingClientRect().bottom > 0);

/** What scrolls the text. */
function scrollerOf(element: Element): Element | null {
  for (let above = element.parentElement; above !== null; above = above.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(above).overflowY)) return above;
  }
  return document.scrollingElement;
}

/** Does what changes how high blocks are, and keeps this one where it is. */
function keeping(element: Element, block: number, change: () => void): void {
  const top = () => blocksOf(element)[block]?.getBoundingClientRect().top ?? 0;
  const before = top();
  change();
  scrollerOf(element)?.scrollBy({ top: top() - before, behavior: "instant" });
}

/** Lays out the whole text. */
export function settle(element: Element): void {
  if (element.classList.contains(settled)) return;
  keeping(element, topmost(element), () => element.classList.add(settled));
}

/** Puts the editor's text in the place of the page's. */
export function arrive(element: Element, put: () => void): void {
  const block = topmost(element);
  if (block > 0) {
    return keeping(element, block, () => {
      put();
      element.classList.add(settled);
    });
  }
  // Who is at the beginning has the editor first, and the rest when there is nothing more urgent, and soon.
  put();
  const later = () => settle(element);
  if ("requestIdleCallback" in window) requestIdleCallback(later, { timeout: 1000 });
  else setTimeout(later, 200);
}
