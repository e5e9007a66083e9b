/** Runs in the page: mounts editors and carries their bytes to the relay outside. */
import { DOMSerializer, Node } from "prosemirror-model";
import { Selection, TextSelection, type EditorState } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { initProseMirrorDoc, prosemirrorToYXmlFragment, ySyncPluginKey, yXmlFragmentToProseMirrorRootNode } from "y-prosemirror";
import * as Y from "yjs";
import type { Caret, Handle, Person, Refusal, Server, State } from "../../src/contract";
import { anchored } from "../../src/anchors";
import { mount, sendKept, shortcuts } from "../../src/mount";
import { schema } from "../../src/schema";

export type Call =
  | { what: "open"; client: string; bytes: string }
  | { what: "write"; client: string; bytes: string }
  | { what: "whisper"; client: string; caret: Caret | null }
  | { what: "upload"; client: string; size: number; type: string };

export type Answer = {
  bytes?: string;
  stateVector?: string;
  refusal?: Refusal;
  picture?: { src: string; width: number; height: number };
};

declare const relay: (call: Call) => Promise<Answer>;

const toText = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const toBytes = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export interface Entry {
  client: string;
  person: Person;
  document: string;
  language: string;
  writable: boolean;
}

const handles = new Map<string, Handle>();
const panes = new Map<string, Element>();
const states = new Map<string, State>();
/** When each write was asked for, in milliseconds of the page. */
const asked = new Map<string, number[]>();

async function answered(call: Call): Promise<Answer> {
  const answer = await relay(call);
  if (answer.refusal) throw answer.refusal;
  return answer;
}

function serverFor(client: string): Server {
  return {
    async open(stateVector) {
      const answer = await answered({ what: "open", client, bytes: toText(stateVector) });
      return { update: toBytes(answer.bytes!), stateVector: toBytes(answer.stateVector!) };
    },
    async write(update) {
      asked.set(client, [...(asked.get(client) ?? []), performance.now()]);
      await answered({ what: "write", client, bytes: toText(update) });
    },
    whisper(caret) {
      void relay({ what: "whisper", client, caret });
    },
    async upload(file) {
      const answer = await answered({ what: "upload", client, size: file.size, type: file.type });
      return answer.picture!;
    },
  };
}

/** What is kept of the chapter on this device is sent, without an editor. */
const send = (client: string, document: string, person: string) =>
  sendKept({ document, person, names: { book: "The sea", chapter: "Tides" }, language: "en", server: serverFor(client) });

function enter({ client, person, document: name, language, writable }: Entry): void {
  const section = document.createElement("section");
  section.setAttribute("aria-label", person.name);
  const pane = document.createElement("div");
  pane.className = "chapter-text";
  pane.innerHTML = '<div class="prose manuscript"><p>The text the page came with.</p></div>';
  section.append(pane);
  document.body.append(section);
  const handle = mount(pane, {
    document: name,
    names: { book: "The sea", chapter: "Tides" },
    offline: false,
    person,
    client,
    language,
    writable,
    server: serverFor(client),
    changed: (state) => states.set(client, state),
    focusMode: (on) => document.body.classList.toggle("focusMode", on),
  });
  handles.set(client, handle);
  panes.set(client, pane);
}

/** Each block's text, marks and all, as the binding would draw what the update holds. */
function rendered(update: string): string {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, toBytes(update));
  const root = yXmlFragmentToProseMirrorRootNode(doc.getXmlFragment("chapter"), schema);
  const holder = document.implementation.createHTMLDocument().createElement("div");
  holder.append(DOMSerializer.fromSchema(schema).serializeFragment(root.content, { document: holder.ownerDocument }));
  return holder.innerHTML;
}

/** A document in ProseMirror's JSON as a full Yjs update of one writer's, the same every time. */
function encoded(content: unknown, writer = 1): string {
  const root = Node.fromJSON(schema, content);
  root.check();
  const doc = new Y.Doc();
  doc.clientID = writer;
  prosemirrorToYXmlFragment(root, doc.getXmlFragment("chapter"));
  return toText(Y.encodeStateAsUpdate(doc));
}

/** The editors' own views, which a page has no business with but a test has. */
const views = new Map<Element, EditorView>();
const made = EditorView.prototype as unknown as { updatePluginViews(before?: EditorState): void };
const { updatePluginViews } = made;
made.updatePluginViews = function (this: EditorView, before?: EditorState) {
  views.set(this.dom, this);
  return updatePluginViews.call(this, before);
};

const viewOf = (client: string) => views.get(panes.get(client)!.querySelector(".ProseMirror")!)!;
const docOf = (client: string) => (ySyncPluginKey.getState(viewOf(client).state) as { doc: Y.Doc }).doc;

function placed(client: string, place: number): EditorView {
  const view = viewOf(client);
  const { doc } = view.state;
  const at = Math.floor(place * (doc.content.size + 1));
  view.dispatch(view.state.tr.setSelection(Selection.near(doc.resolve(at))));
  return view;
}

/** Types at a place between 0, the start, and 1, the end; perhaps after Enter. */
function write(client: string, place: number, text: string, split: boolean): boolean {
  const view = placed(client, place);
  if (split) {
    const enter = new KeyboardEvent("keydown", { key: "Enter", keyCode: 13 });
    view.someProp("handleKeyDown", (handle) => handle(view, enter));
  }
  const { state } = view;
  if (!(state.selection instanceof TextSelection)) return false;
  view.dispatch(state.tr.insertText(text, state.selection.head));
  return true;
}

/** Does something with a selection at a place, of a few characters. */
function at(client: string, place: number, name: string): void {
  const view = placed(client, place);
  const { $head } = view.state.selection;
  const end = Math.min($head.pos + Math.floor(place * 7), $head.end());
  // A line break would take the place of what is selected.
  if ($head.parent.inlineContent && end > $head.pos && name !== "hard-break") {
    view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, $head.pos, end)));
  }
  handles.get(client)!.exec(name);
}

/** A document drawn by the binding as an editor would, and what is left of it then. */
function drawnXml(update: string): string {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, toBytes(update));
  initProseMirrorDoc(doc.getXmlFragment("chapter"), schema).doc.check();
  return doc.getXmlFragment("chapter").toString();
}

/** A place in the text as the number of its block and how far in it that is. */
function placeIn(view: EditorView, position: number): string {
  const $at = view.state.doc.resolve(position);
  return `${$at.index(0)}:${$at.parentOffset}`;
}

/** Makes the first block's text another one, as nothing that is typed becomes by itself. */
function fill(client: string, words: string): void {
  const view = viewOf(client);
  const end = view.state.doc.firstChild!.nodeSize - 1;
  view.dispatch(view.state.tr.replaceWith(1, end, schema.text(words)));
}

/** Puts the caret into a block of the chapter. */
function goTo(client: string, block: number, offset: number): void {
  const view = viewOf(client);
  let at = 1 + offset;
  for (let before = 0; before < block; before += 1) at += view.state.doc.child(before).nodeSize;
  view.focus();
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, at)));
}

/** Whether the editor has learnt where the browser's caret is. */
function hasReadCaret(client: string): boolean {
  const view = viewOf(client);
  const { domObserver } = view as unknown as {
    domObserver: { currentSelection: { eq(range: unknown): boolean }; queue: MutationRecord[] };
  };
  const range = (view as unknown as { domSelectionRange(): unknown }).domSelectionRange();
  return !view.hasFocus() || (domObserver.queue.length === 0 && domObserver.currentSelection.eq(range));
}

const caretOf = (client: string) => placeIn(viewOf(client), viewOf(client).state.selection.head);

/** Where in somebody's text the caret of somebody else is drawn, in the next frame; null if it is not. */
async function drawnCaret(client: string, name: string): Promise<string | null> {
  await new Promise(requestAnimationFrame);
  const flag = panes.get(client)!.querySelector(`.their-caret[data-name="${name}"]`)?.getBoundingClientRect();
  if (flag === undefined) return null;
  const view = viewOf(client);
  const found = view.posAtCoords({ left: flag.left + 1, top: (flag.top + flag.bottom) / 2 });
  return found && placeIn(view, found.pos);
}

/** Where every letter and every block is, on the screen. */
function layout(client: string): { what: string; box: number[] }[] {
  const { dom } = viewOf(client);
  const boxes: { what: string; box: number[] }[] = [];
  const told = (what: string, { left, top, height }: DOMRect) => boxes.push({ what, box: [left, top, height] });
  const texts = document.createTreeWalker(dom, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
    for (let at = 0; at < text.textContent!.length; at += 1) {
      const letter = document.createRange();
      letter.setStart(text, at);
      letter.setEnd(text, at + 1);
      told(text.textContent![at]!, letter.getBoundingClientRect());
    }
  }
  for (const block of dom.querySelectorAll("p, h2, li, div, figure, pre")) told(block.nodeName, block.getBoundingClientRect());
  return boxes;
}

/** Two others come to one place, or select from it on; what then stands elsewhere than before. */
async function visited(client: string, from: number, to: number): Promise<string[]> {
  const { state } = viewOf(client);
  const before = layout(client);
  const caret = { anchor: anchored(state, from), head: anchored(state, to) };
  for (const [id, name] of ["Benjamin the Younger", "Cem"].entries()) {
    handles.get(client)!.whispered(name, { id: name, name, colour: id }, caret);
  }
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  const after = layout(client);
  // A browser rounds each piece of a text by itself.
  const same = (one: number[], other: number[]) => one.every((length, at) => Math.abs(length - other[at]!) < 0.3);
  return before
    .filter(({ box }, at) => !same(box, after[at]!.box))
    .map(({ what, box }) => `${from} to ${to}: ${what} ${box.join(" ")}`);
}

/** The positions of the text at which a caret can stand. */
function caretPlaces(client: string): number[] {
  const { doc } = viewOf(client).state;
  return Array.from({ length: doc.content.size }, (_, at) => at).filter((at) => doc.resolve(at).parent.inlineContent);
}

/** Does something with what is kept on this device, once what was asked for so far is done. */
async function withKept<T>(act: (updates: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  // Whatever has its database open asks for its transaction before this task ends.
  await new Promise((resolve) => setTimeout(resolve, 0));
  const found = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
  const database = await found(indexedDB.open("sputnik-editor"));
  const result = await found(act(database.transaction("updates", "readwrite").objectStore("updates")));
  database.close();
  return result;
}

/** How many updates are kept on this device. */
const keptHere = () => withKept((updates) => updates.count());

/** Loses the oldest of them, as if it could not have been kept. */
async function loseKept(): Promise<void> {
  const [oldest] = await withKept((updates) => updates.getAllKeys(null, 1));
  await withKept((updates) => updates.delete(oldest!));
}

const harness = {
  write,
  send,
  asked: (client: string) => asked.get(client) ?? [],
  shortcuts,
  keptHere,
  loseKept,
  goTo,
  fill,
  caretOf,
  hasReadCaret,
  drawnCaret,
  caretPlaces,
  visited,
  at,
  xml: (client: string) => docOf(client).getXmlFragment("chapter").toString(),
  drawnXml,
  enter,
  handle: (client: string) => handles.get(client)!,
  state: (client: string) => states.get(client),
  receive: (client: string, update: string) => handles.get(client)?.receive(toBytes(update)),
  rendered,
  encoded,
};

export type Harness = typeof harness;
Object.assign(window, { harness });
