import { expect, test as base, type Browser, type BrowserContext } from "@playwright/test";
import { Person } from "./person";
import { violationsOf } from "./policy";
import { KEEPER } from "./server";

interface People {
  /** Three people, each with an account and a browser of their own. They exist in the tests that name them. */
  ann: Person;
  ben: Person;
  cleo: Person;
  /** Somebody who is not signed in. */
  guest: Person;
  /** Whoever looks after the site: the same person in every test. */
  keeper: Person;
  /**
   * What the pages' policy stopped, in whatever browser the test opened: it fails the test at its end, unless the test
   * takes it out of the list because it is about just that.
   */
  stopped: string[];
}

const person =
  (name: string) =>
  async ({ browser }: { browser: Browser }, use: (person: Person) => Promise<void>): Promise<void> => {
    const person = await Person.signedUp(browser, name);
    await use(person);
    await person.leave();
  };

export const test = base.extend<People>({
  stopped: [
    async ({ browser }, use) => {
      const stopped: string[] = [];
      const open = browser.newContext.bind(browser);
      // Every person's browser, and those that a test opens itself, `page` among them.
      browser.newContext = async (options): Promise<BrowserContext> => {
        const context = await open(options);
        await violationsOf(context, stopped);
        return context;
      };
      await use(stopped);
      browser.newContext = open;
      expect(stopped, "what the pages' policy stopped").toEqual([]);
    },
    { auto: true },
  ],
  ann: person("ann"),
  ben: person("ben"),
  cleo: person("cleo"),
  guest: async ({ browser }, use) => {
    const guest = await Person.guest(browser);
    await use(guest);
    await guest.leave();
  },
  keeper: async ({ browser }, use) => {
    const keeper = await Person.known(browser, KEEPER);
    await use(keeper);
    await keeper.leave();
  },
});

export { expect } from "@playwright/test";
