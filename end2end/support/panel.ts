import { expect, type Locator, type Page } from "@playwright/test";

/** The developer panel of a page. */
export class Panel {
  readonly region: Locator;
  readonly state: Locator;
  readonly channels: Locator;
  readonly frames: Locator;

  constructor(readonly page: Page) {
    this.region = page.getByRole("region", { name: "Sputnik: what happens" });
    this.state = this.region.getByRole("status", { name: "State" });
    this.channels = this.region.getByRole("table", { name: "Channels" });
    this.frames = this.region.getByRole("list", { name: "The last frames" }).getByRole("listitem");
  }

  async open(): Promise<void> {
    await this.page.keyboard.press("Control+Alt+KeyN");
    await expect(this.region).toBeVisible();
  }

  async press(button: string): Promise<void> {
    await this.region.getByRole("button", { name: button, exact: true }).click();
  }
}
