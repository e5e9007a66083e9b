/**
 * Which editor sends what. Every editor sends what it put on the device itself. What is left by one that is gone, with
 * its tab or without, is sent by whoever keeps that chapter: of all editors and senders that could, in whatever tab, one.
 * The browser's locks say who lives and who keeps, and end with the page that holds them, however it ends.
 */

const livesAs = (editor: string) => `sputnik editor ${editor}`;
const keeps = (document: string, person: string) => `sputnik keeper ${person} ${document}`;

/** Where a page has no locks (it did not come by https), everybody may send: twice does no harm. */
const locks = (): LockManager | undefined => navigator.locks;

/** What lives and what is kept at this moment, in all tabs. */
export class Held {
  private constructor(private readonly names: Set<string>) {}

  static async now(): Promise<Held> {
    const held = (await locks()?.query())?.held ?? [];
    return new Held(new Set(held.map(({ name }) => name ?? "")));
  }

  lives(editor: string | undefined): boolean {
    return editor !== undefined && this.names.has(livesAs(editor));
  }

  isKept(document: string, person: string): boolean {
    return this.names.has(keeps(document, person));
  }
}

export class Ownership {
  /** By which what this editor puts on the device is known. */
  readonly editor = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  /** Whether what is left of this chapter is this one's to send. */
  isKeeper = false;
  /** What is to be done when it becomes that later. */
  becameKeeper: () => void = () => {};
  /** Once it is known whether it is that from the beginning. */
  readonly known: Promise<void>;
  private readonly end = new AbortController();
  private readonly ended = new Promise<void>((ended) => this.end.signal.addEventListener("abort", () => ended()));

  constructor(document: string, person: string) {
    const manager = locks();
    if (manager === undefined) {
      this.isKeeper = true;
      this.known = Promise.resolve();
      return;
    }
    void manager.request(livesAs(this.editor), () => this.ended);
    const name = keeps(document, person);
    this.known = new Promise((known) => {
      const atOnce = (lock: Lock | null) => {
        if (lock === null) void this.waitFor(manager, name);
        this.isKeeper = lock !== null;
        known();
        return lock === null ? undefined : this.ended;
      };
      manager.request(name, { ifAvailable: true }, atOnce).catch(() => known());
    });
  }

  release(): void {
    this.end.abort();
  }

  private async waitFor(manager: LockManager, name: string): Promise<void> {
    const keep = () => {
      this.isKeeper = true;
      this.becameKeeper();
      return this.ended;
    };
    // It only fails because the wait is over: this editor has ended.
    await manager.request(name, { signal: this.end.signal }, keep).catch(() => undefined);
  }
}
