import {
  type SourceFamily,
  type StreamDefinition,
  sourceFamilies,
  streamDefinition,
  streamNames,
  streams,
} from "../../domain/records/streams.ts";
import type { Finding } from "../../ports/warehouse.ts";
import type { Connection } from "./connection.ts";
import { filledTables } from "./filled-tables.ts";
import { cursorTable, inputCursorTables, rawTable } from "./tables.ts";

/** Compares the rows of one raw table with the archived files they came from. */
export type CompareWithArchive = (
  connection: Connection,
  comparison: { readonly table: string; readonly stream: StreamDefinition; readonly paths: readonly string[] },
) => Promise<Finding[]>;

export interface TableChecks {
  resolveFile(archivePath: string): string;
  readonly compareWithArchive: CompareWithArchive;
}

/** Checks meta and raw tables against their own rules, and raw rows against the archived files they came from. */
export async function checkTables(connection: Connection, { resolveFile, compareWithArchive }: TableChecks): Promise<Finding[]> {
  const findings: Finding[] = [...(await checkMeta(connection)), ...(await checkCursors(connection))];
  const filled = await filledTables(connection, connection.dialect);
  for (const family of sourceFamilies) {
    for (const stream of streams) {
      const table = rawTable(family, stream.name);
      if (!filled.has(table)) continue;
      findings.push(...(await checkVersions(connection, family, stream.name)));
      const paths = (await archivedFiles(connection, family, stream.name)).map(resolveFile);
      if (paths.length === 0) findings.push({ check: "archive", place: table, detail: "rows without any archived batch" });
      else findings.push(...(await compareWithArchive(connection, { table, stream: streamDefinition(stream.name), paths })));
    }
  }
  return findings;
}

/** A check counts what breaks it; zero is fine. */
export interface Check {
  readonly name: string;
  readonly place: string;
  readonly sql: string;
  readonly detail: string;
}

/** All of them in one statement: a warehouse in the cloud answers each only after a while. */
export async function runChecks({ rows }: Connection, checks: readonly Check[]): Promise<Finding[]> {
  const selects = checks.map(({ sql }, index) => `select ${index} as check_no, count(*) as faults from (${sql}) as faulty_${index}`);
  const counted = await rows(`select check_no, faults from (${selects.join(" union all ")}) as counted where faults > 0 order by check_no`);
  return counted.flatMap((row) => {
    const found = checks[Number(row.check_no)];
    return found === undefined ? [] : [{ check: found.name, place: found.place, detail: `${row.faults} ${found.detail}` }];
  });
}

async function checkMeta(connection: Connection): Promise<Finding[]> {
  const { table: tableOf } = connection.dialect;
  const [batch, quarantine, zoneOffset] = [tableOf("meta.batch"), tableOf("meta.quarantine"), tableOf("meta.zone_offset")];
  return runChecks(connection, [
    {
      name: "batch_totals",
      place: "meta.batch",
      detail: "batches whose totals do not add up",
      sql: `select 1 as fault from ${batch} where rows_received
        <> rows_new + rows_changed + rows_unchanged + rows_duplicate + rows_filtered + rows_quarantined`,
    },
    {
      name: "batch_id",
      place: "meta.batch",
      detail: "batch ids that stand twice",
      sql: `select batch_id from ${batch} group by batch_id having count(*) > 1`,
    },
    {
      name: "quarantine_count",
      place: "meta.quarantine",
      detail: "batches with more or fewer quarantined records than their total says",
      sql: `select batch.batch_id from ${batch} as batch
        left join (select batch_id, count(*) as held from ${quarantine} group by batch_id) as quarantine on quarantine.batch_id = batch.batch_id
        where coalesce(quarantine.held, 0) <> batch.rows_quarantined`,
    },
    {
      name: "zone_offsets",
      place: "meta.zone_offset",
      detail: "stretches of a zone that leave a gap or overlap",
      sql: `select 1 as fault from (
          select ends_at, lead(starts_at) over (partition by zone order by starts_at) as next_starts_at from ${zoneOffset}
        ) as stretches where next_starts_at is not null and next_starts_at <> ends_at`,
    },
  ]);
}

/** A cursor stands at its last batch, and no number is missing before it. */
async function checkCursors({ dialect, rows }: Connection): Promise<Finding[]> {
  const cursors = [
    ...sourceFamilies.flatMap((family) => streamNames.map((stream) => ({ table: cursorTable(family, stream), family, stream }))),
    ...Object.entries(inputCursorTables).map(([stream, table]) => ({ table, family: "gami", stream })),
  ];
  const selects = cursors.map(
    ({ table, family, stream }) =>
      `select '${table}' as place, '${family}' as family, '${stream}' as stream, coalesce(max(seq), 0) as seq from ${dialect.table(table)}`,
  );
  const wrong = await rows(`
    select cursors.place
    from (${selects.join(" union all ")}) as cursors
    left join ${dialect.table("meta.batch")} as batch
        on batch.stream = cursors.stream and (batch.source = cursors.family or batch.source like cursors.family || ':%')
    group by cursors.place, cursors.seq
    having cursors.seq <> coalesce(max(batch.seq), 0) or coalesce(max(batch.seq), 0) <> count(distinct batch.seq)
    order by cursors.place`);
  return wrong.map(({ place }) => ({
    check: "cursor",
    place: String(place),
    detail: "1 cursor that does not stand at its last batch, or batches without a gap before it",
  }));
}

/** `csv:technion` is of the family csv. */
function isOfFamily(column: string, family: string): string {
  return `(${column} = '${family}' or ${column} like '${family}:%')`;
}

async function checkVersions(connection: Connection, family: SourceFamily, stream: string): Promise<Finding[]> {
  const place = rawTable(family, stream);
  const table = connection.dialect.table(place);
  return runChecks(connection, [
    {
      name: "one_open_version",
      place,
      detail: "keys without exactly one open version",
      sql: `select business_key from ${table} group by business_key having count(case when superseded_seq is null then 1 end) <> 1`,
    },
    {
      name: "revision",
      place,
      detail: "revisions that a key has twice",
      sql: `select business_key from ${table} group by business_key, revision having count(*) > 1`,
    },
    {
      name: "superseded_before",
      place,
      detail: "versions closed before they came",
      sql: `select 1 as fault from ${table} where superseded_seq < seq`,
    },
    {
      name: "superseded_by",
      place,
      detail: "versions closed by a batch that brought no later one",
      sql: `select 1 as fault from ${table} as closed
        left join (select distinct business_key, seq from ${table}) as later
            on later.business_key = closed.business_key and later.seq = closed.superseded_seq
        where closed.superseded_seq > closed.seq and later.seq is null`,
    },
    {
      name: "row_count",
      place,
      detail: "batches with more or fewer rows than their totals say",
      sql: `select batch.batch_id from ${connection.dialect.table("meta.batch")} as batch
        left join (select batch_id, count(*) as held from ${table} group by batch_id) as loaded on loaded.batch_id = batch.batch_id
        where batch.stream = '${stream}' and ${isOfFamily("batch.source", family)}
            and coalesce(loaded.held, 0) <> batch.rows_new + batch.rows_changed`,
    },
  ]);
}

async function archivedFiles({ dialect, rows }: Connection, family: string, stream: string): Promise<string[]> {
  const found = await rows(
    `select archive_path from ${dialect.table("meta.batch")}
    where stream = $1 and ${isOfFamily("source", family)} and archive_path is not null order by seq`,
    [stream],
  );
  return found.map((row) => String(row.archive_path));
}
