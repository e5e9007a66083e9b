import base from "./playwright.config";

/**
 * Pictures for people to look at. Of every page, in `target/screens`: `npm run screens`. Those of the handbook, in
 * `docs`: `npm run pictures`.
 */
export default { ...base, testDir: "screens", timeout: 240_000 };
