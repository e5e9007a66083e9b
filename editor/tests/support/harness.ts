/** Runs in the page: mounts editors and carries their bytes to the relay outside. */
import { DOMSerializer, Node } from "prosemirror-model";
import { prosemirrorToYXmlFragment, yXmlFragmentToProseMirrorRootNode } from "y-prosemirror";
import * as Y from "yjs";
import type { Caret, Handle, Person, Refusal, State } from "../../src/contract";
import { mount } from "../../src/mount";
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
const states = new Map<string, State>();

async function answered(call: Call): Promise<Answer> {
  const answer = await relay(call);
  if (answer.refusal) throw answer.refusal;
  return answer;
}

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
    person,
    client,
    language,
    writable,
    server: {
      async open(stateVector) {
        const answer = await answered({ what: "open", client, bytes: toText(stateVector) });
        return { update: toBytes(answer.bytes!), stateVector: toBytes(answer.stateVector!) };
      },
      async write(update) {
        await answered({ what: "write", client, bytes: toText(update) });
      },
      whisper(caret) {
        void relay({ what: "whisper", client, caret });
      },
      async upload(file) {
        const answer = await answered({ what: "upload", client, size: file.size, type: file.type });
        return answer.picture!;
      },
    },
    changed: (state) => states.set(client, state),
  });
  handles.set(client, handle);
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

/** A document in ProseMirror's JSON as a full Yjs update, the same every time. */
function encoded(content: unknown): string {
  const root = Node.fromJSON(schema, content);
  root.check();
  const doc = new Y.Doc();
  doc.clientID = 1;
  prosemirrorToYXmlFragment(root, doc.getXmlFragment("chapter"));
  return toText(Y.encodeStateAsUpdate(doc));
}

const harness = {
  enter,
  handle: (client: string) => handles.get(client)!,
  state: (client: string) => states.get(client),
  receive: (client: string, update: string) => handles.get(client)?.receive(toBytes(update)),
  rendered,
  encoded,
};

export type Harness = typeof harness;
Object.assign(window, { harness });
