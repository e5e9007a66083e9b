/** What the tabs of one browser tell each other of what is kept on the device. */

/** Why the server will not have what is kept of a chapter, and the words that are kept. */
export interface Unsendable {
  document: string;
  person: string;
  reason: string;
  text: string;
}

export type News = { changed: true } | { unsendable: Unsendable };

const name = "sputnik kept";
/** Not with every key: whoever listens looks at the device. */
const atMostEvery = 400;

/** Tells that something changed: at once, for a tab may end at any moment, and then now and then. */
export class Teller {
  /** Open from the beginning: a page that goes has no time to open one. */
  private channel: BroadcastChannel | null = new BroadcastChannel(name);
  private timer: number | undefined;
  private untold = false;

  /** Something was put on the device, or removed. */
  changed(): void {
    this.untold = true;
    if (this.timer === undefined) this.now();
  }

  /** Its text goes. What is put on the device after that, for it took a while, is told all the same. */
  close(): void {
    this.untold = true;
    this.now();
    this.channel?.close();
    this.channel = null;
  }

  private now(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.untold) return;
    this.untold = false;
    this.timer = window.setTimeout(() => this.now(), atMostEvery);
    if (this.channel === null) tell({ changed: true });
    else this.channel.postMessage({ changed: true } satisfies News);
  }
}

/** Tells the other tabs what the server will not have, so that they need not ask. */
export function tellUnsendable(unsendable: Unsendable): void {
  tell({ unsendable });
}

function tell(news: News): void {
  const channel = new BroadcastChannel(name);
  channel.postMessage(news);
  channel.close();
}

/** Hears what is told, in this tab as in others, until what is given back is called. */
export function hear(listener: (news: News) => void): () => void {
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<News>) => listener(data);
  return () => channel.close();
}
