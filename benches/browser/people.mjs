// A browser, and people in it: each has a context of their own, so that they share no cache, no cookie and no page.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

// The browser tests' own, so that there is one version of it.
const { chromium } = createRequire(new URL("../../end2end/", import.meta.url))("@playwright/test");

/** The system's browser where there is one; otherwise Playwright's own (`npx playwright install chromium`). */
const executablePath = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (path) => path !== undefined && existsSync(path),
);

/** Starts Chromium as the browser tests do. */
export function launch() {
  return chromium.launch({
    executablePath,
    headless: true,
    // A root user cannot have the sandbox; the rest keeps the browser from talking to hosts of its own.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Waits for something, but no longer than `bound` ms. Whatever goes wrong is told with the step's name before it. */
export async function step(name, work, bound = 30_000) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not done within ${bound / 1_000} s`)), bound);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    // Its first line says what; the others tell of every try.
    throw new Error(`${name}: ${error.message.split("\n")[0]}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Somebody, known by their cookies ("name=value; …"), with nothing in their browser's cache. */
export async function person(browser, origin, cookies) {
  const context = await step("make a context", browser.newContext({ viewport: { width: 1280, height: 800 } }));
  const pairs = cookies.split("; ").map((pair) => /^([^=]+)=(.*)$/.exec(pair));
  await context.addCookies(pairs.map(([, name, value]) => ({ name, value, url: origin })));
  return context;
}

/** Runs something with people, and lets them go whatever became of it. */
export async function withPeople(browser, origin, all, work) {
  const people = [];
  try {
    for (const cookies of all) people.push(await person(browser, origin, cookies));
    return await work(...people);
  } finally {
    await Promise.all(people.map((context) => step("close a context", context.close())));
  }
}

/** Opens a chapter for somebody, and returns when they can write in it and hear of the others. */
export async function openToWrite(context, name, url) {
  const page = await context.newPage();
  await step(`${name}: load the chapter`, page.goto(url, { waitUntil: "commit" }));
  await step(`${name}: the page comes to life`, page.waitForSelector("body[data-hydrated]", { state: "attached" }));
  await step(`${name}: the editor lets write`, page.waitForSelector('.manuscript[contenteditable="true"]'));
  const connection = page.getByRole("status", { name: "Connection" }).filter({ hasText: /^(Connected|Saved)$/ });
  await step(`${name}: the page is connected`, connection.waitFor());
  return page;
}
