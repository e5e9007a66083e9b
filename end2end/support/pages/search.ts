import { expect, type Locator, type Page } from "@playwright/test";

/** Finding in the whole book. */
export class SearchPane {
  readonly field: Locator;
  readonly told: Locator;
  readonly hits: Locator;
  readonly replacing: Locator;

  constructor(readonly page: Page) {
    this.field = page.getByRole("searchbox", { name: "Find in the book" });
    this.told = page.locator(".found").getByRole("status");
    this.hits = page.locator(".found").getByRole("listitem").getByRole("link");
    this.replacing = page.getByRole("dialog", { name: "Replace in the whole book" });
  }

  /** What is written is found within seconds. */
  async find(words: string, told: string | RegExp): Promise<void> {
    await found(this.field, words, told);
  }

  /** Says what is to be replaced, and has the places shown. */
  async places(words: string, instead: string): Promise<void> {
    await this.page.getByRole("button", { name: "Replace…" }).click();
    await this.replacing.getByRole("textbox", { name: "Replace", exact: true }).fill(words);
    await this.replacing.getByRole("textbox", { name: "With", exact: true }).fill(instead);
    await this.replacing.getByRole("button", { name: "Show the places" }).click();
  }
}

/** Looks for words until they are found: what is written is a few seconds later. */
export async function found(field: Locator, words: string, told: string | RegExp = /places? in/): Promise<void> {
  const said = field.page().locator(".found").getByRole("status");
  await expect(async () => {
    await field.fill("");
    await field.fill(words);
    await expect(said).toHaveText(told, { timeout: 1_500 });
  }).toPass({ timeout: 20_000 });
}
