import { ChecksFailedError, LockHeldError, StoppedError, UsageError, WarehouseBusyError, WarehouseError } from "../../errors.ts";
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
 * @throws WarehouseBusyError when nothing failed but the connection to the warehouse.
 */
export async function handOffToDbt(deps: HandOffDeps, args: readonly string[], signal: AbortSignal): Promise<HandOffReport> {
  await deps.prepareWarehouse();
  const outcome = await deps.dbt.run({ args, signal, onLine: (line) => showLine(deps.output, line) });
  deps.output.progressDone();
  if (signal.aborted && signal.reason instanceof StoppedError) throw signal.reason;
  if (outcome.results.length === 0 && outcome.exitCode !== 0) throw explainSilentFailure(outcome);
  const report = summarise(outcome);
  const [first] = report.failures;
  if (first !== undefined && report.failures.every(({ message }) => isOutage(message ?? ""))) throw connectionLost(report, first);
  return report;
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

/** dbt's adapters and Python's network have many words for a warehouse that cannot be reached, or not any more. */
const outages =
  /connection (aborted|reset|refused|broken|closed|timed out)|failed to (connect|establish)|could not connect|cannot connect|max retries exceeded|remote ?disconnected|remote end closed|network is unreachable|no route to host|name or service not known|(temporary failure|error) in name resolution|read timed out|deadline of .* exceeded|service unavailable|bad gateway|gateway timeout|ConnectionError|\b25000[1-6]\b/i;

function isOutage(text: string): boolean {
  return outages.test(text);
}

function connectionLost({ failed, results, skipped }: HandOffReport, { kind, name, message }: DbtNodeResult): WarehouseBusyError {
  const said = (message ?? "").replaceAll(/\s*\n\s*/g, " ").slice(0, 300);
  return new WarehouseBusyError(
    `the connection to the warehouse broke while dbt ran: ${failed} of ${results} models and tests failed with it, ${skipped} were skipped for that; the first is ${kind} ${name}: ${said}`,
    { code: "WAREHOUSE_UNREACHABLE", hint: "run the same command again: what is built stays, and what was touched is built again" },
  );
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
  if (isOutage(tail)) {
    return new WarehouseBusyError(`dbt could not reach the warehouse:\n${said}`, {
      code: "WAREHOUSE_UNREACHABLE",
      hint: "check the network and run the same command again; 'gami doctor' tries the connection",
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
