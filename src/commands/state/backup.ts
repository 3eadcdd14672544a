import { join, resolve } from "node:path";
import { backupState } from "../../app/state/backup-state.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";

/** `gami state backup`: the whole operational store in one file. */
export async function run({ deps }: CommandContext, file: string | undefined): Promise<CommandResult> {
  const stamp = new Date(deps.clock.now()).toISOString().replace(/[-:]/g, "").slice(0, 15);
  const path = file === undefined ? join(deps.config.folder, "backups", `state-${stamp}.jsonl.gz`) : resolve(file);
  const { keeping } = await deps.state();
  const { rows, standing } = await backupState({ keeping, backups: await deps.stateBackups(), clock: deps.clock }, path);
  return {
    exitCode: exitCodes.done,
    status: "done",
    json: { path, rows, ledgerSeq: standing.ledgerSeq, commitNo: standing.commitNo },
    text: `${rows} rows, the ledger up to entry ${standing.ledgerSeq}: ${path}\nKeep it together with a copy of the archive: what was decided later is replayed from there.`,
    totals: { rows, ledgerSeq: standing.ledgerSeq },
  };
}
