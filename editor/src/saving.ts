/**
 * Never lose a word: everything written here is put on this device, then written to the server in order, and counts as
 * saved only when the server has said so.
 *
 * A change is on its way at once. Writes go one at a time, and not too close together; what is typed meanwhile gathers in
 * the next. A write whose answer is lost is sent again, which does no harm: an update that is applied twice changes
 * nothing. After every connection both sides tell what they have and get what they lack, so nothing depends on which
 * message was lost.
 */
import * as Y from "yjs";
import { count, cut, grouped, keysOf, largestWrite, merged, type Batch } from "./batches";
import type { Composing } from "./composing";
import type { Refusal, Server } from "./contract";
import type { LocalStore } from "./local-store";
import { asRefusal, leftStale, lost, stale } from "./refusals";
import type { Rescue } from "./rescue";

/** The least time between two writes: who types fast, or for whom the server is near, asks no more often. */
const apart = 30;
/** How many updates wait side by side before one difference takes their place: merging many is slow. */
const mostWaiting = 32;
/** What is not answered by then is taken for lost. */
const answerWithin = 20_000;
/** But so slow may a line be, in bytes a millisecond; and how much an exchange brings is not known beforehand. */
const slowest = 8;
const exchangeWithin = 120_000;
/** The page itself waits no longer than two minutes. */
const answerAtLast = 110_000;
const shortestPause = 400;
const longestPause = 10_000;

/** Marks what came from outside: it is not to be sent back. */
const fromServer = Symbol("from the server");

export class Saving {
  /** Why the server will not have what is written here. */
  refusal: Refusal | null = null;
  /** Whether the first exchange has happened. */
  opened = false;
  /** How many pictures are on their way to the site. They are in no update yet, and not kept on this device. */
  pictures = 0;

  private waiting: Batch[] = [];
  private underway: Batch | null = null;
  /** What tabs that are gone had kept. It joins the text when the server has it, so that it can spoil nothing. */
  private left: Batch[] = [];
  private leftRefused: Batch[] = [];
  private readonly leftRead = new Set<number>();
  /** Whether what is left waits until it is tried again; what is typed goes on meanwhile. */
  private leftRests = false;
  /** What is left and was stale: if it still is after an exchange, it always will be. */
  private foundStale: Batch | null = null;
  private refusedNow = false;

  private online = true;
  /** Counts connections: what was asked in an earlier one is given up. */
  private round = 0;
  private readonly asked = new Set<(reason: Refusal) => void>();
  private exchanging = false;
  private exchangeAgain = false;
  /** Whether a write's answer was lost, or it was stale: before the next, the server has to tell what it has. */
  private mustExchange = false;
  private pumping = false;
  private sentAt = -Infinity;
  private pumpTimer: number | undefined;
  private attempts = 0;
  private retryTimer: number | undefined;
  /** What the server has, as far as we were told. */
  private serverHas = new Map<number, number>();
  private ended = false;

  constructor(
    private readonly doc: Y.Doc,
    private readonly server: Pick<Server, "open" | "write">,
    private readonly kept: LocalStore,
    private readonly rescue: Rescue,
    private readonly composing: Composing,
    private writable: boolean,
    private readonly changed: () => void,
  ) {
    doc.on("update", this.gather);
    kept.openedLate = () => void this.keepLate();
    kept.moreIsLeft = () => void this.takeOver();
    document.addEventListener("visibilitychange", this.hurry);
    window.addEventListener("pagehide", this.hurry);
    window.addEventListener("beforeunload", this.warn);
  }

  /** How many changes the server has not acknowledged, pictures that are to come included. */
  get unsaved(): number {
    const here = count(this.waiting) + (this.underway?.changes ?? 0) + this.pictures;
    return here + count(this.left) + count(this.leftRefused);
  }

  get state(): "saved" | "saving" | "offline" | "refused" {
    // Who may not write has nothing on its way, only something that will not arrive.
    if (this.refusedNow || (!this.writable && this.unsaved > 0)) return "refused";
    if (!this.online) return "offline";
    return this.unsaved > count(this.leftRefused) ? "saving" : "saved";
  }

  /** The updates that are not acknowledged: those in the text, and those of earlier tabs that are not. */
  get unacknowledged(): { here: Uint8Array[]; left: Uint8Array[] } {
    const here = [...(this.underway ? [this.underway] : []), ...this.waiting];
    return {
      here: here.map((batch) => batch.update),
      left: [...this.left, ...this.leftRefused].map((batch) => batch.update),
    };
  }

  connected(): void {
    this.online = true;
    this.attempts = 0;
    this.newRound();
    void this.exchange();
    this.changed();
  }

  disconnected(): void {
    this.online = false;
    this.newRound();
    this.changed();
  }

  setWritable(writable: boolean): void {
    this.writable = writable;
    // The right is back: what was refused may be tried again.
    if (writable && (this.refusedNow || this.leftRefused.length > 0)) {
      this.refusedNow = false;
      this.refusal = null;
      this.left.push(...this.leftRefused.splice(0));
    }
    if (writable) void this.pump();
    this.changed();
  }

  receive(update: Uint8Array): void {
    void this.composing.over(() => {
      this.rescue.apply(update, fromServer);
      this.serverGot(update);
      // Something it builds on did not arrive: ask for what is missing rather than wait for it.
      if (this.incomplete && this.opened) void this.exchange();
    }, update);
  }

  async forgetRefused(): Promise<void> {
    const refused = this.leftRefused.splice(0);
    if (this.refusedNow || !this.writable) refused.push(...this.waiting.splice(0));
    this.refusal = null;
    this.changed();
    await this.unkeep(refused);
  }

  async end(): Promise<void> {
    this.hurry();
    this.ended = true;
    this.newRound();
    clearTimeout(this.pumpTimer);
    this.doc.off("update", this.gather);
    document.removeEventListener("visibilitychange", this.hurry);
    window.removeEventListener("pagehide", this.hurry);
    window.removeEventListener("beforeunload", this.warn);
    await Promise.all([...this.waiting, ...(this.underway ? [this.underway] : [])].flatMap((batch) => batch.keys));
  }

  /**
   * Begins with the text as this device last had it, and with what was kept of it: where the server cannot be asked, it
   * can be read and written all the same. The next exchange tells what became of it meanwhile.
   */
  async resume(state: Uint8Array): Promise<void> {
    const kept = await this.kept.left();
    if (this.opened || this.ended) return;
    Y.applyUpdate(this.doc, state, fromServer);
    for (const { key, update } of kept) {
      this.leftRead.add(key);
      this.rescue.inherit(update);
      Y.applyUpdate(this.doc, update, fromServer);
    }
    const left = kept.map(({ key, update }) => ({ update, changes: 1, keys: [Promise.resolve(key)] }));
    this.waiting.push(...grouped(left, mostWaiting).map(merged));
    this.opened = true;
    this.changed();
  }

  /** Tells both sides what the other has. Also how the text arrives in the first place. */
  async exchange(): Promise<void> {
    if (this.exchanging) {
      this.exchangeAgain = true;
      return;
    }
    this.exchanging = true;
    this.leftRests = false;
    clearTimeout(this.retryTimer);
    const round = this.round;
    try {
      const answer = await this.answered(this.server.open(Y.encodeStateVector(this.doc)), exchangeWithin);
      await this.composing.over(() => {
        if (round !== this.round) throw lost;
        this.rescue.applyExchange(answer.update, fromServer);
        this.mustExchange = false;
        this.serverHas = Y.decodeStateVector(answer.stateVector);
      }, answer.update);
      await this.readLeft();
      if (this.waiting.length > 0 || this.serverLacks) this.replaceWaiting();
      this.opened = true;
      if (this.incomplete) this.retry(() => this.exchange());
      else this.attempts = 0;
    } catch {
      if (round === this.round) this.retry(() => this.exchange());
    }
    this.exchanging = false;
    if (this.exchangeAgain && !this.ended) {
      this.exchangeAgain = false;
      void this.exchange();
    }
    void this.pump();
    this.changed();
  }

  private readonly gather = (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
    // Not by origin: the binding also writes while it draws what others wrote.
    if (!transaction.local) return;
    for (const piece of cut(update)) this.waiting.push({ update: piece, changes: 1, keys: [this.kept.put(piece)] });
    if (this.waiting.length > mostWaiting) this.replaceWaiting();
    // What one key does goes in one write, though it may be several changes.
    queueMicrotask(() => void this.pump());
    this.changed();
  };

  private readonly hurry = () => {
    // What others wrote is let in first: words of one's own may have to be written again for it.
    this.composing.letGo();
    this.kept.hurry();
    this.sentAt = -Infinity;
    void this.pump();
  };

  private readonly warn = (event: BeforeUnloadEvent) => {
    this.hurry();
    if (this.unsaved > count(this.leftRefused)) event.preventDefault();
  };

  /**
   * One difference to what the server has, in place of all that waits. What is more than one write may be stays as it
   * was written, in fewer pieces, and goes one after the other.
   */
  private replaceWaiting(anew = false): void {
    const difference = this.difference();
    const isOne = difference.length <= largestWrite || this.waiting.length === 0;
    const groups = isOne ? [this.waiting] : grouped(this.waiting);
    this.waiting = groups.map((group) => {
      // What is kept anew is read last: so all that follows it has to be, too.
      anew ||= isOne || group.length > 1;
      return anew ? this.keptAnew(isOne ? difference : merged(group).update, group) : group[0]!;
    });
  }

  private keptAnew(update: Uint8Array, old: Batch[]): Batch {
    const put = this.kept.put(update, "strict");
    // Not before the new one is safe.
    void put.then((key) => {
      if (key !== null) void this.unkeepSoon(old);
    });
    return { update, changes: Math.max(1, count(old)), keys: [put] };
  }

  private difference(): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(this.serverHas));
  }

  private get serverLacks(): boolean {
    for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(this.doc))) {
      if ((this.serverHas.get(client) ?? 0) < clock) return true;
    }
    return false;
  }

  private get incomplete(): boolean {
    return this.doc.store.pendingStructs !== null || this.doc.store.pendingDs !== null;
  }

  private serverGot(update: Uint8Array): void {
    for (const [client, clock] of Y.parseUpdateMeta(update).to) {
      if ((this.serverHas.get(client) ?? 0) < clock) this.serverHas.set(client, clock);
    }
  }

  /** Takes up what gone tabs left, and what was left since it was last looked. */
  private async readLeft(): Promise<void> {
    const kept = (await this.kept.left()).filter(({ key }) => !this.leftRead.has(key));
    for (const { key } of kept) this.leftRead.add(key);
    // A tab may have been closed before it removed what it had been told is stored.
    const there = Y.createSnapshot(Y.snapshot(this.doc).ds, this.serverHas);
    const stored = new Set(kept.filter(({ update }) => Y.snapshotContainsUpdate(there, update)));
    const rows = kept.filter((row) => !stored.has(row));
    this.kept.removeSoon([...stored].map(({ key }) => key));
    const left = rows.map(({ key, update }) => ({ update, changes: 1, keys: [Promise.resolve(key)] }));
    this.left.push(...grouped(left, mostWaiting).map(merged));
  }

  /** Another tab that had this chapter open is gone: what it left is this one's to send. */
  private async takeOver(): Promise<void> {
    // Before the first exchange nothing is read: it does that itself.
    if (!this.opened || this.ended) return;
    await this.readLeft();
    void this.pump();
    this.changed();
  }

  /** What is kept here could not be opened until now: there may be something left, and nothing of this tab's is there. */
  private async keepLate(): Promise<void> {
    // Before the first exchange nothing was written, and nothing read.
    if (!this.opened) return;
    const read = this.readLeft();
    this.underway?.keys.push(this.kept.put(this.underway.update, "strict"));
    if (this.waiting.length > 0) this.replaceWaiting(true);
    await read;
    void this.pump();
    this.changed();
  }

  private get mayWrite(): boolean {
    return this.online && this.opened && this.writable && !this.refusedNow && !this.exchanging && !this.mustExchange && !this.ended;
  }

  private get mayWriteLeft(): boolean {
    return this.left.length > 0 && !this.leftRests;
  }

  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    clearTimeout(this.pumpTimer);
    while (this.mayWrite && (this.waiting.length > 0 || this.mayWriteLeft)) {
      const early = this.sentAt + apart - performance.now();
      if (early > 0) {
        this.pumpTimer = window.setTimeout(() => void this.pump(), early);
        break;
      }
      // What is typed now is not held up by what an earlier tab left.
      const goesOn = this.waiting.length > 0 ? await this.writeWaiting() : await this.writeLeft();
      this.changed();
      if (!goesOn) break;
    }
    this.pumping = false;
  }

  /** Whatever becomes of it, what was typed meanwhile goes on. */
  private async writeLeft(): Promise<true> {
    const batch = this.left[0]!;
    this.rescue.inherit(batch.update);
    const refusal = await this.write(batch);
    if (refusal === null) {
      this.left.shift();
      this.serverGot(batch.update);
      void this.composing.over(() => this.rescue.apply(batch.update, fromServer), batch.update);
      await this.unkeep([batch]);
      return true;
    }
    const staysStale = refusal.code === stale && this.foundStale === batch;
    if (refusal.temporary && !staysStale) {
      this.leftRests = true;
      if (refusal.code === stale) this.foundStale = batch;
      this.tryAgain(refusal);
      return true;
    }
    this.leftRefused.push(this.left.shift()!);
    this.refusal = staysStale ? leftStale : refusal;
    this.foundStale = null;
    return true;
  }

  private async writeWaiting(): Promise<boolean> {
    const batch = merged(this.waiting.splice(0, grouped(this.waiting)[0]!.length));
    this.underway = batch;
    // What was removed may be in a later write, where there are several.
    if (this.waiting.length === 0) this.rescue.sending();
    const refusal = await this.write(batch);
    this.underway = null;
    if (refusal === null) {
      this.rescue.arrived();
      this.attempts = 0;
      this.serverGot(batch.update);
      void this.unkeepSoon([batch]);
      return true;
    }
    this.waiting.unshift(batch);
    this.rescue.failed(refusal !== lost);
    if (refusal.temporary) {
      this.mustExchange ||= refusal.code === stale;
      this.tryAgain(refusal);
    } else {
      this.refusedNow = true;
      this.refusal = refusal;
    }
    return false;
  }

  private async write(batch: Batch): Promise<Refusal | null> {
    const started = Date.now();
    this.sentAt = performance.now();
    const within = Math.min(answerWithin + Math.floor(batch.update.length / slowest), answerAtLast);
    try {
      await this.answered(this.server.write(batch.update), within);
      return null;
    } catch (reason) {
      const refusal = asRefusal(reason);
      if (refusal !== lost) return refusal;
      this.rescue.cutOff(started);
      this.mustExchange = true;
      return lost;
    }
  }

  /** The answer, unless the connection ends or too much time passes before it comes. */
  private answered<T>(answer: Promise<T>, within: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(lost), within);
      this.asked.add(reject);
      answer.then(resolve, reject).finally(() => {
        clearTimeout(timer);
        this.asked.delete(reject);
      });
    });
  }

  private newRound(): void {
    this.round += 1;
    this.rescue.cutOff(Date.now());
    clearTimeout(this.retryTimer);
    for (const reject of this.asked) reject(lost);
    this.asked.clear();
  }

  private tryAgain(refusal: Refusal): void {
    // What arrived is not known after no answer, and something did not if it is stale: what the other side has, it tells.
    const unknown = refusal === lost || refusal.code === stale;
    this.retry(() => (unknown ? this.exchange() : this.pump()));
  }

  private retry(act: () => Promise<void>): void {
    if (!this.online || this.ended) return;
    clearTimeout(this.retryTimer);
    const pause = Math.min(longestPause, shortestPause * 2 ** this.attempts++);
    // All tabs come back at once after a cut: not all at the same moment.
    this.retryTimer = window.setTimeout(
      () => {
        this.leftRests = false;
        void act();
      },
      pause * (0.5 + Math.random() / 2),
    );
  }

  private async unkeep(batches: Batch[]): Promise<void> {
    const keys = await keysOf(batches);
    if (keys.length > 0) await this.kept.remove(keys);
  }

  private async unkeepSoon(batches: Batch[]): Promise<void> {
    this.kept.removeSoon(await keysOf(batches));
  }
}
