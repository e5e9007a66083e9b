/** The text as it is written in: the ProseMirror view, and all that helps writing in it. */
import { baseKeymap } from "prosemirror-commands";
import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import { inputRules } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { EditorState, Plugin, type Command } from "prosemirror-state";
import { Decoration, DecorationSet, EditorView } from "prosemirror-view";
import { initProseMirrorDoc, ySyncPlugin } from "y-prosemirror";
import type * as Y from "yjs";
import { bindingOf } from "./anchors";
import { formatBar } from "./toolbar";
import { bulkBound } from "./edit-bound";
import { FocusMode } from "./focus-mode";
import type { Carets } from "./carets";
import type { FoundPlace } from "./contract";
import { commandsFor, type Action, type Commands } from "./commands";
import { copying } from "./copying";
import { depthBound } from "./depth";
import { element as made } from "./element";
import { Find } from "./find";
import { footnotes, footnoteView } from "./footnotes";
import { keysFor } from "./keys";
import { taskView } from "./lists";
import { slashMenu } from "./menu";
import { codeView, lookAgain, tableView } from "./overflowing";
import { pasting } from "./paste";
import { pictureHandles, pressedPicture } from "./picture-handles";
import { pictureAt, Pictures, type Upload } from "./pictures";
import { PictureWords } from "./picture-words";
import { placesToWrite } from "./places-to-write";
import { textOfBlocks } from "./plain-text";
import { quoteRules } from "./quotes";
import { narrowed, readOnly } from "./remote";
import { schema } from "./schema";
import { listed } from "./shortcuts";
import { tableHandles } from "./table-handles";
import { tables } from "./tables";
import { markdownRules, typing } from "./input-rules";
import { undoing } from "./undo";
import { askLanguage, askLink, askTerm, showShortcuts } from "./dialogs";
import { references } from "./references";

export interface Surroundings {
  fragment: Y.XmlFragment;
  carets: Carets;
  language: string;
  writable: () => boolean;
  upload: Upload;
  /** Hears how many pictures are on their way. */
  uploading: (count: number) => void;
  changed: () => void;
  /** Shows only the text, or everything again; undefined where there is no such view. */
  focusMode: ((on: boolean) => void) | undefined;
}

export class ChapterView {
  readonly view: EditorView;
  private readonly commands: Commands;
  private readonly focusMode: FocusMode;
  private readonly pictures: Pictures;
  private readonly find: Find;

  constructor(
    element: HTMLElement,
    private readonly around: Surroundings,
  ) {
    this.focusMode = new FocusMode(around.focusMode);
    const { doc, mapping } = initProseMirrorDoc(around.fragment, schema);
    const root = made("div", { class: "prose manuscript" });
    element.replaceChildren(root);
    const words = new PictureWords();
    const pictures = new Pictures(around.upload, around.uploading, words);
    this.pictures = pictures;
    const find = new Find(root);
    this.find = find;
    const commands: Commands = commandsFor({
      link: askLink(),
      language: askLanguage(),
      term: askTerm(),
      picture: forView((view) => pictures.choose(view)),
      describe: describePicture(words),
      find: find.open,
      shortcuts: showShortcuts(() => listed(Object.values<Action>(commands).filter((action) => around.focusMode || action !== commands.focusMode))),
      focusMode: this.focusMode.command,
      isInFocusMode: () => this.focusMode.on,
    });
    this.commands = commands;
    const bar = formatBar(commands);
    const handles = [tableHandles(commands), pictureHandles(commands)];
    const state = EditorState.create({
      // An empty chapter gets a paragraph to write in, which is nobody's until something is written in it.
      doc: doc.childCount > 0 ? doc : schema.topNodeType.createAndFill()!,
      plugins: [
        ySyncPlugin(around.fragment, { mapping }),
        undoing(around.fragment),
        readOnly(around.writable),
        depthBound,
        bulkBound(),
        placesToWrite,
        slashMenu(commands),
        typing(),
        inputRules({ rules: [...markdownRules(), ...quoteRules(around.language)] }),
        keymap(keysFor(commands, forView((view) => bar.reach(view)), forView((view) => handles.some(({ reach }) => reach(view))))),
        keymap(baseKeymap),
        pictures.plugin,
        pressedPicture,
        references,
        words.plugin,
        pasting(pictures),
        copying,
        tables,
        footnotes,
        bar.plugin,
        ...handles.map(({ plugin }) => plugin),
        find.plugin,
        around.carets.plugin,
        invitation,
        dropCursor({ class: "drop-cursor", color: false }),
        gapCursor(),
      ],
    });
    this.view = new EditorView({ mount: root }, {
      state,
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": "Chapter text",
        lang: around.language,
      },
      nodeViews: { task_item: taskView, footnote: footnoteView, code_block: codeView, table: tableView },
      // A key counts where the writer put the caret, though the browser has not told of it yet.
      handleDOMEvents: { keydown: () => void this.catchUp() },
      dispatchTransaction: (tr) => {
        const view = this.view;
        view.updateState(view.state.apply(narrowed(view.state, tr)));
        around.changed();
      },
    });
  }

  /** Stands as it is: what changes in the document is not shown any more, and nothing that happens here goes there. */
  halt(): void {
    bindingOf(this.view.state).mux = () => undefined;
    this.writableChanged();
  }

  writableChanged(): void {
    this.view.setProps({});
    lookAgain(this.view);
    this.pictures.putStored(this.view);
  }

  /**
   * Reads what the writer did last: the browser tells of a click or an arrow key a moment after it happened. Were others'
   * text drawn in that moment, the caret would be put back to where it was before.
   */
  catchUp(): void {
    // While a letter is composed it is not to be disturbed.
    if (!this.view.composing) (this.view as unknown as { domObserver: { flush(): void } }).domObserver.flush();
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

  show(place: FoundPlace): void {
    this.find.show(place);
  }

  exec(name: string): boolean {
    const command = Object.hasOwn(this.commands, name) ? this.commands[name as keyof Commands] : null;
    const reading = name === "find" || name === "shortcuts" || name === "focusMode";
    if (command === null || (!this.view.editable && !reading)) return false;
    const done = command.run(this.view.state, this.view.dispatch, this.view);
    // What it opened keeps the focus, be it a window or a field in the text.
    const isElsewhere = document.querySelector("dialog:modal, .picture-words:focus-within") !== null;
    if (done && !reading && !isElsewhere) this.view.focus();
    return done;
  }

  text(): string {
    return textOfBlocks(this.view.state.doc.content);
  }

  destroy(): void {
    this.focusMode.destroy();
    this.view.destroy();
  }
}

function forView(act: (view: EditorView) => unknown): Command {
  return (_state, dispatch, view) => {
    if (dispatch && view) act(view);
    return true;
  };
}

/** Of the picture one is at, or of the one that came last and still is asked for. */
const describePicture = (words: PictureWords): Command => (state, dispatch, view) => {
  const at = pictureAt(state);
  if (at === null && !words.isAsking) return false;
  if (!dispatch || !view) return true;
  return at === null ? words.goToLast(view) : words.goTo(view, at);
};

/** An empty chapter says how to begin. */
const invitation = new Plugin({
  props: {
    decorations({ doc }) {
      const only = doc.firstChild;
      if (doc.childCount !== 1 || only?.type.name !== "paragraph" || only.content.size > 0) return null;
      const words = { class: "invitation", "data-words": "Write, or press / for headings, lists, pictures and more." };
      return DecorationSet.create(doc, [Decoration.node(0, only.nodeSize, words)]);
    },
  },
});
