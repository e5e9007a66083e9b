import type { BrowserContext } from "@playwright/test";

/**
 * Notes whatever the pages' policy stopped in a browser. A page tells of it in two ways, of which one may be missed: an
 * event where scripts run, and a line in the console, also for what happens before any of ours does.
 */
export async function violationsOf(context: BrowserContext, violations: string[]): Promise<void> {
  context.on("console", (message) => {
    const text = message.text();
    if (/Content Security Policy|Permissions policy violation/i.test(text)) violations.push(text);
    else if (text.startsWith(STOPPED)) violations.push(text);
  });
  await context.addInitScript((mark) => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
      console.warn(`${mark} ${violatedDirective} ${blockedURI} at ${sourceFile}:${lineNumber}`);
    });
  }, STOPPED);
}

/** How a line of the console begins that says so. */
export const STOPPED = "stopped by the policy:";
