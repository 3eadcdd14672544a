import { rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { WarehouseError } from "../../errors.ts";
import type { DbtCall, DbtOutcome } from "../../ports/dbt.ts";
import { readRunResults } from "./artifacts.ts";
import type { DbtConfig } from "./config.ts";

const keptLines = 60;

/** Runs a dbt program on the project and reads back what it wrote. dbt's target and logs lie in gami's folder, never in the project's. */
export async function runDbtProgram(program: string, config: DbtConfig, call: DbtCall): Promise<DbtOutcome> {
  const target = join(config.gamiFolder, "dbt-target");
  const resultsPath = join(target, "run_results.json");
  // Left from an earlier call it would be taken for this one's.
  await rm(resultsPath, { force: true });
  const began = performance.now();
  const tail: string[] = [];
  const child = execa(program, [...call.args, ...(config.target === null ? [] : ["--target", config.target])], {
    cwd: config.projectFolder,
    env: environmentOf(config, target),
    all: true,
    stdin: "ignore",
    buffer: false,
    reject: false,
    forceKillAfterDelay: 10_000,
    ...(call.signal === undefined ? {} : { cancelSignal: call.signal }),
  });
  for await (const line of child.iterable({ from: "all" })) {
    tail.push(line);
    if (tail.length > keptLines) tail.shift();
    call.onLine(line);
  }
  const ended = await child;
  if (ended.signal !== undefined && !ended.isCanceled) {
    throw new WarehouseError(`dbt was ended by ${ended.signal}, not by gami`, {
      code: "DBT_KILLED",
      hint: "run the same command again; if the machine ran out of memory, lower warehouse.memoryLimit or warehouse.threads first",
    });
  }
  if (ended.failed && ended.exitCode === undefined && !ended.isCanceled) {
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

function environmentOf(config: DbtConfig, target: string): Record<string, string> {
  return {
    ...config.environment,
    DBT_PROJECT_DIR: config.projectFolder,
    DBT_PROFILES_DIR: config.projectFolder,
    DBT_TARGET_PATH: target,
    DBT_LOG_PATH: join(config.gamiFolder, "dbt-logs"),
    DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
    DBT_VERSION_CHECK: "false",
    DBT_USE_COLORS: "false",
    DO_NOT_TRACK: "1",
    PYTHONUNBUFFERED: "1",
  };
}

/** dbt-core's version as the program says it; null when it does not answer. */
export async function dbtVersion(program: string): Promise<string | null> {
  const answer = await execa(program, ["--version"], {
    reject: false,
    all: true,
    timeout: 30_000,
    env: { DO_NOT_TRACK: "1", DBT_USE_COLORS: "false" },
  });
  return /installed:\s*(\S+)/.exec(answer.all ?? "")?.[1] ?? null;
}
