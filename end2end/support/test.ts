import { test as base, type Browser } from "@playwright/test";
import { Person } from "./person";
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
}

const person =
  (name: string) =>
  async ({ browser }: { browser: Browser }, use: (person: Person) => Promise<void>): Promise<void> => {
    const person = await Person.signedUp(browser, name);
    await use(person);
    await person.leave();
  };

export const test = base.extend<People>({
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
