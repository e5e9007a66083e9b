import type { Page } from "@playwright/test";
import { wouldBeNoticed } from "../support/harm";
import { hydrated } from "../support/hydrated";
import { expect, test } from "../support/test";

/** Has the server's page arrive with something put into it, as if a field had not been written as text. */
async function putIn(page: Page, html: string): Promise<void> {
  await page.route("**/sign-in", async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace("</body>", `${html}</body>`);
    await route.fulfill({ response: answer, body });
  });
}

for (const [what, html] of [
  ["a script", "<script>evil()</script>"],
  ["a script with a nonce of its own", '<script nonce="guessed">evil()</script>'],
  ["a script of this site", '<script src="/pkg/sputnik.js"></script>'],
  ["a handler", '<img src="/nothing.png" onerror="evil()">'],
  ["a script of another site", '<script src="https://evil.example/x.js"></script>'],
  ["a frame", '<iframe src="https://evil.example/"></iframe>'],
  ["a base", '<base href="https://evil.example/">'],
  ["a style", '<p style="position: fixed; inset: 0">Sign in here</p>'],
  ["a picture of another site", '<img src="https://evil.example/seen.png">'],
] as const) {
  test(`${what} that got into a page is stopped by the policy`, async ({ page, stopped }) => {
    await wouldBeNoticed(page);
    await putIn(page, html);
    await page.goto("/sign-in");
    await hydrated(page);
    await expect.poll(() => stopped.length, "the policy says so").toBeGreaterThan(0);
    expect(await page.evaluate(() => "harmed" in window)).toBe(false);
    stopped.length = 0;
  });
}

test("a form that got into a page sends nothing to another site", async ({ page, stopped }) => {
  await putIn(page, '<form action="https://evil.example/" method="post"><button>Win a prize</button></form>');
  await page.goto("/sign-in");
  await hydrated(page);
  // Not a click: that waits for where the form would lead.
  await page.getByRole("button", { name: "Win a prize" }).dispatchEvent("click");
  await expect.poll(() => stopped.length, "the policy says so").toBeGreaterThan(0);
  expect(await page.evaluate(() => location.pathname)).toBe("/sign-in");
  stopped.length = 0;
});

test("what is pasted with styles and pictures of other sites breaks no policy", async ({ ann }) => {
  const book = await ann.does.createBook("Pasted");
  const part = await ann.does.addChapter(book, "Tides");
  await ann.book.open(book, part);
  await ann.chapter.paste({
    html:
      `<style>p { color: red }</style><p style="font-weight: bold; mso-list: l0 level1">Bold <span style="color: red">red</span></p>` +
      `<table style="width: 90%"><tr><td style="background: blue">cell</td></tr></table><img src="https://evil.example/seen.png" alt="far">`,
    text: "Bold red",
  });
  await ann.chapter.isSaved();
  await expect(ann.chapter.text).toContainText("Bold red");
});
