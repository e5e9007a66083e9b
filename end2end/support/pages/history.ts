import { expect, type Locator, type Page } from "@playwright/test";
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

  /** Opens the page, with its list of versions where there is one. */
  async open(book: string, part: string): Promise<void> {
    await this.page.goto(`/book/${book}/${part}/history`);
    await hydrated(this.page);
    await this.list();
  }

  /** Opens the list of versions. */
  async list(): Promise<void> {
    const menu = this.page.locator("details.version-menu");
    await menu.locator("summary").waitFor();
    if (!(await menu.evaluate((menu) => (menu as HTMLDetailsElement).open))) await menu.locator("summary").click();
  }

  line(number: number): Locator {
    return this.versions.getByRole("link", { name: new RegExp(`Version ${number}\\b`) });
  }

  async name(name: string): Promise<void> {
    await this.page.getByRole("button", { name: "Name this version…" }).click();
    const dialog = this.page.getByRole("dialog", { name: "Name this version" });
    await dialog.getByRole("textbox", { name: "Name for this version" }).fill(name);
    await dialog.getByRole("button", { name: "Name this version" }).click();
    await expect(dialog).toBeHidden();
    await this.page.getByLabel("Versions: Now").waitFor();
    await this.list();
  }

  async restore(number: number): Promise<void> {
    await this.page.getByRole("main").getByRole("button", { name: "Restore" }).click();
    const dialog = this.page.getByRole("dialog", { name: `Restore version ${number}?` });
    await dialog.getByRole("button", { name: "Restore" }).click();
  }
}
