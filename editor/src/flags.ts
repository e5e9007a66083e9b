/**
 * The carets of others with their names, drawn over the text and never in it. In it they would part letters that belong
 * together, which moves the line and now and then breaks it elsewhere; they would disturb what is being composed; and a
 * browser that joins two paragraphs by itself copies what stands in them, so that a name would become part of the book.
 */
import type { EditorView } from "prosemirror-view";
import { element } from "./element";

export interface Flag {
  client: string;
  name: string;
  /** The class of their colour. */
  hue: string;
  /** Counts moves: the name shows again after each. */
  moves: number;
  at: number;
}

/** What people are called by: a name in full would take more room than anybody needs to know them. */
const short = (name: string) => name.trim().split(/\s+/)[0]!;

interface Box {
  left: number;
  top: number;
  bottom: number;
}

/** Where a caret would be drawn. In a footnote that is closed nothing is: then it is where the footnote is. */
function boxAt(view: EditorView, at: number): Box {
  const $at = view.state.doc.resolve(at);
  // At the end of a line that wraps, a caret is where its writer's last word is.
  const box = view.coordsAtPos(at, $at.parentOffset > 0 ? -1 : 1);
  const nowhere = box.top === 0 && box.bottom === 0;
  return nowhere && $at.depth > 1 ? boxAt(view, $at.before()) : box;
}

/** The least from one line to the next, in pixels, between which a name can stand and cover neither's letters. */
const roomy = 26;

/** Whether the lines there are set too close for a name. */
function isTight(view: EditorView, at: number): boolean {
  const { node } = view.domAtPos(at);
  const element = node instanceof Element ? node : node.parentElement;
  return element !== null && Number.parseFloat(getComputedStyle(element).lineHeight) < roomy;
}

export class Flags {
  private readonly layer = element("div", { class: "their-carets", "aria-hidden": "true" });
  private readonly drawn = new Map<string, { look: string; flag: HTMLElement }>();
  private readonly resized = new ResizeObserver(() => this.draw());
  private shown: Flag[] = [];
  private frame: number | undefined;

  constructor(private readonly view: EditorView) {
    view.dom.before(this.layer);
    this.resized.observe(view.dom);
    // A table or a picture that is scrolled or loaded moves the text without making it larger.
    view.dom.addEventListener("scroll", this.soon, { capture: true, passive: true });
    view.dom.addEventListener("load", this.soon, { capture: true });
  }

  show(flags: Flag[]): void {
    this.shown = flags;
    this.soon();
  }

  destroy(): void {
    this.resized.disconnect();
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.layer.remove();
  }

  /** Once before the next frame is drawn: the text is laid out then anyway. */
  private readonly soon = () => {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  };

  private draw(): void {
    for (const [client, { flag }] of this.drawn) {
      if (this.shown.some((other) => other.client === client)) continue;
      flag.remove();
      this.drawn.delete(client);
    }
    if (this.shown.length === 0) return;
    const home = this.layer.getBoundingClientRect();
    const boxes = this.shown.map(({ at }) => boxAt(this.view, Math.min(at, this.view.state.doc.content.size)));
    const tight = this.shown.map(({ at }) => isTight(this.view, Math.min(at, this.view.state.doc.content.size)));
    for (const [index, other] of this.shown.entries()) {
      const flag = this.flagOf(other);
      const { left, top, bottom } = boxes[index]!;
      // In the right half the name goes to the left, so that it never makes the page wider.
      flag.classList.toggle("backward", left - home.left > home.width / 2);
      flag.style.setProperty("--x", `${left - home.left}px`);
      flag.style.setProperty("--y", `${top - home.top}px`);
      flag.style.setProperty("--tall", `${bottom - top}px`);
      // Between lines that are set close there is no room for a name.
      flag.classList.toggle("tight", tight[index]!);
    }
  }

  private flagOf({ client, name, hue, moves }: Flag): HTMLElement {
    const look = `${moves} ${name} ${hue}`;
    const before = this.drawn.get(client);
    if (before?.look === look) return before.flag;
    // A new one, whose name has not faded yet.
    const flag = element("span", { class: `their-caret ${hue}`, "data-name": name, "data-short": short(name) });
    if (before) before.flag.replaceWith(flag);
    else this.layer.append(flag);
    this.drawn.set(client, { look, flag });
    return flag;
  }
}
