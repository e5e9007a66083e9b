import type { Locator, Page } from "@playwright/test";
import { hydrated } from "../hydrated";

export class ShelfPage {
  readonly mine: Locator;
  readonly shared: Locator;
  readonly public: Locator;
  readonly invitations: Locator;
  readonly bin: Locator;

  constructor(readonly page: Page) {
    this.mine = page.getByRole("region", { name: "My books" });
    this.shared = page.getByRole("region", { name: "Shared with me" });
    this.public = page.getByRole("region", { name: "Public books" });
    this.bin = page.getByRole("region", { name: "Bin" });
    this.invitations = page.getByRole("list", { name: "Invitations" });
  }

  async open(): Promise<void> {
    await this.page.goto("/shelf");
    await hydrated(this.page);
  }

  async accept(title: string): Promise<void> {
    await this.page.getByRole("button", { name: `Accept the invitation to ${title}` }).click();
  }

  async decline(title: string): Promise<void> {
    await this.page.getByRole("button", { name: `Decline the invitation to ${title}` }).click();
  }

  /** A public book on the front page. */
  cover(title: string): Locator {
    return this.page.getByRole("region", { name: "Books to read" }).getByRole("listitem").filter({ hasText: title });
  }

  async create(title: string): Promise<void> {
    await this.page.getByLabel("Title of a new book").fill(title);
    await this.page.getByRole("button", { name: "Create book" }).click();
  }
}
