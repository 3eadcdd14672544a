import type { BatchFile, Warehouse } from "../../../ports/warehouse.ts";
import type { Connection } from "../connection.ts";
import {
  type LocalFiles,
  openLocalFiles,
  type Upload,
  type UploadColumn,
  type UploadFormat,
  uploadColumns,
} from "../duckdb/local-files.ts";
import type { FileRelation } from "../load-batch.ts";
import { beginRebuildInPlace, shadowOf } from "../rebuild-in-place.ts";
import { addColumnSql, createTableSql, missingFrom, schemaNames, type TableShape } from "../tables.ts";
import { warehouseOf } from "../warehouse.ts";
import type { SnowflakeConfig } from "./config.ts";
import { quoteText, snowflakeDialect, snowflakeSpelling } from "./dialect.ts";
import { openSessions } from "./driver.ts";
import { explainFailure } from "./failures.ts";

/** What the warehouse is made of; a benchmark looks on between. */
interface Parts {
  readonly open?: typeof openSessions;
  readonly files?: LocalFiles;
}

/** The warehouse in one Snowflake database; gami makes the schemas and tables it lacks. */
export function openSnowflakeWarehouse(config: SnowflakeConfig, { open = openSessions, files = openLocalFiles() }: Parts = {}): Warehouse {
  let areTablesThere = false;
  const sessions = open(config, async (connection) => {
    await connection.run(
      `alter session set timezone = 'UTC', timestamp_type_mapping = 'TIMESTAMP_NTZ', quoted_identifiers_ignore_case = false,
      statement_timeout_in_seconds = ${config.statementTimeoutSeconds}`,
    );
    if (!areTablesThere) await updateTables(connection);
    areTablesThere = true;
    // Where temporary tables and the stage of this session live.
    await connection.run("use schema meta");
  });
  const withFile = <T>(connection: Connection, batch: BatchFile, work: (file: FileRelation) => Promise<T>) =>
    withLoadedFile(files, connection, batch, work);
  const close = async () => {
    await sessions.close();
    await files.close();
  };
  return warehouseOf({
    spelling: snowflakeSpelling,
    use: sessions.use,
    explain: (error) => explainFailure(error, config),
    createTables: updateTables,
    withFile,
    compareWithArchive: files.compare,
    rebuild: () => beginRebuildInPlace({ use: sessions.use, withFile, makeShadow, makeShadowTables, dropShadow }),
    release: close,
  });
}

/**
 * Compressed by DuckDB already, so that the driver sends it as it is. Keys and JSON are text here, and so are instants:
 * how a Parquet instant is read depends on the file format's settings, how ISO text is read does not.
 */
export const snowflakeUpload: UploadFormat = {
  extension: "parquet",
  options: "format parquet, compression zstd",
  cast: (name, type) => (type === "key" || type === "json" || type === "instant" ? `cast(${name} as varchar)` : name),
};

/** PUT and COPY into a temporary table, outside any transaction: it is this session's alone, and gone with it. */
async function withLoadedFile<T>(
  files: LocalFiles,
  connection: Connection,
  batch: BatchFile,
  work: (file: FileRelation) => Promise<T>,
): Promise<T> {
  const table = snowflakeDialect.workTable("file", batch);
  // The place is made ready while the file is being written.
  const ready = connection
    .run("create temporary stage if not exists gami_load")
    .then(() => makeFileTable(connection, "temporary table", table, uploadColumns(batch)));
  ready.catch(() => undefined);
  const { columns, counts } = await files.withUpload(batch, snowflakeUpload, async (upload) => {
    await ready;
    await copyFile(connection, upload, table, `@gami_load/${batch.batchId}/`);
    return upload;
  });
  return work({ relation: table, columns: new Set(columns.map(({ name }) => name)), counts });
}

export async function makeFileTable(
  { run }: Connection,
  kind: "table" | "temporary table",
  table: string,
  columns: readonly UploadColumn[],
): Promise<void> {
  const { quoteName, types } = snowflakeDialect;
  const shape = columns.map(({ name, type }) => `${quoteName(name)} ${types[type]}`);
  await run(`create or replace ${kind} ${table} (${shape.join(", ")})`);
}

/** `place`: a folder of a stage. */
export async function copyFile({ run }: Connection, { path, columns }: Upload, table: string, place: string): Promise<void> {
  const { quoteName, types } = snowflakeDialect;
  const names = columns.map(({ name }) => quoteName(name));
  const reads = columns.map(({ name, type }) => `$1:"${name}"::${types[type]}`);
  await run(`put ${quoteText(`file://${path}`)} ${place} auto_compress=false overwrite=true`);
  await run(
    `copy into ${table} (${names.join(", ")}) from (select ${reads.join(", ")} from ${place}) file_format = (type = parquet) purge = true`,
  );
}

async function updateTables(connection: Connection): Promise<void> {
  const rows = await connection.rows(
    `select lower(table_schema) || '.' || lower(table_name) || '.' || lower(column_name) as name
    from information_schema.columns where table_schema in ('RAW', 'META')`,
  );
  const { tables, columns } = missingFrom(new Set(rows.map(({ name }) => String(name))));
  if (tables.length + columns.length === 0) return;
  for (const name of schemaNames) await connection.run(`create schema if not exists ${name}`);
  for (const shape of tables) await connection.run(createSql(shape));
  for (const { table, column } of columns) await connection.run(addColumnSql(snowflakeDialect, table, column));
}

/** A cursor's table comes with its row: of two first claims at once each would insert one. */
function createSql(shape: TableShape, { table, quoteName, types } = snowflakeDialect): string {
  if (!shape.isCursor) return createTableSql({ ...snowflakeDialect, table }, shape);
  const values = shape.columns.map(
    ({ name, type }) => `cast(${type === "integer" ? "0" : "null"} as ${types[type]}) as ${quoteName(name)}`,
  );
  return `create table if not exists ${table(shape.name)} as select ${values.join(", ")}`;
}

const shadowSchemas = ["gami_rebuild_raw", "gami_rebuild_meta"];

async function makeShadow(connection: Connection): Promise<void> {
  for (const name of shadowSchemas) await connection.run(`create schema if not exists ${name}`);
  await connection.run("use schema meta");
}

async function makeShadowTables(connection: Connection, shapes: readonly TableShape[]): Promise<void> {
  for (const shape of shapes) await connection.run(createSql(shape, shadowOf(snowflakeDialect)));
}

async function dropShadow(connection: Connection): Promise<void> {
  for (const name of shadowSchemas) await connection.run(`drop schema if exists ${name}`);
}
