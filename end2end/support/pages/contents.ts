import { expect, type Locator, type Page } from "@playwright/test";

/** The tree of the contents. */
export class Contents {
  readonly pane: Locator;
  readonly tree: Locator;

  constructor(readonly page: Page) {
    this.pane = page.getByRole("navigation", { name: "Contents" });
    this.tree = page.getByRole("tree", { name: "Contents" });
  }

  item(title: string): Locator {
    // A line is called by all that is seen on it, its words and who is there too: it is found by its title alone.
    const link = this.page.getByRole("link", { name: title, exact: true });
    return this.tree.getByRole("treeitem").filter({ has: link });
  }

  /** That these are the visible lines, in this order. */
  async are(...titles: string[]): Promise<void> {
    await expect(this.tree.getByRole("treeitem").getByRole("link")).toHaveText(titles);
  }

  async addChapter(title: string): Promise<void> {
    await this.add("New chapter", "Title of the new chapter", title);
  }

  async addSection(title: string): Promise<void> {
    await this.add("New section", "Title of the new section", title);
  }

  async open(title: string): Promise<void> {
    await this.item(title).getByRole("link").click();
  }

  /** Presses a key on a line. */
  async press(title: string, key: string): Promise<void> {
    await this.item(title).press(key);
  }

  async rename(title: string, to: string): Promise<void> {
    await this.press(title, "F2");
    const field = this.tree.getByRole("textbox", { name: "Title", exact: true });
    await field.fill(to);
    await field.press("Enter");
  }

  async openMenu(title: string): Promise<Locator> {
    await this.item(title).hover();
    await this.item(title).getByRole("button", { name: `Change ${title}` }).click();
    return this.page.getByRole("menu", { name: `Change ${title}` });
  }

  async delete(title: string): Promise<void> {
    await this.press(title, "Delete");
    const dialog = this.page.getByRole("dialog", { name: `Delete “${title}”?` });
    await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  }

  /** Drags a line onto another: its upper or lower edge, or its middle. */
  async drag(title: string, onto: string, where: "before" | "into" | "after"): Promise<void> {
    const target = this.item(onto);
    const box = await target.boundingBox();
    expect(box).not.toBeNull();
    const part = { before: 0.15, into: 0.5, after: 0.85 }[where];
    await this.item(title).dragTo(target, { targetPosition: { x: 60, y: box!.height * part } });
  }

  private async add(button: string, label: string, title: string): Promise<void> {
    await this.pane.getByRole("button", { name: button }).click();
    await this.pane.getByRole("textbox", { name: label }).fill(title);
    await this.pane.getByRole("button", { name: "Add", exact: true }).click();
  }
}
