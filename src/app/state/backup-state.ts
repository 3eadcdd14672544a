import type { Clock } from "../../ports/clock.ts";
import type { Standing, StateBackups, StateKeeper } from "../../ports/state-keeper.ts";

/** Writes the whole store, as it is at one instant, into one file that every kind of store can be restored from. */
export async function backupState(
  { keeping, backups, clock }: { readonly keeping: StateKeeper; readonly backups: StateBackups; readonly clock: Clock },
  path: string,
): Promise<{ readonly rows: number; readonly standing: Standing }> {
  const standing = await keeping.standing();
  const header = {
    kind: "backup",
    version: 1,
    ...standing,
    firstCommit: 1,
    lastCommit: standing.commitNo,
    writtenAt: new Date(clock.now()).toISOString(),
  } as const;
  return { rows: await backups.write(path, header, keeping.rows()), standing };
}
