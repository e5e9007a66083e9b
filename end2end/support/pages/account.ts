import type { Locator, Page } from "@playwright/test";
import { hydrated } from "../hydrated";

/** The pages to sign in and up, and the menu to sign out. */
export class AccountPages {
  readonly name: Locator;
  readonly password: Locator;

  constructor(readonly page: Page) {
    this.name = page.getByLabel("Name", { exact: true });
    this.password = page.getByLabel("Password", { exact: true });
  }

  async signUp(name: string, password: string): Promise<void> {
    await this.page.goto("/sign-up");
    await hydrated(this.page);
    await this.fill(name, password, "Create account");
  }

  async signIn(name: string, password: string): Promise<void> {
    await this.page.goto("/sign-in");
    await hydrated(this.page);
    await this.fill(name, password, "Sign in");
  }

  async fill(name: string, password: string, button: string): Promise<void> {
    await this.name.fill(name);
    await this.password.fill(password);
    await this.page.getByRole("button", { name: button, exact: true }).click();
  }

  /** The page of the account. */
  async open(): Promise<void> {
    await this.page.goto("/account");
    await hydrated(this.page);
  }

  get sessions(): Locator {
    return this.page.getByRole("list", { name: "Where you are signed in" }).getByRole("listitem");
  }

  async changeName(name: string): Promise<void> {
    await this.page.getByLabel("Name shown to others").fill(name);
    await this.page.getByRole("button", { name: "Change name" }).click();
  }

  async changePassword(old: string, next: string): Promise<void> {
    await this.page.getByLabel("Current password").fill(old);
    await this.page.getByLabel("New password").fill(next);
    await this.page.getByRole("button", { name: "Change password" }).click();
  }

  async signOut(): Promise<void> {
    await this.openMenu();
    await this.page.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
  }

  async openMenu(): Promise<void> {
    await this.page.getByLabel(/^Account(, |$)/).click();
  }
}
