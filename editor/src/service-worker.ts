/**
 * What answers for the site when there is no connection: the application's files, the chapters that were open here lately,
 * and for every other page words that say so. While the network answers in time, pages always come from there.
 *
 * The build puts in front of it what it is and which files belong to it; so a new build is a new service worker.
 */
import { cacheName, header, unpacked } from "./device/chapters";

declare const SITE: { build: string; files: string[] };

/** What of a service worker is used here: it has another library than pages have. */
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(event: "install" | "activate", act: (event: Lasting) => void): void;
  addEventListener(event: "fetch", act: (event: Asked) => void): void;
}
const worker = globalThis as unknown as Worker;

const files = `files ${SITE.build}`;
/** How long a page that is kept waits for the network: some swallow what is asked, and never say so. */
const answerWithin = 8_000;
/** How long a new build takes for the pages of the one before. Until then every page waits. */
const renewWithin = 5_000;
/** Its name changes with its contents. */
const named = /\.[0-9a-f]{12}\.js$/;
/** Whoever signs in, up or out leaves nothing of whoever was signed in before. */
const changesPerson = /\/(sign_in|sign_up|sign_out|delete_account)$/;

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && changesPerson.test(pathname)) event.waitUntil(caches.delete(cacheName));
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request, pathname));
  else if (SITE.files.includes(pathname)) event.respondWith(file(request, pathname));
});

async function install(): Promise<void> {
  const cache = await caches.open(files);
  await cache.addAll(SITE.files.map((file) => new Request(file, { cache: "no-cache" })));
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith("files ") && name !== files) await caches.delete(name);
  await worker.clients.claim();
  await renewPages();
}

/** Pages of an earlier build do not go with the files of this one: what cannot be had in time is gone. */
async function renewPages(): Promise<void> {
  const signal = AbortSignal.timeout(renewWithin);
  const cache = await caches.open(cacheName);
  for (const { url } of await cache.keys()) {
    if (url.endsWith("?document")) continue;
    const before = await cache.match(url);
    const now = await renewed(url, signal).catch(() => null);
    if (before === undefined || now === null) {
      await cache.delete(url);
      continue;
    }
    for (const about of Object.values(header)) now.headers.set(about, before.headers.get(about) ?? "");
    await cache.put(url, now);
  }
}

async function renewed(url: string, signal: AbortSignal): Promise<Response | null> {
  const answer = await fetch(url, { headers: { accept: "text/html" }, redirect: "error", signal });
  return answer.ok ? new Response(await answer.text(), { headers: unpacked(answer) }) : null;
}

async function file(request: Request, path: string): Promise<Response> {
  const kept = () => caches.match(path, { cacheName: files });
  if (named.test(path)) return (await kept()) ?? fetch(request);
  try {
    return await fetch(request);
  } catch (failed) {
    const answer = await kept();
    if (answer === undefined) throw failed;
    return answer;
  }
}

async function page(request: Request, path: string): Promise<Response> {
  const kept = () => caches.match(path, { cacheName });
  try {
    const fetched = fetch(request);
    const answer = (await inTime(fetched)) ?? (await kept()) ?? (await fetched);
    // What stands before the server says that it does not answer.
    const away = answer.status >= 502 && answer.status <= 504;
    return (away ? await kept() : undefined) ?? answer;
  } catch {
    return (await kept()) ?? noConnection();
  }
}

/** What is fetched, or nothing once that takes too long. */
function inTime(fetched: Promise<Response>): Promise<Response | undefined> {
  return Promise.race([fetched, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), answerWithin))]);
}

/** For a page that is not here. It asks again by itself. */
async function noConnection(): Promise<Response> {
  const cache = await caches.open(cacheName);
  const links: string[] = [];
  for (const { url } of await cache.keys()) {
    if (url.endsWith("?document")) continue;
    const names = (await cache.match(url))?.headers.get(header.names) ?? "";
    const { book, chapter } = JSON.parse(decodeURIComponent(names)) as { book: string; chapter: string };
    links.push(`<li><a href="${escaped(new URL(url).pathname)}">${escaped(chapter)}</a> <span>${escaped(book)}</span></li>`);
  }
  const here =
    links.length > 0
      ? `<h2>On this device</h2><p>These chapters can be read and written without a connection.</p><ul>${links.join("")}</ul>`
      : "";
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta http-equiv="refresh" content="10">
<title>There is no connection</title>
<style>
body { max-width: 34rem; margin: 12vh auto; padding: 0 20px; font: 17px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { margin-top: 2.2rem; font-size: 1.1rem; }
ul { padding: 0; list-style: none; } li { padding: 8px 0; } span { opacity: 0.7; }
</style>
</head>
<body>
<main>
<h1>There is no connection</h1>
<p>This page was not opened on this device lately, so it cannot be shown without one. It comes by itself as soon as there
is a connection again. What you wrote is kept on this device.</p>
<p><a href="">Try again now</a></p>
${here}
</main>
</body>
</html>
`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
  };
  return new Response(html, { status: 503, headers });
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
