import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Every page that the router knows, such as `/book/:book/settings`: read where the router is told of them. */
function routes(): string[] {
  const source = readFileSync(join(__dirname, "../../src/app.rs"), "utf8");
  const found: string[] = [];
  const above: string[] = [];
  for (const [tag, kind, path = ""] of source.matchAll(/<(ParentRoute|Route)\s+path=path!\("([^"]*)"\)|<\/ParentRoute>/g)) {
    if (tag === "</ParentRoute>") above.pop();
    else if (kind === "ParentRoute") above.push(path);
    else found.push("/" + [...above, path].filter((part) => part !== "").join("/"));
  }
  return found;
}

/** Those of all pages that are none of these addresses. */
export function unseen(addresses: string[]): string[] {
  const paths = addresses.map((address) => new URL(address).pathname);
  return routes().filter((route) => {
    const shape = new RegExp(`^${route.replace(/:\w+/g, "[^/]+")}$`);
    return !paths.some((path) => shape.test(path));
  });
}
