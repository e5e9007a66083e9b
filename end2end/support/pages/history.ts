import type { Locator, Page } from "@playwright/test";
import { hydrated } from "../hydrated";

export class HistoryPage {
  readonly versions: Locator;
  /** The line of what is being written. */
  readonly now: Locator;
  /** What is read or compared. */
  readonly shown: Locator;

  constructor(readonly page: Page) {
    this.versions = page.getByRole("list", { name: "Versions" });
    this.now = this.versions.getByRole("listitem").first();
    this.shown = page.locator("section.version");
  }

  async open(book: string, part: string): Promise<void> {
    await this.page.goto(`/book/${book}/${part}/history`);
    await hydrated(this.page);
  }

  line(number: number): Locator {
    return this.versions.getByRole("link", { name: new RegExp(`Version ${number}\\b`) });
  }

  async name(name: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Name for this version" }).fill(name);
    await this.page.getByRole("button", { name: "Name this version" }).click();
  }

  async restore(number: number): Promise<void> {
    await this.shown.getByRole("button", { name: "Restore" }).click();
    const dialog = this.page.getByRole("dialog", { name: `Restore version ${number}?` });
    await dialog.getByRole("button", { name: "Restore" }).click();
  }
}
