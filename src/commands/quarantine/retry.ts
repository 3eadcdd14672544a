import { retryQuarantine } from "../../app/ingest/retry-quarantine.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { findRemapperIn } from "../remapping.ts";

export interface RetryQuarantineInput {
  readonly source?: string;
  readonly batch?: string;
  readonly mapping?: string;
  readonly dryRun?: true;
}

/** Maps refused records again, by a corrected mapping if one is given, and loads those that pass now. */
export async function run(context: CommandContext, { source, batch, mapping, dryRun }: RetryQuarantineInput): Promise<CommandResult> {
  const { deps, signal } = context;
  const loadDeps = { warehouse: await deps.warehouse(), archive: await deps.archive(), clock: deps.clock };
  const { tried, takenIn, stillRefused, totals } = await retryQuarantine(loadDeps, {
    ...(source === undefined ? {} : { source }),
    ...(batch === undefined ? {} : { batchId: batch }),
    isDryRun: dryRun === true,
    findRemapper: findRemapperIn(context, { mapping, only: source }),
    signal,
  });
  const nothingText = source === undefined && batch === undefined ? "the quarantine is empty" : "no such records in quarantine";
  const verb = dryRun === true ? "would be taken in" : "taken in";
  return {
    exitCode: exitCodes.done,
    status: takenIn === 0 ? "nothing_to_do" : "done",
    json: { tried, takenIn, stillRefused, isDryRun: dryRun === true, ...totals },
    text: tried === 0 ? nothingText : `${takenIn} of ${tried} records ${verb}, ${stillRefused} still refused`,
    totals: { tried, takenIn, stillRefused },
  };
}
