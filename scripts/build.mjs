// Bundles src/main.ts into dist/: everything gami needs but the database drivers, one chunk per command.
import { readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
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
// Swapped in whole: a build that fails leaves the last good one where it is. Of two builds at once the later one wins.
for (let attempt = 1; !swapIn(); attempt++)
  if (attempt === 20) throw new Error(`dist/ could not be replaced: remove it and ${fresh}/, and build again`);
for (const name of readdirSync(root)) if (/^dist\.\d+/.test(name) && !isRunning(Number.parseInt(name.slice(5), 10))) remove(name);

/** False when another build put its own dist/ there between our two renames. */
function swapIn() {
  const former = `${fresh}.former`;
  try {
    renameSync(`${root}dist`, `${root}${former}`);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  try {
    renameSync(`${root}${fresh}`, `${root}dist`);
    return true;
  } catch (error) {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    return false;
  } finally {
    remove(former);
  }
}

function remove(name) {
  rmSync(`${root}${name}`, { recursive: true, force: true });
}

/** Folders of builds that were killed are swept away, those of running ones are not. */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
