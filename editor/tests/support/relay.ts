/** Stands in for the server: one ordered log, acknowledgements that take a while, and every trouble a network has. */
import * as Y from "yjs";
import type { Caret, Person, Refusal } from "../../src/contract";

/** How the relay reaches a tab. */
export interface Tab {
  person: Person;
  receive(update: Uint8Array): void;
  whispered(client: string, person: Person, caret: Caret | null): void;
  connected(): void;
  disconnected(): void;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const stale: Refusal = { temporary: true, words: "It builds on an edit that is not here.", code: "stale" };
const tooLarge: Refusal = { temporary: false, words: "This change is larger than the server takes at once.", code: "too_large" };
const timedOut: Refusal = { temporary: true, words: "It may have happened.", code: "timed_out" };
const never = new Promise<never>(() => undefined);

export class Relay {
  doc = new Y.Doc();
  readonly log: Uint8Array[] = [];
  /** How long a write takes. */
  delay = 5;
  /** What writes are refused with. */
  refusal: Refusal | null = null;
  /** What some of them are refused with. */
  refuse: (update: Uint8Array) => Refusal | null = () => null;
  /** How many of the next writes are stored without an answer. */
  loseAnswers = 0;
  /** How many of the next writes are stored though it is said that there was no answer. */
  timeOuts = 0;
  /** Whom nothing reaches that others write, though what they write themselves arrives. */
  readonly deaf = new Set<string>();
  uploads: { size: number; type: string }[] = [];
  uploadDelay = 0;
  private readonly tabs = new Map<string, Tab>();
  private readonly cutOff = new Set<string>();

  constructor(fill: (chapter: Y.XmlFragment) => void) {
    // As the server does: the first paragraph is nobody's but its own.
    this.doc.clientID = 2;
    fill(this.doc.getXmlFragment("chapter"));
  }

  /** Has another document from now on. */
  restart(update: Uint8Array): void {
    this.doc = new Y.Doc();
    Y.applyUpdate(this.doc, update);
  }

  enter(client: string, tab: Tab): void {
    this.tabs.set(client, tab);
  }

  leave(client: string): void {
    this.tabs.delete(client);
  }

  cut(client: string): void {
    this.cutOff.add(client);
    this.tabs.get(client)?.disconnected();
  }

  restore(client: string): void {
    this.cutOff.delete(client);
    this.tabs.get(client)?.connected();
  }

  async open(client: string, stateVector: Uint8Array): Promise<{ update: Uint8Array; stateVector: Uint8Array }> {
    if (this.cutOff.has(client)) return never;
    await pause(1);
    return { update: Y.encodeStateAsUpdate(this.doc, stateVector), stateVector: Y.encodeStateVector(this.doc) };
  }

  async write(client: string, update: Uint8Array): Promise<void> {
    if (this.cutOff.has(client)) return never;
    await pause(this.delay * (0.5 + Math.random()));
    if (this.cutOff.has(client)) return never;
    const refusal = this.refusal ?? this.refuse(update);
    if (refusal) throw refusal;
    if (update.length > 1 << 20) throw tooLarge;
    for (const [writer, clock] of Y.parseUpdateMeta(update).from) {
      if (clock > Y.getState(this.doc.store, writer)) throw stale;
    }
    Y.applyUpdate(this.doc, update);
    this.log.push(update);
    for (const [other, tab] of this.tabs) if (!this.cutOff.has(other) && !this.deaf.has(other)) tab.receive(update);
    if (this.timeOuts > 0) {
      this.timeOuts -= 1;
      throw timedOut;
    }
    if (this.loseAnswers > 0) {
      this.loseAnswers -= 1;
      return never;
    }
  }

  whisper(client: string, caret: Caret | null): void {
    const person = this.tabs.get(client)?.person;
    if (person === undefined || this.cutOff.has(client)) return;
    for (const [other, tab] of this.tabs) {
      if (other !== client && !this.cutOff.has(other)) tab.whispered(client, person, caret);
    }
  }

  /** The chapter as the server has it. */
  get xml(): string {
    return this.doc.getXmlFragment("chapter").toString();
  }
}
