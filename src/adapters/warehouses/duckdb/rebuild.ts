import { renameSync } from "node:fs";
import { rm } from "node:fs/promises";
import { sourceFamilies, sourceFamily, streamNames } from "../../../domain/records/streams.ts";
import { LockHeldError } from "../../../errors.ts";
import type { WarehouseRebuild } from "../../../ports/warehouse.ts";
import type { Connection } from "../connection.ts";
import { placeCursor, seedCursor } from "../cursors.ts";
import { judgeBatch, planLoad, writeBatch } from "../load-batch.ts";
import { loadInput } from "../model-input.ts";
import { cursorTable, inputCursorTables } from "../tables.ts";
import type { DuckDbConfig } from "./config.ts";
import { type Database, openDatabase } from "./driver.ts";
import { loadMemoryLimit } from "./load-settings.ts";
import { createTables, databaseOptions, fileRelation } from "./warehouse.ts";

/** A claim made before the rebuilding may have left no trace; no fence of the new file can be equal to its. */
const fenceLeap = 1000;

/**
 * Makes the file again beside the old one and renames it into place at the end. The old file stays locked meanwhile,
 * unless it is so damaged that it cannot be opened.
 */
export async function beginRebuild(config: DuckDbConfig, current: Database): Promise<WarehouseRebuild> {
  const path = `${config.path}.${process.pid}.rebuild`;
  const removeFresh = async () => {
    await rm(path, { force: true });
    await rm(`${path}.wal`, { force: true });
  };
  await removeFresh();
  const hold = await holdFile(current);
  // Loads alone run in it, and one thread is what they need least processor time with (load-settings.ts).
  const fresh = openDatabase(
    databaseOptions(
      { ...config, path, threads: 1, memoryLimit: config.memoryLimit ?? loadMemoryLimit, idleReleaseMillis: 600_000 },
      createTables,
    ),
  );
  return {
    load: (batch) =>
      fresh.use(async (connection) => {
        const { dialect } = connection;
        const cursor = cursorTable(sourceFamily(batch.source), batch.stream);
        await seedCursor(connection, cursor);
        const load = planLoad(dialect, batch, await fileRelation(connection, batch.file));
        const judged = await judgeBatch(connection, load);
        await connection.transact(async (transaction) => {
          await placeCursor(transaction, dialect, cursor, batch);
          await writeBatch(transaction, dialect, load, judged);
        });
        return judged.totals;
      }),
    loadInput: (batch) =>
      fresh.use(async (connection) => {
        const cursor = inputCursorTables[batch.input.kind];
        await seedCursor(connection, cursor);
        await connection.transact(async (transaction) => {
          await placeCursor(transaction, connection.dialect, cursor, { ...batch, position: null });
          await loadInput(transaction, connection.dialect, batch);
        });
      }),
    async finish() {
      await fresh.use((connection) => carryOver(connection, hold.kept));
      await fresh.release();
      // The log of the old file would otherwise be applied to the new one.
      await rm(`${config.path}.wal`, { force: true });
      renameSync(path, config.path);
      await hold.release();
    },
    async abandon() {
      await fresh.release();
      await removeFresh();
      await hold.release();
    },
  };
}

/** What no archive holds and a rebuilt warehouse must not lose. */
interface Kept {
  readonly owner: { readonly stateStoreId: string; readonly epoch: number } | null;
  readonly fences: readonly { readonly table: string; readonly fence: number }[];
}

async function holdFile(current: Database): Promise<{ readonly kept: Kept; release(): Promise<void> }> {
  const opened = Promise.withResolvers<Kept>();
  const done = Promise.withResolvers<void>();
  const holding = current.use(async (connection) => {
    opened.resolve(await readKept(connection));
    await done.promise;
  });
  holding.catch(opened.reject);
  const release = async () => {
    done.resolve();
    await holding.catch(() => undefined);
    await current.release();
  };
  try {
    return { kept: await opened.promise, release };
  } catch (error) {
    if (error instanceof LockHeldError) throw error;
    return { kept: { owner: null, fences: [] }, release: async () => undefined };
  }
}

async function readKept(connection: Connection): Promise<Kept> {
  const [owner] = await connection.rows("select state_store_id, epoch from meta.owner");
  const fences: { table: string; fence: number }[] = [];
  for (const table of allCursorTables()) {
    const [row] = await connection.rows(`select fence from ${table}`);
    if (row !== undefined) fences.push({ table, fence: Number(row.fence) });
  }
  return { owner: owner === undefined ? null : { stateStoreId: String(owner.state_store_id), epoch: Number(owner.epoch) }, fences };
}

async function carryOver(connection: Connection, { owner, fences }: Kept): Promise<void> {
  if (owner !== null) await connection.run("insert into meta.owner values ($1, $2)", [owner.stateStoreId, owner.epoch]);
  for (const { table, fence } of fences) {
    await seedCursor(connection, table);
    await connection.run(`update ${table} set fence = greatest(fence, $1)`, [fence]);
  }
  for (const table of allCursorTables()) await connection.run(`update ${table} set fence = fence + ${fenceLeap}`);
}

function allCursorTables(): string[] {
  const ofStreams = sourceFamilies.flatMap((family) => streamNames.map((stream) => cursorTable(family, stream)));
  return [...ofStreams, ...Object.values(inputCursorTables)];
}
