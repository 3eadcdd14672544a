import { type HandOffReport, handOffToDbt } from "../app/ingest/hand-off-to-dbt.ts";
import { prepareForModels } from "../app/ingest/prepare-for-models.ts";
import { settingsOf } from "../config/settings.ts";
import { exitCodes } from "../exit-codes.ts";
import type { CommandContext, CommandResult } from "./command.ts";
import { renderTable } from "./table.ts";

export interface DbtInput {
  /** `build`, `run`, `test`, `docs generate`. */
  readonly words: readonly string[];
  readonly select?: readonly string[];
  readonly fullRefresh?: true;
  readonly unitTests?: true;
  /** Everything behind `--`, for dbt as it is. */
  readonly rest: readonly string[];
}

const shownFailures = 20;

/** Hands the warehouse to dbt once and says what came of it. Exits 5 when a model or a test failed. */
export async function run({ deps, signal }: CommandContext, input: DbtInput): Promise<CommandResult> {
  const report = await handOffToDbt(
    { dbt: await deps.dbt(), output: deps.output, prepareWarehouse: () => prepareWarehouse(deps) },
    argumentsOf(input),
    signal,
  );
  const hasFailed = report.failed > 0 || report.dbtExitCode !== 0;
  const { invocationId, dbtExitCode, succeeded, warned, failed, skipped, leftOut, failures, warnings, seconds } = report;
  return {
    exitCode: hasFailed ? exitCodes.checksFailed : exitCodes.done,
    status: hasFailed ? "checks_failed" : "done",
    json: {
      invocationId,
      dbtExitCode,
      succeeded,
      warned,
      failed,
      skipped,
      seconds: Number(seconds.toFixed(1)),
      failures,
      warnings,
      leftOut: leftOut.map(({ id }) => id),
    },
    text: describe(report),
    totals: { succeeded, warned, failed, skipped },
  };
}

/** dbt opens the file itself: we let go of it first. */
async function prepareWarehouse(deps: CommandContext["deps"]): Promise<void> {
  const [warehouse, archive] = [await deps.warehouse(), await deps.archive()];
  await prepareForModels({ warehouse, archive, clock: deps.clock }, settingsOf(deps.config));
  await warehouse.release();
}

function argumentsOf({ words, select = [], fullRefresh, unitTests, rest }: DbtInput): string[] {
  const hasTests = words[0] === "build" || words[0] === "test";
  return [
    ...words,
    ...(select.length > 0 ? ["--select", ...select] : []),
    ...(fullRefresh ? ["--full-refresh"] : []),
    // They check the project, not what was loaded, so that their answer is the same every night.
    ...(hasTests && !unitTests ? ["--exclude-resource-type", "unit_test"] : []),
    ...rest,
  ];
}

function describe(report: HandOffReport): string {
  const { succeeded, warned, failed, skipped, leftOut, failures, warnings, seconds } = report;
  const lines = [`${succeeded} done, ${warned} warned, ${failed} failed, ${skipped} skipped in ${seconds.toFixed(1)} s`];
  const shown = [...failures, ...warnings].slice(0, shownFailures);
  if (shown.length > 0)
    lines.push(
      "",
      renderTable(
        ["", "name", "what dbt says"],
        shown.map(({ status, kind, name, message }) => [status, `${kind} ${name}`, firstLine(message)]),
      ),
    );
  const left = failures.length + warnings.length - shown.length;
  if (left > 0) lines.push(`and ${left} more; --json lists all`);
  if (leftOut.length > 0) lines.push("", `skipped, since what they read failed: ${listed(leftOut.map(({ name }) => name))}`);
  return lines.join("\n");
}

function listed(names: readonly string[]): string {
  const more = names.length - shownFailures;
  return names.slice(0, shownFailures).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function firstLine(message: string | null): string {
  return message?.trim().split("\n", 1)[0] ?? "";
}
