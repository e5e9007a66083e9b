/** The text as it is written in: the ProseMirror view, and all that helps writing in it. */
import { baseKeymap } from "prosemirror-commands";
import { keymap } from "prosemirror-keymap";
import { EditorState, TextSelection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { initProseMirrorDoc, redoCommand, undoCommand, ySyncPlugin, yUndoPlugin } from "y-prosemirror";
import type * as Y from "yjs";
import type { Carets } from "./carets";
import { element as made } from "./element";
import { narrowed, readOnly } from "./remote";
import { schema } from "./schema";

export interface Surroundings {
  fragment: Y.XmlFragment;
  carets: Carets;
  language: string;
  writable: () => boolean;
  upload: (file: Blob) => Promise<{ src: string; width: number; height: number }>;
  changed: () => void;
}

export class Writing {
  readonly view: EditorView;

  constructor(
    element: HTMLElement,
    private readonly around: Surroundings,
  ) {
    const { doc, mapping } = initProseMirrorDoc(around.fragment, schema);
    const root = made("div", { class: "prose manuscript" });
    const state = EditorState.create({
      // An empty chapter gets a paragraph to write in, which is nobody's until something is written in it.
      doc: doc.childCount > 0 ? doc : schema.topNodeType.createAndFill()!,
      plugins: [
        ySyncPlugin(around.fragment, { mapping }),
        yUndoPlugin(),
        readOnly(around.writable),
        around.carets.plugin,
        keymap({ "Mod-z": undoCommand, "Mod-y": redoCommand, "Shift-Mod-z": redoCommand }),
        keymap(baseKeymap),
      ],
    });
    element.replaceChildren(root);
    this.view = new EditorView({ mount: root }, {
      state,
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": "Chapter text",
        lang: around.language,
      },
      dispatchTransaction: (tr) => {
        const view = this.view;
        view.updateState(view.state.apply(narrowed(view.state, tr)));
        around.changed();
      },
    });
  }

  writableChanged(): void {
    this.view.setProps({});
  }

  jumpTo(client: string): boolean {
    const position = this.around.carets.of(client);
    if (position === null) return false;
    const { node } = this.view.domAtPos(position);
    const place = node instanceof Element ? node : node.parentElement;
    place?.scrollIntoView({ block: "center" });
    this.around.carets.point(client);
    return place !== null;
  }

  exec(_command: string): boolean {
    return false;
  }

  text(): string {
    const { doc } = this.view.state;
    return doc.textBetween(0, doc.content.size, "\n\n", (leaf) => (leaf.type.name === "hard_break" ? "\n" : ""));
  }

  /** Puts the caret at the end. */
  toEnd(): void {
    this.view.dispatch(this.view.state.tr.setSelection(TextSelection.atEnd(this.view.state.doc)));
  }

  destroy(): void {
    this.view.destroy();
  }
}
