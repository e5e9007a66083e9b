import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { freePort } from "./ports";
import * as where from "./where";

/** A program that serves pages: it can be started, killed, and started again on the same port. */
abstract class Server {
  private process: ChildProcess | undefined;
  private log = "";

  protected constructor(protected readonly port: number) {}

  protected abstract readonly program: string;
  /** A page that there is, once it runs. */
  protected abstract readonly page: string;
  protected abstract environment(): Record<string, string>;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it on the same port and the same data as before. */
  async start(): Promise<void> {
    const process = spawn(this.program, [], { env: this.environment(), stdio: "pipe" });
    process.stdout.on("data", (text) => (this.log += String(text)));
    process.stderr.on("data", (text) => (this.log += String(text)));
    this.process = process;
    const answers = async () => {
      if (process.exitCode !== null) throw new Error(`the server ended:\n${this.log.slice(-2_000)}`);
      return (await fetch(`${this.url}${this.page}`).catch(() => undefined))?.status;
    };
    await expect.poll(answers, { timeout: 30_000, intervals: [50] }).toBe(200);
  }

  /** As a power cut would end it: nothing is said, nothing is finished. */
  async kill(): Promise<void> {
    await this.signal("SIGKILL");
  }

  /** As an operator would, to start a new version: it is asked to end. Tells with which status it did. */
  async stop(): Promise<number | null> {
    await this.signal("SIGTERM");
    return this.process?.exitCode ?? null;
  }

  private async signal(signal: NodeJS.Signals): Promise<void> {
    const process = this.process;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const gone = once(process, "exit");
    process.kill(signal);
    await gone;
  }
}

/** The editor's server, of a test's own and on data of its own. */
export class OwnServer extends Server {
  protected readonly program = where.server;
  protected readonly page = "/sign-in";

  private constructor(
    port: number,
    private readonly data: string,
  ) {
    super(port);
  }

  static async start(): Promise<OwnServer> {
    const server = new OwnServer(await freePort(), mkdtempSync(join(tmpdir(), "sputnik-own-")));
    await server.start();
    return server;
  }

  protected environment(): Record<string, string> {
    return environment(`127.0.0.1:${this.port}`, this.data);
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** The server of an example. What it knows is in its memory, or in a file of its own. */
export class ExampleServer extends Server {
  protected readonly page = "/";
  protected readonly program: string;

  private constructor(
    port: number,
    private readonly name: string,
    private readonly data: string,
  ) {
    super(port);
    this.program = where.example(name).server;
  }

  static async start(name: string): Promise<ExampleServer> {
    const server = new ExampleServer(await freePort(), name, mkdtempSync(join(tmpdir(), "sputnik-example-")));
    await server.start();
    return server;
  }

  protected environment(): Record<string, string> {
    return {
      ...(process.env as Record<string, string>),
      LEPTOS_OUTPUT_NAME: this.name,
      LEPTOS_SITE_ADDR: `127.0.0.1:${this.port}`,
      LEPTOS_SITE_ROOT: where.example(this.name).site,
      DATABASE: join(this.data, "database.db"),
    };
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** The user who looks after the tests' servers. */
export const KEEPER = "keeper";

/** What a server is told: an address, a folder, and nothing of what whoever runs the tests has set for theirs. */
export function environment(address: string, data: string): Record<string, string> {
  const { REDIS_URL: _redis, SPUTNIK_PUBLIC_URL: _url, SPUTNIK_DEMO: _demo, ...rest } = process.env;
  return {
    ...(rest as Record<string, string>),
    RUST_LOG: process.env.RUST_LOG ?? "warn",
    SPUTNIK_ADDRESS: address,
    SPUTNIK_ADMINS: KEEPER,
    SPUTNIK_DATA: data,
    DATABASE_URL: `sqlite:${join(data, "sputnik.db")}?mode=rwc`,
    // All who sign up here come from one address, hundreds in a run.
    SPUTNIK_SIGN_UPS_AT_ONCE: "100000",
    SPUTNIK_GUESSES_AN_ADDRESS: "100000",
    LEPTOS_SITE_ROOT: where.site,
  };
}
