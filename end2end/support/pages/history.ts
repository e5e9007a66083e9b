import type { Locator, Page } from "@playwright/test";
import { hydrated } from "../hydrated";

export class HistoryPage {
  readonly versions: Locator;

  constructor(readonly page: Page) {
    this.versions = page.getByRole("list", { name: "Versions" });
  }

  async open(book: string, part: string): Promise<void> {
    await this.page.goto(`/book/${book}/${part}/history`);
    await hydrated(this.page);
  }

  line(number: number): Locator {
    return this.versions.getByRole("link", { name: new RegExp(`Version ${number}\\b`) });
  }

  version(number: number): Locator {
    return this.page.getByRole("region", { name: `Version ${number}`, exact: true });
  }

  async restore(number: number): Promise<void> {
    await this.version(number).getByRole("button", { name: "Restore" }).click();
    const dialog = this.page.getByRole("dialog", { name: `Restore version ${number}?` });
    await dialog.getByRole("button", { name: "Restore" }).click();
  }
}
