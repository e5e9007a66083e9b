import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { environment } from "./support/server";
import * as where from "./support/where";

/** Not the port people use, so that a server one is working with stays as it is. */
const address = process.env.SPUTNIK_TEST_ADDRESS ?? "127.0.0.1:3100";

/**
 * Every run starts with empty books. This file is read by the workers too, and only the first reading starts the
 * server: the folder is made once and passed on in the environment.
 */
process.env.SPUTNIK_TEST_DATA ??= mkdtempSync(join(tmpdir(), "sputnik-"));
// What is set for a server one works with is not for this one: Playwright hands its own environment on.
delete process.env.REDIS_URL;
delete process.env.SPUTNIK_PUBLIC_URL;
delete process.env.SPUTNIK_DEMO;

export default defineConfig({
  testDir: "tests",
  outputDir: "../target/end2end",
  // In CI a test that was singled out and forgotten so would leave all the others out, unseen.
  forbidOnly: Boolean(process.env.CI),
  fullyParallel: true,
  // At one's own desk a race shows at once. In CI a machine that is busy with something else must not stop a change:
  // what passes only at a later try is listed as flaky there, and is a race to look for.
  retries: process.env.CI ? 2 : 0,
  workers: 2,
  reporter: [["list"]],
  // Three browsers and a debug build share two cores with everything else.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    // What cannot be pressed is said so, and not only when the whole test's time is up.
    actionTimeout: 15_000,
    baseURL: `http://${address}`,
    browserName: "chromium",
    headless: true,
    // What stands between page and network is tried where it is meant; elsewhere tests stand there themselves.
    serviceWorkers: "block",
    // Recording costs a third of the time; to look closely: npx playwright test --trace on
    trace: "on-first-retry",
    launchOptions: {
      executablePath: where.chromium,
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
    command: JSON.stringify(where.server),
    url: `http://${address}/sign-in`,
    reuseExistingServer: false,
    timeout: 30_000,
    stdout: "pipe",
    env: environment(address, process.env.SPUTNIK_TEST_DATA),
  },
});
