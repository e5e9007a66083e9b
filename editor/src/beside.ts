/**
 * Whether what others changed lies beside the block that is being written in: then it can be drawn without that block
 * being touched. Of what is not certain, or much, the answer is no.
 */
import type { EditorState } from "prosemirror-state";
import * as Y from "yjs";
import { heldPosition } from "./anchors";
import { schema } from "./schema";

type Type = Y.AbstractType<any>;
type Update = ReturnType<typeof Y.decodeUpdate>;

/** Where something stands: what it is in, and whether it is an attribute of that. */
interface Place {
  type: Type;
  isAttribute: boolean;
}

/** Beyond so many pieces or bytes it is not looked where they stand. */
const mostPieces = 200;
const mostBytes = 64_000;

const above = (type: Type): Type | null => (type._item?.parent as Type | null | undefined) ?? null;
const typeOf = (item: Y.Item): Type | undefined => (item.content as Partial<Y.ContentType>).type;

/** The block at the caret and all that is around it, from inside out; null where the caret is in none that Yjs has. */
function blocksAround(state: EditorState, { store }: Y.Doc): Type[] | null {
  const { item, type } = heldPosition(state, state.selection.head);
  const id = item ?? type;
  const held = id === null ? null : (Y.getItem(store, id) as Y.Item | Y.GC);
  if (!(held instanceof Y.Item)) return null;
  const types: Type[] = [];
  let block = -1;
  for (let at = item === null ? (typeOf(held) ?? null) : (held.parent as Type); at !== null; at = above(at)) {
    // A note stands in the text of its paragraph, which is drawn with it: the outermost counts.
    if (at instanceof Y.XmlElement && schema.nodes[at.nodeName]?.inlineContent) block = types.length;
    types.push(at);
  }
  return block < 0 ? null : types.slice(block);
}

class Change {
  /** How far what is here goes together with what came, of each who wrote. */
  private readonly reaches = new Map<number, number>();

  constructor(
    private readonly update: Update,
    private readonly doc: Y.Doc,
    private readonly around: Type[],
  ) {}

  get isBeside(): boolean {
    return this.followsOnWhatIsHere() && this.update.structs.every(this.comesBeside) && this.removesBeside();
  }

  /** Whether nothing before it has still to come, or waits itself. */
  private followsOnWhatIsHere(): boolean {
    for (const struct of this.update.structs) {
      const { client, clock } = struct.id;
      const reached = this.reached(client);
      if (struct instanceof Y.Skip || clock > reached) return false;
      this.reaches.set(client, Math.max(reached, clock + struct.length));
    }
    return true;
  }

  private reached(client: number): number {
    return this.reaches.get(client) ?? Y.getState(this.doc.store, client);
  }

  private readonly comesBeside = (struct: Update["structs"][number]): boolean => {
    if (!(struct instanceof Y.Item)) return true;
    const builtOn = [struct.origin, struct.rightOrigin, struct.parent as unknown].filter((id) => id instanceof Y.ID);
    if (!builtOn.every(({ client, clock }) => clock < this.reached(client))) return false;
    const place = this.placeOf(struct);
    return place === "nowhere" || (place !== null && !this.touches(place));
  };

  /** Where it will stand, told by what is here already; null if that is not known. */
  private placeOf(came: Y.Item): Place | "nowhere" | null {
    const { store } = this.doc;
    let item = came;
    for (let steps = 0; steps < mostPieces; steps += 1) {
      const parent: unknown = item.parent;
      if (typeof parent === "string") {
        const type = this.doc.share.get(parent);
        return type ? { type, isAttribute: item.parentSub !== null } : null;
      }
      const isIn = parent instanceof Y.ID;
      const other = isIn ? parent : (item.origin ?? item.rightOrigin);
      if (other === null) return null;
      if (other.clock < Y.getState(store, other.client)) {
        const here = Y.getItem(store, other) as Y.Item | Y.GC;
        if (!(here instanceof Y.Item)) return "nowhere";
        const type = isIn ? typeOf(here) : (here.parent as Type);
        return type ? { type, isAttribute: (isIn ? item : here).parentSub !== null } : "nowhere";
      }
      const next = this.update.structs.find(
        ({ id, length }) => id.client === other.client && id.clock <= other.clock && other.clock < id.clock + length,
      );
      if (!(next instanceof Y.Item)) return next ? "nowhere" : null;
      // What stands in something that came with it stands where that does.
      item = next;
    }
    return null;
  }

  private removesBeside(): boolean {
    const { store } = this.doc;
    for (const [client, ranges] of this.update.ds.clients) {
      const state = Y.getState(store, client);
      const structs = store.clients.get(client) ?? [];
      for (const { clock, len } of ranges) {
        if (clock + len > this.reached(client)) return false;
        const end = Math.min(clock + len, state);
        if (clock >= end) continue;
        for (let at = Y.findIndexSS(structs, clock); at < structs.length && structs[at]!.id.clock < end; at += 1) {
          const item = structs[at]!;
          if (!(item instanceof Y.Item) || item.deleted) continue;
          const type = typeOf(item);
          const isAround = type !== undefined && this.around.includes(type);
          if (isAround || this.touches({ type: item.parent as Type, isAttribute: item.parentSub !== null })) return false;
        }
      }
    }
    return true;
  }

  /** Whether the block is drawn anew for it: it is in the block, or an attribute of something around that. */
  private touches({ type, isAttribute }: Place): boolean {
    if (isAttribute && this.around.includes(type)) return true;
    for (let at: Type | null = type; at !== null; at = above(at)) if (at === this.around[0]) return true;
    return false;
  }
}

export function isBeside(bytes: Uint8Array, state: EditorState, doc: Y.Doc): boolean {
  const around = bytes.length > mostBytes ? null : blocksAround(state, doc);
  if (around === null) return false;
  const update = Y.decodeUpdate(bytes);
  return update.structs.length <= mostPieces && new Change(update, doc, around).isBeside;
}
