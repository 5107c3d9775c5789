// Bundles the renderers once: the bundle is kept, so nobody who runs or tests Paperround needs Node.
// Run by `make renderers` in a copy of this folder, so that no node_modules stands in the repository; its one argument
// is where the bundle goes.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const out = process.argv[2];
const SOURCES = readdirSync(".")
  .filter((name) => /\.(mjs|js|json)$/.test(name))
  .sort();

const made = await build({
  entryPoints: ["main.js"],
  outfile: join(out, "renderers.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none", // every licence is in LICENSES.txt
  loader: { ".css": "text" },
  metafile: true,
  plugins: [
    {
      // lit's own directive writes a style attribute at first, which a strict policy refuses; ours sets properties.
      name: "style-map",
      setup: (each) =>
        each.onResolve({ filter: /^lit\/directives\/style-map\.js$/ }, () => ({ path: join(process.cwd(), "style-map.js") })),
    },
  ],
});

const MIT = readFileSync("node_modules/react/LICENSE", "utf8").trim();
const folders = new Set();
for (const path of Object.keys(made.metafile.inputs).filter((each) => each.includes("node_modules/"))) {
  let folder = dirname(path);
  while (!(existsSync(join(folder, "package.json")) && JSON.parse(readFileSync(join(folder, "package.json"))).version)) {
    folder = dirname(folder);
  }
  folders.add(folder);
}
const licences = [...folders].sort().map((folder) => {
  const about = JSON.parse(readFileSync(join(folder, "package.json")));
  const author = typeof about.author === "object" ? about.author.name : about.author;
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  // A package that names MIT and brings no file means the same words, of its own authors.
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : MIT.replace(/^Copyright.*$/m, `Copyright (c) ${author}`);
  return `${about.name} ${about.version} (${about.license})\n\n${text}\n`;
});
writeFileSync(join(out, "LICENSES.txt"), licences.join(`\n${"=".repeat(100)}\n\n`));

const digest = (names, folder) => {
  const hash = createHash("sha256");
  for (const name of names) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  return hash.digest("hex");
};
const built = { sources: digest(SOURCES, "."), bundle: digest(["renderers.js"], out) };
writeFileSync(join(out, "built.json"), `${JSON.stringify(built, null, 2)}\n`);
