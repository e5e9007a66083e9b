import base from "./playwright.config";

/** Pictures of every page, for people to look at: `npm run screens`. They land in `target/screens`. */
export default { ...base, testDir: "screens", timeout: 240_000 };
