import { expect } from "@playwright/test";
import type { Engine } from "./engine";

/** What of a page has a role, where that is not written there. */
const selectors = {
  button: "button, [role=button]",
  status: "[role=status], output",
  textbox: "input, textarea, [role=textbox]",
} as const;
type Role = keyof typeof selectors;

/** Somebody at one of the other engines. As elsewhere, what they use is found by its role and name. */
export class Visitor {
  constructor(
    readonly engine: Engine,
    private readonly site: string,
  ) {}

  /** Opens a page, and waits until it is live. */
  async open(path: string): Promise<void> {
    await this.engine.goto(this.site + path);
    const live = () =>
      this.engine.evaluate(() => {
        // A guest's page waits for a sign of them.
        window.dispatchEvent(new Event("pointermove"));
        return document.body.hasAttribute("data-hydrated");
      });
    await expect.poll(live, { timeout: 30_000 }).toBe(true);
  }

  async press(role: Role, name: string): Promise<void> {
    const find = () => this.engine.evaluate(placeOf, selectors[role], name);
    await expect.poll(find, { message: `${role} "${name}"`, timeout: 20_000 }).not.toBeNull();
    const place = await find();
    await this.engine.click(place!.x, place!.y);
  }

  async fill(name: string, text: string): Promise<void> {
    await this.press("textbox", name);
    await this.engine.type(text);
  }

  /** What is written in something. */
  async read(role: Role, name: string): Promise<string | null> {
    return this.engine.evaluate(textOf, selectors[role], name);
  }

  async says(role: Role, name: string, text: string | RegExp): Promise<void> {
    const poll = expect.poll(() => this.read(role, name), { message: `${role} "${name}"`, timeout: 20_000 });
    await (text instanceof RegExp ? poll.toMatch(text) : poll.toBe(text));
  }

  /** That some status says just these words. */
  async shows(words: string): Promise<void> {
    const all = () => this.engine.evaluate(textsOf, selectors.status);
    await expect.poll(all, { timeout: 20_000 }).toContain(words);
  }
}

/** Where something is that can be pressed: its middle, once it is seen. Runs in the page. */
function placeOf(selector: string, name: string): { x: number; y: number } | null {
  const named = (element: Element): string => {
    const labels = "labels" in element ? [...((element.labels as NodeListOf<HTMLElement> | null) ?? [])] : [];
    const by = element.getAttribute("aria-labelledby")?.split(" ").map((id) => document.getElementById(id)) ?? [];
    const text = [...by, ...labels].map((label) => label?.textContent ?? "").join(" ");
    return (element.getAttribute("aria-label") ?? (text || (element.textContent ?? ""))).trim();
  };
  for (const element of document.querySelectorAll(selector)) {
    const { width } = element.getBoundingClientRect();
    if (width === 0 || named(element) !== name) continue;
    element.scrollIntoView({ block: "nearest" });
    const box = element.getBoundingClientRect();
    return { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 20) };
  }
  return null;
}

/** The text of something, its blocks one a line. Runs in the page. */
function textOf(selector: string, name: string): string | null {
  const found = [...document.querySelectorAll(selector)].find(
    (element) =>
      element.getAttribute("aria-label") === name ||
      document.getElementById(element.getAttribute("aria-labelledby") ?? "")?.textContent === name,
  );
  if (!found) return null;
  const blocks = found.getAttribute("contenteditable") === null ? [found] : [...found.querySelectorAll("p, h2, h3")];
  return blocks.map((block) => block.textContent ?? "").join("\n");
}

/** The texts of all of them. Runs in the page. */
function textsOf(selector: string): string[] {
  return [...document.querySelectorAll(selector)].map((element) => (element.textContent ?? "").trim());
}
