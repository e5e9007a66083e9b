import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { defineConfig } from "@playwright/test";

/** Not the port people use, so that a server one is working with stays as it is. */
const address = "127.0.0.1:3100";

/** `cargo xtask` says where it built these; the defaults are for a plain `npx playwright test`. */
const server = process.env.SPUTNIK_SERVER ?? resolve(__dirname, "../target/debug/sputnik");
const site = process.env.LEPTOS_SITE_ROOT ?? resolve(__dirname, "../target/site");

/** The system's browser where there is one; otherwise Playwright's own (`npx playwright install chromium`). */
const chromium = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (path) => path !== undefined && existsSync(path),
);

/**
 * Every run starts with empty books. This file is read by the workers too, and only the first reading starts the
 * server: the folder is made once and passed on in the environment.
 */
process.env.SPUTNIK_TEST_DATA ??= mkdtempSync(join(tmpdir(), "sputnik-"));
const data = process.env.SPUTNIK_TEST_DATA;

export default defineConfig({
  testDir: "tests",
  outputDir: "../target/end2end",
  // In CI a forgotten `test.only` would leave all the other tests out, unseen.
  forbidOnly: Boolean(process.env.CI),
  fullyParallel: true,
  // A test that passes at the second try hides a race, and races are what these are about.
  retries: 0,
  workers: 2,
  reporter: [["list"]],
  timeout: 30_000,
  use: {
    baseURL: `http://${address}`,
    browserName: "chromium",
    headless: true,
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: chromium,
      // A root user cannot have the sandbox; the rest keeps the browser from talking to hosts of its own.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: {
    command: JSON.stringify(server),
    url: `http://${address}/`,
    reuseExistingServer: false,
    timeout: 30_000,
    stdout: "pipe",
    env: {
      LEPTOS_SITE_ADDR: address,
      LEPTOS_SITE_ROOT: site,
      DATABASE_URL: `sqlite:${join(data, "sputnik.db")}?mode=rwc`,
      SPUTNIK_DATA: data,
    },
  },
});
