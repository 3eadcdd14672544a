// Prepares a bare checkout: npm packages (Node 24 among them) and the Python environment for dbt.
// Plain JavaScript without imports from node_modules, because it runs before they exist, on Node 20 or newer.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const say = (text) => process.stderr.write(`setup: ${text}\n`);
const sha = (...parts) => createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
const read = (path) => readFileSync(join(root, path), "utf8");

function fail(message, hint) {
  say(`${message}\n       ${hint}`);
  process.exit(1);
}
function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 64e6, ...options });
  return { ok: done.status === 0, text: `${done.stdout ?? ""}${done.stderr ?? ""}${done.error ?? ""}` };
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
      if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 900_000)
        rmSync(lock, { recursive: true, force: true });
      if (waited === 0) say("another setup is running, waiting for it");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
}

function installNodePackages() {
  const stamp = join(root, "node_modules", ".gami-stamp");
  const wanted = sha(read("package-lock.json"), process.platform, process.arch);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("installing npm packages (about half a minute the first time)");
  // The npm that started us, run by the Node it runs on: node_modules/.bin/node is about to be replaced.
  const [command, first] = process.env.npm_execpath
    ? [process.env.npm_node_execpath ?? process.execPath, [process.env.npm_execpath]]
    : ["npm", []];
  // Packages that ask for Node 22 or newer get it from the node package, so npm's engine warnings say nothing new.
  const done = run(command, [...first, "ci", "--loglevel=error", "--no-audit", "--no-fund"]);
  if (!done.ok) fail(`npm ci failed:\n${done.text}`, "check the network and the registry, then run the command again");
  writeFileSync(stamp, wanted);
}

const probe = "import sys; print('.'.join(map(str, sys.version_info[:3])), sys.executable)";
function findPython() {
  const names = process.env.GAMI_PYTHON
    ? [process.env.GAMI_PYTHON]
    : ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"];
  for (const name of names) {
    const found = run(name, ["-c", probe]);
    const [, major, minor, path] = /^(\d+)\.(\d+)\.\d+ (.+)$/m.exec(found.text) ?? [];
    if (found.ok && Number(major) === 3 && Number(minor) >= 11) return { version: `${major}.${minor}`, path };
  }
  return undefined;
}

/** `python3 -m venv` needs ensurepip, which Debian ships apart; each later way needs less of the machine. */
function createEnvironment(python, folder) {
  const tries = [];
  const plain = run(python, ["-m", "venv", folder]);
  if (plain.ok) return { pip: [join(folder, "bin/python"), "-m", "pip"] };
  tries.push(plain.text);
  rmSync(folder, { recursive: true, force: true });
  const bare = run(python, ["-m", "venv", "--without-pip", folder]);
  const pip = run(python, ["-m", "pip", "--version"]);
  if (bare.ok && pip.ok) return { pip: [python, "-m", "pip", "--python", join(folder, "bin/python")] };
  tries.push(bare.text, pip.text);
  throw new Error(tries.join("\n"));
}

function installDbt() {
  const python = findPython();
  if (!python) return fail("Python 3.11 or newer was not found", "install it, or set GAMI_PYTHON to its path");
  const wanted = sha(read("dbt-requirements.lock"), python.version, python.path);
  const folder = join(root, ".gami", `dbt-${wanted}`);
  if (existsSync(join(folder, ".complete"))) return;
  say("installing dbt (about half a minute the first time)");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(root, ".gami"), { recursive: true });
  let made;
  try {
    made = createEnvironment(python.path, folder);
  } catch (error) {
    return fail(`no virtual environment could be made:\n${error.message}`, "on Debian or Ubuntu: apt install python3-venv");
  }
  const [pip, ...args] = made.pip;
  const done = run(pip, [
    ...args,
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-input",
    "--no-deps",
    "--require-hashes",
    "--only-binary",
    ":all:",
    "-r",
    "dbt-requirements.lock",
  ]);
  if (!done.ok) fail(`pip failed:\n${done.text}`, "check the network and the package index, then run the command again");
  writeFileSync(join(folder, ".complete"), "");
}

const began = Date.now();
holdLock();
installNodePackages();
installDbt();
if (Date.now() - began > 2000) say(`ready in ${Math.round((Date.now() - began) / 1000)} s`);
