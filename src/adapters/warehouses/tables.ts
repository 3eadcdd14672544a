import { type SourceFamily, type StreamDefinition, sourceFamilies, streams } from "../../domain/records/streams.ts";
import type { DataType, Dialect } from "./dialect.ts";

export interface Column {
  readonly name: string;
  readonly type: DataType;
  readonly isRequired: boolean;
}

/** A table in gami's words; each warehouse makes it in its own. */
export interface TableShape {
  /** `raw.csv_interaction` */
  readonly name: string;
  readonly columns: readonly Column[];
  /** The instant its rows are found by, for warehouses that divide tables into parts. */
  readonly dividedBy: string | null;
  /** Whether it always has exactly one row, and so is made with it where the dialect says so. */
  readonly isCursor: boolean;
}

/** `name:type!`, the mark for a column that is never null. */
function columns(...texts: readonly `${string}:${DataType}${"" | "!"}`[]): Column[] {
  return texts.map((text) => {
    const [name = "", type = ""] = text.replace("!", "").split(":");
    return { name, type: dataType(type), isRequired: text.endsWith("!") };
  });
}

const dataTypes: readonly DataType[] = ["text", "integer", "smallInteger", "instant", "date", "boolean", "json", "key"];

function dataType(name: string): DataType {
  const type = dataTypes.find((known) => known === name);
  if (type === undefined) throw new RangeError(`${name} is no data type`);
  return type;
}

/** The technical columns every raw table starts with (storage.md section 1). */
export const technicalColumns: readonly Column[] = columns(
  "business_key:key!",
  "source:text!",
  "revision:smallInteger!",
  "row_hash:key!",
  "seq:integer!",
  "superseded_seq:integer",
  "is_deleted:boolean!",
  "subject_id:key",
  "event_at:instant",
  "recorded_at:instant!",
  "batch_id:text!",
  "mapper_version:text!",
);

const metaTables: Readonly<Record<string, readonly Column[]>> = {
  "meta.batch": columns(
    "batch_id:text!",
    "source:text!",
    "stream:text!",
    "seq:integer!",
    "position:text",
    "archive_path:text",
    "sha256:text",
    "recorded_at:instant!",
    "rows_received:integer!",
    "rows_new:integer!",
    "rows_changed:integer!",
    "rows_unchanged:integer!",
    "rows_duplicate:integer!",
    "rows_filtered:integer!",
    "rows_quarantined:integer!",
  ),
  "meta.change_log": columns("source:text!", "stream:text!", "seq:integer!", "subject_id:key", "from_at:instant", "to_at:instant"),
  "meta.bound": columns("invocation_id:text!", "source:text!", "stream:text!", "seq:integer!"),
  "meta.applied": columns("model:text!", "invocation_id:text!", "source:text!", "stream:text!", "seq:integer!", "applied_at:instant!"),
  "meta.built": columns("model:text!", "build_no:integer!", "invocation_id:text!", "inputs:text!", "content:text!", "built_at:instant!"),
  "meta.build": columns("invocation_id:text!", "failed:integer!", "finished_at:instant!"),
  "meta.quarantine": columns("batch_id:text!", "line_or_path:text!", "reason:text!", "field:text", "value:text", "payload:text"),
  "meta.quarantine_retry": columns("batch_id:text!", "line_or_path:text!", "retried_in:text!"),
  "meta.setting": columns("name:text!", "value:text"),
  "meta.zone_offset": columns("zone:text!", "starts_at:instant!", "ends_at:instant!", "offset_seconds:smallInteger!", "tz_version:text!"),
  "meta.roi_result": columns(
    "result_id:text!",
    "inputs_id:text!",
    "as_of:date",
    "snapshot:text!",
    "schema_version:smallInteger!",
    "content:text!",
    "built_at:instant!",
  ),
  "meta.owner": columns("state_store_id:text!", "epoch:integer!"),
};

const cursorColumns = columns("fence:integer!", "seq:integer!", "position:text", "batch_id:text");

/** gami's name of a raw table, for messages and for `dialect.table`. */
export function rawTable(family: SourceFamily, stream: string): string {
  return `raw.${family}_${stream}`;
}

export function cursorTable(family: SourceFamily, stream: string): string {
  return `meta.cursor_${family}_${stream}`;
}

/** Settings and zone offsets are numbered like a stream of gami, so that models see how far a change reaches. */
export const inputCursorTables = { setting: "meta.cursor_gami_setting", zone_offset: "meta.cursor_gami_zone_offset" } as const;

export const schemaNames = ["raw", "meta", "staging", "intermediate", "marts"] as const;

function rawShape(family: SourceFamily, stream: StreamDefinition): TableShape {
  return {
    name: rawTable(family, stream.name),
    columns: [...technicalColumns, ...stream.columns.map(({ name, type }) => ({ name, type, isRequired: false }))],
    dividedBy: stream.eventAt.length === 0 ? null : "event_at",
    isCursor: false,
  };
}

/** Everything a new warehouse starts with: all raw and meta tables, unused ones empty, so that dbt compiles whatever is in use. */
export function warehouseTables(): readonly TableShape[] {
  const cursor = (name: string): TableShape => ({ name, columns: cursorColumns, dividedBy: null, isCursor: true });
  const meta = Object.entries(metaTables).map(([name, shape]) => ({ name, columns: shape, dividedBy: null, isCursor: false }));
  const ofStreams = sourceFamilies.flatMap((family) =>
    streams.flatMap((stream) => [rawShape(family, stream), cursor(cursorTable(family, stream.name))]),
  );
  return [...meta, ...ofStreams, ...Object.values(inputCursorTables).map(cursor)];
}

function columnDdl({ quoteName, types }: Dialect, { name, type, isRequired }: Column): string {
  return `${quoteName(name)} ${types[type]}${isRequired ? " not null" : ""}`;
}

export function createTableSql(dialect: Dialect, { name, columns: shape }: TableShape): string {
  return `create table if not exists ${dialect.table(name)} (${shape.map((column) => columnDdl(dialect, column)).join(", ")})`;
}

/** What a warehouse lacks, made by an earlier gami or by none: whole tables, and columns a release added at the end of a stream. */
export function missingFrom(existing: ReadonlySet<string>): {
  readonly tables: readonly TableShape[];
  readonly columns: readonly { readonly table: string; readonly column: Column }[];
} {
  const present = new Set([...existing].map((name) => name.slice(0, name.lastIndexOf("."))));
  const all = warehouseTables();
  return {
    tables: all.filter(({ name }) => !present.has(name)),
    columns: all
      .filter(({ name }) => present.has(name) && name.startsWith("raw."))
      .flatMap(({ name, columns: shape }) =>
        shape.filter((column) => !existing.has(`${name}.${column.name}`)).map((column) => ({ table: name, column })),
      ),
  };
}

export function addColumnSql(dialect: Dialect, table: string, { name, type }: Column): string {
  return `alter table ${dialect.table(table)} add column if not exists ${dialect.quoteName(name)} ${dialect.types[type]}`;
}
