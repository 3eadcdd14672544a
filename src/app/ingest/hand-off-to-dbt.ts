import { ChecksFailedError, LockHeldError, StoppedError, UsageError, WarehouseError } from "../../errors.ts";
import type { Dbt, DbtNodeResult, DbtOutcome } from "../../ports/dbt.ts";
import type { Output } from "../../ports/output.ts";

export interface HandOffDeps {
  readonly dbt: Dbt;
  readonly output: Output;
  /** Brings settings and zone offsets up to date, then lets go of the warehouse file: dbt cannot open it while we hold it. */
  readonly prepareWarehouse: () => Promise<void>;
}

export interface HandOffReport {
  readonly invocationId: string | null;
  readonly dbtExitCode: number;
  /** Models, tests and hooks that dbt has an answer for. */
  readonly results: number;
  readonly succeeded: number;
  readonly warned: number;
  readonly failed: number;
  readonly skipped: number;
  /** What dbt did not run, because something it reads failed. */
  readonly leftOut: readonly DbtNodeResult[];
  /** What failed or errored, the models first. */
  readonly failures: readonly DbtNodeResult[];
  readonly warnings: readonly DbtNodeResult[];
  readonly seconds: number;
}

/**
 * Tells dbt which batches are in, runs it once, and reads its results back.
 * A failed model or test is part of the report; a dbt that could not start or run at all is an error.
 */
export async function handOffToDbt(deps: HandOffDeps, args: readonly string[], signal: AbortSignal): Promise<HandOffReport> {
  await deps.prepareWarehouse();
  const outcome = await deps.dbt.run({ args, signal, onLine: (line) => showLine(deps.output, line) });
  deps.output.progressDone();
  if (signal.aborted && signal.reason instanceof StoppedError) throw signal.reason;
  if (outcome.results.length === 0 && outcome.exitCode !== 0) throw explainSilentFailure(outcome);
  return summarise(outcome);
}

const progressLine = /(\d+) of (\d+) (START|OK|PASS|ERROR|FAIL|WARN|SKIP)\s+(.*?)\s*(?:\.{2,}.*)?$/;

function showLine(output: Output, line: string): void {
  output.detail(line);
  const [, done, all, state, what] = progressLine.exec(line) ?? [];
  if (state === "START" && what !== undefined) output.progress(`dbt ${done} of ${all}: ${what}`);
}

function summarise(outcome: DbtOutcome): HandOffReport {
  const having = (...statuses: readonly DbtNodeResult["status"][]) => outcome.results.filter(({ status }) => statuses.includes(status));
  const failures = having("fail", "error");
  return {
    invocationId: outcome.invocationId,
    dbtExitCode: outcome.exitCode,
    results: outcome.results.length,
    succeeded: having("success", "pass").length,
    warned: having("warn").length,
    failed: failures.length,
    skipped: having("skipped").length,
    leftOut: having("skipped"),
    failures: [...failures.filter(({ kind }) => kind === "model"), ...failures.filter(({ kind }) => kind !== "model")],
    warnings: having("warn"),
    seconds: outcome.seconds,
  };
}

/** dbt ended before it wrote results: the reason stands only in what it printed. */
function explainSilentFailure({ exitCode, tail }: DbtOutcome): Error {
  const said = lastLines(tail, 12);
  if (/Conflicting lock is held|Could not set lock on file/.test(tail)) {
    const holder = /PID (\d+)/.exec(tail)?.[1];
    return new LockHeldError(
      `dbt could not open the warehouse: ${holder === undefined ? "another process" : `process ${holder}`} holds it`,
      {
        code: "WAREHOUSE_LOCKED",
        hint: "wait for that process to end, then run the command again",
      },
    );
  }
  if (/No space left on device|Out of Memory Error/i.test(tail)) {
    return new WarehouseError(`dbt ran out of room:\n${said}`, {
      code: "NO_SPACE",
      hint: "free disk space, or set warehouse.memoryLimit lower in gami.config.yaml",
    });
  }
  if (/^Usage: dbt/m.test(tail) || /No such option/.test(tail)) {
    return new UsageError(`dbt did not understand its arguments:\n${said}`, {
      code: "DBT_USAGE",
      hint: "see 'gami dbt --help'; everything behind -- goes to dbt as it is",
    });
  }
  return new ChecksFailedError(`dbt ended with code ${exitCode} before it could build anything:\n${said}`, {
    code: "DBT_FAILED",
    hint: "run the command again with --verbose to see all that dbt says",
  });
}

function lastLines(text: string, count: number): string {
  return text.split("\n").slice(-count).join("\n").trim();
}
