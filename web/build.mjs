// Bundles the page into src/stretto/studio/static, or into the folder that is named, with the libraries' licences beside it.
import { build } from "esbuild";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ? resolve(process.argv[2]) : join(here, "../src/stretto/studio/static");
await mkdir(target, { recursive: true });
// A studio that runs from here misses no file meanwhile: each takes the place of the old one when all are there.
const out = await mkdtemp(`${target}-`);
const library = (name) => join(here, "node_modules", name);

try {
  await write(out);
  await replace(out, target);
} finally {
  await rm(out, { recursive: true });
}

async function write(out) {
  await mkdir(join(out, "licences"), { recursive: true });
  await build({
    entryPoints: { studio: join(here, "src/main.ts"), theme: join(here, "src/theme-first.ts") },
    outdir: out,
    bundle: true,
    format: "esm",
    target: ["chrome110", "firefox115", "safari16"],
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
  await cp(join(here, "src/index.html"), join(out, "index.html"));
  await cp(join(here, "src/icon.svg"), join(out, "icon.svg"));

  // The synthesizer runs on the audio thread, which loads its own file; its comment points at a map that is not shipped.
  const worklet = await readFile(join(library("spessasynth_lib"), "dist/spessasynth_processor.min.js"), "utf8");
  await writeFile(join(out, "spessasynth_processor.min.js"), worklet.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
  for (const name of ["spessasynth_lib", "spessasynth_core", "stb-vorbis"]) {
    await cp(join(library(name), "LICENSE"), join(out, "licences", `${name}.txt`));
  }
  // Inside spessasynth_core, which does not bring its licence along.
  await cp(join(here, "licences/fflate.txt"), join(out, "licences/fflate.txt"));
}

async function replace(from, to) {
  await mkdir(to, { recursive: true });
  const made = await readdir(from, { withFileTypes: true });
  for (const own of made) {
    if (own.isDirectory()) await replace(join(from, own.name), join(to, own.name));
    else await rename(join(from, own.name), join(to, own.name));
  }
  const names = made.map((own) => own.name);
  for (const old of await readdir(to)) if (!names.includes(old)) await rm(join(to, old), { recursive: true });
}
