import {
  expect,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type ConsoleMessage,
  type Page,
} from "@playwright/test";
import { Commands } from "./commands";
import { AccountPages } from "./pages/account";
import { BookPage } from "./pages/book";
import { ChapterPage } from "./pages/chapter";
import { Contents } from "./pages/contents";
import { HistoryPage } from "./pages/history";
import { LivePage } from "./pages/live";
import { SettingsPage } from "./pages/settings";
import { ShelfPage } from "./pages/shelf";
import { STOPPED } from "./policy";

export const PASSWORD = "five warm pears";

/** One tab, and everything that can be found in it. */
export class Tab {
  readonly account: AccountPages;
  readonly shelf: ShelfPage;
  readonly book: BookPage;
  readonly contents: Contents;
  readonly chapter: ChapterPage;
  readonly history: HistoryPage;
  readonly settings: SettingsPage;
  readonly live: LivePage;

  constructor(readonly page: Page) {
    this.account = new AccountPages(page);
    this.shelf = new ShelfPage(page);
    this.book = new BookPage(page);
    this.contents = new Contents(page);
    this.chapter = new ChapterPage(page);
    this.history = new HistoryPage(page);
    this.settings = new SettingsPage(page);
    this.live = new LivePage(page);
  }
}

/** Somebody with a browser of their own. */
export class Person extends Tab {
  readonly does: Commands;
  private readonly complaints: string[] = [];
  private readonly expected: RegExp[] = [];

  private constructor(
    readonly name: string,
    readonly context: BrowserContext,
    page: Page,
  ) {
    super(page);
    this.does = new Commands(context.request);
    context.on("weberror", (error) => this.complaints.push(String(error.error())));
    context.on("console", (message) => {
      if (isComplaint(message) && !this.expected.some((words) => words.test(message.text()))) {
        this.complaints.push(message.text());
      }
    });
  }

  /** A person without an account. */
  static async guest(browser: Browser, options: BrowserContextOptions = {}): Promise<Person> {
    const context = await browser.newContext(options);
    return new Person("", context, await context.newPage());
  }

  /** A person with an account of their own, signed in. */
  static async signedUp(browser: Browser, name: string, options: BrowserContextOptions = {}): Promise<Person> {
    const context = await browser.newContext(options);
    const person = new Person(unique(name), context, await context.newPage());
    await person.does.signUp(person.name, PASSWORD);
    return person;
  }

  /** Somebody whose name is known beforehand, and whom other tests may have signed up already. */
  static async known(browser: Browser, name: string, options: BrowserContextOptions = {}): Promise<Person> {
    const context = await browser.newContext(options);
    const person = new Person(name, context, await context.newPage());
    await person.does.signUpOrIn(name, PASSWORD);
    return person;
  }

  /** Of this the test is about, or makes it happen: the pages may complain of it. */
  mayHear(words: RegExp): void {
    this.expected.push(words);
  }

  async anotherTab(): Promise<Tab> {
    return new Tab(await this.context.newPage());
  }

  /** Ends their visit. A page that broke on the way breaks the test, whatever else it found. */
  async leave(): Promise<void> {
    await this.context.close();
    expect(this.complaints, "what the pages complained about").toEqual([]);
  }
}

/**
 * Whether a page of ours says that something is wrong. What the browser itself logs, a lost connection among it, comes
 * without arguments; what the pages' policy stopped is noted elsewhere.
 */
function isComplaint(message: ConsoleMessage): boolean {
  // Service workers are blocked but where a test is about them, and Playwright says so.
  if (message.text().startsWith(STOPPED) || message.text().includes("blocked by Playwright")) return false;
  const isOurs = message.args().length > 0 && ["error", "warning", "assert"].includes(message.type());
  return isOurs || /panicked|hydration|disposed/i.test(message.text());
}

let count = 0;

/** Tests run side by side on one server: no name is used twice. */
export function unique(name: string): string {
  count += 1;
  return `${name}-${process.pid.toString(36)}-${Date.now().toString(36)}${count}`;
}
