import { type ColumnType, type SourceFamily, type StreamDefinition, sourceFamilies, streams } from "../../../domain/records/streams.ts";

/** UTC instants are plain timestamps: a session's TimeZone setting can then never shift a day. */
export const duckdbTypes: Readonly<Record<ColumnType, string>> = {
  text: "varchar",
  integer: "bigint",
  instant: "timestamp",
  date: "date",
  boolean: "boolean",
  json: "json",
};

/** The technical columns every raw table starts with (storage.md section 1). */
export const technicalColumns: readonly (readonly [name: string, type: string])[] = [
  ["business_key", "uuid not null"],
  ["source", "varchar not null"],
  ["revision", "integer not null"],
  ["row_hash", "uuid not null"],
  ["seq", "bigint not null"],
  ["superseded_seq", "bigint"],
  ["is_deleted", "boolean not null"],
  ["subject_id", "uuid"],
  ["event_at", "timestamp"],
  ["recorded_at", "timestamp not null"],
  ["batch_id", "varchar not null"],
  ["mapper_version", "varchar not null"],
];

export function rawTable(family: SourceFamily, stream: string): string {
  return `raw.${family}_${stream}`;
}

function rawTableDdl(family: SourceFamily, stream: StreamDefinition): string {
  const columns = [...technicalColumns, ...stream.columns.map(({ name, type }) => [name, duckdbTypes[type]] as const)];
  return `create table if not exists ${rawTable(family, stream.name)} (${columns.map(([name, type]) => `"${name}" ${type}`).join(", ")})`;
}

const metaTables: readonly string[] = [
  `create table if not exists meta.batch (batch_id varchar not null, source varchar not null, stream varchar not null, seq bigint not null,
    position varchar, archive_path varchar, sha256 varchar, recorded_at timestamp not null, rows_received bigint not null, rows_new bigint not null,
    rows_changed bigint not null, rows_unchanged bigint not null, rows_duplicate bigint not null, rows_filtered bigint not null,
    rows_quarantined bigint not null)`,
  "create table if not exists meta.change_log (source varchar not null, stream varchar not null, seq bigint not null, subject_id uuid, from_at timestamp, to_at timestamp)",
  "create table if not exists meta.bound (invocation_id varchar not null, source varchar not null, stream varchar not null, seq bigint not null)",
  `create table if not exists meta.applied (model varchar not null, invocation_id varchar not null, source varchar not null, stream varchar not null,
    seq bigint not null, applied_at timestamp not null)`,
  "create table if not exists meta.build (invocation_id varchar not null, failed bigint not null, finished_at timestamp not null)",
  `create table if not exists meta.quarantine (batch_id varchar not null, line_or_path varchar not null, reason varchar not null, field varchar,
    value varchar, payload varchar)`,
  "create table if not exists meta.quarantine_retry (batch_id varchar not null, line_or_path varchar not null, retried_in varchar not null)",
  "create table if not exists meta.setting (name varchar not null, value varchar)",
  `create table if not exists meta.zone_offset (zone varchar not null, starts_at timestamp not null, ends_at timestamp not null,
    offset_seconds integer not null, tz_version varchar not null)`,
  `create table if not exists meta.roi_result (result_id varchar not null, inputs_id varchar not null, as_of date, snapshot varchar not null,
    schema_version integer not null, content varchar not null, built_at timestamp not null)`,
  "create table if not exists meta.owner (state_store_id varchar not null, epoch bigint not null)",
];

export function cursorTable(family: SourceFamily, stream: string): string {
  return `meta.cursor_${family}_${stream}`;
}

/** Its one row is made by the first claim: a table with a row costs a quarter of a megabyte, and there are 76 of them. */
function cursorTableDdl(table: string): string {
  return `create table if not exists ${table} (fence bigint not null, seq bigint not null, position varchar, batch_id varchar)`;
}

/** Settings and zone offsets are numbered like a stream of gami, so that models see how far a change reaches. */
export const inputCursorTables = { setting: "meta.cursor_gami_setting", zone_offset: "meta.cursor_gami_zone_offset" } as const;

/** Everything a new warehouse starts with: all raw and meta tables, unused ones empty, so that dbt compiles whatever is in use. Safe to repeat. */
export function createTablesSql(): readonly string[] {
  const schemas = ["raw", "meta", "staging", "intermediate", "marts"].map((name) => `create schema if not exists ${name}`);
  const raw = sourceFamilies.flatMap((family) =>
    streams.flatMap((stream) => [rawTableDdl(family, stream), cursorTableDdl(cursorTable(family, stream.name))]),
  );
  return [...schemas, ...metaTables, ...raw, ...Object.values(inputCursorTables).map(cursorTableDdl)];
}

/** Columns a release added at the end of a stream, for a warehouse made before it. */
export function addColumnsSql(existing: ReadonlySet<string>): readonly string[] {
  return sourceFamilies.flatMap((family) =>
    streams.flatMap((stream) => {
      const table = rawTable(family, stream.name);
      return stream.columns
        .filter(({ name }) => !existing.has(`${table}.${name}`))
        .map(({ name, type }) => `alter table ${table} add column if not exists "${name}" ${duckdbTypes[type]}`);
    }),
  );
}
