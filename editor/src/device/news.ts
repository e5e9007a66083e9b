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

/** Tells that something changed, now and then. */
export class Teller {
  private timer: number | undefined;

  /** Something was put on the device, or removed. */
  changed(): void {
    this.timer ??= window.setTimeout(() => this.now(), atMostEvery);
  }

  /** The page it is for goes. What is put on the device after that, for it took a while, is told all the same. */
  close(): void {
    this.now();
  }

  private now(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    tell({ changed: true });
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
