/**
 * Three people do at random what people do, on connections that are cut and lose answers. In the end all have the same
 * text, the relay has it too, and of the words that nobody removed none is missing.
 * SEED=number repeats a run; ROUNDS=number makes it longer.
 */
import type { Page } from "@playwright/test";
import * as Y from "yjs";
import { expect, test, type Writer } from "./support/stage";

const writing = Number(process.env.WRITERS ?? 3);
const rounds = Number(process.env.ROUNDS ?? 150);

/** A small generator that gives the same numbers for the same seed. */
function random(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

const commands = [
  "strong", "emphasis", "code", "small-caps", "paragraph", "heading-2", "heading-3", "bullet-list", "ordered-list",
  "task-list", "quote", "verse", "code-block", "scene-break", "table", "footnote", "hard-break", "row-below",
  "column-after", "header-row", "toggle-task",
];

for (const structure of [false, true]) {
  test(`three people at random${structure ? ", changing the structure too" : ""}`, async ({ stage }) => {
    test.setTimeout(240_000);
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
    console.log(`SEED=${seed}`);
    const next = random(seed + (structure ? 1 : 0));
    const below = (limit: number) => Math.floor(next() * limit);
    const one = await stage.enter("Ann");
    const page: Page = one.page;
    const writers: Writer[] = [one, await stage.enter("Ben", { page }), await stage.enter("Cem", { page })];
    for (const writer of writers) await expect(writer.text).toBeVisible();
    const cut = new Set<Writer>();
    const words: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const writer = writers[below(writing)]!;
      const act = below(100);
      if (act < 6) {
        if (cut.delete(writer)) stage.relay.restore(writer.client);
        else {
          cut.add(writer);
          stage.relay.cut(writer.client);
        }
      } else if (act < 9) {
        stage.relay.loseAnswers = 1;
      } else if (act < 12) {
        stage.relay.refusal = stage.relay.refusal ? null : { temporary: true, words: "Busy.", code: "busy" };
      } else if (structure && act < 45) {
        const command = commands[below(commands.length)]!;
        await page.evaluate(
          ([client, place, name]) => window.harness.at(client, place, name),
          [writer.client, next(), command] as const,
        );
      } else {
        // One letter each: in a longer word somebody may write, or split it.
        const word = String.fromCodePoint(0x4e00 + round);
        const enter = below(structure ? 4 : 8) === 0;
        const written = await page.evaluate(
          ([client, place, text, split]) => window.harness.write(client, place, text, split),
          [writer.client, next(), word, enter] as const,
        );
        if (written) words.push(word);
      }
      // How long people pause is part of what is at random; there is nothing to wait for.
      if (below(3) === 0) await page.waitForTimeout(below(40));
    }
    stage.relay.refusal = null;
    stage.relay.loseAnswers = 0;
    for (const writer of writers) {
      // Whoever waits for an answer that was lost is connected anew.
      stage.relay.cut(writer.client);
      stage.relay.restore(writer.client);
    }
    for (const writer of writers) {
      await expect.poll(async () => (await writer.state()).saving, { timeout: 30_000 }).toBe("saved");
    }
    const update = Buffer.from(Y.encodeStateAsUpdate(stage.relay.doc)).toString("base64");
    for (const writer of writers) {
      await expect
        .poll(() => page.evaluate((client) => window.harness.xml(client), writer.client), { timeout: 20_000 })
        .toBe(stage.relay.xml);
    }
    // What the server has is valid as it stands: drawing it takes nothing away.
    const drawn = await page.evaluate((update) => window.harness.drawnXml(update), update);
    expect(drawn).toBe(stage.relay.xml);
    const lost = words.filter((word) => !stage.relay.xml.includes(word));
    expect(lost, `words that nobody removed (SEED=${seed})`).toEqual([]);
    const twice = words.filter((word) => stage.relay.xml.split(word).length > 2);
    console.log(`${words.length} words, ${twice.length} of them there more than once`);
  });
}
