/** The editor's door: puts a chapter's editor into an element of the page. See `contract.ts` for what both promise. */
import * as Y from "yjs";
import { heldPosition } from "./anchors";
import { arrive, settle } from "./arrival";
import { Carets } from "./carets";
import { Composing } from "./composing";
import { drop, Doubles } from "./doubles";
import type { Chapter, FoundPlace, Handle, Options, State } from "./contract";
import { WordCount } from "./word-count";
import { DeviceCopy } from "./device-copy";
import { Following, takeAlong } from "./left-behind";
import { LocalStore } from "./local-store";
import { isNewer, whenNewer } from "./newer";
import { caretPlace, goToBlock, Outline } from "./outline";
import { setChapters } from "./references";
import { Rescue } from "./rescue";
import { Saving } from "./saving";
import { fragmentName } from "./schema";
import { writeAgain } from "./placing";
import { wordsHere, wordsLeft } from "./unsaved";
import { ChapterView, type Surroundings } from "./view";

export type * from "./contract";
export { sendKept } from "./send-kept";
export { shortcuts } from "./shortcuts";

/**
 * How long, in milliseconds, one who is looked for may take to tell where they are: later, going there would come out of
 * nowhere.
 */
const seekFor = 10_000;

export function mount(element: HTMLElement, options: Options): Handle {
  // Collecting what was deleted is Yjs' default, and what keeps a chapter of many edits small.
  const doc = new Y.Doc();
  const fragment = doc.getXmlFragment(fragmentName);
  const counting = new WordCount();
  const outline = new Outline();
  const carets = new Carets((caret) => options.server.whisper(caret), seek);
  const kept = new LocalStore(options.document, options.person.id, options.names, changed);
  const rescue = new Rescue(doc);
  const doubles = new Doubles(doc);
  const following = new Following(doc, rescue.ours);
  const composing = new Composing(doc);
  const saving = new Saving(doc, options.server, kept, rescue, composing, options.writable, changed);
  const copy = options.offline
    ? new DeviceCopy(options.document, options.person.id, () => Y.encodeStateAsUpdate(doc))
    : null;
  let writing: ChapterView | null = null;
  /** Whether it was looked whether this device has the text. */
  let resumed = false;
  let { client } = options;
  let writable = options.writable;
  let telling = false;
  let ended = false;
  /** Whether the text has something that only a newer page can show. */
  let outdated = false;
  let wantsFocus = false;
  let chapters: Chapter[] = [];
  let found: FoundPlace | null = null;
  let sought: { client: string; until: number } | null = null;

  function state(): State {
    const view = writing?.view;
    const { words, characters } = view ? counting.of(view.state.doc) : { words: 0, characters: 0 };
    return {
      saving: saving.state,
      unsaved: saving.unsaved,
      kept: kept.safe && saving.pictures === 0,
      refusal: saving.refusal,
      ready: writing !== null,
      outdated,
      words,
      characters,
      selectionWords: view ? counting.inSelection(view.state) : 0,
      empty: fragment.length === 0 || characters === 0,
      headings: view ? outline.of(view.state.doc) : [],
    };
  }

  function changed(): void {
    if (saving?.opened && writing === null && !outdated && !ended) {
      if (isNewer(fragment)) outgrown();
      else begin();
    }
    if (saving?.opened && saving.state === "saved" && !ended) copy?.begin(kept.names);
    if (telling || ended) return;
    telling = true;
    // A page that is not seen draws no frames, and still wants to know.
    const soon = document.hidden ? (tell: () => void) => setTimeout(tell, 100) : requestAnimationFrame;
    soon(() => {
      telling = false;
      if (!ended) options.changed(state());
    });
  }

  /** Nothing is changed here any more, nor sent: what may have to be put back, only a newer page can put there. */
  function outgrown(): void {
    if (outdated) return;
    outdated = true;
    saving.setWritable(false);
    rescue.put = doubles.drop = following.take = () => undefined;
    writing?.halt();
    changed();
  }

  /** The text is here: the editor takes the place of what the page came with. */
  function begin(): void {
    const around: Surroundings = {
      fragment,
      carets,
      language: options.language,
      writable: () => writable && !outdated,
      upload: (file) => options.server.upload(file),
      uploading: (count) => (saving.pictures = count),
      changed,
      focusMode: options.focusMode && ((on) => options.focusMode!(on)),
    };
    let shown!: ChapterView;
    arrive(element, () => (shown = new ChapterView(element, around)));
    writing = shown;
    const { view } = shown;
    composing.watch(view);
    rescue.before = () => {
      shown.catchUp();
      return heldPosition(view.state, view.state.selection.head);
    };
    rescue.put = (lost) => writeAgain(view, doc, lost);
    doubles.drop = (double) => drop(view, doc, double);
    following.take = (words) => takeAlong(view, doc, words);
    if (chapters.length > 0) setChapters(view, chapters);
    if (wantsFocus) view.focus();
    if (found) show(found);
    seek();
  }

  function show(place: FoundPlace): void {
    found = place;
    if (!writing) return;
    // Where something is, only the whole text tells.
    settle(element);
    writing.show(place);
  }

  /** Goes to whom one wants to see, as soon as it is known where in the text they are. */
  function seek(): void {
    if (sought === null || !writing || ended) return;
    if (performance.now() > sought.until) sought = null;
    else {
      // Where something is, only the whole text tells.
      settle(element);
      if (writing.jumpTo(sought.client)) sought = null;
    }
  }

  async function resume(): Promise<void> {
    if (saving.opened || resumed) return;
    resumed = true;
    const state = await copy?.read();
    if (state) await saving.resume(state);
  }

  whenNewer(fragment, outgrown);
  doc.on("update", () => copy?.changed());
  void saving.exchange();

  return {
    receive: (update) => saving.receive(update),
    whispered(from, person, caret) {
      if (from !== client) carets.moved(from, person, caret);
    },
    came: () => carets.tellAgain(),
    left(from) {
      carets.left(from);
      if (sought?.client === from) sought = null;
    },
    connected(now) {
      client = now;
      carets.left(client);
      saving.connected();
      carets.tellAgain();
    },
    disconnected() {
      saving.disconnected();
      void resume();
    },
    setWritable(now) {
      writable = now;
      writing?.writableChanged();
      if (!outdated) saving.setWritable(now);
    },
    setNames(names) {
      kept.names = names;
    },
    setChapters(now) {
      chapters = now;
      if (writing) setChapters(writing.view, chapters);
    },
    focus() {
      wantsFocus = true;
      writing?.view.focus();
    },
    jumpTo(whom) {
      sought = { client: whom, until: performance.now() + seekFor };
      seek();
    },
    show,
    goTo(block) {
      settle(element);
      if (writing) goToBlock(writing.view, block);
    },
    place: () => (writing ? caretPlace(writing.view.state) : null),
    exec: (command) => writing?.exec(command) ?? false,
    text: () => writing?.text() ?? "",
    unsavedText() {
      const { here, left } = saving.unacknowledged;
      const words = [...wordsLeft(left), ...wordsHere(doc, here)];
      return words.length > 0 ? words.join("\n\n") : null;
    },
    async forgetRefused() {
      await saving.forgetRefused();
      await copy?.forget();
    },
    async destroy() {
      if (ended) return;
      const stored = saving.end();
      ended = true;
      writing?.destroy();
      options.server.whisper(null);
      await stored;
      await copy?.end();
      await kept.close();
      doc.destroy();
    },
  };
}
