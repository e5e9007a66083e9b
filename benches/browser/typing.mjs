// One types, another reads: from a key's press to the frame of the other's page that has its letter.
import { openToWrite, step, withPeople } from "./people.mjs";

/** Lower-case letters, of which no two neighbours are alike: one may still be down when the next goes down. */
const LETTERS = "the wind had turned in the night and nobody slept ";
const SETTLE = 2_000;

/**
 * The first person types in the midst of a chapter that both have open, a key after each of `pauses` (ms).
 *
 * Gives, of every key in their order, in ms: from the press to the typist's `own` screen and to the `other`'s; and the
 * latter in parts: from the press until it `left` the page, then until it `came` into the other page, and then until it
 * was `shown` there. And how far apart `frames` are in both pages while nothing happens.
 */
export function type(browser, { origin, path, cookies, pauses }) {
  return withPeople(browser, origin, cookies, async (typist, reader) => {
    for (const context of [typist, reader]) await context.addInitScript(watchSockets);
    const writes = await openToWrite(typist, "typist", origin + path);
    const reads = await openToWrite(reader, "reader", origin + path);
    const both = [writes, reads];
    const frames = await Promise.all(both.map((page) => step("count frames", page.evaluate(frameTime))));
    const places = await Promise.all(both.map((page) => step("find the paragraph", page.evaluate(toTheMidst))));
    if (places[0] !== places[1]) throw new Error("the two pages have different paragraphs");
    const paragraph = writes.locator(".manuscript > p").nth(places[0]);
    await step("put the caret there", paragraph.click());
    await writes.keyboard.press("End");
    // What comes with opening is done by then, the server's included.
    await writes.waitForTimeout(SETTLE);
    for (const page of both) await step("watch the paragraph", page.evaluate(watch, places[0]));
    await press(writes, pauses);
    for (const [page, whose] of [[writes, "typist's"], [reads, "reader's"]]) {
      await step(`all keys are on the ${whose} screen`, page.waitForFunction(areAllPainted, pauses.length), 20_000);
    }
    const [own, other] = await Promise.all(both.map((page) => step("read the times", page.evaluate(readTimes))));
    if (own.text !== other.text) throw new Error("the two pages ended with different texts");
    if (own.keys.length !== pauses.length) throw new Error(`${own.keys.length} keys came of ${pauses.length}`);
    const [here, there] = await Promise.all(both.map((page) => step("ask for the clocks", began(page))));
    const figures = { frames, own: [], other: [], left: [], came: [], shown: [] };
    for (const [key, pressed] of own.keys.entries()) {
      const left = own.sent.find((sent) => sent >= pressed);
      const came = other.came.findLast((came) => came <= other.written[key]);
      if (left === undefined || came === undefined) throw new Error("a key came otherwise than over the socket");
      figures.own.push(own.painted[key] - pressed);
      figures.other.push(there + other.painted[key] - (here + pressed));
      figures.left.push(left - pressed);
      figures.came.push(there + came - (here + left));
      figures.shown.push(other.painted[key] - came);
    }
    return figures;
  });
}

/** Presses a key after each pause. How long a page takes to handle one does not keep the next. */
async function press(page, pauses) {
  const under = [];
  let due = performance.now();
  for (const [number, pause] of pauses.entries()) {
    due += pause;
    await new Promise((done) => setTimeout(done, due - performance.now()));
    under.push(page.keyboard.press(LETTERS[number % LETTERS.length]).then(() => null, (error) => error));
  }
  const faults = await step("press the keys", Promise.all(under));
  const fault = faults.find(Boolean);
  if (fault) throw new Error(`press the keys: ${fault.message}`);
}

/**
 * When a page's own clock began, in ms, by the clock that all processes of the machine share and nobody sets. The wall
 * clock that `performance.timeOrigin` tells is read once a page, and may be corrected in between.
 */
async function began(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const { metrics } = await devtools.send("Performance.getMetrics");
  await devtools.detach();
  const start = metrics.find(({ name }) => name === "NavigationStart")?.value;
  if (!start) throw new Error("the browser does not tell when the page began");
  return start * 1_000;
}

// From here on: run in the pages.

/** Notes when edits leave the page, and when anything comes. Must be there before the page opens its socket. */
function watchSockets() {
  const [sent, came] = [[], []];
  const Native = WebSocket;
  window.WebSocket = class extends Native {
    constructor(...where) {
      super(...where);
      this.addEventListener("message", () => came.push(performance.now()));
    }
    send(frame) {
      if (typeof frame === "string" && frame.includes("/writing/write")) sent.push(performance.now());
      super.send(frame);
    }
  };
  window.sockets = { sent, came };
}

/** How long a frame is, the middle of thirty. */
function frameTime() {
  if (document.visibilityState !== "visible") throw new Error("the page is not visible, so its frames do not count");
  return new Promise((done) => {
    const frames = [];
    const frame = (time) => {
      frames.push(time);
      if (frames.length <= 30) return requestAnimationFrame(frame);
      const apart = frames.slice(1).map((time, number) => time - frames[number]);
      done(apart.sort((a, b) => a - b)[15]);
    };
    requestAnimationFrame(frame);
  });
}

/** Brings the middle of the chapter into view, and tells which paragraph stands there. */
function toTheMidst() {
  const paragraphs = document.querySelectorAll(".manuscript > p");
  const number = Math.floor(paragraphs.length / 2);
  paragraphs[number].scrollIntoView({ block: "center" });
  return number;
}

/** Notes when keys are pressed, when their letters are in the paragraph, and after which frame they are to be seen. */
function watch(number) {
  const root = document.querySelector('.manuscript[contenteditable="true"]');
  const paragraph = () => root.querySelectorAll(":scope > p")[number];
  const { top, bottom } = paragraph().getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) throw new Error("the paragraph is not in view");
  const watched = { keys: [], written: [], painted: [], paragraph };
  let length = paragraph().textContent.length;
  addEventListener("keydown", (event) => watched.keys.push(event.timeStamp), true);
  new MutationObserver(() => {
    const first = watched.painted.length;
    const came = paragraph().textContent.length - length;
    if (came <= 0) return;
    length += came;
    for (let key = 0; key < came; key += 1) {
      watched.written.push(performance.now());
      watched.painted.push(0);
    }
    // What a frame's callback posts is heard after the frame was laid out, painted and handed on.
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = () => watched.painted.fill(performance.now(), first, first + came);
      after.port2.postMessage(null);
    });
  }).observe(root, { childList: true, subtree: true, characterData: true });
  window.watched = watched;
}

function areAllPainted(keys) {
  return window.watched.painted.filter(Boolean).length >= keys;
}

function readTimes() {
  if (document.visibilityState !== "visible") throw new Error("the page was hidden meanwhile");
  const { paragraph, ...times } = window.watched;
  return { ...times, ...window.sockets, text: paragraph().textContent };
}
