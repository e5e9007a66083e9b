/**
 * The chapters that were open here lately, so that they can be read and written without a connection: of each its page,
 * as the server last sent it, and its document. They are one person's, few, and go when somebody else is signed in here,
 * or nobody. The service worker shows the pages.
 */
import type { Names } from "./database";

export const cacheName = "chapters";
/** How many are kept. Who opens more gives up the one that was open longest ago. */
const most = 20;
/** A page that is not older is not asked for again: what was written since is in the document. */
const freshFor = 3_600_000;

/** What stands in the headers of what is kept. */
export const header = { person: "x-kept-person", at: "x-kept-at", names: "x-kept-names" } as const;

const documentOf = (path: string) => `${path}?document`;
const pathOf = (document: string) => `/book/${document}`;

/** Some browsers have no such place, or give none to a page that did not come by https. */
const places = (): CacheStorage | undefined => globalThis.caches;

const of = (answer: Response | undefined, what: keyof typeof header) => answer?.headers.get(header[what]) ?? "";

/** The headers of an answer that is kept as it was before it was packed for the way. */
export function unpacked(answer: Response): Headers {
  const headers = new Headers(answer.headers);
  for (const about of ["content-encoding", "content-length", "transfer-encoding", "vary"]) headers.delete(about);
  return headers;
}

async function put(cache: Cache, address: string, body: BodyInit, headers: Headers, person: string): Promise<void> {
  headers.set(header.person, encodeURIComponent(person));
  headers.set(header.at, String(Date.now()));
  await cache.put(address, new Response(body, { headers }));
}

/** Nothing of anybody else stays here; nothing at all where nobody is signed in. */
export async function belongTo(person: string | null): Promise<void> {
  const cache = await places()?.open(cacheName);
  if (cache === undefined) return;
  for (const request of await cache.keys()) {
    if (person === null || of(await cache.match(request), "person") !== encodeURIComponent(person)) await cache.delete(request);
  }
}

/** Keeps the page of a chapter that is open, unless this device has it as it is. */
export async function rememberPage(document: string, person: string, names: Names): Promise<void> {
  const cache = await places()?.open(cacheName);
  if (cache === undefined) return;
  const path = pathOf(document);
  const before = await cache.match(path);
  const age = Date.now() - Number(of(before, "at"));
  // One that comes from the future was kept before the clock was set back.
  if (age >= 0 && age < freshFor && of(before, "person") === encodeURIComponent(person)) return;
  const answer = await fetch(path, { headers: { accept: "text/html" }, redirect: "error" });
  if (!answer.ok) return;
  const headers = unpacked(answer);
  headers.set(header.names, encodeURIComponent(JSON.stringify(names)));
  await put(cache, path, await answer.text(), headers, person);
  await removeOldest(cache);
}

async function removeOldest(cache: Cache): Promise<void> {
  // A cache lists what was put into it last at the end.
  const pages = (await cache.keys()).filter(({ url }) => !url.endsWith("?document")).reverse();
  for (const { url } of pages.slice(most)) await Promise.all([cache.delete(url), cache.delete(documentOf(url))]);
}

/** Whether the page of this address is here. */
export async function hasPage(path: string): Promise<boolean> {
  const cache = await places()?.open(cacheName);
  return (await cache?.match(path)) !== undefined;
}

/** Keeps a chapter's document, in Yjs' encoding, if its page is kept. */
export async function rememberDocument(document: string, person: string, state: Uint8Array): Promise<void> {
  const cache = await places()?.open(cacheName);
  const page = await cache?.match(pathOf(document));
  if (cache === undefined || of(page, "person") !== encodeURIComponent(person)) return;
  const headers = new Headers({ "content-type": "application/octet-stream" });
  await put(cache, documentOf(pathOf(document)), new Blob([state as BlobPart]), headers, person);
}

/** What is in it is not all wanted any more. */
export async function forgetDocument(document: string): Promise<void> {
  await (await places()?.open(cacheName))?.delete(documentOf(pathOf(document)));
}

/** The document as this device last had it, if it is this person's. */
export async function rememberedDocument(document: string, person: string): Promise<Uint8Array | null> {
  const answer = await (await places()?.open(cacheName))?.match(documentOf(pathOf(document)));
  if (answer === undefined || of(answer, "person") !== encodeURIComponent(person)) return null;
  return new Uint8Array(await answer.arrayBuffer());
}
