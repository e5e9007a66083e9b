import { expect, type BrowserContext, type Page } from "@playwright/test";
import type { Person } from "./person";

/** Runs something while a person has no network at all, and for at least so long. */
export async function cutFor(person: Person, ms: number, meanwhile: () => Promise<void>): Promise<void> {
  const since = Date.now();
  await person.context.setOffline(true);
  await expect(person.book.connection).toHaveText(/^(Reconnecting|Offline)/, { timeout: 20_000 });
  await meanwhile();
  await expect.poll(() => Date.now() - since, { timeout: ms + 5_000, intervals: [500] }).toBeGreaterThanOrEqual(ms);
  await person.context.setOffline(false);
}

/** Ends a page as a browser that runs out of memory would. */
export async function crash(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  // It is never answered.
  devtools.send("Page.crash").catch(() => undefined);
  await crashed;
}

/** What stands between a page's WebSockets and the server. */
export class Sockets {
  private mode: "through" | "silent" = "through";
  private open: { close: () => Promise<void> }[] = [];

  /** Must be called before the page is loaded. */
  static async of(page: Page): Promise<Sockets> {
    const sockets = new Sockets();
    await page.routeWebSocket(/\/sputnik\/socket/, (socket) => {
      const server = socket.connectToServer();
      sockets.open.push(socket);
      socket.onMessage((message) => sockets.mode === "through" && server.send(message));
      server.onMessage((message) => sockets.mode === "through" && socket.send(message));
    });
    return sockets;
  }

  /** Nothing comes or goes any more and nobody says so: a dead line, such as behind a router that forgot it. */
  silence(): void {
    this.mode = "silent";
  }

  restore(): void {
    this.mode = "through";
  }

  /** Ends every socket that is open now. New ones pass. */
  async cut(): Promise<void> {
    await Promise.all(this.open.splice(0).map((socket) => socket.close()));
  }
}

/**
 * Makes every WebSocket of a person's pages fail, as behind a proxy that does not know them, until [`unblockSockets`].
 * With `hang` they neither open nor fail.
 */
export async function blockSockets(context: BrowserContext, how: "refuse" | "hang" = "refuse"): Promise<void> {
  await context.addInitScript((how) => {
    const Native = window.WebSocket;
    const state = { blocked: true, tries: 0 };
    Object.assign(window, { sockets: state });
    class Blocked extends EventTarget {
      static readonly CONNECTING = 0;
      static readonly OPEN = 1;
      static readonly CLOSING = 2;
      static readonly CLOSED = 3;
      readyState = 0;
      binaryType = "blob";
      bufferedAmount = 0;
      onopen: unknown = null;
      onmessage: unknown = null;
      onerror: ((event: Event) => void) | null = null;
      onclose: ((event: Event) => void) | null = null;
      constructor(url: string, protocols?: string | string[]) {
        super();
        state.tries += 1;
        if (!state.blocked) return new Native(url, protocols) as unknown as Blocked;
        if (how === "refuse") queueMicrotask(() => this.fail());
      }
      private fail(): void {
        if (this.readyState === 3) return;
        this.readyState = 3;
        const error = new Event("error");
        this.onerror?.(error);
        this.dispatchEvent(error);
        const close = new CloseEvent("close", { code: 1006 });
        this.onclose?.(close);
        this.dispatchEvent(close);
      }
      send(): void {
        throw new DOMException("Still in CONNECTING state.", "InvalidStateError");
      }
      close(): void {
        this.readyState = 3;
      }
    }
    Object.assign(window, { WebSocket: Blocked });
  }, how);
}

/** Lets sockets pass again from now on, in a page that is open. */
export async function unblockSockets(page: Page): Promise<void> {
  await page.evaluate(() => {
    (window as unknown as { sockets: { blocked: boolean } }).sockets.blocked = false;
  });
}
