import { resolve } from "node:path";
import { planRestore, type RestorePlan, type RestoreReport, restoreState } from "../../app/state/restore-state.ts";
import { counted } from "../../domain/counted.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";

export interface RestoreInput {
  readonly apply?: true;
}

/** `gami state restore`: the operational store from a backup and from what was archived since. Plans unless told to apply. */
export async function run({ deps }: CommandContext, file: string | undefined, { apply }: RestoreInput): Promise<CommandResult> {
  const backup = file === undefined ? null : await (await deps.stateBackups()).open(resolve(file));
  const needs = { ledgerArchive: await deps.ledgerArchive(), warehouse: await deps.warehouse() };
  if (apply !== true) {
    const plan = await planRestore(needs, backup);
    // Read to its end, so that nobody stops all jobs for a file that cannot be used.
    if (backup !== null) for await (const _ of backup.rows());
    return {
      exitCode: exitCodes.done,
      status: "nothing_to_do",
      json: { isApplied: false, ...plan },
      text: `${describe(plan)}\nNothing is written; stop all jobs, then --apply restores it.`,
    };
  }
  const report = await restoreState({ ...needs, beginRestore: () => deps.beginStateRestore() }, backup);
  return {
    exitCode: exitCodes.done,
    status: "done",
    json: { isApplied: true, ...report },
    text: [describe(report), ...applied(report)].join("\n"),
  };
}

function describe({ backup, segments, commitNo, epoch }: RestorePlan): string {
  const from = backup === null ? "the archive alone" : `${backup.path} of ${backup.writtenAt} (commit ${backup.commitNo})`;
  return `from ${from}, then ${counted(segments, "segment")} of the archive up to commit ${commitNo}; epoch ${epoch}`;
}

function applied({ replayed, aside }: RestoreReport): string[] {
  return [
    `restored; ${replayed} entries came from the archive${aside === null ? "" : `; the store before it lies in ${aside}`}`,
    "Every message that was not settled is held: 'gami outbox list --state held' shows them, 'gami outbox replay --all --apply' lets them go. Hosts tell those apart that they have already.",
    "next: gami state verify",
  ];
}
