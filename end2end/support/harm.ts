import { expect, type Page } from "@playwright/test";

/** What somebody writes who means harm: it would end a title, a field, a script, an attribute and a string, and then run. */
export const HARM = `'"></title></textarea></script><!--><x-evil onclick=evil()>{{evil()}}<img src=x onerror=evil()>\\";evil();//`;

/** What would run if the text it stands in were read as HTML. */
export const harm = (mark: string) => `${mark} ${HARM}`;

/** That nothing in a page is what somebody's text would have made of it. */
export async function isUnharmed(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(() => {
    const complaints: string[] = [];
    const look = (root: Document | ShadowRoot) => {
      for (const element of root.querySelectorAll("*")) {
        const tag = element.localName;
        if (tag.includes("evil") || ["iframe", "object", "embed", "base"].includes(tag)) complaints.push(`<${tag}>`);
        for (const { name, value } of element.attributes) {
          const leads = ["href", "src", "action", "formaction", "xlink:href", "srcdoc"].includes(name);
          const odd = name.startsWith("on") || name.includes("evil") || (leads && !isGood(value));
          if (odd) complaints.push(`<${tag} ${name}=${value}>`);
        }
        if (element.shadowRoot) look(element.shadowRoot);
      }
    };
    const isGood = (address: string) => {
      const url = new URL(address, location.href);
      return ["http:", "https:", "mailto:", "blob:"].includes(url.protocol);
    };
    look(document);
    if ("harmed" in window) complaints.push("something ran");
    return complaints;
  });
  expect(found, where).toEqual([]);
}

/** Has what would run be noticed, whether or not the policy of the pages would have stopped it. */
export async function wouldBeNoticed(page: Page): Promise<void> {
  await page.context().addInitScript(() => {
    (window as unknown as { evil: () => void }).evil = () => {
      (window as unknown as { harmed: boolean }).harmed = true;
    };
  });
}
