/**
 * Code and tables that are wider than the text are scrolled sideways. While one writes, the caret takes them along. Where
 * one only reads there is none, so they can be gone to by key, and say what they are.
 */
import type { Node } from "prosemirror-model";
import type { EditorView, NodeView, NodeViewConstructor } from "prosemirror-view";
import { element } from "./element";

const shown = new WeakMap<EditorView, Set<() => void>>();

/** Looks again, when it has become another who may write. */
export function lookAgain(view: EditorView): void {
  shown.get(view)?.forEach((look) => look());
}

function watched(view: EditorView, dom: HTMLElement, contentDOM: HTMLElement, says: { [name: string]: string }, draw: (node: Node) => void, node: Node): NodeView {
  const look = () => {
    const isWide = dom.scrollWidth > dom.clientWidth;
    const put = (attributes: { [name: string]: string }, there: boolean) => {
      for (const [name, value] of Object.entries(attributes)) {
        if (there) dom.setAttribute(name, value);
        else dom.removeAttribute(name);
      }
    };
    put({ ...says, tabindex: "0" }, isWide && !view.editable);
    // As all around it is; but whoever looks at this box alone is told that the keys reach it.
    put({ contenteditable: "true" }, isWide && view.editable);
  };
  const all = shown.get(view) ?? new Set();
  shown.set(view, all.add(look));
  const resized = new ResizeObserver(look);
  for (const part of [dom, contentDOM]) resized.observe(part);
  draw(node);
  const { type } = node;
  return {
    dom,
    contentDOM,
    update(changed) {
      if (changed.type !== type) return false;
      draw(changed);
      return true;
    },
    // The keys scroll it; its text has no caret then that they could move.
    stopEvent: (event) => event.type === "keydown" && event.target === dom,
    ignoreMutation: (mutation) => mutation.type === "attributes" && mutation.target === dom,
    destroy() {
      resized.disconnect();
      all.delete(look);
    },
  };
}

export const codeView: NodeViewConstructor = (node, view) => {
  const contentDOM = element("code");
  const dom = element("pre", {}, [contentDOM]);
  const draw = ({ attrs: { language } }: Node) => {
    if (language === "") dom.removeAttribute("data-language");
    else dom.dataset.language = String(language);
  };
  return watched(view, dom, contentDOM, { role: "region", "aria-label": "Code, wider than the text" }, draw, node);
};

export const tableView: NodeViewConstructor = (node, view) => {
  const contentDOM = element("tbody");
  const dom = element("table", {}, [contentDOM]);
  return watched(view, dom, contentDOM, { "aria-label": "Table, wider than the text" }, () => undefined, node);
};
