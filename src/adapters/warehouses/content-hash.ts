import { createHash } from "node:crypto";
import { type StreamDefinition, sourceFamilies, streams } from "../../domain/records/streams.ts";
import type { Connection } from "./connection.ts";
import type { DataType, Dialect } from "./dialect.ts";
import { filledTables } from "./filled-tables.ts";
import { rawTable, technicalColumns } from "./tables.ts";

const contentColumns = ["business_key", "source", "revision", "row_hash", "is_deleted", "subject_id", "event_at"];
const versionColumns = [...contentColumns, "seq", "superseded_seq", "batch_id", "mapper_version"];

export interface TypedExpression {
  readonly sql: string;
  readonly type: DataType;
}

/**
 * One line of text per row, in which an unknown value cannot be mistaken for a text, and which every warehouse writes alike:
 * instants as epoch milliseconds, yes and no as 1 and 0.
 */
export function rowText(dialect: Dialect, expressions: readonly TypedExpression[]): string {
  const texts = expressions.map((expression) => `coalesce(${asText(dialect, expression)}, chr(30))`);
  return texts.join(" || chr(31) || ");
}

function asText({ types, epochMillis }: Dialect, { sql, type }: TypedExpression): string {
  if (type === "instant") return `cast(${epochMillis(sql)} as ${types.text})`;
  if (type === "boolean") return `case when ${sql} then '1' when not ${sql} then '0' end`;
  return type === "text" ? sql : `cast(${sql} as ${types.text})`;
}

/**
 * The digest of a set of rows, whatever their order: the sums of the four parts of each row's MD5, so that warehouses whose
 * integers have 64 bits agree. A row held twice counts twice.
 */
export function digestColumns(dialect: Dialect, md5: string): string {
  const parts = [1, 7, 13, 19].map(
    (start, index) => `coalesce(sum(${dialect.hexNumber(`substr(${md5}, ${start}, 6)`)}), 0) as digest_${index + 1}`,
  );
  return `count(*) as row_count, ${parts.join(", ")}`;
}

export function digestText(row: Readonly<Record<string, unknown>> | undefined): string {
  return [row?.row_count, row?.digest_1, row?.digest_2, row?.digest_3, row?.digest_4].map(String).join(" ");
}

/**
 * A hash of what the raw tables say, independent of the order of rows: of the current content, or of every version with
 * its numbers. The time of recording never counts, so a run repeated another day is equal; nor does the warehouse it lies in.
 */
export async function hashContent(connection: Connection, versions: boolean): Promise<string> {
  const { dialect } = connection;
  const hash = createHash("sha256");
  const filled = await filledTables(connection, dialect);
  const selects = sourceFamilies.flatMap((family) =>
    streams
      .map((stream) => ({ stream, table: rawTable(family, stream.name) }))
      .filter(({ table }) => filled.has(table))
      .map(
        ({ stream, table }) => `
        select '${table}' as table_name, ${digestColumns(dialect, "line")}
        from (
            select ${dialect.md5(rowText(dialect, columnsOf(dialect, stream, versions)))} as line
            from ${dialect.table(table)}
            ${versions ? "" : "where superseded_seq is null and not is_deleted"}
        ) as lines_${family}_${stream.name}`,
      ),
  );
  if (selects.length === 0) return hash.digest("hex");
  const rows = await connection.rows(`select * from (${selects.join(" union all ")}) as digests where row_count > 0 order by table_name`);
  for (const row of rows) hash.update(`${row.table_name} ${digestText(row)}\n`);
  return hash.digest("hex");
}

function columnsOf({ quoteName }: Dialect, stream: StreamDefinition, versions: boolean): TypedExpression[] {
  const technical = technicalColumns.filter(({ name }) => (versions ? versionColumns : contentColumns).includes(name));
  return [...technical, ...stream.columns].map(({ name, type }) => ({ sql: quoteName(name), type }));
}
