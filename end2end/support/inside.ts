import { expect } from "@playwright/test";
import { Panel } from "./panel";
import type { Person } from "./person";
import { chapterOpen } from "./stage";

/** What administrators and developers see, one after the other, while two people are at a book. */
export async function walkInside(
  keeper: Person,
  ann: Person,
  ben: Person,
  look: (name: string, who: Person) => Promise<void>,
): Promise<void> {
  const { book, part } = await chapterOpen(ann, [ben]);
  await ann.chapter.takePen();
  await ben.chapter.askButton.click();
  await keeper.live.open();
  await expect(keeper.live.row(keeper.live.locks, part)).toContainText(ben.name);
  await look("live", keeper);
  const end = keeper.live.row(keeper.live.clients, ben.name).getByRole("button", { name: /^End/ });
  await end.click();
  await expect(keeper.page.getByRole("dialog", { name: "End this client?" })).toBeVisible();
  await look("live-dialog", keeper);
  await keeper.page.keyboard.press("Escape");

  const panel = new Panel(ben.page);
  await panel.open();
  await ann.does.say(book, "A frame to look at");
  const frame = panel.frames.filter({ hasText: "A frame to look at" });
  await frame.getByText("came").click();
  await look("panel", ben);
  await panel.press("Offline");
  await expect(panel.state).not.toContainText("live");
  await look("panel-offline", ben);
  await panel.press("Offline");
}
