import { resolve } from "node:path";
import { walkInside } from "../support/inside";
import { test } from "../support/test";
import { prepare, walk } from "../support/tour";

const folder = resolve(__dirname, "../../target/screens");

for (const colorScheme of ["light", "dark"] as const) {
  for (const [size, viewport] of [
    ["wide", { width: 1440, height: 900 }],
    ["narrow", { width: 390, height: 844 }],
  ] as const) {
    test.describe(`${size}, ${colorScheme}`, () => {
      test.use({ colorScheme, viewport });

      test("every page has its picture taken", async ({ ann, ben }) => {
        const tour = await prepare(ann, ben);
        await walk(ann, ben, tour, async (name) => {
          await ann.page.screenshot({ path: `${folder}/${size}-${colorScheme}/${name}.png` });
        });
        await ben.page.screenshot({ path: `${folder}/${size}-${colorScheme}/refused.png` });
      });

      test("and so have the page of administrators and the panel of developers", async ({ keeper, ann, ben }) => {
        await walkInside(keeper, ann, ben, async (name, { page }) => {
          await page.screenshot({ path: `${folder}/${size}-${colorScheme}/${name}.png` });
        });
      });
    });
  }
}
