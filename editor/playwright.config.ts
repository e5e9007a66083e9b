import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

/** The system's browser where there is one; otherwise Playwright's own (`npx playwright install chromium`). */
const chromium = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (path) => path !== undefined && existsSync(path),
);

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  forbidOnly: Boolean(process.env.CI),
  fullyParallel: true,
  retries: process.env.CI ? 2 : 0,
  workers: 2,
  reporter: [["list"]],
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    actionTimeout: 15_000,
    browserName: "chromium",
    headless: true,
    trace: "on-first-retry",
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
});
