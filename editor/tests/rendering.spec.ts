import { readFileSync, writeFileSync } from "node:fs";
import { documents } from "./fixtures/documents";
import { expect, test } from "./support/stage";

const file = new URL("fixtures/rendering.json", import.meta.url);

/** The server's renderer is tested against the same file. `npm run fixtures` writes it anew. */
test("the fixed renderings are what the schema gives", async ({ stage, browser }) => {
  const context = await browser.newContext();
  const page = await stage.open(context);
  const rendered: { name: string; update: string; html: string }[] = [];
  for (const { name, content } of documents) {
    rendered.push(
      await page.evaluate(
        ({ name, content }) => {
          const update = window.harness.encoded({ type: "doc", content });
          return { name, update, html: window.harness.rendered(update) };
        },
        { name, content },
      ),
    );
  }
  if (process.env.WRITE_FIXTURES) writeFileSync(file, `${JSON.stringify(rendered, null, 2)}\n`);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(rendered);
  await context.close();
});

test("the fixed renderings have every node and mark", async () => {
  const schema = JSON.parse(readFileSync(new URL("../schema.json", import.meta.url), "utf8")) as {
    nodes: { name: string }[];
    marks: { name: string }[];
  };
  const used = new Set<string>();
  JSON.stringify(documents, (key, value: unknown) => {
    if (key === "type") used.add(String(value));
    return value;
  });
  for (const { name } of [...schema.nodes, ...schema.marks]) expect([...used]).toContain(name);
});
