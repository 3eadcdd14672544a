import type { StreamDefinition } from "../../../domain/records/streams.ts";
import type { Finding } from "../../../ports/warehouse.ts";
import { fileColumn } from "../batch-columns.ts";
import { runChecks } from "../check-tables.ts";
import type { Connection } from "../connection.ts";
import { rowText, type TypedExpression } from "../content-hash.ts";
import { duckdbDialect, quoteName, quoteText } from "./dialect.ts";

/** Up to this many rows a table is compared with the archive whole, above it by one month. */
const wholeComparisonRows = 1_000_000;

const keyColumns: readonly TypedExpression[] = [
  { sql: "business_key", type: "key" },
  { sql: "row_hash", type: "key" },
  { sql: "subject_id", type: "key" },
  { sql: "event_at", type: "instant" },
];

/** What a version says, from a file of the archive. */
export function archivedRowText(stream: StreamDefinition): string {
  const columns = stream.columns.map((column) => ({ sql: quoteName(fileColumn(column)), type: column.type }));
  return rowText(duckdbDialect, [...keyColumns, { sql: "(kind = 'deletion')", type: "boolean" }, ...columns]);
}

/** The same, from a raw table. */
export function heldRowText(connection: Pick<Connection, "dialect">, stream: StreamDefinition): string {
  const columns = stream.columns.map(({ name, type }) => ({ sql: connection.dialect.quoteName(name), type }));
  return rowText(connection.dialect, [...keyColumns, { sql: "is_deleted", type: "boolean" }, ...columns]);
}

export function readFiles(paths: readonly string[]): string {
  return `read_parquet([${paths.map(quoteText).join(", ")}], union_by_name = true)`;
}

/** Every version in raw is in the archive as it stands, and every archived one is in raw; the open one is the latest. */
export async function compareWithFiles(
  connection: Connection,
  { table, stream, paths }: { readonly table: string; readonly stream: StreamDefinition; readonly paths: readonly string[] },
): Promise<Finding[]> {
  const month = await sampleMonth(connection, table);
  const within = month === null ? "true" : `date_trunc('month', event_at) = timestamp '${month}'`;
  const scope = month === null ? "all rows" : `rows of ${month.slice(0, 7)}`;
  await connection.run(`create or replace temp table archived as
    select distinct business_key, row_hash, md5(${archivedRowText(stream)}) as content
    from ${readFiles(paths)} where kind in ('record', 'deletion') and ${within}`);
  await connection.run(`create or replace temp table held as
    select distinct business_key, row_hash, md5(${heldRowText(connection, stream)}) as content from ${table} where ${within}`);
  return runChecks(connection, [
    {
      name: "in_archive",
      place: table,
      detail: `versions that differ from the archive or are not in it (${scope})`,
      sql: "select * from held except select * from archived",
    },
    {
      name: "in_raw",
      place: table,
      detail: `archived versions that are missing or differ (${scope})`,
      sql: "select * from archived except select * from held",
    },
  ]);
}

/** The month in the middle of a large table; null when the whole of it is compared. */
async function sampleMonth(connection: Connection, table: string): Promise<string | null> {
  const [size] = await connection.rows(`select count(*) as row_count from ${table}`);
  if (Number(size?.row_count) <= wholeComparisonRows) return null;
  const [row] = await connection.rows(
    `select strftime(date_trunc('month', quantile_disc(event_at, 0.5)), '%Y-%m-%d') as month from ${table} where event_at is not null`,
  );
  return typeof row?.month === "string" ? row.month : null;
}
