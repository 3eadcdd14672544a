import { UsageError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import { type RunStatus, runStatuses } from "../../ports/state-store.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderTable } from "../table.ts";
import { durationText, instantText, runJson, shownStatus } from "./run-words.ts";

export interface ListRunsInput {
  readonly limit: number;
  readonly command?: string;
  readonly status?: string;
}

/** @throws UsageError for a status that does not exist. */
export async function run({ deps }: CommandContext, { limit, command, status }: ListRunsInput): Promise<CommandResult> {
  const wanted = status === undefined ? {} : { status: parseStatus(status) };
  const runs = await (await deps.state()).runs.list({ limit, ...(command === undefined ? {} : { command }), ...wanted });
  const rows = runs.map((one) => [
    one.id,
    one.command,
    shownStatus(one),
    one.exitCode ?? "",
    instantText(one.startedAt),
    durationText(one),
  ]);
  const text = rows.length === 0 ? "no runs yet" : renderTable(["run", "command", "status", "exit", "started", "took"], rows);
  return { exitCode: exitCodes.done, status: "done", json: { runs: runs.map(runJson) }, text };
}

function parseStatus(text: string): RunStatus {
  const found = runStatuses.find((status) => status === text);
  if (found !== undefined) return found;
  throw new UsageError(`--status "${text}" is not a status of runs: expected one of ${runStatuses.join(", ")}`, {
    code: "USAGE",
    hint: "run 'gami runs list' to see all runs",
  });
}
