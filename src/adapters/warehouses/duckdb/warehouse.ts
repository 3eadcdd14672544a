import { existsSync, linkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import type { Warehouse } from "../../../ports/warehouse.ts";
import type { Connection } from "../connection.ts";
import { countFile, type FileRelation } from "../load-batch.ts";
import { addColumnSql, createTableSql, missingFrom, schemaNames, warehouseTables } from "../tables.ts";
import { type Use, warehouseOf } from "../warehouse.ts";
import { compareWithFiles } from "./compare-with-archive.ts";
import type { DuckDbConfig } from "./config.ts";
import { duckdbDialect, duckdbSpelling, quoteText } from "./dialect.ts";
import { openDatabase } from "./driver.ts";
import { explainFailure } from "./failures.ts";
import { loadMemoryLimit, loadSettings, type UsualSettings } from "./load-settings.ts";
import { beginRebuild } from "./rebuild.ts";

/** The warehouse in one DuckDB file, which the first write makes. */
export function openDuckDbWarehouse(config: DuckDbConfig): Warehouse {
  const database = openDatabase(databaseOptions(config, updateTables));
  const use: Use = async (work) => {
    if (!existsSync(config.path)) await createFile(config);
    return database.use(work);
  };
  const nothing = openDatabase(databaseOptions({ ...config, path: ":memory:" }, createTables));
  return warehouseOf({
    spelling: duckdbSpelling,
    use,
    // Of a path that cannot be, whoever asks is told so.
    ask: (work) => (existsSync(config.path) || !existsSync(dirname(config.path)) ? use(work) : nothing.use(work)),
    explain: (error) => explainFailure(error, config.path),
    createTables,
    withFile: async (connection, batch, work) => {
      // DuckDB hands freed memory back when it is told its limit, also where nothing changes: 50 MB less at the peak of an extraction.
      const handBack = () => connection.run(`set memory_limit = ${quoteText(config.memoryLimit ?? loadMemoryLimit)}`);
      await handBack();
      const result = await work(await fileRelation(connection, batch.file));
      await handBack();
      return result;
    },
    whileLoading: (work) => database.withSettings(loadSettings(config.memoryLimit ?? loadMemoryLimit, usualSettings(config)), work),
    compareWithArchive: compareWithFiles,
    rebuild: () => beginRebuild(config, database),
    release: async () => {
      await nothing.release();
      await database.release();
    },
  });
}

/** The file where it lies. */
export async function fileRelation(connection: Connection, path: string): Promise<FileRelation> {
  const relation = `read_parquet(${quoteText(path)})`;
  const columns = await connection.rows(`select name from parquet_schema(${quoteText(path)})`);
  return { relation, columns: new Set(columns.map(({ name }) => String(name))), counts: await countFile(connection, relation) };
}

function usualSettings({ threads, memoryLimit }: DuckDbConfig): UsualSettings {
  return { threads: threads ?? Math.min(4, availableParallelism()), memoryLimit: memoryLimit ?? "1GB" };
}

export function databaseOptions(config: DuckDbConfig, prepare: (connection: Connection) => Promise<void>) {
  return {
    path: config.path,
    ...usualSettings(config),
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

/** The statements that make a warehouse. Safe to repeat. */
export function createTablesSql(): readonly string[] {
  const schemas = schemaNames.map((name) => `create schema if not exists ${name}`);
  return [...schemas, ...warehouseTables().map((shape) => createTableSql(duckdbDialect, shape))];
}

export async function createTables(connection: Connection): Promise<void> {
  await connection.transact(async (transaction) => {
    for (const sql of createTablesSql()) await transaction.run(sql);
  });
}

/** A file made by an earlier gami gets what it lacks; one that is up to date costs one look at the catalog. */
async function updateTables(connection: Connection): Promise<void> {
  const rows = await connection.rows(
    "select schema_name || '.' || table_name || '.' || column_name as name from duckdb_columns() where schema_name in ('raw', 'meta')",
  );
  const { tables, columns } = missingFrom(new Set(rows.map(({ name }) => String(name))));
  if (tables.length + columns.length === 0) return;
  for (const name of schemaNames) await connection.run(`create schema if not exists ${name}`);
  for (const shape of tables) await connection.run(createTableSql(duckdbDialect, shape));
  for (const { table, column } of columns) await connection.run(addColumnSql(duckdbDialect, table, column));
}
