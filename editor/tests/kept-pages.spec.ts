/** What is kept of chapters' pages, before a server that has all the troubles of one. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { test as base, expect } from "@playwright/test";
import { build } from "esbuild";

class Site {
  build = "1";
  /** Whether a chapter's page is asked for in vain. */
  hangs = false;

  constructor(
    private readonly worker: string,
    private readonly chapters: string,
    readonly server: Server,
  ) {
    server.on("request", ({ url }, answer) => {
      if (url === "/service-worker.js") {
        answer.setHeader("content-type", "text/javascript");
        answer.end(`const SITE = ${JSON.stringify({ build: this.build, files: [] })};\n${this.worker}`);
      } else if (url === "/chapters.js") {
        answer.setHeader("content-type", "text/javascript");
        answer.end(this.chapters);
      } else if (!this.hangs || url === "/") {
        answer.setHeader("content-type", "text/html");
        answer.end(`<!doctype html><title>Page</title><p>Build ${this.build}</p>`);
      }
    });
  }

  get address(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }
}

const test = base.extend<{ site: Site }>({
  site: async ({ page }, use) => {
    const bundled = async (entry: string) => {
      const entryPoints = [fileURLToPath(new URL(`../src/${entry}`, import.meta.url))];
      const { outputFiles } = await build({ entryPoints, bundle: true, format: "esm", target: "es2022", write: false });
      return outputFiles[0]!.text;
    };
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, "localhost", listening));
    const site = new Site(await bundled("service-worker.ts"), await bundled("device/chapters.ts"), server);
    await page.goto(site.address);
    await use(site);
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  },
});

/** Keeps a chapter's page as an open chapter does. */
function keep(chapter: string): Promise<void> {
  return caches.open("chapters").then(async (cache) => {
    const names = encodeURIComponent(JSON.stringify({ book: "A book", chapter }));
    const headers = { "content-type": "text/html", "x-kept-person": "ann", "x-kept-at": "1", "x-kept-names": names };
    await cache.put(`/book/b/${chapter}`, new Response("<p>As it was</p>", { headers }));
  });
}

const controlled = () =>
  navigator.serviceWorker.register("/service-worker.js").then(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller === null) {
      await new Promise((taken) => navigator.serviceWorker.addEventListener("controllerchange", taken, { once: true }));
    }
  });

test("nobody waits long for a new build because the pages of the one before cannot be had", async ({ page, site }) => {
  await page.evaluate(controlled);
  await page.evaluate(keep, "one");
  await page.evaluate(keep, "two");
  Object.assign(site, { build: "2", hangs: true });
  const begun = Date.now();
  await page.evaluate(async () => {
    const changed = new Promise((taken) => navigator.serviceWorker.addEventListener("controllerchange", taken, { once: true }));
    await (await navigator.serviceWorker.ready).update();
    await changed;
  });
  await page.goto(`${site.address}/`, { timeout: 20_000 });
  expect(Date.now() - begun).toBeLessThan(15_000);
  await expect(page.getByText("Build 2")).toBeVisible();
  // They do not go with the files of this build.
  expect(await page.evaluate(async () => (await (await caches.open("chapters")).keys()).length)).toBe(0);
});

test("pages of the build before are asked for anew, and keep whose they are", async ({ page, site }) => {
  await page.evaluate(controlled);
  await page.evaluate(keep, "one");
  site.build = "2";
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  const kept = () =>
    page.evaluate(async () => {
      const answer = await (await caches.open("chapters")).match("/book/b/one");
      return `${answer?.headers.get("x-kept-person")}: ${await answer?.text()}`;
    });
  await expect.poll(kept).toContain("ann: <!doctype html><title>Page</title><p>Build 2</p>");
});

test("a network that swallows what is asked is as good as none for a chapter that is kept", async ({ page, site }) => {
  await page.evaluate(controlled);
  await page.evaluate(keep, "one");
  await page.goto(`${site.address}/book/b/one`);
  await expect(page.getByText("Build 1")).toBeVisible();
  site.hangs = true;
  await page.goto(`${site.address}/book/b/one`, { timeout: 20_000 });
  await expect(page.getByText("As it was")).toBeVisible();
});

test("the chapters that were opened last are kept, whatever the clock says", async ({ page, site }) => {
  await page.clock.install({ time: new Date("2030-06-01") });
  const remember = (document: string) =>
    page.evaluate(async ([address, document]) => {
      const { rememberPage } = (await import(address!)) as typeof import("../src/device/chapters");
      await rememberPage(document!, "ann", { book: "A book", chapter: document! });
    }, [`${site.address}/chapters.js`, document]);
  for (let chapter = 1; chapter <= 21; chapter += 1) await remember(`b/${chapter}`);
  await page.clock.setFixedTime(new Date("2029-06-01"));
  await remember("b/22");
  const kept = await page.evaluate(async () => (await (await caches.open("chapters")).keys()).map(({ url }) => new URL(url).pathname));
  expect(kept).toEqual(Array.from({ length: 20 }, (_, at) => `/book/b/${at + 3}`));
  // What was kept then is asked for anew.
  site.build = "2";
  await remember("b/21");
  expect(await page.evaluate(async () => (await (await caches.open("chapters")).match("/book/b/21"))!.text())).toContain("Build 2");
});
