// Builds the editor into one module, and what looks after the device on every page into another, a small one:
// `node build.mjs OUTDIR [--readable]`. It writes OUTDIR/editor.<hash>.js, OUTDIR/device.<hash>.js, OUTDIR/service-worker.js
// and OUTDIR/editor.json, which names the first two, and fails when the editor has grown past what visitors should have to fetch.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const budget = 160_000;
const readable = process.argv.includes("--readable");
const folder = process.argv.slice(2).find((word) => !word.startsWith("--")) ?? join(here, "dist");

/** Builds one module, named after its contents. */
async function built(name, entry) {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    splitting: false,
    format: "esm",
    target: "es2022",
    minify: !readable,
    legalComments: "none",
    write: false,
  });
  const module = outputFiles[0].contents;
  return { name: `${name}.${createHash("sha256").update(module).digest("hex").slice(0, 12)}.js`, module };
}

const editor = await built("editor", "src/mount.ts");
const device = await built("device", "src/device/index.ts");
const worker = await built("service-worker", "src/service-worker.ts");

mkdirSync(folder, { recursive: true });
for (const old of readdirSync(folder)) if (/^(editor|device)\.[0-9a-f]{12}\.js$/.test(old)) rmSync(join(folder, old));
for (const { name, module } of [editor, device]) writeFileSync(join(folder, name), module);
// Its name stays: browsers ask by it whether there is a newer one. What is put in front of it is the site's.
writeFileSync(join(folder, "service-worker.js"), worker.module);
writeFileSync(join(folder, "editor.json"), `${JSON.stringify({ module: editor.name, device: device.name })}\n`);

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
for (const { name, module } of [editor, device]) {
  console.log(`${name}: ${kilobytes(module.length)}, ${kilobytes(brotliCompressSync(module).length)} with brotli`);
}
if (!readable && brotliCompressSync(editor.module).length > budget) {
  console.error(`That is over the budget of ${kilobytes(budget)}.`);
  process.exit(1);
}
