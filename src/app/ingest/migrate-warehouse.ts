import { ChecksFailedError, UsageError } from "../../errors.ts";
import type { Archive } from "../../ports/archive.ts";
import type { Cursor, Warehouse } from "../../ports/warehouse.ts";
import { type RebuildOptions, rebuildWarehouse } from "./rebuild-warehouse.ts";

export interface MigrateDeps {
  readonly from: Warehouse;
  readonly to: Warehouse;
  readonly archive: Archive;
}

export interface MigrateOptions extends Pick<RebuildOptions, "signal" | "onProgress"> {
  readonly isDryRun: boolean;
}

export interface MigrateResult {
  readonly batches: number;
  /** Rows received by all of them. */
  readonly rows: number;
  /** The hash of every version with its numbers, equal on both sides; null for a dry run. */
  readonly contentHash: string | null;
}

/**
 * Makes another warehouse from the archive and compares it with the one in use: batch by batch with their totals, and the
 * hash over every version. What no archive holds goes along: the owner, and positions of reads that found nothing. Safe to repeat.
 * @throws UsageError when the other one holds batches of another archive. ChecksFailedError when the two differ.
 */
export async function migrateWarehouse({ from, to, archive }: MigrateDeps, options: MigrateOptions): Promise<MigrateResult> {
  const before = await describe(from);
  await requireOwnOrEmpty(to, archive);
  const result = { batches: before.batches.length, rows: before.rows };
  if (options.isDryRun) return { ...result, contentHash: null };
  await rebuildWarehouse({ warehouse: to, archive }, options);
  await carryPositions(from, to);
  await carryOwner(from, to);
  const [held, made] = [await describe(from), await describe(to)];
  const [heldHash, madeHash] = [await from.contentHash({ versions: true }), await to.contentHash({ versions: true })];
  if (JSON.stringify(held.batches) !== JSON.stringify(made.batches) || heldHash !== madeHash) {
    throw new ChecksFailedError(
      `the two warehouses differ: ${held.batches.length} batches with ${held.rows} rows here, ${made.batches.length} with ${made.rows} there, content ${heldHash.slice(0, 12)} and ${madeHash.slice(0, 12)}`,
      {
        code: "MIGRATION_DIFFERS",
        hint: "run 'gami warehouse verify' here; when it finds nothing, a load came in between: run the migration again",
      },
    );
  }
  return { ...result, batches: held.batches.length, rows: held.rows, contentHash: heldHash };
}

async function describe(warehouse: Warehouse) {
  const batches = (await warehouse.batches()).map(({ batchId, source, stream, seq, recordedAt, totals }) => ({
    batchId,
    source,
    stream,
    seq,
    recordedAt,
    totals,
  }));
  return { batches, rows: batches.reduce((sum, { totals }) => sum + totals.received, 0) };
}

async function requireOwnOrEmpty(to: Warehouse, archive: Archive): Promise<void> {
  const known = new Set((await archive.committed()).map(({ batchId }) => batchId));
  const foreign = (await to.batches()).filter(({ batchId }) => !known.has(batchId));
  if (foreign.length === 0) return;
  throw new UsageError(`the warehouse to move to already holds ${foreign.length} batches that are not of this archive`, {
    code: "MIGRATION_TARGET_IN_USE",
    hint: "move to an empty database or project",
  });
}

/** A read that found nothing moved its position and left no batch; without it the next one would only read more. */
async function carryPositions(from: Warehouse, to: Warehouse): Promise<void> {
  const key = ({ family, stream }: Pick<Cursor, "family" | "stream">) => `${family} ${stream}`;
  const there = new Map((await to.cursors()).map((cursor) => [key(cursor), cursor.position]));
  for (const cursor of await from.cursors()) {
    if (cursor.position === null || there.get(key(cursor)) === cursor.position) continue;
    const claims = await to.claim(cursor.family, [cursor.stream]);
    await to.savePosition(claims, cursor.position);
  }
}

async function carryOwner(from: Warehouse, to: Warehouse): Promise<void> {
  const [owner, other] = [await from.owner(), await to.owner()];
  if (owner !== null && JSON.stringify(owner) !== JSON.stringify(other)) await to.setOwner(owner, other);
}
