/**
 * What the page and the editor promise each other. The editor knows nothing of the network: the page carries its bytes.
 * Updates and state vectors are those of Yjs, version 1 encoding.
 */

/** Whoever writes or is seen writing. */
export interface Person {
  id: string;
  name: string;
  /** 0 to 9: which of the presence palette's hues. */
  colour: number;
}

/** Where somebody's caret is: two Yjs relative positions as JSON. Without a selection they are the same place. */
export interface Caret {
  anchor: unknown;
  head: unknown;
}

/** What a write is refused with. Anything else a write rejects with counts as temporary. */
export interface Refusal {
  /** Whether trying again can help. If not, the editor stops writing and keeps the text on this device. */
  temporary: boolean;
  /** For the person: what happened, what is safe, what to do. */
  words: string;
  code: string;
}

/** What the page does for the editor. */
export interface Server {
  /** Half of the two-way exchange: what we lack, and what the server has. What it lacks, we write. */
  open(stateVector: Uint8Array): Promise<{ update: Uint8Array; stateVector: Uint8Array }>;
  /** Stores an update durably, of 1 MiB at most. Resolves when that is acknowledged; rejects with a `Refusal`. */
  write(update: Uint8Array): Promise<void>;
  /** Tells the others where our caret is. Forgettable; the editor limits how often it asks. */
  whisper(caret: Caret | null): void;
  /** Makes a picture a file of this site. */
  upload(file: Blob): Promise<{ src: string; width: number; height: number }>;
}

/** What a chapter and its book are called. */
export interface Names {
  book: string;
  chapter: string;
}

/** A chapter of the book, as a link to it can say what it is called. */
export interface Chapter {
  /** Its address on this site. */
  href: string;
  title: string;
  /** Its number; its title, where it has none. */
  number: string;
  /** Its number and its title. */
  both: string;
}

export interface Options {
  /** Names the chapter, as `book/part`; what is kept on this device is kept under it. */
  document: string;
  /** For people: what is kept on this device is told by it, also when both are gone. */
  names: Names;
  person: Person;
  /** This tab's client id. */
  client: string;
  /** BCP 47: for quotation marks, and the text's `lang`. */
  language: string;
  writable: boolean;
  /**
   * Whether this device may keep the chapter, so that it can be opened there without a connection: only for somebody who
   * is signed in.
   */
  offline: boolean;
  server: Server;
  /** Called when any of it changed, at most once a frame. */
  changed(state: State): void;
  /**
   * Called when the writer wants to see only the text, and when no longer: the page hides everything else, or shows it
   * again. Where the page has no such view, neither has the editor. The page's own button does `exec("focusMode")`.
   */
  focusMode?(on: boolean): void;
}

/** What was found by a search of the whole book. */
export interface FoundPlace {
  /** What stands there. */
  words: string;
  /** In which of the chapter's blocks of text, counted from 0, and after how many UTF-16 units of it. */
  block: number;
  at: number;
}

/** Where something is: in which of the chapter's blocks of text, and after how many UTF-16 units of that, notes not counted. */
export interface Place {
  block: number;
  at: number;
}

/** A heading within the chapter. */
export interface Heading {
  /** 2 to 4. */
  level: number;
  words: string;
  /** Which of the chapter's blocks of text it is. */
  block: number;
}

export interface State {
  /**
   * `saved`: everything written here is acknowledged. `saving`: some is not yet. `offline`: there is no connection,
   * writing goes on. `refused`: the server will not have what is written here; see `refusal`.
   */
  saving: "saved" | "saving" | "offline" | "refused";
  /** How many changes are not acknowledged; a picture on its way is one too. */
  unsaved: number;
  /** Whether what is not acknowledged is kept on this device and outlives the tab. */
  kept: boolean;
  /** Why something was refused for good: now, or when what an earlier tab had kept was sent. */
  refusal: Refusal | null;
  /** Whether the editor has taken the place of the text the page came with. */
  ready: boolean;
  /** Whether the text has something that only a newer page can show: nothing can be written until the page is loaded anew. */
  outdated: boolean;
  words: number;
  characters: number;
  /** Words in the selection; 0 where nothing is selected. */
  selectionWords: number;
  empty: boolean;
  /** Its headings, at most 200. */
  headings: Heading[];
}

/** With what `sendKept` sends what is kept on this device of a chapter that nobody has open. */
export interface Sending {
  document: string;
  names: Names;
  /** The id of whoever wrote it. */
  person: string;
  language: string;
  server: Pick<Server, "open" | "write">;
}

/**
 * What became of it. `sent`: the server has all of it. `refused`: it will not have some of it, which stays on the device,
 * and here it is in words. `busy`: a tab has the chapter open and sends it itself, or the server gave no answer: try
 * again later.
 */
export type Sent = { sent: "sent" | "busy" } | { sent: "refused"; refusal: Refusal; text: string };

/** A line of the sheet of shortcuts; the module exports `shortcuts(): Shortcut[]`, in the order of the sheet. */
export interface Shortcut {
  /** The heading it stands under. */
  part: string;
  /** As written on this person's keyboard, such as `Ctrl+B`; or what is typed, such as `**words**`. */
  keys: string;
  what: string;
}

export interface Handle {
  /** An update of the log, in the log's order. Our own, coming back, does no harm. */
  receive(update: Uint8Array): void;
  /** Where somebody else's caret is. */
  whispered(client: string, person: Person, caret: Caret | null): void;
  /** Somebody else's tab came: it is told where our caret is. */
  came(): void;
  /** Somebody else's tab is gone. */
  left(client: string): void;
  /** There is a connection (again): exchanges both ways. */
  connected(client: string): void;
  disconnected(): void;
  setWritable(writable: boolean): void;
  /** Chapter or book are called something else now. */
  setNames(names: Names): void;
  /** The book's chapters, in the order of reading, as they are called now. */
  setChapters(chapters: Chapter[]): void;
  focus(): void;
  /** Scrolls to where somebody's caret is, as soon as that is known, if it is within ten seconds. */
  jumpTo(client: string): void;
  /** Shows something that was found, as soon as the text is there: the nearest place in which these words stand now. */
  show(place: FoundPlace): void;
  /** Goes to a block of text. */
  goTo(block: number): void;
  /** Where the caret is; null where it is not known. */
  place(): Place | null;
  /** Does one of the commands of `commands.ts` by name; false if it cannot be done here. */
  exec(command: string): boolean;
  /** The plain text, as it is copied: a blank line between blocks, notes in brackets. */
  text(): string;
  /** What is written here and not acknowledged, in words; null if there is nothing. */
  unsavedText(): string | null;
  /**
   * Forgets what was refused for good, here and on this device, once somebody has copied it or does not want it. It
   * stays in this editor's text: destroy it then, and mount another.
   */
  forgetRefused(): Promise<void>;
  /** Puts what is not acknowledged on this device and frees everything. */
  destroy(): Promise<void>;
}
