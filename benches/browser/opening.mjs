// A chapter's page is loaded: from its last byte to the text on the screen, and to the editor that lets write.
import { openToWrite, step, withPeople } from "./people.mjs";

/** How often somebody who has been there before was there: after that a browser has kept what it will keep. */
const BEFORE = 2;

/**
 * The first person opens a chapter so many `times`: each time with an empty cache, or, if `visited`, as somebody who
 * has been there before. If `kept`, the second person has it open all the while.
 *
 * Gives the times of each, in ms, and how many bytes the wasm and the editor's module were. All times but `served` count
 * from the last byte of the page.
 */
export function open(browser, { origin, path, cookies, times, visited, kept }) {
  const [who, other] = cookies;
  return withPeople(browser, origin, kept ? [other] : [], async (keeper) => {
    if (keeper) await openToWrite(keeper, "who keeps it open", origin + path);
    const opened = [];
    const visits = (count) =>
      withPeople(browser, origin, [who], async (context) => {
        const page = await context.newPage();
        await page.addInitScript(note);
        for (let visit = 0; visit < count; visit += 1) {
          const figures = await visitOnce(page, origin + path);
          if (!visited || visit >= BEFORE) opened.push(figures);
        }
      });
    if (visited) await visits(BEFORE + times);
    else for (let time = 0; time < times; time += 1) await visits(1);
    return { opened };
  });
}

async function visitOnce(page, url) {
  // As a link is followed: what is loaded again asks the server about files that the browser has.
  await step("leave for an empty page", page.goto("about:blank"));
  await step("load the chapter", page.goto(url, { waitUntil: "commit" }));
  // Asked past Playwright, which puts a large script of its own into a page before it asks anything: while the text is
  // waited for, that would keep the page from showing it.
  const devtools = await page.context().newCDPSession(page);
  const ask = async (expression) => {
    const asked = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails: fault } = await devtools.send("Runtime.evaluate", asked);
    if (fault) throw new Error(fault.exception?.description ?? fault.text);
    return result.value;
  };
  await step("the text is shown", ask("window.noted.shown"));
  await step("the editor lets write", ask("window.noted.lets"));
  const times = await step("read the times", ask(`(${readTimes})()`));
  await devtools.detach();
  return times;
}

// From here on: run in the page.

/** Notes when the text was painted, and after which frame the editor is there and lets write. */
function note() {
  const noted = {};
  noted.shown = new Promise((shown) => (noted.show = shown));
  noted.lets = new Promise((lets) => (noted.let = lets));
  // The largest thing on the screen is a paragraph. Of when it was painted, the browser itself keeps book.
  new PerformanceObserver((paints) => {
    for (const { element, renderTime } of paints.getEntries()) {
      // None is told of what is gone again: that can only be the text, whose place the editor takes.
      if (element && !element.closest(".manuscript")) continue;
      noted.text ??= renderTime;
      noted.show(true);
    }
  }).observe({ type: "largest-contentful-paint", buffered: true });
  const look = () => {
    const live = document.querySelector(".manuscript")?.contentEditable === "true";
    if (!live) return requestAnimationFrame(look);
    // What a frame's callback posts is heard after the frame was laid out, painted and handed on.
    const after = new MessageChannel();
    after.port1.onmessage = () => {
      noted.live = performance.now();
      noted.let(true);
    };
    after.port2.postMessage(null);
  };
  requestAnimationFrame(look);
  window.noted = noted;
}

function readTimes() {
  if (document.visibilityState !== "visible") throw new Error("the page is not visible, so its frames do not count");
  const { text, live } = window.noted;
  const [{ requestStart, responseEnd }] = performance.getEntriesByType("navigation");
  const resources = performance.getEntriesByType("resource");
  const loaded = resources.map((file) => file.responseEnd);
  /** As it travelled: compressed. */
  const bytes = (name) => {
    const files = resources.filter((file) => name.test(new URL(file.name).pathname));
    return files.reduce((sum, file) => sum + file.encodedBodySize, 0);
  };
  return {
    served: responseEnd - requestStart,
    text: text - responseEnd,
    files: Math.max(responseEnd, ...loaded.filter((end) => end <= live)) - responseEnd,
    live: live - responseEnd,
    wasm: bytes(/^\/pkg\/.*\.wasm$/),
    module: bytes(/^\/pkg\/editor.*\.js$/),
  };
}
