import { existsSync, linkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { sourceFamily } from "../../../domain/records/streams.ts";
import { LockHeldError } from "../../../errors.ts";
import type { BatchFile, ModelInputBatch, Warehouse } from "../../../ports/warehouse.ts";
import { checkTables } from "./check-tables.ts";
import type { DuckDbConfig } from "./config.ts";
import { hashContent } from "./content-hash.ts";
import { currentKeys } from "./current-keys.ts";
import { claimCursor, moveCursor, movePosition } from "./cursors.ts";
import { type Connection, openDatabase } from "./driver.ts";
import { explainFailure } from "./failures.ts";
import { loadBatch } from "./load-batch.ts";
import { loadInput } from "./model-input.ts";
import {
  countQuarantine,
  findBatches,
  readBatches,
  readCursors,
  readDataRange,
  readSettings,
  readZoneOffsets,
  readZonesInUse,
  streamQuarantine,
} from "./read-meta.ts";
import { beginRebuild } from "./rebuild.ts";
import { addReport, findReport } from "./reports.ts";
import { addColumnsSql, createTablesSql, cursorTable, inputCursorTables } from "./tables.ts";
import { inTransaction } from "./transaction.ts";

/** The warehouse in one DuckDB file, which is made on first use. */
export function openDuckDbWarehouse(config: DuckDbConfig): Warehouse {
  const database = openDatabase(databaseOptions(config, updateTables));
  const use = async <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
    if (!existsSync(config.path)) await createFile(config);
    return database.use(work);
  };
  return {
    rows: (sql, values) => use((connection) => connection.rows(sql, values)),
    stream: (sql, values) => streamThrough(use, config.path, (connection) => connection.stream(sql, values)),
    createTables: () => use(createTables),
    claim: (source, streams) =>
      use(async (connection) => {
        const family = sourceFamily(source);
        const claims = [];
        for (const stream of streams) {
          claims.push({ family, stream, ...(await claimCursor(connection, cursorTable(family, stream))) });
        }
        return claims;
      }),
    findBatches: (batchIds) => use((connection) => findBatches(connection, batchIds)),
    currentKeys: (source, stream, column, values) => use((connection) => currentKeys(connection, { source, stream, column, values })),
    commit: (batches) =>
      commitOnce(
        use,
        batches.map(({ batchId }) => batchId),
        (connection) => loadBatches(connection, batches),
      ),
    savePosition: (claims, position) =>
      use((connection) =>
        inTransaction(connection, async () => {
          for (const { family, stream, fence, seq } of claims)
            await movePosition(connection, cursorTable(family, stream), { fence, seq, position });
        }),
      ),
    resetCursor: (source, stream) =>
      use(async (connection) => {
        await connection.run(`update ${cursorTable(sourceFamily(source), stream)} set position = null, fence = fence + 1`);
      }),
    cursors: () => use(readCursors),
    batches: () => use(readBatches),
    quarantineCounts: () => use(countQuarantine),
    quarantined: (filter) => streamThrough(use, config.path, (connection) => streamQuarantine(connection, filter)),
    settings: () => use(readSettings),
    zoneOffsets: () => use(readZoneOffsets),
    zonesInUse: () => use(readZonesInUse),
    dataRange: () => use(readDataRange),
    claimInput: (kind) => use((connection) => claimCursor(connection, inputCursorTables[kind])),
    commitInput: (batch) => use((connection) => commitInput(connection, batch)),
    findReport: (inputsId) => use((connection) => findReport(connection, inputsId)),
    addReport: (report) => use((connection) => addReport(connection, report)),
    rebuild: () => beginRebuild(config, database),
    check: (resolveFile) => use((connection) => checkTables(connection, resolveFile)),
    contentHash: (options) => use((connection) => hashContent(connection, options?.versions ?? false)),
    release: () => database.release(),
    close: () => database.release(),
  };
}

type Use = <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;

export function databaseOptions(config: DuckDbConfig, prepare: (connection: Connection) => Promise<void>) {
  return {
    path: config.path,
    memoryLimit: config.memoryLimit ?? "1GB",
    threads: config.threads ?? Math.min(4, availableParallelism()),
    lockWaitSeconds: config.lockWaitSeconds ?? 0,
    idleReleaseMillis: config.idleReleaseMillis ?? 5_000,
    onWait: config.onWait ?? (() => undefined),
    prepare,
  };
}

/**
 * A new file gets its tables under another name and its own name when it is whole: a process killed on the way leaves no
 * half-made warehouse, and of two that start together one wins and the other uses its file.
 */
async function createFile(config: DuckDbConfig): Promise<void> {
  const path = `${config.path}.${process.pid}.new`;
  try {
    await rm(path, { force: true });
    const fresh = openDatabase(databaseOptions({ ...config, path }, createTables));
    await fresh.use(async () => undefined);
    await fresh.release();
    if (!existsSync(config.path)) linkSync(path, config.path);
  } catch (error) {
    if (existsSync(config.path)) return;
    throw explainFailure(error, config.path);
  } finally {
    await rm(path, { force: true });
    await rm(`${path}.wal`, { force: true });
  }
}

export async function createTables(connection: Connection): Promise<void> {
  await inTransaction(connection, async () => {
    for (const sql of createTablesSql()) await connection.run(sql);
  });
}

/** A file made by an earlier gami gets what it lacks; one that is up to date costs one look at the catalog. */
async function updateTables(connection: Connection): Promise<void> {
  const rows = await connection.rows(
    "select schema_name || '.' || table_name as table_name, column_name from duckdb_columns() where schema_name in ('raw', 'meta')",
  );
  const tables = new Set(rows.map((row) => String(row.table_name)));
  const columns = new Set(rows.map((row) => `${row.table_name}.${row.column_name}`));
  const missing = createTablesSql().filter((sql) => {
    const table = /^create table if not exists (\S+)/.exec(sql)?.[1];
    return table !== undefined && !tables.has(table);
  });
  const additions = addColumnsSql(columns).filter((sql) => tables.has(/^alter table (\S+)/.exec(sql)?.[1] ?? ""));
  if (missing.length + additions.length === 0) return;
  const schemas = createTablesSql().filter((sql) => sql.startsWith("create schema"));
  for (const sql of [...schemas, ...missing, ...additions]) await connection.run(sql);
}

async function loadBatches(connection: Connection, batches: readonly BatchFile[]) {
  return inTransaction(connection, async () => {
    for (const batch of batches) await moveCursor(connection, cursorTable(sourceFamily(batch.source), batch.stream), batch);
    const totals = [];
    for (const batch of batches) totals.push(await loadBatch(connection, batch));
    return totals;
  });
}

async function commitInput(connection: Connection, batch: ModelInputBatch): Promise<void> {
  await inTransaction(connection, async () => {
    await moveCursor(connection, inputCursorTables[batch.input.kind], { ...batch, position: null });
    await loadInput(connection, batch);
  });
}

/** When a commit fails without our knowing how far it came, the batches are looked for: all of them are in, or none. */
async function commitOnce<T>(use: Use, batchIds: readonly string[], commit: (connection: Connection) => Promise<T[]>) {
  try {
    return await use(commit);
  } catch (error) {
    if (error instanceof LockHeldError) throw error;
    const found = await use((connection) => findBatches(connection, batchIds)).catch(() => new Map());
    const totals = batchIds.flatMap((batchId) => found.get(batchId)?.totals ?? []);
    if (totals.length !== batchIds.length) throw error;
    return totals;
  }
}

async function* streamThrough<T>(use: Use, path: string, open: (connection: Connection) => AsyncIterable<T>): AsyncIterable<T> {
  const handedOver = Promise.withResolvers<Connection>();
  const done = Promise.withResolvers<void>();
  const using = use(async (connection) => {
    handedOver.resolve(connection);
    await done.promise;
  });
  using.catch(handedOver.reject);
  try {
    yield* open(await handedOver.promise);
  } catch (error) {
    throw explainFailure(error, path);
  } finally {
    done.resolve();
    await using;
  }
}
