import { type StreamDefinition, sourceFamilies, streamDefinition, streamNames, streams } from "../../../domain/records/streams.ts";
import type { Finding } from "../../../ports/warehouse.ts";
import { fileColumn } from "./batch-columns.ts";
import { rowText } from "./content-hash.ts";
import { quoteName, quoteText } from "./dialect.ts";
import type { Connection } from "./driver.ts";
import { cursorTable, inputCursorTables, rawTable } from "./tables.ts";

/** Up to this many rows a table is compared with the archive whole, above it by one month. */
const wholeComparisonRows = 1_000_000;

/** Checks meta and raw tables against their own rules, and raw rows against the archived files they came from. */
export async function checkTables(connection: Connection, resolveFile: (archivePath: string) => string): Promise<Finding[]> {
  const findings: Finding[] = [...(await checkMeta(connection))];
  for (const family of sourceFamilies) {
    for (const stream of streams) {
      const table = rawTable(family, stream.name);
      const [size] = await connection.rows(`select count(*) as row_count from ${table}`);
      if (Number(size?.row_count) === 0) continue;
      findings.push(...(await checkVersions(connection, table)));
      const files = await archivedFiles(connection, family, stream.name);
      const paths = files.map(resolveFile);
      findings.push(...(await compareWithArchive(connection, table, streamDefinition(stream.name), paths)));
    }
  }
  return findings;
}

/** A check counts what breaks it; zero is fine. */
interface Check {
  readonly name: string;
  readonly place: string;
  readonly sql: string;
  readonly detail: string;
}

async function runChecks(connection: Connection, checks: readonly Check[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, place, sql, detail } of checks) {
    const [row] = await connection.rows(`select count(*) as faults from (${sql})`);
    const faults = Number(row?.faults);
    if (faults > 0) findings.push({ check: name, place, detail: `${faults} ${detail}` });
  }
  return findings;
}

async function checkMeta(connection: Connection): Promise<Finding[]> {
  const cursors = [
    ...sourceFamilies.flatMap((family) =>
      streamNames.map((stream) => ({ table: cursorTable(family, stream), family, stream: String(stream) })),
    ),
    ...Object.entries(inputCursorTables).map(([stream, table]) => ({ table, family: "gami", stream })),
  ];
  return runChecks(connection, [
    {
      name: "batch_totals",
      place: "meta.batch",
      detail: "batches whose totals do not add up",
      sql: `select 1 from meta.batch where rows_received
        <> rows_new + rows_changed + rows_unchanged + rows_duplicate + rows_filtered + rows_quarantined`,
    },
    {
      name: "batch_id",
      place: "meta.batch",
      detail: "batch ids that stand twice",
      sql: "select batch_id from meta.batch group by batch_id having count(*) > 1",
    },
    {
      name: "quarantine_count",
      place: "meta.quarantine",
      detail: "batches with more or fewer quarantined records than their total says",
      sql: `select batch.batch_id from meta.batch
        left join (select batch_id, count(*) as held from meta.quarantine group by batch_id) as quarantine on quarantine.batch_id = batch.batch_id
        where coalesce(quarantine.held, 0) <> batch.rows_quarantined`,
    },
    {
      name: "zone_offsets",
      place: "meta.zone_offset",
      detail: "stretches of a zone that leave a gap or overlap",
      sql: `select 1 from (
          select ends_at, lead(starts_at) over (partition by zone order by starts_at) as next_starts_at from meta.zone_offset
        ) where next_starts_at is not null and next_starts_at <> ends_at`,
    },
    ...cursors.map(({ table, family, stream }) => ({
      name: "cursor",
      place: table,
      detail: "cursor that does not stand at its last batch, or batches without a gap before it",
      sql: `select 1
        from (select coalesce(max(seq), 0) as seq from ${table}) as cursor_row
        cross join (
            select coalesce(max(seq), 0) as seq, count(distinct seq) as batches
            from meta.batch
            where stream = '${stream}' and split_part(source, ':', 1) = '${family}'
        ) as loaded
        where cursor_row.seq <> loaded.seq or loaded.seq <> loaded.batches`,
    })),
  ]);
}

async function checkVersions(connection: Connection, table: string): Promise<Finding[]> {
  const [family, ...rest] = table.replace("raw.", "").split("_");
  return runChecks(connection, [
    {
      name: "one_open_version",
      place: table,
      detail: "keys without exactly one open version",
      sql: `select business_key from ${table} group by business_key having count(*) filter (superseded_seq is null) <> 1`,
    },
    {
      name: "revision",
      place: table,
      detail: "revisions that a key has twice",
      sql: `select business_key from ${table} group by business_key, revision having count(*) > 1`,
    },
    {
      name: "superseded_before",
      place: table,
      detail: "versions closed before they came",
      sql: `select 1 from ${table} where superseded_seq < seq`,
    },
    {
      name: "superseded_by",
      place: table,
      detail: "versions closed by a batch that brought no later one",
      sql: `select 1 from ${table} as closed
        where closed.superseded_seq > closed.seq and not exists (
            select 1 from ${table} as later where later.business_key = closed.business_key and later.seq = closed.superseded_seq
        )`,
    },
    {
      name: "row_count",
      place: table,
      detail: "batches with more or fewer rows than their totals say",
      sql: `select batch.batch_id from meta.batch
        left join (select batch_id, count(*) as held from ${table} group by batch_id) as rows on rows.batch_id = batch.batch_id
        where batch.stream = '${rest.join("_")}' and split_part(batch.source, ':', 1) = '${family}'
            and coalesce(rows.held, 0) <> batch.rows_new + batch.rows_changed`,
    },
  ]);
}

async function archivedFiles(connection: Connection, family: string, stream: string): Promise<string[]> {
  const rows = await connection.rows(
    "select archive_path from meta.batch where stream = $1 and split_part(source, ':', 1) = $2 and archive_path is not null order by seq",
    [stream, family],
  );
  return rows.map((row) => String(row.archive_path));
}

/** Every version in raw is in the archive as it stands, and every archived one is in raw; the open one is the latest. */
async function compareWithArchive(
  connection: Connection,
  table: string,
  stream: StreamDefinition,
  paths: readonly string[],
): Promise<Finding[]> {
  const month = await sampleMonth(connection, table);
  const within = month === null ? "true" : `date_trunc('month', event_at) = timestamp '${month}'`;
  const scope = month === null ? "all rows" : `rows of ${month.slice(0, 7)}`;
  const technical = ["business_key", "row_hash", "subject_id", "event_at"];
  const columns = stream.columns.map(({ name }) => quoteName(name));
  const inFile = stream.columns.map((column) => quoteName(fileColumn(column)));
  const files = `read_parquet([${paths.map(quoteText).join(", ")}], union_by_name = true)`;
  if (paths.length === 0) return [{ check: "archive", place: table, detail: "rows without any archived batch" }];
  await connection.run(`create or replace temp table archived as
    select distinct business_key, row_hash, md5(${rowText([...technical, "kind = 'deletion'", ...inFile])}) as content
    from ${files} where kind in ('record', 'deletion') and ${within}`);
  await connection.run(`create or replace temp table held as
    select distinct business_key, row_hash, md5(${rowText([...technical, "is_deleted", ...columns])}) as content from ${table} where ${within}`);
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
