import { UsageError } from "../../errors.ts";
import type { LedgerArchive, RowFile, StateRestore } from "../../ports/state-keeper.ts";
import type { Warehouse, WarehouseOwner } from "../../ports/warehouse.ts";
import { countingSegments } from "./verify-state.ts";

export interface RestoreDeps {
  readonly ledgerArchive: LedgerArchive;
  readonly warehouse: Pick<Warehouse, "owner" | "setOwner">;
  readonly beginRestore: () => Promise<StateRestore>;
}

export interface RestorePlan {
  /** Null: everything comes from the archive. */
  readonly backup: { readonly path: string; readonly writtenAt: string; readonly commitNo: number } | null;
  readonly storeId: string;
  readonly epoch: number;
  readonly segments: number;
  /** The last commit there will be. */
  readonly commitNo: number;
  readonly owner: WarehouseOwner | null;
}

export interface RestoreReport extends RestorePlan {
  /** Entries that came from the archive. */
  readonly replayed: number;
  /** Where the store before it lies now. */
  readonly aside: string | null;
}

/** What a restore would bring. @throws UsageError when backup, archive and warehouse are not of one store. */
export async function planRestore(
  { ledgerArchive, warehouse }: Omit<RestoreDeps, "beginRestore">,
  backup: RowFile | null,
): Promise<RestorePlan> {
  const segments = await segmentsToReplay(ledgerArchive, backup);
  const owner = await warehouse.owner();
  const last = segments.at(-1)?.header ?? backup?.header;
  if (last === undefined) {
    throw new UsageError("there is nothing to restore from: no backup was given, and the archive holds no ledger", {
      code: "NOTHING_TO_RESTORE",
      hint: "give the path of a file that 'gami state backup' wrote",
    });
  }
  const storeId = backup?.header.storeId ?? last.storeId;
  const others = [...segments.map(({ header }) => header.storeId), ...(owner === null ? [] : [owner.stateStoreId])].filter(
    (id) => id !== storeId,
  );
  if (others.length > 0) {
    throw new UsageError(`the backup is of store ${storeId.slice(0, 8)}, archive or warehouse of store ${others[0]?.slice(0, 8)}`, {
      code: "OTHER_STORE",
      hint: "give a backup of this project's own store",
    });
  }
  const epochs = [...segments, ...(backup === null ? [] : [backup])].map(({ header }) => header.epoch);
  return {
    backup: backup === null ? null : { path: backup.path, writtenAt: backup.header.writtenAt, commitNo: backup.header.commitNo },
    storeId,
    epoch: Math.max(...epochs, owner?.epoch ?? 0) + 1,
    segments: segments.length,
    commitNo: Math.max(
      backup?.header.commitNo ?? 0,
      ...segments.map(({ header, endCommit }) => Math.min(header.lastCommit, endCommit - 1)),
    ),
    owner,
  };
}

/**
 * Makes the store again from a backup and from what was archived since, under a new epoch, and swaps it in. No message goes
 * out until somebody says so: some of them were delivered after the backup was made. The warehouse learns the new epoch.
 */
export async function restoreState(deps: RestoreDeps, backup: RowFile | null): Promise<RestoreReport> {
  const plan = await planRestore(deps, backup);
  const { epoch, storeId } = plan;
  const restore = await deps.beginRestore();
  let replayed = 0;
  try {
    if (backup !== null) for await (const rows of backup.rows()) await restore.write(rows);
    // A backup may hold a commit more than its header says: it was written while others went on.
    const restored = await restore.standing();
    for (const { rows, endCommit } of await segmentsToReplay(deps.ledgerArchive, backup)) {
      for await (const chunk of rows()) {
        const fresh = chunk.filter(({ row }) => Number(row.commit_no) > (plan.backup?.commitNo ?? 0) && Number(row.commit_no) < endCommit);
        replayed += fresh.filter(({ table }) => table === "ledger").length;
        await restore.replay(fresh);
      }
    }
    const commitNo = Math.max(plan.commitNo, restored.commitNo);
    const aside = await restore.finish({
      storeId,
      epoch: { epoch, firstCommit: commitNo + 1 },
      commitNo,
      // What the backup holds and nobody had archived yet is archived by the next run.
      archivedCommit: backup?.header.archivedCommit ?? commitNo,
      heldBecause: "the store was restored: it may have been delivered already",
    });
    await deps.warehouse.setOwner({ stateStoreId: storeId, epoch }, plan.owner);
    return { ...plan, commitNo, replayed, aside };
  } catch (error) {
    await restore.abandon();
    throw error;
  }
}

async function segmentsToReplay(ledgerArchive: LedgerArchive, backup: RowFile | null) {
  const after = backup?.header.commitNo ?? 0;
  return (await countingSegments(ledgerArchive)).filter(
    ({ header, endCommit }) => header.lastCommit > after && header.firstCommit < endCommit,
  );
}
