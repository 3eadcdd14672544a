import { maxQuarantinedCharacters } from "../../domain/load/batch-id.ts";
import { type BatchTotals, doTotalsAddUp } from "../../domain/load/batch-totals.ts";
import { beginningOfTime, endOfTime, touchedColumns } from "../../domain/load/touched-columns.ts";
import { type StreamDefinition, sourceFamily, streamDefinition } from "../../domain/records/streams.ts";
import { ChecksFailedError } from "../../errors.ts";
import type { BatchFile, Row } from "../../ports/warehouse.ts";
import { readColumn } from "./batch-columns.ts";
import type { Connection, Transaction } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { verdictQuery, type WorkTables } from "./judge-records.ts";
import { rawTable, technicalColumns } from "./tables.ts";

/**
 * A load of one archived file in two steps: `judgeBatch` tells new, changed, unchanged and duplicate records apart in a table
 * of its own; `writeBatch`, inside the transaction that moves the fenced cursor, closes what is superseded, inserts, and
 * writes the batch, change log and quarantine rows (storage.md sections 1 and 2). The fence is what makes the first step's
 * answer still true in the second.
 *
 * A key's versions are followed in order. A record equal to the current version, or to one that carries the same update
 * time, adds nothing. One with an update time before the latest seen is born closed. Any other becomes the current one.
 */
export interface Load {
  readonly batch: BatchFile;
  readonly stream: StreamDefinition;
  /** The raw table, as the dialect writes it. */
  readonly table: string;
  readonly file: FileRelation;
  readonly work: WorkTables;
}

/** A batch's file as something to select from. */
export interface FileRelation {
  readonly relation: string;
  /** Its columns: a file written before a column existed lacks it. */
  readonly columns: ReadonlySet<string>;
  readonly counts: FileCounts;
}

/** What the file says without a look at the warehouse. */
export interface FileCounts {
  readonly received: number;
  readonly filtered: number;
  readonly quarantined: number;
  /** Whether a key comes more than once. */
  readonly hasRepeats: boolean;
}

const isRecord = "kind in ('record', 'deletion')";

/** Asked where the file lies: a warehouse it is sent to has these counts to meet. */
export async function countFile({ rows }: Pick<Connection, "rows">, relation: string): Promise<FileCounts> {
  const [counted] = await rows(`
    select
        count(*) as received,
        count(case when kind = 'filtered' then 1 end) as filtered,
        count(case when kind = 'reject' then 1 end) as quarantined,
        count(case when ${isRecord} then 1 end) - count(distinct case when ${isRecord} then business_key end) as repeats
    from ${relation}`);
  const { received, filtered, quarantined, repeats } = counted ?? {};
  return {
    received: Number(received),
    filtered: Number(filtered),
    quarantined: Number(quarantined),
    hasRepeats: Number(repeats) > 0,
  };
}

export function planLoad({ table, workTable }: Dialect, batch: BatchFile, file: FileRelation): Load {
  return {
    batch,
    stream: streamDefinition(batch.stream),
    table: table(rawTable(sourceFamily(batch.source), batch.stream)),
    file,
    work: { stored: workTable("stored", batch), verdict: workTable("verdict", batch) },
  };
}

/** What a load found, and will write. */
export interface JudgedBatch {
  readonly totals: BatchTotals;
  /** Stored versions that this batch closes. */
  readonly superseded: number;
}

/** @throws ChecksFailedError when the file does not hold what it should, or the totals do not add up. */
export async function judgeBatch(connection: Connection, load: Load): Promise<JudgedBatch> {
  const { dialect } = connection;
  const { work, stream, file } = load;
  const [counted] = await connection.script([
    dialect.createWorkTable(work.stored, storedQuery(dialect, load)),
    dialect.createWorkTable(
      work.verdict,
      verdictQuery({ dialect, stream, work, staged: stagedQuery(dialect, load) }, { hasRepeats: file.counts.hasRepeats }),
    ),
    `select
        count(case when is_new then 1 end) as rows_new,
        count(case when not is_same and not is_new then 1 end) as rows_changed,
        count(case when is_same and not is_repeat then 1 end) as rows_unchanged,
        count(case when is_same and is_repeat then 1 end) as rows_duplicate,
        count(case when supersedes then 1 end) as superseded
    from ${work.verdict}`,
  ]);
  const { received, filtered, quarantined } = file.counts;
  const inFile = { rows_received: received, rows_filtered: filtered, rows_quarantined: quarantined };
  return {
    totals: checkedTotals(load.batch, totalsOf({ ...counted, ...inFile })),
    superseded: Number(counted?.superseded),
  };
}

export async function writeBatch(transaction: Transaction, dialect: Dialect, load: Load, judged: JudgedBatch): Promise<void> {
  const { totals } = judged;
  await writeVersions(transaction, dialect, load, judged);
  await writeChangeLog(transaction, dialect, load);
  await writeRejects(transaction, dialect, load, totals);
  await writeBatchRow(transaction, dialect, load.batch, totals);
}

/** The expression of a stretch's bound, over the file (`prefix` r_) or over the raw table. */
function boundExpression({ types }: Dialect, column: string | null, otherwise: string, read: (name: string) => string): string {
  const bound = `cast('${otherwise.slice(0, 10)} 00:00:00' as ${types.instant})`;
  return column === null ? bound : `coalesce(${read(column)}, ${bound})`;
}

function stagedQuery(dialect: Dialect, { stream, file }: Load): string {
  const touched = touchedColumns(stream.name);
  const read = (name: string) => {
    const column = stream.columns.find((candidate) => candidate.name === name);
    return column === undefined ? dialect.quoteName(name) : readColumn(dialect, column, file.columns);
  };
  const revisedAt = stream.revisedAt === undefined ? `cast(null as ${dialect.types.instant})` : read(stream.revisedAt);
  return `
        select
            ordinal,
            kind = 'deletion' as is_deleted,
            business_key,
            row_hash,
            subject_id,
            ${revisedAt} as revised_at,
            ${boundExpression(dialect, touched.from, beginningOfTime, read)} as touched_from,
            ${boundExpression(dialect, touched.to, endOfTime, read)} as touched_to
        from ${file.relation}
        where ${isRecord}
    `;
}

/** A key has exactly one open version. Only a table with late revisions needs more than that of each. */
function storedQuery(dialect: Dialect, { stream, table, file }: Load): string {
  const touched = touchedColumns(stream.name);
  const { revisedAt } = stream;
  return `
    select
        business_key,
        ${dialect.capabilities.rowIdentifier ?? `cast(null as ${dialect.types.integer})`} as row_id,
        row_hash,
        revision,
        superseded_seq is null as is_open,
        is_deleted,
        subject_id,
        ${revisedAt === undefined ? `cast(null as ${dialect.types.instant})` : dialect.quoteName(revisedAt)} as revised_at,
        ${boundExpression(dialect, touched.from, beginningOfTime, dialect.quoteName)} as touched_from,
        ${boundExpression(dialect, touched.to, endOfTime, dialect.quoteName)} as touched_to
    from ${table}
    where
        ${revisedAt === undefined ? "superseded_seq is null and " : ""}business_key in (
            select business_key from ${file.relation} where ${isRecord}
        )`;
}

function checkedTotals(batch: BatchFile, totals: BatchTotals): BatchTotals {
  if (totals.received !== batch.received || !doTotalsAddUp(totals)) {
    throw new ChecksFailedError(
      `the control totals of batch ${batch.batchId} do not add up: ${JSON.stringify(totals)}, expected ${batch.received} received; nothing was loaded`,
      { code: "TOTALS_DO_NOT_ADD_UP", hint: "this is a fault of gami: please report it with this message" },
    );
  }
  return totals;
}

/** Totals from a row whose columns are named as in meta.batch. */
export function totalsOf(row: Row): BatchTotals {
  return {
    received: Number(row.rows_received),
    new: Number(row.rows_new),
    changed: Number(row.rows_changed),
    unchanged: Number(row.rows_unchanged),
    duplicate: Number(row.rows_duplicate),
    filtered: Number(row.rows_filtered),
    quarantined: Number(row.rows_quarantined),
  };
}

async function writeVersions(
  transaction: Transaction,
  dialect: Dialect,
  { batch, stream, table, file, work }: Load,
  { totals, superseded }: JudgedBatch,
): Promise<void> {
  const { types, quoteName, capabilities } = dialect;
  if (superseded > 0) {
    const which =
      capabilities.rowIdentifier === null
        ? `superseded_seq is null and business_key in (select business_key from ${work.verdict} where supersedes)`
        : `${capabilities.rowIdentifier} in (select row_id from ${work.verdict} where supersedes)`;
    await transaction.run(`update ${table} set superseded_seq = $1 where ${which}`, [batch.seq]);
  }
  const targets = [...technicalColumns, ...stream.columns].map(({ name }) => quoteName(name));
  // Where every record is the first of its key there is nothing to look up.
  const isAllNew = totals.new === totals.received - totals.filtered - totals.quarantined;
  const revision = isAllNew ? `cast(1 as ${types.smallInteger})` : "verdict.revision";
  const supersededSeq = isAllNew
    ? `cast(null as ${types.integer})`
    : `case when not verdict.is_current then cast($2 as ${types.integer}) end`;
  await transaction.run(
    `
    insert into ${table} (${targets.join(", ")})
    select
        records.business_key,
        cast($1 as ${types.text}),
        ${revision},
        records.row_hash,
        cast($2 as ${types.integer}),
        ${supersededSeq},
        records.kind = 'deletion',
        records.subject_id,
        records.event_at,
        cast($3 as ${types.instant}),
        cast($4 as ${types.text}),
        cast($5 as ${types.text}),
        ${stream.columns.map((column) => readColumn(dialect, column, file.columns)).join(", ")}
    from ${file.relation} as records
    ${
      isAllNew
        ? `where records.${isRecord}`
        : `inner join ${work.verdict} as verdict on verdict.ordinal = records.ordinal
    where not verdict.is_same`
    }`,
    [batch.source, batch.seq, isoText(batch.recordedAt), batch.batchId, batch.mapperVersion],
  );
}

/**
 * The places a batch touched, old and new, per agent and day: so that a batch of corrections from all over the year
 * makes nobody work out the whole year again. A deletion has no new place.
 */
async function writeChangeLog(transaction: Transaction, { table, types }: Dialect, { batch, work }: Load): Promise<void> {
  await transaction.run(
    `
    insert into ${table("meta.change_log")} (source, stream, seq, subject_id, from_at, to_at)
    with touched as (
        select subject_id, touched_from, touched_to
        from ${work.verdict}
        where not is_same and not is_deleted
        union all
        select subject_id, touched_from, touched_to
        from ${work.stored}
        where
            is_open
            and not is_deleted
            and business_key in (select business_key from ${work.verdict} where supersedes)
    )

    select
        cast($1 as ${types.text}), cast($2 as ${types.text}), cast($3 as ${types.integer}), subject_id, min(touched_from), max(touched_to)
    from touched
    group by subject_id, cast(touched_from as date)`,
    [batch.source, batch.stream, batch.seq],
  );
}

async function writeRejects(
  transaction: Transaction,
  { table, types }: Dialect,
  { batch, file }: Load,
  totals: BatchTotals,
): Promise<void> {
  if (totals.quarantined > 0) {
    await transaction.run(
      `
      insert into ${table("meta.quarantine")} (batch_id, line_or_path, reason, field, value, payload)
      select
          cast($1 as ${types.text}), place, reject_reason, reject_field, reject_value,
          case when length(payload) <= ${maxQuarantinedCharacters} then payload end
      from ${file.relation}
      where kind = 'reject'
      order by ordinal`,
      [batch.batchId],
    );
  }
  if (batch.retryOf !== null) {
    await transaction.run(
      `
      insert into ${table("meta.quarantine_retry")} (batch_id, line_or_path, retried_in)
      select cast($1 as ${types.text}), places.place, cast($2 as ${types.text})
      from (select place, min(ordinal) as first_ordinal from ${file.relation} group by place) as places
      left join ${table("meta.quarantine_retry")} as noted
          on noted.batch_id = cast($1 as ${types.text}) and noted.line_or_path = places.place
      where noted.batch_id is null
      order by places.first_ordinal`,
      [batch.retryOf, batch.batchId],
    );
  }
}

export interface BatchRowValues extends Pick<BatchFile, "batchId" | "source" | "seq" | "position" | "sha256" | "recordedAt"> {
  readonly stream: string;
  readonly archivePath: string | null;
}

export async function writeBatchRow(
  transaction: Transaction,
  { table, types }: Dialect,
  batch: BatchRowValues,
  totals: BatchTotals,
): Promise<void> {
  const numbers = [9, 10, 11, 12, 13, 14, 15].map((place) => `cast($${place} as ${types.integer})`);
  await transaction.run(
    `
    insert into ${table("meta.batch")} (
        batch_id, source, stream, seq, position, archive_path, sha256, recorded_at,
        rows_received, rows_new, rows_changed, rows_unchanged, rows_duplicate, rows_filtered, rows_quarantined
    )
    select
        cast($1 as ${types.text}), cast($2 as ${types.text}), cast($3 as ${types.text}), cast($4 as ${types.integer}),
        cast($5 as ${types.text}), cast($6 as ${types.text}), cast($7 as ${types.text}), cast($8 as ${types.instant}),
        ${numbers.join(", ")}`,
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
