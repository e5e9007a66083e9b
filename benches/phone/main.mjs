// Lighthouse as it comes, told by the generator which page to look at: a task a line comes in as JSON, and its figures a
// line go out. What went wrong goes out in words, as { error }. It ends when nothing more can come.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import lighthouse from "lighthouse";
import { launch } from "puppeteer-core";
import { enter } from "./demo.mjs";

const executablePath = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (path) => path !== undefined && existsSync(path),
);

/** As the browser tests start it. Each page is looked at in a browser of its own: nothing is in its cache. */
const begin = () =>
  launch({
    executablePath,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });

/** One look at a page, as a guest or as whoever these cookies are of. `report`: a file for all that Lighthouse found. */
async function look({ url, cookies, report }) {
  const browser = await begin();
  try {
    await browser.setCookie(...cookies.map(([name, value]) => ({ name, value, domain: new URL(url).hostname })));
    const page = await browser.newPage();
    const { lhr } = await lighthouse(url, { logLevel: "error", output: "json" }, undefined, page);
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    if (report) {
      mkdirSync(new URL(".", `file://${report}`), { recursive: true });
      writeFileSync(report, JSON.stringify(lhr));
    }
    const score = (category) => lhr.categories[category].score * 100;
    const figure = (audit) => lhr.audits[audit].numericValue;
    return {
      performance: score("performance"),
      rest: ["accessibility", "best-practices", "seo"].map(score),
      first: figure("first-contentful-paint"),
      largest: figure("largest-contentful-paint"),
      blocked: figure("total-blocking-time"),
      interactive: figure("interactive"),
      shift: figure("cumulative-layout-shift"),
      answered: figure("server-response-time"),
      bytes: figure("total-byte-weight"),
    };
  } finally {
    await browser.close();
  }
}

async function version() {
  const browser = await begin();
  const { version } = JSON.parse(readFileSync(new URL("node_modules/lighthouse/package.json", import.meta.url)));
  const versions = `Lighthouse ${version}, ${await browser.version()}`;
  await browser.close();
  return versions;
}

const tasks = { enter, look };

const say = (figures) => process.stdout.write(`${JSON.stringify(figures)}\n`);
say({ version: await version() });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const { task, ...order } = JSON.parse(line);
    say(await tasks[task](order));
  } catch (error) {
    say({ error: error.message });
  }
}
