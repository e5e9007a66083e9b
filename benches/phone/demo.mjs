// Finds its way about the demo: who signs in there, and where its novel and a long chapter of that are.

const NAME = "ann";
const PASSWORD = "sputnik-1957";
const NOVEL = "Moby-Dick";
const CHAPTER = "Loomings";

/** Signs in, and gives the cookies of that with the paths of a book and of a chapter. */
export async function enter({ origin, signIn }) {
  const form = new URLSearchParams({ name: NAME, password: PASSWORD });
  const answer = await fetch(origin + signIn, { method: "POST", body: form, redirect: "manual" });
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0].split(/=(.*)/s).slice(0, 2));
  if (!cookies.some(([name]) => name === "sputnik")) throw new Error(`${NAME} was not signed in: ${answer.status}`);
  const cookie = cookies.map((pair) => pair.join("=")).join("; ");
  const read = async (path) => (await fetch(origin + path, { headers: { cookie } })).text();
  const book = leadsTo(await read("/shelf"), NOVEL, /^\/book\/[^/]+$/);
  const chapter = leadsTo(await read(book), CHAPTER, /^\/book\/[^/]+\/[^/]+$/);
  return { cookies, book, chapter };
}

/** Where the first link leads that has these words in it and goes to such a place. */
function leadsTo(page, words, where) {
  for (const [, path, inside] of page.matchAll(/<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)<\/a>/gs)) {
    if (where.test(path) && inside.includes(words)) return path;
  }
  throw new Error(`no link leads to ${words}`);
}
