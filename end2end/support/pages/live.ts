import { expect, type Locator, type Page } from "@playwright/test";
import { hydrated } from "../hydrated";

/** The page of those who look after the site. */
export class LivePage {
  readonly clients: Locator;
  readonly locks: Locator;
  readonly people: Locator;
  readonly channels: Locator;
  readonly nodes: Locator;
  readonly notices: Locator;

  constructor(readonly page: Page) {
    const table = (name: string) => page.getByRole("table", { name, exact: true });
    this.clients = table("Clients");
    this.locks = table("Locks");
    this.people = table("People");
    this.channels = table("Channels");
    this.nodes = table("Nodes");
    this.notices = page.getByRole("status", { name: "Notices" });
  }

  /** Opens it and waits until the nodes tell how they stand. */
  async open(): Promise<void> {
    await this.page.goto("/admin/live");
    await hydrated(this.page);
    await expect(this.page.getByRole("status", { name: "How new this is" })).toHaveText("As it is now");
  }

  /** The rows of a table that begin so. */
  row(table: Locator, name: string): Locator {
    return table.getByRole("row").filter({ has: this.page.getByRole("rowheader", { name }) });
  }

  async end(person: string): Promise<void> {
    await this.row(this.clients, person).getByRole("button", { name: /^End/ }).click();
    const dialog = this.page.getByRole("dialog", { name: "End this client?" });
    await expect(dialog).toContainText(`a page of ${person}`);
    await dialog.getByRole("button", { name: "End it" }).click();
  }

  async free(lock: string): Promise<void> {
    await this.row(this.locks, lock).getByRole("button", { name: /^Free/ }).click();
    const dialog = this.page.getByRole("dialog", { name: "Free this lock?" });
    await dialog.getByRole("button", { name: "Free it" }).click();
  }
}
