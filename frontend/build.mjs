// Builds ../sharing/static/sharing/charts.<hash>.js, its packed twin, and bundle.json, which tells the server the name.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "sharing", "static", "sharing");

const { outputFiles } = await build({
  entryPoints: [join(here, "src", "page.js")],
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  banner: { js: "/* posthog-lite, with Apache ECharts and ZRender: see charts.LICENSE.txt */" },
});
const script = Buffer.from(outputFiles[0].contents);
const hash = createHash("sha256").update(script).digest("hex").slice(0, 12);
const name = `charts.${hash}.js`;

for (const old of readdirSync(target)) {
  if (/^charts\.[0-9a-f]{12}\.js(\.gz)?$/.test(old)) rmSync(join(target, old));
}
writeFileSync(join(target, name), script);
writeFileSync(join(target, `${name}.gz`), gzipSync(script, { level: 9 }));
writeFileSync(
  join(target, "bundle.json"),
  JSON.stringify(
    { file: `sharing/${name}`, integrity: `sha384-${createHash("sha384").update(script).digest("base64")}` },
    null,
    2,
  ) + "\n",
);
writeFileSync(join(target, "charts.LICENSE.txt"), licences(["echarts", "zrender", "tslib"]));
console.log(`${name}: ${script.length} bytes, ${gzipSync(script, { level: 9 }).length} packed`);

function licences(packages) {
  return packages
    .map((name) => {
      const folder = join(here, "node_modules", name);
      const { version, license } = JSON.parse(readFileSync(join(folder, "package.json")));
      const texts = ["NOTICE", "LICENSE", "LICENSE.txt"].flatMap((file) =>
        readdirSync(folder).includes(file) ? [readFileSync(join(folder, file), "utf8").trim()] : [],
      );
      return `${name} ${version} (${license})\n${"=".repeat(72)}\n${texts.join("\n\n")}\n`;
    })
    .join("\n\n");
}
