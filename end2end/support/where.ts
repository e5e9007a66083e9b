import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** `cargo xtask` says where it built these; the defaults are for a plain `npx playwright test`. */
export const server = process.env.SPUTNIK_SERVER ?? resolve(__dirname, "../../target/debug/sputnik");
export const site = process.env.LEPTOS_SITE_ROOT ?? resolve(__dirname, "../../target/site");

/** Of the applications in `examples`, beside the editor's. */
export const example = (name: string) => ({ server: join(dirname(server), name), site: join(site, "../sites", name) });

/** The system's browser where there is one; otherwise Playwright's own (`npx playwright install chromium`). */
export const chromium = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (path) => path !== undefined && existsSync(path),
);
