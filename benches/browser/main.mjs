// Chromium, told what to do by the generator: a task a line comes in as JSON, and its figures a line go out. What went
// wrong goes out in words, as { error }. It ends when nothing more can come.
import { createInterface } from "node:readline";
import { launch, step } from "./people.mjs";
import { open } from "./opening.mjs";
import { type } from "./typing.mjs";

const tasks = { open, type };

const browser = await step("start Chromium", launch());
const say = (figures) => process.stdout.write(`${JSON.stringify(figures)}\n`);
say({ version: browser.version() });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const { task, ...order } = JSON.parse(line);
    say(await tasks[task](browser, order));
  } catch (error) {
    say({ error: error.message });
  }
}
await step("end Chromium", browser.close());
