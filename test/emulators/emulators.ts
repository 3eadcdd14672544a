/**
 * Emulators of Snowflake and BigQuery for tests, and dbt with their adapters, each in a Python environment of its own,
 * installed from a hash lock.
 *
 *   npm run emulators -- install [snowflake] [bigquery]
 *   npm run emulators -- start snowflake|bigquery [DATA_FOLDER]    prints {"port": N, "url": ...} and runs until it is stopped
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureEnvironment, environmentFolder, findPython, isComplete } from "../../src/adapters/dbt/virtualenv/environment.mjs";

export const emulatorKinds = ["snowflake", "bigquery"] as const;
export type EmulatorKind = (typeof emulatorKinds)[number];

const home = join(import.meta.dirname, "..", "..", ".gami");
const lockOf = (kind: EmulatorKind) => join(import.meta.dirname, `emulator-${kind}.txt`);

const adapterLockOf = (kind: EmulatorKind) => join(import.meta.dirname, "..", "..", "requirements", `dbt-${kind}.txt`);

/** Installs the emulator unless it is there, and dbt with the adapter that speaks to it. */
export async function installEmulator(kind: EmulatorKind): Promise<void> {
  const say = (text: string) => process.stderr.write(`emulators: ${text}\n`);
  for (const requirements of [lockOf(kind), adapterLockOf(kind)]) await ensureEnvironment({ home, requirements, say });
}

/** The emulator's environment; null where nobody installed it. */
export async function findEmulator(kind: EmulatorKind): Promise<string | null> {
  const python = await findPython();
  if (python === undefined) return null;
  const folder = await environmentFolder(home, lockOf(kind), python);
  return isComplete(folder) ? folder : null;
}

export interface Emulator {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts an installed emulator with nothing in it, or with what an earlier one left in `dataFolder`. It ends with this process. */
export async function startEmulator(kind: EmulatorKind, { dataFolder }: { readonly dataFolder?: string } = {}): Promise<Emulator> {
  const environment = await findEmulator(kind);
  if (environment === null) throw new Error(`the ${kind} emulator is not installed: npm run emulators -- install ${kind}`);
  const scratch = await mkdtemp(join(tmpdir(), `gami-${kind}-`));
  const program = join(import.meta.dirname, `${kind}_server.py`);
  const child = spawn(join(environment, "bin", "python"), [program, ...(dataFolder === undefined ? [] : [dataFolder])], {
    stdio: ["pipe", "pipe", "pipe"],
    // What it spools of uploads goes away with it.
    env: { ...process.env, TMPDIR: scratch, PYTHONDONTWRITEBYTECODE: "1", OTEL_SDK_DISABLED: "true" },
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  const exited = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    const hasEnded = await Promise.race([exited.then(() => true), sleep(5_000, false, { ref: false })]);
    if (!hasEnded) child.kill("SIGKILL");
    await exited;
    await rm(scratch, { recursive: true, force: true });
  };
  try {
    const port = await Promise.race([
      readPort(child.stdout),
      exited.then(() => Promise.reject(new Error(`the ${kind} emulator ended at once:\n${said}`))),
    ]);
    const url = `http://127.0.0.1:${port}`;
    if (kind === "bigquery") await answers(`${url}/healthz`);
    return { port, url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readPort(output: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: output })) {
    const port: unknown = line.startsWith("{") ? JSON.parse(line).port : undefined;
    if (typeof port === "number") {
      output.resume();
      return port;
    }
  }
  throw new Error("the emulator named no port");
}

async function answers(url: string): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 100) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok === true) return;
    await sleep(100);
  }
  throw new Error(`${url} does not answer`);
}

async function main([command, ...names]: readonly string[]): Promise<void> {
  const kinds = emulatorKinds.filter((kind) => names.length === 0 || names.includes(kind));
  if (command === "install") {
    for (const kind of kinds) await installEmulator(kind);
    return;
  }
  const [kind] = kinds;
  if (command !== "start" || kind === undefined || kinds.length !== 1) {
    process.stderr.write("usage: emulators install [snowflake] [bigquery] | start snowflake|bigquery [DATA_FOLDER]\n");
    process.exitCode = 2;
    return;
  }
  const dataFolder = names.find((name) => name !== kind);
  const { stop, ...place } = await startEmulator(kind, dataFolder !== undefined && existsSync(dataFolder) ? { dataFolder } : {});
  process.stdout.write(`${JSON.stringify(place)}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop().then(() => process.exit(0)));
}

if (import.meta.main) await main(process.argv.slice(2));
