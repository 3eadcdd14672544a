import { rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { WarehouseError } from "../../errors.ts";
import type { DbtCall, DbtOutcome } from "../../ports/dbt.ts";
import { readRunResults } from "./artifacts.ts";
import type { DbtConfig } from "./config.ts";

const keptLines = 60;
const patienceMs = 10_000;

/** A program that is dbt, or brings it: what to start, and what it finds there. */
export interface DbtProcess {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where dbt writes its results, as seen from here. */
  readonly target: string;
  /** Ends dbt where a signal to the program alone would not. */
  readonly stop?: () => Promise<void>;
}

/** Where dbt's target and logs lie: in gami's folder, never in the project's. */
export function dbtFolders({ gamiFolder }: DbtConfig): { readonly target: string; readonly logs: string } {
  return { target: join(gamiFolder, "dbt-target"), logs: join(gamiFolder, "dbt-logs") };
}

/** What dbt reads from its environment, wherever the three folders are seen from. */
export function dbtEnvironment(folders: { readonly project: string; readonly target: string; readonly logs: string }) {
  return {
    DBT_PROJECT_DIR: folders.project,
    DBT_PROFILES_DIR: folders.project,
    DBT_TARGET_PATH: folders.target,
    DBT_LOG_PATH: folders.logs,
    DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
    DBT_VERSION_CHECK: "false",
    DBT_USE_COLORS: "false",
    DO_NOT_TRACK: "1",
    PYTHONUNBUFFERED: "1",
  };
}

export function dbtArguments(config: DbtConfig, call: DbtCall): string[] {
  return [...call.args, ...(config.target === null ? [] : ["--target", config.target])];
}

/** Runs a dbt program of this machine on the project. */
export function runDbtProgram(program: string, config: DbtConfig, call: DbtCall): Promise<DbtOutcome> {
  const folders = dbtFolders(config);
  const env = { ...config.environment, ...dbtEnvironment({ project: config.projectFolder, ...folders }) };
  return runDbtProcess({ program, args: dbtArguments(config, call), cwd: config.projectFolder, env, target: folders.target }, call);
}

/** Runs dbt, passes on what it says, and reads back what it wrote. */
export async function runDbtProcess(process: DbtProcess, call: DbtCall): Promise<DbtOutcome> {
  const resultsPath = join(process.target, "run_results.json");
  // Left from an earlier call it would be taken for this one's.
  await rm(resultsPath, { force: true });
  const began = performance.now();
  const tail: string[] = [];
  const child = execa(process.program, process.args, {
    cwd: process.cwd,
    env: process.env,
    all: true,
    stdin: "ignore",
    buffer: false,
    reject: false,
    forceKillAfterDelay: patienceMs,
    ...(call.signal === undefined || process.stop !== undefined ? {} : { cancelSignal: call.signal }),
  });
  const stopping = stopOnSignal(process.stop, call.signal);
  for await (const line of child.iterable({ from: "all" })) {
    tail.push(line);
    if (tail.length > keptLines) tail.shift();
    call.onLine(line);
  }
  const ended = await child;
  await stopping.done();
  const isStopped = ended.isCanceled || stopping.wasCalled();
  if (ended.signal !== undefined && !isStopped) {
    throw new WarehouseError(`dbt was ended by ${ended.signal}, not by gami`, {
      code: "DBT_KILLED",
      hint: "run the same command again; if the machine ran out of memory, lower warehouse.memoryLimit or warehouse.threads first",
    });
  }
  if (ended.failed && ended.exitCode === undefined && !isStopped) {
    throw new WarehouseError(`dbt did not run: ${ended.originalMessage ?? ended.shortMessage}`, {
      code: "DBT_NOT_STARTED",
      hint: "run 'gami doctor'",
    });
  }
  const read = await readRunResults(resultsPath);
  return {
    exitCode: ended.exitCode ?? 2,
    invocationId: read?.invocationId ?? null,
    results: read?.results ?? [],
    seconds: (performance.now() - began) / 1000,
    tail: tail.join("\n"),
  };
}

function stopOnSignal(stop: DbtProcess["stop"], signal: AbortSignal | undefined) {
  let stopped: Promise<void> | undefined;
  const onAbort = () => {
    stopped ??= stop?.();
  };
  if (stop !== undefined && signal?.aborted) onAbort();
  else if (stop !== undefined) signal?.addEventListener("abort", onAbort, { once: true });
  return {
    wasCalled: () => stopped !== undefined,
    async done() {
      signal?.removeEventListener("abort", onAbort);
      await stopped;
    },
  };
}

/** dbt-core's version as the program says it; null when it does not answer. */
export async function dbtVersion(program: string, before: readonly string[] = []): Promise<string | null> {
  const answer = await execa(program, [...before, "--version"], {
    reject: false,
    all: true,
    timeout: 30_000,
    env: { DO_NOT_TRACK: "1", DBT_USE_COLORS: "false" },
  });
  return /installed:\s*(\S+)/.exec(answer.all ?? "")?.[1] ?? null;
}
