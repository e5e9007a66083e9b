/**
 * Documents as browsers hold them, for a test that carries their edits. It reads a request a line and answers each with a
 * line. What people write are words that nobody else ever writes, so that every one of them can be looked for at the end.
 */
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const editor = createRequire(new URL("../../../editor/package.json", import.meta.url));
const Y = editor("yjs");

const from = (text) => new Uint8Array(Buffer.from(text, "base64"));
const to = (bytes) => Buffer.from(bytes).toString("base64");

/** A small generator that gives the same numbers for the same seed. */
function dice(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

const writers = new Map();
/** Every word that was ever typed: its place, and whether it must be there. */
const words = new Map();
/** What anybody removed: of each hand, from where to where. */
const removed = new Map();
/** How often each kind of thing was done. */
const done = {};
let count = 0;

const did = (what) => (done[what] = (done[what] ?? 0) + 1);

/** Ids of the item of a type and of all it stands in. */
function above(type) {
  const ids = [];
  for (let item = type._item; item; item = item.parent._item) ids.push([item.id.client, item.id.clock]);
  return ids;
}

function wasRemoved([hand, clock]) {
  return (removed.get(hand) ?? []).some(([start, end]) => start <= clock && clock < end);
}

class Writer {
  constructor(name, seed) {
    this.name = name;
    this.throw = dice(seed);
    this.doc = new Y.Doc();
    this.root = this.doc.getXmlFragment("chapter");
    this.undo = new Y.UndoManager(this.root, { trackedOrigins: new Set(["types"]), captureTimeout: 0 });
    this.made = [];
    this.typed = [];
    this.doc.on("update", (update, origin, doc, transaction) => {
      if (transaction.local) this.made.push(update);
    });
    this.doc.on("afterTransaction", (transaction) => {
      if (!transaction.local) return;
      for (const [hand, ranges] of transaction.deleteSet.clients) {
        if (!removed.has(hand)) removed.set(hand, []);
        for (const { clock, len } of ranges) removed.get(hand).push([clock, clock + len]);
      }
    });
  }

  get(list) {
    return list[this.throw(list.length)];
  }

  /** All nodes of these kinds, wherever they stand. */
  all(is) {
    const found = [];
    const look = (node) => {
      if (is(node)) found.push(node);
      if (!(node instanceof Y.XmlText)) node.toArray().forEach(look);
    };
    this.root.toArray().forEach(look);
    return found;
  }

  /** Where one may type in a text: before and after every word, never in one. */
  edges(text) {
    const edges = [0];
    let at = 0;
    for (const letter of plain(text)) {
      at += letter.length;
      if (letter === " ") edges.push(at);
    }
    return edges;
  }

  /** Types words that nobody ever typed. */
  type(text, at, many = 1) {
    const fresh = [];
    for (let n = 0; n < many; n += 1) {
      fresh.push(`${this.name}${(count += 1)}${this.get(["x", "é", "😀", "字", "<b>", "&"])}.`);
    }
    const before = Y.getState(this.doc.store, this.doc.clientID);
    text.insert(at, fresh.map((word) => `${word} `).join(""), this.throw(4) === 0 ? { emphasis: {} } : undefined);
    // A mark may come before them.
    const items = this.doc.store.clients.get(this.doc.clientID);
    let { clock } = items.find((item) => item.id.clock >= before && item.content instanceof Y.ContentString).id;
    for (const word of fresh) {
      this.typed.push({ word, hand: this.doc.clientID, clock, length: word.length, above: above(text) });
      clock += word.length + 1;
    }
  }

  /** A block with so many new words in it. */
  block(parent, at, many) {
    const kind = this.get(["paragraph", "paragraph", "heading", "verse", "bullet_list", "blockquote"]);
    const block = new Y.XmlElement(kind);
    parent.insert(at, [block]);
    let inner = block;
    if (kind === "bullet_list" || kind === "blockquote") {
      if (kind === "bullet_list") {
        inner.insert(0, [new Y.XmlElement("list_item")]);
        inner = inner.get(0);
      }
      inner.insert(0, [new Y.XmlElement("paragraph")]);
      inner = inner.get(0);
    }
    if (kind === "heading") block.setAttribute("level", 2 + this.throw(3));
    inner.insert(0, [new Y.XmlText()]);
    if (many > 0) this.type(inner.get(0), 0, many);
  }

  /** What this document made of itself since the last time: reading what others wrote can be writing too. */
  take() {
    const update = this.made.length > 0 ? to(Y.mergeUpdates(this.made)) : null;
    this.made = [];
    return update;
  }

  edit() {
    this.typed = [];
    for (let n = this.throw(3); n >= 0; n -= 1) {
      const texts = this.all((node) => node instanceof Y.XmlText);
      const text = texts.length > 0 ? this.get(texts) : null;
      const act = this.throw(100);
      const transact = (what, change, origin = "does") => {
        this.doc.transact(change, origin);
        did(what);
      };
      if (act < 45 && text) transact("type", () => this.type(text, this.get(this.edges(text)), 1 + this.throw(3)), "types");
      else if (act < 57 || !text) transact("block", () => this.block(this.root, this.throw(this.root.length + 1), 1 + this.throw(3)), "types");
      else if (act < 67) {
        const edges = this.edges(text);
        const first = this.throw(edges.length);
        const last = Math.min(edges.length - 1, first + this.throw(4));
        transact("remove", () => text.delete(edges[first], edges[last] - edges[first]));
      } else if (act < 71 && this.root.length > 4) transact("remove a block", () => this.root.delete(this.throw(this.root.length), 1));
      else if (act < 78) {
        const mark = this.get(["strong", "emphasis", "link", "language"]);
        const value = { link: { href: "/x" }, language: { lang: "de" } }[mark] ?? {};
        const edges = this.edges(text);
        const first = this.throw(edges.length);
        const length = edges[Math.min(edges.length - 1, first + 3)] - edges[first];
        if (length > 0) transact("mark", () => text.format(edges[first], length, { [mark]: this.throw(3) === 0 ? null : value }));
      } else if (act < 83) {
        const headings = this.all((node) => node.nodeName === "heading");
        if (headings.length > 0) transact("level", () => this.get(headings).setAttribute("level", 2 + this.throw(3)));
      } else if (act < 88) {
        // What comes after the caret goes, and as much comes in a new block.
        const edges = this.edges(text);
        const at = this.throw(edges.length);
        const block = text.parent;
        if (block.nodeName === "paragraph" && block.parent === this.root) {
          transact("split", () => {
            const index = this.root.toArray().indexOf(block);
            text.delete(edges[at], plain(text).length - edges[at]);
            this.block(this.root, index + 1, edges.length - 1 - at);
          });
        }
      } else if (act < 92 && this.root.length > 1) {
        transact("move a block", () => {
          this.root.delete(this.throw(this.root.length), 1);
          this.block(this.root, this.throw(this.root.length + 1), 2);
        });
      } else if (act < 94 && text.parent.nodeName === "paragraph") {
        transact("footnote", () => {
          const note = new Y.XmlElement("footnote");
          text.parent.insert(text.parent.length, [note]);
          note.insert(0, [new Y.XmlText()]);
          this.type(note.get(0), 0);
        }, "types");
      } else if (act < 97) {
        if (this.undo.undo()) did("undo");
        if (this.throw(2) === 0 && this.undo.redo()) did("redo");
      } else if (this.undo.redo()) did("redo");
    }
    for (const typed of this.typed) words.set(typed.word, { ...typed, must: false });
    return { update: this.take(), words: this.typed.map(({ word }) => word) };
  }
}

function plain(text) {
  return text.toDelta().map(({ insert }) => insert).join("");
}

function documentOf(state) {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, from(state));
  return doc;
}

/** All text that stands in a document, and all of it as it stands. */
function content(doc) {
  const root = doc.getXmlFragment("chapter");
  const nodes = (node) => {
    if (node instanceof Y.XmlText) return node.toDelta();
    return [node.nodeName, node.getAttributes?.() ?? {}, ...node.toArray().map(nodes)];
  };
  return JSON.stringify(root.toArray().map(nodes));
}

function isComplete(doc) {
  return doc.store.pendingStructs === null && doc.store.pendingDs === null;
}

const same = (one, other) =>
  Y.equalSnapshots(Y.snapshot(one), Y.snapshot(other)) && content(one) === content(other) && isComplete(one);

/** What is wrong with a document, after all that was done. */
function wrong(doc) {
  const wrongs = [];
  const text = content(doc);
  for (const { word, hand, clock, length, above, must } of words.values()) {
    const times = text.split(JSON.stringify(word).slice(1, -1)).length - 1;
    if (times > 1) wrongs.push(`${word} stands there ${times} times`);
    if (!must) continue;
    if (Y.getState(doc.store, hand) < clock + length) {
      wrongs.push(`${word} was acknowledged and is not there`);
      continue;
    }
    for (let at = clock; at < clock + length; at += 1) {
      const found = Y.getItem(doc.store, Y.createID(hand, at));
      const gone = found.deleted || !(found instanceof Y.Item);
      if (gone && !wasRemoved([hand, at]) && !above.some(wasRemoved)) {
        wrongs.push(`${word} is gone and nobody removed it`);
        break;
      }
      if (!gone && times === 0) {
        wrongs.push(`${word} is there and not shown`);
        break;
      }
    }
  }
  return wrongs.slice(0, 20);
}

const requests = {
  open({ writer, seed }) {
    writers.set(writer, new Writer(`w${writer}-`, seed));
    return {};
  },
  edit({ writer }) {
    return writers.get(writer).edit();
  },
  receive({ writer, updates }) {
    const { doc } = writers.get(writer);
    for (const update of updates) Y.applyUpdate(doc, from(update), "server");
    return { complete: isComplete(doc), update: writers.get(writer).take() };
  },
  vector({ writer }) {
    return { vector: to(Y.encodeStateVector(writers.get(writer).doc)) };
  },
  lacks({ writer, vector }) {
    const { doc } = writers.get(writer);
    const has = Y.decodeStateVector(from(vector));
    const adds = [...Y.decodeStateVector(Y.encodeStateVector(doc))].some(([hand, clock]) => (has.get(hand) ?? 0) < clock);
    return { adds, update: to(Y.encodeStateAsUpdate(doc, from(vector))) };
  },
  acknowledged({ words: some }) {
    for (const word of some) words.get(word).must = true;
    return {};
  },
  /** Whether these writers have what this state has. */
  same({ writers: some, state }) {
    const doc = documentOf(state);
    const others = some.filter((writer) => !same(writers.get(writer).doc, doc));
    return { others, text: content(doc) };
  },
  wrong({ state }) {
    const must = [...words.values()].filter((word) => word.must).length;
    return { wrongs: wrong(documentOf(state)), words: words.size, must, done };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(requests[request.do](request))}\n`);
}
