// Bundles the page into src/stretto/studio/static, or into the folder that is named, with the libraries' licences beside it.
import { build } from "esbuild";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ? resolve(process.argv[2]) : join(here, "../src/stretto/studio/static");
const library = (name) => join(here, "node_modules", name);

await rm(out, { recursive: true, force: true });
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
