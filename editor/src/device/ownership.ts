/**
 * Which editor sends what. Every editor sends what it put on the device itself. What is left by one that is gone, with
 * its tab or without, is sent by whoever keeps that chapter: of all editors and senders that could, in whatever tab, one.
 * The browser's locks say who lives and who keeps, and end with the page that holds them, however it ends.
 */

const livesIn = (document: string, person: string) => `sputnik editor ${person} ${document} `;
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

  /** Whether the editor that put this on the device lives. */
  lives({ document, person, editor }: { document: string; person: string; editor?: string | undefined }): boolean {
    return editor !== undefined && this.names.has(livesIn(document, person) + editor);
  }

  /** The locks of all editors that have this chapter open. */
  of(document: string, person: string): string[] {
    return [...this.names].filter((name) => name.startsWith(livesIn(document, person)));
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
  /** What is to be done when there may be more left for it: it became that later, or another editor ended. */
  moreIsLeft: () => void = () => {};
  /** Once it is known whether it is that from the beginning. */
  readonly known: Promise<void>;
  private readonly end = new AbortController();
  private readonly ended = new Promise<void>((ended) => this.end.signal.addEventListener("abort", () => ended()));
  private readonly life: string;
  /** The editors of whose end it is told. */
  private readonly watched = new Set<string>();

  constructor(
    private readonly document: string,
    private readonly person: string,
  ) {
    this.life = livesIn(document, person) + this.editor;
    const manager = locks();
    if (manager === undefined) {
      this.isKeeper = true;
      this.known = Promise.resolve();
      return;
    }
    void manager.request(this.life, () => this.ended);
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

  /** Sees to it that it is told when another editor of this chapter ends. Whoever keeps the chapter needs that. */
  async watchOthers(): Promise<void> {
    const manager = locks();
    if (manager === undefined || !this.isKeeper) return;
    for (const other of (await Held.now()).of(this.document, this.person)) {
      if (other !== this.life && !this.watched.has(other)) void this.watch(manager, other);
    }
  }

  private async watch(manager: LockManager, other: string): Promise<void> {
    this.watched.add(other);
    // Who gets the lock of another knows that it has ended. It only fails because this editor has.
    const hasEnded = await manager.request(other, { signal: this.end.signal }, () => true).catch(() => false);
    this.watched.delete(other);
    if (hasEnded) this.moreIsLeft();
  }

  release(): void {
    this.end.abort();
  }

  private async waitFor(manager: LockManager, name: string): Promise<void> {
    const keep = () => {
      this.isKeeper = true;
      this.moreIsLeft();
      return this.ended;
    };
    // It only fails because the wait is over: this editor has ended.
    await manager.request(name, { signal: this.end.signal }, keep).catch(() => undefined);
  }
}
