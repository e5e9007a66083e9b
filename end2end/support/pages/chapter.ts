import { expect, type Locator, type Page } from "@playwright/test";

/** A chapter, read or written. */
export class ChapterPage {
  readonly heading: Locator;
  readonly text: Locator;
  readonly field: Locator;
  readonly writeButton: Locator;
  readonly askButton: Locator;
  readonly takeOverButton: Locator;
  readonly asked: Locator;
  readonly lost: Locator;
  readonly kept: Locator;
  readonly status: Locator;

  constructor(readonly page: Page) {
    const main = page.getByRole("main");
    this.heading = main.getByRole("heading", { level: 1 });
    this.text = main.getByRole("article");
    this.field = main.getByRole("textbox", { name: "Chapter text" });
    this.writeButton = main.getByRole("button", { name: "Write", exact: true });
    this.askButton = main.getByRole("button", { name: "Ask for the pen" });
    this.takeOverButton = main.getByRole("button", { name: "Take over", exact: true });
    this.asked = main.getByRole("region", { name: "The pen is asked for" });
    this.lost = main.getByRole("alert", { name: "Your text is kept here" });
    this.kept = main.getByRole("region", { name: "Text of yours is kept" });
    this.status = main.getByRole("combobox", { name: "Status" });
  }

  async write(): Promise<void> {
    await this.writeButton.click();
    await this.isWriting();
  }

  async isWriting(): Promise<void> {
    await expect(this.field).toBeEditable({ timeout: 20_000 });
  }

  /** Types at the end, key by key, as people do. */
  async type(text: string): Promise<void> {
    await this.field.press("Control+End");
    await this.field.pressSequentially(text);
  }

  async save(comment = ""): Promise<void> {
    await this.page.getByRole("textbox", { name: "Comment" }).fill(comment);
    const save = this.page.getByRole("button", { name: "Save version" });
    await save.click();
    await expect(save).toBeDisabled();
  }

  /** Saves what changed and puts the pen down. */
  async done(): Promise<void> {
    await this.page.getByRole("button", { name: "Done", exact: true }).click();
    await expect(this.field).toBeHidden();
  }

  /** That all that was typed is with the server, as the one place that tells says. */
  async isSaved(): Promise<void> {
    await expect(this.page.getByRole("status", { name: "Connection" })).toHaveText("Saved", { timeout: 20_000 });
  }

  async takeOver(): Promise<void> {
    await this.takeOverButton.click();
    const dialog = this.page.getByRole("dialog", { name: "Take over the pen?" });
    await dialog.getByRole("button", { name: "Take over" }).click();
    await this.isWriting();
  }

  /** What is said of whoever holds the pen. */
  holder(words: string | RegExp): Locator {
    return this.page.getByRole("main").getByText(words);
  }
}
