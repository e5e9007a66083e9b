/** What floats beside the caret: shown above everything, kept within the window. */
import type { EditorView } from "prosemirror-view";

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const gap = 8;

/** Where what floats belongs to: beside the text, and so in the same part of the page as it for whoever hears it. */
export const homeOf = (view: EditorView): HTMLElement => view.dom.parentElement ?? document.body;

export function show(floating: HTMLElement): void {
  if (!floating.matches(":popover-open")) floating.showPopover();
}

export function hide(floating: HTMLElement): void {
  if (floating.matches(":popover-open")) floating.hidePopover();
}

/** What can be seen of the page: on a phone the keyboard takes its part of the window. */
function visible(): { top: number; bottom: number } {
  const seen = window.visualViewport;
  return seen ? { top: seen.offsetTop, bottom: seen.offsetTop + seen.height } : { top: 0, bottom: window.innerHeight };
}

/**
 * Puts it above or below what it belongs to, and never over that: on the preferred side if it fits there or if the other
 * has not more room, and no taller than the room is, where its style allows for that by `--room`. Where neither side has
 * any, within the window. Answers on which side it is.
 */
export function place(floating: HTMLElement, beside: Box, preferred: "above" | "below"): "above" | "below" {
  floating.style.removeProperty("--room");
  const wished = floating.offsetHeight;
  const seen = visible();
  const room = { above: beside.top - 2 * gap - seen.top, below: seen.bottom - beside.bottom - 2 * gap };
  const other = preferred === "above" ? "below" : "above";
  const side = wished <= room[preferred] || room[preferred] >= room[other] ? preferred : other;
  floating.style.setProperty("--room", `${Math.max(0, room[side])}px`);
  const { offsetWidth: width, offsetHeight: height } = floating;
  const top = side === "above" ? beside.top - gap - height : beside.bottom + gap;
  const left = Math.min(beside.left, window.innerWidth - width - gap);
  floating.style.setProperty("--left", `${Math.max(gap, left)}px`);
  floating.style.setProperty("--top", `${Math.max(seen.top + gap, Math.min(top, seen.bottom - height - gap))}px`);
  return side;
}
