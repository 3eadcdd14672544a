import { handOffToDbt } from "../app/ingest/hand-off-to-dbt.ts";
import { prepareForModels } from "../app/ingest/prepare-for-models.ts";
import { settingsOf } from "../config/settings.ts";
import { exitCodes } from "../exit-codes.ts";
import type { CommandContext, CommandResult } from "./command.ts";
import { describeDbt } from "./dbt-text.ts";

export interface DbtInput {
  /** `build`, `run`, `test`, `docs generate`. */
  readonly words: readonly string[];
  readonly select?: readonly string[];
  readonly fullRefresh?: true;
  readonly unitTests?: true;
  /** Everything behind `--`, for dbt as it is. */
  readonly rest: readonly string[];
}

/** Hands the warehouse to dbt once and says what came of it. Exits 5 when a model or a test failed. */
export async function run({ deps, signal }: CommandContext, input: DbtInput): Promise<CommandResult> {
  const report = await handOffToDbt(
    { dbt: await deps.dbt(), output: deps.output, prepareWarehouse: () => prepareWarehouse(deps) },
    argumentsOf(input),
    signal,
  );
  const hasFailed = report.failed > 0 || report.dbtExitCode !== 0;
  const isNothing = report.results === 0 && input.select !== undefined;
  const { invocationId, dbtExitCode, succeeded, warned, failed, skipped, leftOut, failures, warnings, seconds } = report;
  return {
    exitCode: hasFailed ? exitCodes.checksFailed : exitCodes.done,
    status: hasFailed ? "checks_failed" : isNothing ? "nothing_to_do" : "done",
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
    text: isNothing ? `nothing was done: no model or test matches --select ${input.select?.join(" ")}` : describeDbt(report),
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
