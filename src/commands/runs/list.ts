import { exitCodes } from "../../exit-codes.ts";
import type { RunStatus } from "../../ports/state-store.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderTable } from "../table.ts";
import { durationText, instantText, runJson, shownStatus } from "./run-words.ts";

export interface ListRunsInput {
  readonly limit: number;
  readonly command?: string;
  readonly status?: RunStatus;
}

export async function run({ deps }: CommandContext, { limit, command, status }: ListRunsInput): Promise<CommandResult> {
  const wanted = { limit, ...(command === undefined ? {} : { command }), ...(status === undefined ? {} : { status }) };
  const runs = await (await deps.state()).runs.list(wanted);
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
