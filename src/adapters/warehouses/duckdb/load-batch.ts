import { type BatchTotals, doTotalsAddUp } from "../../../domain/load/batch-totals.ts";
import { beginningOfTime, endOfTime, touchedColumns } from "../../../domain/load/touched-columns.ts";
import { type StreamDefinition, sourceFamily, streamDefinition } from "../../../domain/records/streams.ts";
import { ChecksFailedError } from "../../../errors.ts";
import type { BatchFile, Row } from "../../../ports/warehouse.ts";
import { readColumn } from "./batch-columns.ts";
import { quoteName, quoteText } from "./dialect.ts";
import type { Connection } from "./driver.ts";
import { judgeRecords } from "./judge-records.ts";
import { rawTable, technicalColumns } from "./tables.ts";

/**
 * Loads one archived file inside the caller's transaction: tells new, changed, unchanged and duplicate records apart,
 * closes what is superseded, inserts, and writes the batch, change log and quarantine rows (storage.md sections 1 and 2).
 *
 * A key's versions are followed in order. A record equal to the current version, or to one that carries the same update
 * time, adds nothing. One with an update time before the latest seen is born closed. Any other becomes the current one.
 * @throws ChecksFailedError when the file does not hold what it should, or the totals do not add up.
 */
export async function loadBatch(connection: Connection, batch: BatchFile): Promise<BatchTotals> {
  const load = await planLoad(connection, batch);
  await stageRecords(connection, load);
  await matchVersions(connection, load);
  await judgeRecords(connection, load.stream);
  const totals = await countTotals(connection, load);
  await writeVersions(connection, load);
  await writeChangeLog(connection, load);
  await writeBatch(connection, load, totals);
  return totals;
}

interface Load {
  readonly batch: BatchFile;
  readonly stream: StreamDefinition;
  readonly table: string;
  /** The file as a relation. */
  readonly file: string;
  readonly inFile: ReadonlySet<string>;
}

async function planLoad(connection: Connection, batch: BatchFile): Promise<Load> {
  const stream = streamDefinition(batch.stream);
  const file = `read_parquet(${quoteText(batch.file)})`;
  const columns = await connection.rows(`select name from parquet_schema(${quoteText(batch.file)})`);
  const inFile = new Set(columns.map(({ name }) => String(name)));
  return { batch, stream, table: rawTable(sourceFamily(batch.source), stream.name), file, inFile };
}

/** The expression of a stretch's bound, over the file (`prefix` r_) or over the raw table. */
function boundExpression(column: string | null, otherwise: string, read: (name: string) => string): string {
  const bound = `timestamp '${otherwise.slice(0, 10)}'`;
  return column === null ? bound : `coalesce(${read(column)}, ${bound})`;
}

async function stageRecords(connection: Connection, { stream, file, inFile }: Load): Promise<void> {
  const touched = touchedColumns(stream.name);
  const read = (name: string) => {
    const column = stream.columns.find((candidate) => candidate.name === name);
    return column === undefined ? quoteName(name) : readColumn(column, inFile);
  };
  const revisedAt = stream.revisedAt === undefined ? "cast(null as timestamp)" : read(stream.revisedAt);
  await connection.run(`
    create or replace temp table staged as
    select
        ordinal,
        kind = 'deletion' as is_deleted,
        business_key,
        row_hash,
        subject_id,
        ${revisedAt} as revised_at,
        ${boundExpression(touched.from, beginningOfTime, read)} as touched_from,
        ${boundExpression(touched.to, endOfTime, read)} as touched_to,
    from ${file}
    where kind in ('record', 'deletion')`);
}

/** What the table already has under the staged keys; a key has exactly one open version. */
async function matchVersions(connection: Connection, { stream, table }: Load): Promise<void> {
  const touched = touchedColumns(stream.name);
  await connection.run(`
    create or replace temp table matched as
    select
        business_key,
        rowid as row_id,
        row_hash,
        revision,
        is_deleted,
        subject_id,
        ${boundExpression(touched.from, beginningOfTime, quoteName)} as touched_from,
        ${boundExpression(touched.to, endOfTime, quoteName)} as touched_to,
    from ${table}
    where superseded_seq is null and business_key in (select business_key from staged)`);
  if (stream.revisedAt === undefined) return;
  // Only a table with late revisions needs more than the open versions, and only where a staged key is in it.
  await connection.run(`
    create or replace temp table known_version as
    select business_key, row_hash, revision, ${quoteName(stream.revisedAt)} as revised_at
    from ${table}
    where
        (select count(*) from matched) > 0
        and business_key in (select business_key from matched)`);
}

async function countTotals(connection: Connection, { batch, file }: Load): Promise<BatchTotals> {
  const [counts] = await connection.rows(`
    select
        in_file.*,
        judged_rows.*,
        (select count(*) from verdict where is_new) as new,
        (select count(*) from verdict where not is_new) as changed,
    from (
        select
            count(*) as received,
            count(*) filter (kind = 'filtered') as filtered,
            count(*) filter (kind = 'reject') as quarantined,
        from ${file}
    ) as in_file
    cross join (
        select
            count(*) filter (is_same and not is_repeat) as unchanged,
            count(*) filter (is_same and is_repeat) as duplicate,
        from judged
    ) as judged_rows`);
  const totals = totalsOf(counts ?? {});
  if (totals.received !== batch.received || !doTotalsAddUp(totals)) {
    throw new ChecksFailedError(
      `the control totals of batch ${batch.batchId} do not add up: ${JSON.stringify(totals)}, expected ${batch.received} received; nothing was loaded`,
      { code: "TOTALS_DO_NOT_ADD_UP", hint: "this is a fault of gami: please report it with this message" },
    );
  }
  return totals;
}

/** Totals from a row whose columns are named as they are. */
export function totalsOf(row: Row): BatchTotals {
  return {
    received: Number(row.received),
    new: Number(row.new),
    changed: Number(row.changed),
    unchanged: Number(row.unchanged),
    duplicate: Number(row.duplicate),
    filtered: Number(row.filtered),
    quarantined: Number(row.quarantined),
  };
}

async function writeVersions(connection: Connection, { batch, stream, table, file, inFile }: Load): Promise<void> {
  await connection.run(
    `update ${table} set superseded_seq = $1 where rowid in (select row_id from verdict where is_current and row_id is not null)`,
    [batch.seq],
  );
  const targets = [...technicalColumns.map(([name]) => name), ...stream.columns.map(({ name }) => name)];
  await connection.run(
    `
    insert into ${table} (${targets.map(quoteName).join(", ")})
    select
        records.business_key,
        cast($1 as varchar),
        verdict.revision,
        records.row_hash,
        cast($2 as bigint),
        case when not verdict.is_current then cast($2 as bigint) end,
        records.kind = 'deletion',
        records.subject_id,
        records.event_at,
        cast($3 as timestamp),
        cast($4 as varchar),
        cast($5 as varchar),
        ${stream.columns.map((column) => readColumn(column, inFile)).join(", ")}
    from ${file} as records
    inner join verdict on verdict.ordinal = records.ordinal`,
    [batch.source, batch.seq, isoText(batch.recordedAt), batch.batchId, batch.mapperVersion],
  );
}

/**
 * The places a batch touched, old and new, per agent and day: so that a batch of corrections from all over the year
 * makes nobody work out the whole year again. A deletion has no new place.
 */
async function writeChangeLog(connection: Connection, { batch }: Load): Promise<void> {
  await connection.run(
    `
    insert into meta.change_log (source, stream, seq, subject_id, from_at, to_at)
    with touched as (
        select staged.subject_id, staged.touched_from, staged.touched_to
        from staged
        inner join verdict on verdict.ordinal = staged.ordinal
        where not staged.is_deleted
        union all
        select matched.subject_id, matched.touched_from, matched.touched_to
        from matched
        where
            not matched.is_deleted
            and matched.business_key in (select business_key from verdict where is_current)
    )

    select $1, $2, $3, subject_id, min(touched_from), max(touched_to)
    from touched
    group by subject_id, cast(touched_from as date)`,
    [batch.source, batch.stream, batch.seq],
  );
}

async function writeBatch(connection: Connection, { batch, file }: Load, totals: BatchTotals): Promise<void> {
  if (totals.quarantined > 0) {
    await connection.run(
      `
      insert into meta.quarantine (batch_id, line_or_path, reason, field, value, payload)
      select cast($1 as varchar), place, reject_reason, reject_field, reject_value, payload
      from ${file}
      where kind = 'reject'
      order by ordinal`,
      [batch.batchId],
    );
  }
  if (batch.retryOf !== null) {
    await connection.run(
      `
      insert into meta.quarantine_retry (batch_id, line_or_path, retried_in)
      select cast($1 as varchar), place, cast($2 as varchar)
      from ${file}
      order by ordinal`,
      [batch.retryOf, batch.batchId],
    );
  }
  await writeBatchRow(connection, batch, totals);
}

export interface BatchRowValues extends Pick<BatchFile, "batchId" | "source" | "seq" | "position" | "sha256" | "recordedAt"> {
  readonly stream: string;
  readonly archivePath: string | null;
}

export async function writeBatchRow(connection: Connection, batch: BatchRowValues, totals: BatchTotals): Promise<void> {
  await connection.run(
    `
    insert into meta.batch (
        batch_id, source, stream, seq, position, archive_path, sha256, recorded_at,
        rows_received, rows_new, rows_changed, rows_unchanged, rows_duplicate, rows_filtered, rows_quarantined
    )
    values ($1, $2, $3, $4, $5, $6, $7, cast($8 as timestamp), $9, $10, $11, $12, $13, $14, $15)`,
    [
      batch.batchId,
      batch.source,
      batch.stream,
      batch.seq,
      batch.position,
      batch.archivePath,
      batch.sha256,
      isoText(batch.recordedAt),
      totals.received,
      totals.new,
      totals.changed,
      totals.unchanged,
      totals.duplicate,
      totals.filtered,
      totals.quarantined,
    ],
  );
}

export function isoText(epochMillis: number): string {
  return new Date(epochMillis).toISOString();
}
