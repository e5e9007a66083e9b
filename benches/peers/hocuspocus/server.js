// Hocuspocus with its database extension: a file a document, in the folder KEEP. When a document is stored is left to
// its defaults: 2 s after the last change, 10 s after the first. With RECOVER an update is in a log before it is taken
// in and acknowledged: so what was acknowledged is there after the process was killed.
import { open, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Database } from "@hocuspocus/extension-database";
import { Server } from "@hocuspocus/server";
import { applyUpdate } from "yjs";

const file = (name) => join(process.env.KEEP, `${encodeURIComponent(name)}.yjs`);

const kept = new Database({
  fetch: ({ documentName }) => readFile(file(documentName)).catch(() => null),
  // A file that is half written is never the only one.
  store: async ({ documentName, state }) => {
    await writeFile(`${file(documentName)}.new`, state);
    await rename(`${file(documentName)}.new`, file(documentName));
  },
});

const logs = new Map();
const logOf = (name) => {
  if (!logs.has(name)) logs.set(name, open(`${file(name)}.log`, "a"));
  return logs.get(name);
};

const logging = {
  async beforeSync({ documentName, type, payload }) {
    // Asking for what one lacks changes nothing.
    if (type === 0) return;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(payload.length);
    await (await logOf(documentName)).write(Buffer.concat([length, payload]));
  },
  async onLoadDocument({ documentName, document }) {
    const log = await readFile(`${file(documentName)}.log`).catch(() => Buffer.alloc(0));
    document.transact(() => {
      for (let at = 0; at + 4 <= log.length; ) {
        const end = at + 4 + log.readUInt32LE(at);
        // The last may be half written: it was not acknowledged.
        if (end <= log.length) applyUpdate(document, log.subarray(at + 4, end));
        at = end;
      }
    });
  },
};

const server = new Server({
  address: "127.0.0.1",
  port: Number(process.env.PORT),
  quiet: true,
  extensions: process.env.RECOVER ? [kept, logging] : [kept],
});
server.listen();
