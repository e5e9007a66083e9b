import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { freePort } from "../ports";
import type { Engine } from "./engine";

const driver = "/usr/bin/WebKitWebDriver";
const display = "/usr/bin/Xvfb";
const program = ["4.1", "4.0"]
  .flatMap((version) => ["x86_64", "aarch64"].map((cpu) => `/usr/lib/${cpu}-linux-gnu/webkit2gtk-${version}/MiniBrowser`))
  .find((path) => existsSync(path));
const areThere = program !== undefined && existsSync(driver) && existsSync(display);

/** Where WebDriver has a key of its own for what is no letter. */
const codes: Record<string, string> = {
  Enter: "\uE007",
  Escape: "\uE00C",
  Shift: "\uE008",
  Control: "\uE009",
  End: "\uE010",
  Home: "\uE011",
  Backspace: "\uE003",
};

/** WebKit in GTK's small browser, on a screen that nobody sees, over plain WebDriver. */
export class WebKit implements Engine {
  static readonly missing = !areThere && "WebKit (Debian's webkit2gtk-driver and xvfb)";

  private constructor(
    private readonly processes: ChildProcess[],
    private readonly session: string,
  ) {}

  static async start(this: void): Promise<Engine> {
    // It chooses a screen's number that is free, and tells it.
    const screen = spawn(display, ["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [number] = (await once(screen.stdout, "data")) as [Buffer];
    const port = await freePort();
    const env = { ...process.env, DISPLAY: `:${String(number).trim()}` };
    const started = spawn(driver, [`--port=${port}`], { env, stdio: "ignore" });
    const root = `http://127.0.0.1:${port}/session`;
    const browserOptions = { binary: program, args: ["--automation"] };
    const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": browserOptions } };
    const { sessionId } = (await whenItListens(() => ask("POST", root, { capabilities }))) as { sessionId: string };
    return new WebKit([started, screen], `${root}/${sessionId}`);
  }

  async goto(url: string): Promise<void> {
    await ask("POST", `${this.session}/url`, { url });
  }

  async evaluate<Given extends unknown[], Told>(run: (...given: Given) => Told, ...given: Given): Promise<Told> {
    const script = `return (${run.toString()})(...arguments)`;
    return (await ask("POST", `${this.session}/execute/sync`, { script, args: given })) as Told;
  }

  async click(x: number, y: number): Promise<void> {
    const button = (type: "pointerDown" | "pointerUp") => ({ type, button: 0 });
    await this.act("pointer", [
      { type: "pointerMove", x: Math.round(x), y: Math.round(y) },
      button("pointerDown"),
      button("pointerUp"),
    ]);
  }

  async type(text: string): Promise<void> {
    await this.keys([...text.replaceAll("\n", codes["Enter"]!)].flatMap((key) => [down(key), up(key)]));
  }

  async press(key: string, ...held: string[]): Promise<void> {
    const all = [...held, key].map((each) => codes[each] ?? each);
    await this.keys([...all.map(down), ...all.toReversed().map(up)]);
  }

  async screenshot(): Promise<Buffer> {
    return Buffer.from((await ask("GET", `${this.session}/screenshot`)) as string, "base64");
  }

  async close(): Promise<void> {
    await ask("DELETE", this.session).catch(() => undefined);
    for (const process of this.processes) process.kill();
  }

  private async keys(actions: object[]): Promise<void> {
    await this.act("key", actions);
  }

  private async act(type: "key" | "pointer", actions: object[]): Promise<void> {
    await ask("POST", `${this.session}/actions`, { actions: [{ type, id: type, actions }] });
  }
}

const down = (value: string) => ({ type: "keyDown", value });
const up = (value: string) => ({ type: "keyUp", value });

async function ask(method: string, url: string, body?: object): Promise<unknown> {
  const answer = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await answer.json()) as { value: unknown };
  if (!answer.ok) throw new Error(`WebDriver: ${JSON.stringify(value).slice(0, 500)}`);
  return value;
}

/** The driver takes a moment until it listens. */
async function whenItListens<Told>(run: () => Promise<Told>): Promise<Told> {
  for (const end = Date.now() + 15_000; ; ) {
    try {
      return await run();
    } catch (error) {
      const refused = error instanceof TypeError;
      if (!refused || Date.now() > end) throw error;
      await new Promise((later) => setTimeout(later, 50));
    }
  }
}
