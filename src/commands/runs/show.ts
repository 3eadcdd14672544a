import { UsageError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { durationText, instantText, runJson, shownStatus } from "./run-words.ts";

/** @throws UsageError when there is no such run. */
export async function run({ deps }: CommandContext, { id }: { readonly id: string }): Promise<CommandResult> {
  const { runs } = await deps.state();
  const found = id === "last" ? (await runs.list({ limit: 1 }))[0] : await runs.find(id);
  if (found === undefined || found === null) {
    throw new UsageError(`there is no run "${id}" in ${deps.config.state.place}`, {
      code: "RUN_UNKNOWN",
      hint: "run 'gami runs list' for the ids",
    });
  }
  const lines: readonly (readonly [string, string])[] = [
    ["run", found.id],
    ["command", `gami ${found.argv.join(" ")}`],
    ["status", `${shownStatus(found)}${found.exitCode === null ? "" : ` (exit code ${found.exitCode})`}`],
    ["started", instantText(found.startedAt)],
    ["ended", found.endedAt === null ? "" : `${instantText(found.endedAt)}, after ${durationText(found)}`],
    ["process", `${found.pid} on ${found.host}`],
    ...Object.entries(found.totals ?? {}).map(
      ([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)] as const,
    ),
    ...(found.error === null ? [] : [["error", found.error.message] as const, ["hint", found.error.hint ?? ""] as const]),
  ];
  const text = lines.filter(([, value]) => value !== "").map(([name, value]) => `${name.padEnd(12)} ${value}`);
  return { exitCode: exitCodes.done, status: "done", json: { run: runJson(found) }, text: text.join("\n") };
}
