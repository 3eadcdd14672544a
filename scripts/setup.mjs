// What `npm run demo` and `npm test` run first: npm packages (Node 24 among them) and the Python environment for dbt.
// Plain JavaScript, because it runs on Node 20 or newer before any package is there.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EnvironmentFault, ensureEnvironment } from "../src/adapters/dbt/virtualenv/environment.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const say = (text) => process.stderr.write(`setup: ${text}\n`);

function fail(message, hint) {
  say(`${message}\n       hint: ${hint}`);
  process.exit(1);
}

/** Two setups at once would delete each other's node_modules, so the second waits for the first. */
function holdLock() {
  const lock = join(root, ".gami-setup.lock");
  for (let waited = 0; ; waited += 200) {
    try {
      mkdirSync(lock);
      process.on("exit", () => rmSync(lock, { recursive: true, force: true }));
      for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > 600_000) rmSync(lock, { recursive: true, force: true });
      if (waited === 0) say("another setup is running, waiting for it");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
}

/** npm notes in node_modules what it put there; other platforms' optional packages are in the lock alone. */
function hasNodePackages() {
  const read = (path) => (existsSync(join(root, path)) ? JSON.parse(readFileSync(join(root, path), "utf8")).packages : {});
  const [wanted, present] = [read("package-lock.json"), read("node_modules/.package-lock.json")];
  const missing = Object.entries(wanted).filter(
    ([path, { version, optional }]) => path !== "" && !optional && present[path]?.version !== version,
  );
  return missing.length === 0;
}

function installNodePackages() {
  if (hasNodePackages()) return;
  say("installing npm packages (about half a minute, once)");
  // The npm that started us, run by the Node it runs on: node_modules/.bin/node is about to be replaced.
  const [command, ...first] = process.env.npm_execpath
    ? [process.env.npm_node_execpath ?? process.execPath, process.env.npm_execpath]
    : ["npm"];
  // Packages that ask for Node 22 or newer get it from the node package, so npm's engine warnings say nothing new.
  const done = spawnSync(command, [...first, "ci", "--loglevel=error", "--no-audit", "--no-fund"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64e6,
  });
  if (done.status !== 0) {
    fail(
      `npm ci failed:\n${done.stdout ?? ""}${done.stderr ?? ""}${done.error?.message ?? ""}`,
      "check the network and the npm registry, then run the command again",
    );
  }
  checkNode();
}

/** With install scripts disabled npm ends well and leaves no Node behind. */
function checkNode() {
  const found = spawnSync(join(root, "node_modules", ".bin", "node"), ["--version"], { encoding: "utf8" });
  if (found.stdout?.startsWith("v24.")) return;
  fail(
    `Node 24 did not come with the packages (${found.stdout?.trim() || found.error?.message || "no answer"})`,
    "npm's install scripts seem to be disabled: run 'npm config set ignore-scripts false' and then 'npm run setup'",
  );
}

async function installDbt() {
  try {
    await ensureEnvironment({ home: join(root, ".gami"), requirements: join(root, "requirements", "dbt-duckdb.txt"), say });
  } catch (error) {
    if (!(error instanceof EnvironmentFault)) throw error;
    fail(error.message, error.hint);
  }
}

const began = Date.now();
holdLock();
installNodePackages();
await installDbt();
if (Date.now() - began > 2000) say(`ready in ${Math.round((Date.now() - began) / 1000)} s`);
