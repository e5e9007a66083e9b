import { expect, test as base, type Page } from "@playwright/test";
import { ExampleServer } from "./server";

interface Example {
  server: ExampleServer;
  /** Opens the front page of the example in a browser of its own: somebody else's, or another device. It is live then. */
  open: () => Promise<Page>;
}

/** Tests of one of the applications in `examples`, each on a server of its own. */
export const testOf = (name: string) =>
  base.extend<Example>({
    server: async ({}, use) => {
      const server = await ExampleServer.start(name);
      await use(server);
      await server.end();
    },
    open: async ({ browser, server }, use) => {
      const complaints: string[] = [];
      const pages: Page[] = [];
      await use(async () => {
        const context = await browser.newContext({ baseURL: server.url });
        const page = await context.newPage();
        page.on("pageerror", (error) => complaints.push(error.message));
        pages.push(page);
        await live(page, () => page.goto("/"));
        return page;
      });
      for (const page of pages) await page.context().close();
      expect(complaints, "what went wrong on the pages").toEqual([]);
    },
  });

/** Does what loads a page, and waits until it is live: the server has greeted it. */
export async function live(page: Page, load: () => Promise<unknown>): Promise<void> {
  const greeted = page.waitForEvent("websocket").then((socket) => socket.waitForEvent("framereceived"));
  await load();
  await greeted;
}

export { expect } from "@playwright/test";
