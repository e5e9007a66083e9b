// Hocuspocus with its database extension: a file a document, in the folder KEEP. When a document is stored is left to
// its defaults: 2 s after the last change, 10 s after the first.
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Database } from "@hocuspocus/extension-database";
import { Server } from "@hocuspocus/server";

const file = (name) => join(process.env.KEEP, `${encodeURIComponent(name)}.yjs`);

const kept = new Database({
  fetch: ({ documentName }) => readFile(file(documentName)).catch(() => null),
  // A file that is half written is never the only one.
  store: async ({ documentName, state }) => {
    await writeFile(`${file(documentName)}.new`, state);
    await rename(`${file(documentName)}.new`, file(documentName));
  },
});

const server = new Server({
  address: "127.0.0.1",
  port: Number(process.env.PORT),
  quiet: true,
  extensions: [kept],
});
server.listen();
