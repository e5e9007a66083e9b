import { Firefox } from "./firefox";
import { WebKit } from "./webkit";

/** A browser that Playwright does not drive: the one the system has. It is spoken to as its makers have it. */
export interface Engine {
  goto(url: string): Promise<void>;
  /** Runs a function of the page, which may know nothing but what it is given, and tells what it gives back. */
  evaluate<Given extends unknown[], Told>(run: (...given: Given) => Told, ...given: Given): Promise<Told>;
  /** Presses and lets go of the mouse, so many pixels from the left and the top of what one sees of the page. */
  click(x: number, y: number): Promise<void>;
  /** Types key by key, with no pause between them. */
  type(text: string): Promise<void>;
  /** Presses a key while others are held. Keys are named as `KeyboardEvent.key` has them. */
  press(key: string, ...held: string[]): Promise<void>;
  /** What is seen of the page, as PNG. */
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

/** What each of them is called, and how it is started; `missing` is what to install where it is not there. */
export const engines = [
  { name: "Firefox", missing: Firefox.missing, start: Firefox.start },
  { name: "WebKit", missing: WebKit.missing, start: WebKit.start },
];
