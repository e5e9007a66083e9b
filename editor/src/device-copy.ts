/** Keeps a chapter that is open on this device as it is, so that it can be opened there without a connection. */
import type { Names } from "./contract";
import { forgetDocument, rememberDocument, rememberedDocument, rememberPage } from "./device/chapters";

/** How long after a change: often enough, and a long chapter is much to write. */
const after = 4000;

export class DeviceCopy {
  private begun = false;
  private pageKept = false;
  private timer: number | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly document: string,
    private readonly person: string,
    private readonly encoded: () => Uint8Array,
  ) {
    window.addEventListener("pagehide", this.now);
    globalThis.document.addEventListener("visibilitychange", this.now);
  }

  /** As it was here last. */
  read(): Promise<Uint8Array | null> {
    return rememberedDocument(this.document, this.person).catch(() => null);
  }

  /** The text is here as the server has it. */
  begin(names: Names): void {
    if (this.begun) return;
    this.begun = true;
    const keep = () => {
      if (!this.begun) return;
      // A device that has no room keeps nothing, and everything else goes on.
      this.pageKept = true;
      this.writing = rememberPage(this.document, this.person, names).catch(() => undefined);
      this.changed();
    };
    const soon = () => {
      if ("requestIdleCallback" in window) requestIdleCallback(keep, { timeout: 2000 });
      else setTimeout(keep, 500);
    };
    // Without a service worker nobody would ask for it.
    const workers: ServiceWorkerContainer | undefined = navigator.serviceWorker;
    if (workers?.controller) soon();
    else workers?.addEventListener("controllerchange", soon, { once: true });
  }

  changed(): void {
    if (this.pageKept) this.timer ??= window.setTimeout(this.now, after);
  }

  /** Something in it is not wanted any more. */
  async forget(): Promise<void> {
    this.stop();
    await this.writing;
    await forgetDocument(this.document).catch(() => undefined);
  }

  async end(): Promise<void> {
    this.now();
    this.stop();
    await this.writing;
  }

  private readonly now = (): void => {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    const state = this.encoded();
    this.writing = this.writing.then(() => rememberDocument(this.document, this.person, state)).catch(() => undefined);
  };

  private stop(): void {
    this.begun = false;
    this.pageKept = false;
    clearTimeout(this.timer);
    this.timer = undefined;
    window.removeEventListener("pagehide", this.now);
    globalThis.document.removeEventListener("visibilitychange", this.now);
  }
}
