import type { Locator, Page } from "@playwright/test";
import { hydrated } from "../hydrated";

export class SettingsPage {
  readonly members: Locator;
  readonly invited: Locator;

  constructor(readonly page: Page) {
    this.members = page.getByRole("list", { name: "Members" });
    this.invited = page.getByRole("list", { name: "Invited" });
  }

  async open(book: string): Promise<void> {
    await this.page.goto(`/book/${book}/settings`);
    await hydrated(this.page);
  }

  async rename(title: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Title of the book" }).fill(title);
    await this.page.getByRole("button", { name: "Rename" }).click();
  }

  async let(who: "Private" | "Public"): Promise<void> {
    await this.page.getByRole("radio", { name: new RegExp(`^${who}`) }).check();
  }

  async showReaders(what: "The text only" | "Also people, activity and chat"): Promise<void> {
    await this.page.getByRole("radio", { name: new RegExp(`^${what}`) }).check();
  }

  async invite(name: string, role: "Reader" | "Editor" | "Owner"): Promise<void> {
    await this.page.getByRole("textbox", { name: "Name of a person to invite" }).fill(name);
    await this.page.getByRole("combobox", { name: "Role", exact: true }).selectOption(role);
    await this.page.getByRole("button", { name: "Invite" }).click();
  }

  async withdraw(name: string): Promise<void> {
    await this.page.getByRole("button", { name: `Withdraw the invitation of ${name}` }).click();
  }

  async remove(name: string): Promise<void> {
    await this.page.getByRole("button", { name: `Remove ${name}` }).click();
    const dialog = this.page.getByRole("dialog", { name: `Take ${name} out of the book?` });
    await dialog.getByRole("button", { name: "Remove" }).click();
  }

  async leave(title: string): Promise<void> {
    await this.page.getByRole("button", { name: "Leave this book" }).click();
    const dialog = this.page.getByRole("dialog", { name: `Leave “${title}”?` });
    await dialog.getByRole("button", { name: "Leave", exact: true }).click();
  }

  async delete(typed: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Type the title to confirm" }).fill(typed);
    await this.page.getByRole("button", { name: "Delete book" }).click();
  }
}
