import { existsSync } from "node:fs";
import puppeteer, { type Browser, type KeyInput, type Page } from "puppeteer-core";
import type { Engine } from "./engine";

const program = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => existsSync(path));

/** Firefox without a window, over WebDriver BiDi. */
export class Firefox implements Engine {
  static readonly missing = program === undefined && "Firefox (Debian's firefox-esr)";

  private constructor(
    private readonly browser: Browser,
    private readonly page: Page,
  ) {}

  static async start(this: void): Promise<Engine> {
    const browser = await puppeteer.launch({ browser: "firefox", executablePath: program, headless: true });
    const page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 800 });
    return new Firefox(browser, page);
  }

  async goto(url: string): Promise<void> {
    await this.page.goto(url);
  }

  async evaluate<Given extends unknown[], Told>(run: (...given: Given) => Told, ...given: Given): Promise<Told> {
    return (await this.page.evaluate(run as (...given: unknown[]) => unknown, ...given)) as Told;
  }

  async click(x: number, y: number): Promise<void> {
    await this.page.mouse.click(x, y);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  async press(key: string, ...held: string[]): Promise<void> {
    for (const each of held) await this.page.keyboard.down(each as KeyInput);
    await this.page.keyboard.press(key as KeyInput);
    for (const each of held.toReversed()) await this.page.keyboard.up(each as KeyInput);
  }

  async screenshot(): Promise<Buffer> {
    return Buffer.from(await this.page.screenshot());
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}
