// Builds the editor into one module: `node build.mjs OUTDIR [--readable]`. It writes OUTDIR/editor.<hash>.js and
// OUTDIR/editor.json, which names it, and fails when the module has grown past what visitors should have to fetch.
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

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: ["src/mount.ts"],
  bundle: true,
  splitting: false,
  format: "esm",
  target: "es2022",
  minify: !readable,
  legalComments: "none",
  write: false,
});
const module = outputFiles[0].contents;
const name = `editor.${createHash("sha256").update(module).digest("hex").slice(0, 12)}.js`;

mkdirSync(folder, { recursive: true });
for (const old of readdirSync(folder)) if (/^editor\.[0-9a-f]{12}\.js$/.test(old)) rmSync(join(folder, old));
writeFileSync(join(folder, name), module);
writeFileSync(join(folder, "editor.json"), `${JSON.stringify({ module: name })}\n`);

const small = brotliCompressSync(module).length;
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
console.log(`${name}: ${kilobytes(module.length)}, ${kilobytes(small)} with brotli`);
if (!readable && small > budget) {
  console.error(`That is over the budget of ${kilobytes(budget)}.`);
  process.exit(1);
}
