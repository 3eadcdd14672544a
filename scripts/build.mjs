// Bundles src/main.ts into dist/: everything gami needs but the database drivers, one chunk per command.
import { readFileSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const fresh = `dist.${process.pid}`;
/** commander starts other programs for commands that are files of their own; we have none, and loading that module costs 5 ms of every start. */
const withoutChildProcess = {
  name: "without-child-process",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /node_modules.commander./.test(importer) ? { path: "none", namespace: "none" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "none" }, () => ({ contents: "export default {}" }));
  },
};
await build({
  absWorkingDir: root,
  entryPoints: ["src/main.ts"],
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node24",
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [withoutChildProcess],
  legalComments: "linked",
  logLevel: "warning",
  external: ["@duckdb/node-api", "pg", "snowflake-sdk", "@google-cloud/bigquery"],
  define: { GAMI_VERSION: JSON.stringify(version) },
  // Some bundled packages are CommonJS and ask for Node's own modules by require().
  banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
});
// Swapped in whole: a build that fails leaves the last good one where it is.
rmSync(`${root}dist`, { recursive: true, force: true });
renameSync(`${root}${fresh}`, `${root}dist`);
