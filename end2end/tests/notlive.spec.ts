import { hydrated } from "../support/hydrated";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

test("a page that cannot become live says so, can be read, and can be tried again", async ({ ann }) => {
  ann.mayHear(/^TypeError/);
  const { book, title } = await stage(ann, [], "Tides");
  await ann.page.route(/\.wasm$/, (route) => route.abort());
  await ann.page.goto(`/book/${book}`);
  const note = ann.page.getByRole("alert").filter({ hasText: "This page could not be made live" });
  await expect(note).toBeVisible();
  await expect(ann.page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await ann.page.unroute(/\.wasm$/);
  await note.getByRole("button", { name: "Reload the page" }).click();
  await hydrated(ann.page);
  await expect(note).toHaveCount(0);
});

test("a page becomes live also in a tab that nobody looks at yet", async ({ ann }) => {
  await ann.page.addInitScript(() => Object.defineProperty(document, "hidden", { get: () => true }));
  await ann.page.goto("/shelf");
  await hydrated(ann.page);
});
