/** What floats beside the caret: shown above everything, kept within the window. */

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const gap = 8;

export function show(floating: HTMLElement): void {
  if (!floating.matches(":popover-open")) floating.showPopover();
}

export function hide(floating: HTMLElement): void {
  if (floating.matches(":popover-open")) floating.hidePopover();
}

/** Puts it above or below, where there is room, as near as the window allows. */
export function place(floating: HTMLElement, beside: Box, preferred: "above" | "below"): void {
  const { offsetWidth: width, offsetHeight: height } = floating;
  const below = beside.bottom + gap;
  const above = beside.top - gap - height;
  const fitsBelow = below + height <= window.innerHeight - gap;
  const fitsAbove = above >= gap;
  const top = preferred === "above" ? (fitsAbove || !fitsBelow ? above : below) : fitsBelow || !fitsAbove ? below : above;
  const left = Math.min(beside.left, window.innerWidth - width - gap);
  floating.style.setProperty("--left", `${Math.max(gap, left)}px`);
  floating.style.setProperty("--top", `${Math.max(gap, Math.min(top, window.innerHeight - height - gap))}px`);
}
