// The Python environment in which dbt runs: found, made, and named after the requirement file it holds.
// Plain JavaScript without dependencies, because `npm run setup` uses it on Node 20 before any package is installed.
import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A step that failed, with one thing to do about it. */
export class EnvironmentFault extends Error {
  constructor(message, hint) {
    super(message);
    this.name = "EnvironmentFault";
    this.hint = hint;
  }
}

const pythonNames = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"];
const probe = "import sys; print('.'.join(map(str, sys.version_info[:3])), sys.executable)";
/** Fetched only where Python has neither ensurepip nor pip. */
const pipWheel = {
  name: "pip-25.3-py3-none-any.whl",
  sha256: "9655943313a94722b7774661c21049070f6bbb0a1516bf02f7c8d5d9201514cd",
};

function run(command, args, options = {}) {
  return new Promise((resolve) => {
    execFile(command, args, { encoding: "utf8", maxBuffer: 64e6, ...options }, (error, stdout, stderr) => {
      resolve({
        ok: error === null,
        text: `${stdout}${stderr}${error !== null && error.code === "ENOENT" ? `${command}: not found` : ""}`,
      });
    });
  });
}

/** The first Python of at least 3.11, or undefined. `GAMI_PYTHON` names one and no other is tried. */
export async function findPython(wanted = process.env.GAMI_PYTHON) {
  for (const name of wanted ? [wanted] : pythonNames) {
    const found = await run(name, ["-c", probe]);
    const [, major, minor, path] = /^(\d+)\.(\d+)\.\d+ (.+)$/m.exec(found.text) ?? [];
    if (found.ok && Number(major) === 3 && Number(minor) >= 11) return { version: `${major}.${minor}`, path };
  }
  return undefined;
}

/** The environment's folder under `home`: another lock file or another Python is another folder. */
export async function environmentFolder(home, requirements, python) {
  const lock = await readFile(requirements);
  const hash = createHash("sha256").update(lock).update(`\0${python.version}\0${python.path}`).digest("hex").slice(0, 16);
  return join(home, `${basename(requirements, ".txt")}-${hash}`);
}

export function isComplete(folder) {
  return existsSync(join(folder, ".complete"));
}

/** The dbt program of a complete environment. */
export function dbtProgram(folder) {
  return join(folder, "bin", "dbt");
}

/**
 * Makes the environment unless it is there. Two processes at once: one installs, the other waits.
 * @returns {Promise<string>} its folder
 */
export async function ensureEnvironment({ home, requirements, say = () => {}, python: wanted }) {
  const python = await findPython(wanted);
  if (python === undefined) {
    throw new EnvironmentFault("Python 3.11 or newer was not found", "install it, or set GAMI_PYTHON to its path");
  }
  const folder = await environmentFolder(home, requirements, python);
  if (isComplete(folder)) return folder;
  await mkdir(home, { recursive: true });
  const release = await holdLock(`${folder}.lock`, say);
  try {
    if (!isComplete(folder)) await install(folder, python.path, requirements, say);
  } finally {
    await release();
  }
  return folder;
}

async function install(folder, python, requirements, say) {
  say(`installing ${basename(requirements, ".txt")} into its own Python environment (about half a minute, once)`);
  await rm(folder, { recursive: true, force: true });
  const pip = await createEnvironment(python, folder);
  const flags = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "--require-hashes", "--only-binary", ":all:"];
  const [command, ...args] = pip;
  const done = await run(command, [...args, "install", ...flags, "-r", requirements]);
  if (!done.ok) {
    throw new EnvironmentFault(
      `pip could not install ${basename(requirements)}:\n${done.text.trim()}`,
      "check the network and the package index, then run the command again",
    );
  }
  await writeFile(join(folder, ".complete"), "");
}

/** `python3 -m venv` needs ensurepip, which Debian ships apart; each later way needs less of the machine. */
async function createEnvironment(python, folder) {
  const inside = join(folder, "bin", "python");
  const plain = await run(python, ["-m", "venv", folder]);
  if (plain.ok) return [inside, "-m", "pip"];
  await rm(folder, { recursive: true, force: true });
  const bare = await run(python, ["-m", "venv", "--without-pip", folder]);
  if (!bare.ok)
    throw new EnvironmentFault(
      `no virtual environment could be made:\n${bare.text.trim()}`,
      "on Debian or Ubuntu: apt install python3-venv",
    );
  const pip = await run(python, ["-m", "pip", "--version"]);
  if (pip.ok) return [python, "-m", "pip", "--python", inside];
  return [python, "-I", join(await fetchPipWheel(), "pip"), "--python", inside];
}

/** A wheel is a zip that Python can run; its hash is checked before it is. */
async function fetchPipWheel() {
  const index = (process.env.PIP_INDEX_URL ?? "https://pypi.org/simple").replace(/\/$/, "");
  const hint = "on Debian or Ubuntu: apt install python3-venv";
  try {
    const page = await (await fetch(`${index}/pip/`, { signal: AbortSignal.timeout(60_000) })).text();
    const href = new RegExp(`href="([^"#]*${pipWheel.name.replaceAll(".", "\\.")})`).exec(page)?.[1];
    if (href === undefined) throw new Error(`${pipWheel.name} is not on the index's page`);
    const answer = await fetch(new URL(href, `${index}/pip/`), { signal: AbortSignal.timeout(120_000) });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (createHash("sha256").update(bytes).digest("hex") !== pipWheel.sha256)
      throw new Error(`${pipWheel.name} has another hash than expected`);
    const path = join(await mkdtemp(join(tmpdir(), "gami-pip-")), pipWheel.name);
    await writeFile(path, bytes);
    return path;
  } catch (error) {
    throw new EnvironmentFault(`Python has neither ensurepip nor pip, and pip could not be fetched: ${error.message}`, hint);
  }
}

/** A folder is made by one process only. No install takes ten minutes: an older lock belongs to a dead process. */
async function holdLock(path, say) {
  for (let waited = 0; ; waited += 1) {
    try {
      await mkdir(path);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > 600_000) await breakLock(path);
    if (waited === 0) say("another gami is installing the Python environment, waiting for it");
    await sleep(300);
  }
  const remove = () => rm(path, { recursive: true, force: true });
  return remove;
}

/** Renamed first, so that two who both find it stale cannot remove a fresh one. */
async function breakLock(path) {
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => {});
  await rm(aside, { recursive: true, force: true });
}
