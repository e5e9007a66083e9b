import { expect, type Locator, type Page } from "@playwright/test";
import { drawn } from "../frames";

/** A chapter, read or written. */
export class ChapterPage {
  readonly heading: Locator;
  /** The text: as the server rendered it, or in the editor. */
  readonly text: Locator;
  /** The editor. It is there for readers too, who cannot write in it. */
  readonly field: Locator;
  readonly blocks: Locator;
  readonly also: Locator;
  readonly status: Locator;
  /** The button of the menu with what is rarely done. */
  readonly menu: Locator;
  /** What is told of the chapter in its one line: its state, or what needs a word. */
  readonly line: Locator;
  readonly writeAloneButton: Locator;
  readonly letEverybodyButton: Locator;
  readonly askButton: Locator;
  readonly takeOverButton: Locator;
  readonly asked: Locator;
  readonly closeButton: Locator;
  readonly closed: Locator;
  readonly refused: Locator;

  constructor(readonly page: Page) {
    const main = page.getByRole("main");
    const button = (name: string) => main.getByRole("button", { name, exact: true });
    this.heading = main.getByRole("heading", { level: 1 });
    this.text = main.locator(".manuscript");
    this.field = main.getByRole("textbox", { name: "Chapter text" });
    this.blocks = this.field.locator(":scope > *");
    this.also = main.getByRole("list", { name: "Also in this chapter" });
    this.status = main.getByRole("combobox", { name: "Status" });
    this.menu = main.getByLabel("More about this chapter");
    this.line = main.locator(".chapter-line");
    this.writeAloneButton = button("Write alone…");
    this.letEverybodyButton = button("Let everybody write");
    this.askButton = button("Ask for the pen");
    this.takeOverButton = button("Take over the pen…");
    this.asked = main.getByRole("region", { name: "The pen is asked for" });
    this.closeButton = button("Close…");
    this.closed = main.getByRole("region", { name: "This chapter is closed" });
    this.refused = main.getByRole("alert", { name: "Your text is kept here" });
  }

  /** That the editor is there and lets write. */
  async canWrite(): Promise<void> {
    await expect(this.field).toHaveAttribute("contenteditable", "true", { timeout: 20_000 });
  }

  /** That the editor is there and does not. */
  async canOnlyRead(): Promise<void> {
    await expect(this.field).toHaveAttribute("contenteditable", "false", { timeout: 20_000 });
  }

  /** Types at the end, key by key, as people do. */
  async type(text: string): Promise<void> {
    await this.canWrite();
    await this.field.press("Control+End");
    await this.field.pressSequentially(text);
  }

  /** Puts the caret at the end of a block and types there. */
  async typeIn(block: number, text: string): Promise<void> {
    await this.canWrite();
    await this.blocks.nth(block).click();
    await this.page.keyboard.press("End");
    await this.page.keyboard.type(text);
  }

  /** Pastes: the event and the data that a browser gives. */
  async paste(data: { html?: string; text?: string }): Promise<void> {
    await this.canWrite();
    await this.field.focus();
    await this.field.evaluate((field, { html, text }) => {
      const clipboardData = new DataTransfer();
      if (html !== undefined) clipboardData.setData("text/html", html);
      if (text !== undefined) clipboardData.setData("text/plain", text);
      field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, data);
  }

  /** That all that was typed is with the server, as the one place that tells says. */
  async isSaved(): Promise<void> {
    // "Saved" still stands there for a frame after a key.
    await drawn(this.page);
    await expect(this.page.getByRole("status", { name: "Connection" })).toHaveText("Saved", { timeout: 20_000 });
  }

  /** That all that was typed is kept here though there is no connection, as the one place that tells says. */
  async isKept(): Promise<void> {
    await drawn(this.page);
    await expect(this.page.getByRole("status", { name: "Connection" })).toHaveText("Offline: kept on this device");
  }

  /** Opens the menu, where it is not open already. */
  async openMenu(): Promise<void> {
    const details = this.page.locator("details.chapter-menu");
    if (!(await details.evaluate((menu) => (menu as HTMLDetailsElement).open))) await this.menu.click();
  }

  /** Chooses a line of the menu. */
  async choose(line: string): Promise<void> {
    await this.openMenu();
    await this.page.getByRole("main").getByRole("button", { name: line }).click();
  }

  async takePen(why = ""): Promise<void> {
    await this.choose("Write alone…");
    const dialog = this.page.getByRole("dialog", { name: "Write alone for a while" });
    await dialog.getByRole("textbox", { name: "Why (optional)" }).fill(why);
    await dialog.getByRole("button", { name: "Take the pen" }).click();
    await this.hasPen();
  }

  async hasPen(): Promise<void> {
    await expect(this.letEverybodyButton).toBeVisible({ timeout: 20_000 });
    await expect(this.said("You write alone")).toBeVisible();
    await this.canWrite();
  }

  async putPenDown(): Promise<void> {
    await this.letEverybodyButton.click();
    await expect(this.letEverybodyButton).toBeHidden();
  }

  async takeOver(): Promise<void> {
    await this.choose("Take over the pen…");
    const dialog = this.page.getByRole("dialog", { name: "Take over the pen?" });
    await dialog.getByRole("button", { name: "Take over" }).click();
    await this.hasPen();
  }

  async close(how: "Locked" | "Final", why = ""): Promise<void> {
    await this.choose("Close…");
    const dialog = this.page.getByRole("dialog", { name: "Close this chapter to writing" });
    await dialog.getByRole("radio", { name: how }).check();
    await dialog.getByRole("textbox", { name: "Why (optional)" }).fill(why);
    await dialog.getByRole("button", { name: "Close the chapter" }).click();
    await expect(dialog).toBeHidden();
    await expect(this.closed).toBeVisible();
  }

  async openToWriting(): Promise<void> {
    await this.closed.getByRole("button", { name: "Open to writing" }).click();
    await expect(this.closed).toBeHidden();
  }

  /** What is said in the chapter, such as who writes alone. */
  said(words: string | RegExp): Locator {
    return this.page.getByRole("main").getByText(words);
  }

  /** Somebody's caret. It is drawn over the text, and its name by the style sheet. */
  caret(name: string): Locator {
    return this.page.locator(caretOf(name));
  }

  /** The text of the block that somebody's caret is drawn in; null if it is drawn in none. */
  async blockOf(name: string): Promise<string | null> {
    const caret = await this.caret(name).boundingBox();
    if (caret === null) return null;
    const middle = caret.y + caret.height / 2;
    for (const block of await this.blocks.all()) {
      const box = await block.boundingBox();
      if (box && box.y <= middle && middle <= box.y + box.height) return block.textContent();
    }
    return null;
  }

  /** The text, block by block. */
  async content(): Promise<string[]> {
    return this.blocks.allTextContents();
  }
}

const caretOf = (name: string) => `.their-caret[data-name="${name}"]`;
