import { expect, type Locator, type Page } from "@playwright/test";
import { hydrated } from "../hydrated";

/** An open book: its bar, and the people, chat and activity at its side. */
export class BookPage {
  readonly bar: Locator;
  readonly connection: Locator;
  readonly hereNow: Locator;
  readonly away: Locator;
  readonly messages: Locator;
  readonly activity: Locator;
  readonly toasts: Locator;
  readonly gone: Locator;

  constructor(readonly page: Page) {
    this.bar = page.getByRole("banner");
    this.connection = page.getByRole("status", { name: "Connection" });
    this.hereNow = page.getByRole("list", { name: "Here now" });
    this.away = page.getByRole("list", { name: "Away" });
    this.messages = page.getByRole("log", { name: "Messages" });
    this.activity = page.getByRole("list", { name: "Activity" });
    this.toasts = page.getByRole("status", { name: "Notices" });
    const end = page.getByRole("heading", { name: /no longer have access|was deleted|You were signed out/ });
    this.gone = page.getByRole("alert").filter({ has: end });
  }

  /** Opens a page of a book and waits until it hears what the others do. */
  async open(book: string, part?: string): Promise<void> {
    await this.page.goto(part ? `/book/${book}/${part}` : `/book/${book}`);
    await hydrated(this.page);
    await this.isConnected();
  }

  async isConnected(): Promise<void> {
    await expect(this.connection).toHaveText(/^(Connected|Saved|Saving \d+ changes?)$/, { timeout: 30_000 });
  }

  async show(tab: "People" | "Chat" | "Activity"): Promise<void> {
    await this.page.getByRole("tab", { name: new RegExp(`^${tab}`) }).click();
  }

  /** Somebody in the list of who is here. */
  here(name: string): Locator {
    return this.hereNow.getByRole("listitem").filter({ hasText: name });
  }

  async say(text: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Message", exact: true }).fill(text);
    await this.page.getByRole("button", { name: "Send" }).click();
  }

  /** A line of the chat. */
  line(text: string): Locator {
    return this.messages.getByText(text, { exact: true });
  }

  deed(text: string | RegExp): Locator {
    return this.activity.getByRole("listitem").filter({ hasText: text });
  }
}
