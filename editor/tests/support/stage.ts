/** People in tabs at one chapter, and the relay between them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test as base, expect, type BrowserContext, type BrowserContextOptions, type Locator, type Page } from "@playwright/test";
import { build } from "esbuild";
import * as Y from "yjs";
import type { Sent, State } from "../../src/contract";
import type { Answer, Call, Harness } from "./harness";
import { Relay } from "./relay";

declare global {
  interface Window {
    harness: Harness;
  }
}

const address = "http://editor.localhost/";
const root = fileURLToPath(new URL("../..", import.meta.url));

const toText = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const toBytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));

interface Assets {
  script: string;
  style: string;
}

/** Somebody with the chapter open. */
export class Writer {
  readonly text: Locator;
  readonly pane: Locator;

  constructor(
    readonly page: Page,
    readonly client: string,
    readonly name: string,
  ) {
    this.pane = page.getByRole("region", { name, exact: true });
    this.text = this.pane.getByRole("textbox", { name: "Chapter text" });
  }

  async state(): Promise<State> {
    return (await this.page.evaluate((client) => window.harness.state(client), this.client)) as State;
  }

  async saved(): Promise<void> {
    // What the editor says of itself it says once a frame: of a key just pressed, not before the next.
    await this.page.evaluate(
      () => new Promise<void>((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn()))),
    );
    await expect.poll(async () => (await this.state())?.saving, { message: `${this.name}'s text is saved` }).toBe("saved");
  }

  /** Moves the caret. Of that the browser tells the editor a moment later, sooner than anybody presses the next key. */
  async move(key: string): Promise<void> {
    await this.page.keyboard.press(key);
    await this.page.waitForFunction((client) => window.harness.hasReadCaret(client), this.client);
  }

  exec(command: string): Promise<boolean> {
    return this.page.evaluate(([client, name]) => window.harness.handle(client!).exec(name!), [this.client, command]);
  }

  plain(): Promise<string> {
    return this.page.evaluate((client) => window.harness.handle(client).text(), this.client);
  }

  /** The text as HTML, without what only an editor has. */
  async html(): Promise<string> {
    await this.saved();
    return this.stage.html();
  }

  stage!: Stage;
}

export class Stage {
  readonly relay: Relay;
  private clients = 0;
  private fills = 0;
  private readonly homes = new Map<BrowserContext, Promise<void>>();

  constructor(
    private readonly assets: Assets,
    /** A browser of somebody's own. */
    readonly visitors: (options?: BrowserContextOptions) => Promise<BrowserContext>,
  ) {
    this.relay = new Relay((chapter) => chapter.insert(0, [new Y.XmlElement("paragraph")]));
  }

  /** Opens the chapter in a page of its own, or beside somebody on the same. */
  async enter(
    name: string,
    { page, context, writable = true, language = "en", theme }: {
      page?: Page;
      context?: BrowserContext;
      writable?: boolean;
      language?: string;
      theme?: "light" | "dark";
    } = {},
  ): Promise<Writer> {
    const home = context ?? page?.context() ?? (await this.visitors());
    const there = page ?? (await this.open(home));
    if (theme) await there.evaluate((theme) => document.documentElement.setAttribute("data-theme", theme), theme);
    const client = `client-${++this.clients}`;
    const person = { id: name.toLowerCase(), name, colour: this.clients % 10 };
    const tell = (act: (page: Page) => Promise<unknown>) => void act(there).catch(() => undefined);
    this.relay.enter(client, {
      person,
      receive: (update) =>
        tell((page) => page.evaluate(([to, bytes]) => window.harness.receive(to!, bytes!), [client, toText(update)])),
      whispered: (from, who, caret) =>
        tell((page) =>
          page.evaluate(([to, from, who, caret]) => window.harness.handle(to)?.whispered(from, who, caret), [
            client, from, who, caret,
          ] as const),
        ),
      connected: () => tell((page) => page.evaluate((to) => window.harness.handle(to).connected(to), client)),
      disconnected: () => tell((page) => page.evaluate((to) => window.harness.handle(to).disconnected(), client)),
    });
    there.on("close", () => this.relay.leave(client));
    await there.evaluate((entry) => window.harness.enter(entry), {
      client, person, document: "book/1/chapter/1", language, writable,
    });
    const writer = new Writer(there, client, name);
    writer.stage = this;
    return writer;
  }

  /** Has a page without an editor send what is kept for somebody. */
  async send(page: Page, name: string): Promise<Sent> {
    const client = `client-${++this.clients}`;
    const id = name.toLowerCase();
    const nothing = () => undefined;
    const person = { id, name, colour: 0 };
    this.relay.enter(client, { person, receive: nothing, whispered: nothing, connected: nothing, disconnected: nothing });
    return page.evaluate(([client, person]) => window.harness.send(client!, "book/1/chapter/1", person!), [client, id]);
  }

  async open(context: BrowserContext): Promise<Page> {
    if (!this.homes.has(context)) this.homes.set(context, this.furnish(context));
    await this.homes.get(context);
    const page = await context.newPage();
    page.on("pageerror", (error) => this.errors.push(error));
    await page.goto(address);
    return page;
  }

  readonly errors: Error[] = [];

  /** What the server would show, rendered by the editor's own schema. */
  async html(): Promise<string> {
    const page = [...this.homes.keys()].flatMap((context) => context.pages())[0]!;
    return page.evaluate((update) => window.harness.rendered(update), toText(Y.encodeStateAsUpdate(this.relay.doc)));
  }

  /** Replaces the chapter before anybody has entered, or after all have left, as an import would. */
  async fill(page: Page, content: unknown[]): Promise<void> {
    const bytes = await page.evaluate(
      ([doc, writer]) => window.harness.encoded(doc, writer),
      [{ type: "doc", content }, 3 + this.fills++] as const,
    );
    const chapter = this.relay.doc.getXmlFragment("chapter");
    chapter.delete(0, chapter.length);
    Y.applyUpdate(this.relay.doc, toBytes(bytes));
  }

  private async furnish(context: BrowserContext): Promise<void> {
    await context.exposeBinding("relay", (_source, call: Call) => this.answer(call));
    await context.route("**/*", (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/harness.js") return route.fulfill({ contentType: "text/javascript", body: this.assets.script });
      if (pathname === "/style.css") return route.fulfill({ contentType: "text/css", body: this.assets.style });
      if (pathname === "/picture.png") return route.fulfill({ contentType: "image/png", body: dot });
      if (pathname !== "/") return route.fulfill({ status: 404, body: "" });
      return route.fulfill({
        contentType: "text/html",
        // As strict as the site may one day be: no styles in attributes, no scripts but the module.
        headers: { "content-security-policy": "default-src 'self'; img-src 'self' data: blob:; connect-src 'none'" },
        body: `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>A chapter</title><link rel="stylesheet" href="/style.css"><script type="module" src="/harness.js"></script>
<body></body></html>`,
      });
    });
  }

  private async answer(call: Call): Promise<Answer> {
    switch (call.what) {
      case "open": {
        const { update, stateVector } = await this.relay.open(call.client, toBytes(call.bytes));
        return { bytes: toText(update), stateVector: toText(stateVector) };
      }
      case "write":
        return this.relay.write(call.client, toBytes(call.bytes)).then(
          () => ({}),
          (refusal) => ({ refusal }),
        );
      case "whisper":
        this.relay.whisper(call.client, call.caret);
        return {};
      case "upload":
        this.relay.uploads.push({ size: call.size, type: call.type });
        await new Promise((resolve) => setTimeout(resolve, this.relay.uploadDelay));
        return { picture: { src: "/picture.png", width: 4, height: 3 } };
    }
  }
}

const dot = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

export const test = base.extend<{ stage: Stage }, { assets: Assets }>({
  assets: [
    async ({}, use) => {
      const common = { absWorkingDir: root, bundle: true, write: false, logLevel: "error" } as const;
      const [script, style] = await Promise.all([
        build({ ...common, entryPoints: ["tests/support/harness.ts"], format: "esm", target: "es2022", minify: true }),
        build({ ...common, entryPoints: ["../style/main.css"], external: ["/fonts/*"] }),
      ]);
      await use({ script: script.outputFiles[0]!.text, style: style.outputFiles[0]!.text });
    },
    { scope: "worker" },
  ],
  stage: async ({ assets, browser, contextOptions }, use) => {
    const contexts: BrowserContext[] = [];
    const stage = new Stage(assets, async (options = {}) => {
      const context = await browser.newContext({ ...contextOptions, ...options });
      contexts.push(context);
      return context;
    });
    await use(stage);
    await Promise.all(contexts.map((context) => context.close()));
    expect(stage.errors, "errors in the pages").toEqual([]);
  },
});

export { expect };
export const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
