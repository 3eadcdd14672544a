import { beginningOfTime, endOfTime } from "../../domain/load/touched-columns.ts";
import { sourceFamilies, streamNames } from "../../domain/records/streams.ts";
import type {
  Cursor,
  QuarantineCount,
  QuarantinedRecord,
  Row,
  SqlValue,
  StoredBatch,
  TouchedInterval,
  ZoneOffsetRow,
} from "../../ports/warehouse.ts";
import type { Connection } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { totalsOf } from "./load-batch.ts";
import { cursorTable, rawTable } from "./tables.ts";

const batchColumns = `
    batch_id, source, stream, seq, archive_path, sha256, recorded_at, rows_received, rows_new,
    rows_changed, rows_unchanged, rows_duplicate, rows_filtered, rows_quarantined`;

export async function readBatches(connection: Connection): Promise<StoredBatch[]> {
  const batch = connection.dialect.table("meta.batch");
  return (await connection.rows(`select ${batchColumns} from ${batch} order by source, stream, seq`)).map(storedBatch);
}

export async function findBatches(connection: Connection, batchIds: readonly string[]): Promise<ReadonlyMap<string, StoredBatch>> {
  const { table, capabilities } = connection.dialect;
  const found = new Map<string, StoredBatch>();
  for (let start = 0; start < batchIds.length; start += capabilities.maxParameters) {
    const some = batchIds.slice(start, start + capabilities.maxParameters);
    const places = some.map((_, index) => `$${index + 1}`).join(", ");
    const rows = await connection.rows(`select ${batchColumns} from ${table("meta.batch")} where batch_id in (${places})`, some);
    for (const row of rows) found.set(String(row.batch_id), storedBatch(row));
  }
  return found;
}

function storedBatch(row: Row): StoredBatch {
  return {
    batchId: String(row.batch_id),
    source: String(row.source),
    stream: String(row.stream),
    seq: Number(row.seq),
    archivePath: textOrNull(row.archive_path),
    sha256: textOrNull(row.sha256),
    recordedAt: String(row.recorded_at),
    totals: totalsOf(row),
  };
}

/** The streams somebody has ever claimed. */
export async function readCursors(connection: Connection): Promise<Cursor[]> {
  const all = sourceFamilies.flatMap((family) => streamNames.map((stream) => ({ family, stream })));
  const selects = all.map(
    ({ family, stream }) =>
      `select '${family}' as family, '${stream}' as stream, fence, seq, position, batch_id from ${connection.dialect.table(cursorTable(family, stream))}`,
  );
  const rows = await connection.rows(
    `select * from (${selects.join(" union all ")}) as cursors where fence > 0 or seq > 0 order by family, stream`,
  );
  return rows.flatMap((row) => {
    const named = all.find(({ family, stream }) => family === row.family && stream === row.stream);
    if (named === undefined) return [];
    return [
      { ...named, fence: Number(row.fence), seq: Number(row.seq), position: textOrNull(row.position), batchId: textOrNull(row.batch_id) },
    ];
  });
}

/** Lines by their number, 9 before 10; other places by their text. */
const placeOrder = ({ tryInteger, types }: Dialect) =>
  `coalesce(${tryInteger("line_or_path")}, cast(9007199254740991 as ${types.integer})), line_or_path`;

/** Quarantined records that no retry has taken in, with the source and stream of their batch. */
const openQuarantine = ({ table }: Dialect) => `
    select quarantine.*, batch.source, batch.stream, batch.seq
    from ${table("meta.quarantine")} as quarantine
    inner join ${table("meta.batch")} as batch on batch.batch_id = quarantine.batch_id
    where not exists (
        select 1 from ${table("meta.quarantine_retry")} as retried
        where retried.batch_id = quarantine.batch_id and retried.line_or_path = quarantine.line_or_path
    )`;

export async function countQuarantine(connection: Connection): Promise<QuarantineCount[]> {
  const rows = await connection.rows(`
    with counted as (
        select
            source, stream, reason, field, line_or_path as first_place,
            count(*) over (partition by source, stream, reason, field) as records,
            row_number() over (partition by source, stream, reason, field order by seq, ${placeOrder(connection.dialect)}) as nth
        from (${openQuarantine(connection.dialect)}) as refused
    )

    select source, stream, reason, field, records, first_place
    from counted
    where nth = 1
    order by records desc, source, stream, reason, field`);
  return rows.map((row) => ({
    source: String(row.source),
    stream: String(row.stream),
    reason: String(row.reason),
    field: textOrNull(row.field),
    records: Number(row.records),
    firstPlace: String(row.first_place),
  }));
}

export async function* streamQuarantine(
  connection: Connection,
  { source, batchId }: { readonly source?: string; readonly batchId?: string },
): AsyncIterable<readonly QuarantinedRecord[]> {
  const asked = Object.entries({ source, batch_id: batchId }).filter(([, value]) => value !== undefined);
  const conditions = asked.map(([column], index) => `${column} = $${index + 1}`);
  const chunks = connection.stream(
    `select * from (${openQuarantine(connection.dialect)}) as refused
    where ${["true", ...conditions].join(" and ")} order by source, stream, seq, ${placeOrder(connection.dialect)}`,
    asked.map(([, value]) => value ?? null),
  );
  for await (const rows of chunks) {
    yield rows.map((row) => ({
      batchId: String(row.batch_id),
      source: String(row.source),
      stream: String(row.stream),
      place: String(row.line_or_path),
      reason: String(row.reason),
      field: textOrNull(row.field),
      value: textOrNull(row.value),
      payload: textOrNull(row.payload),
    }));
  }
}

export async function readSettings(connection: Connection): Promise<Readonly<Record<string, string>>> {
  const rows = await connection.rows(`select name, value from ${connection.dialect.table("meta.setting")} order by name`);
  return Object.fromEntries(rows.flatMap(({ name, value }) => (value === null ? [] : [[String(name), String(value)]])));
}

export async function readZoneOffsets(connection: Connection): Promise<ZoneOffsetRow[]> {
  const rows = await connection.rows(
    `select zone, starts_at, ends_at, offset_seconds, tz_version from ${connection.dialect.table("meta.zone_offset")} order by zone, starts_at`,
  );
  return rows.map((row) => ({
    zone: String(row.zone),
    startsAt: Date.parse(String(row.starts_at)),
    endsAt: Date.parse(String(row.ends_at)),
    offsetSeconds: Number(row.offset_seconds),
    tzVersion: String(row.tz_version),
  }));
}

export async function readZonesInUse(connection: Connection): Promise<string[]> {
  const tables = sourceFamilies.flatMap((family) => [rawTable(family, "agent"), rawTable(family, "shift")]);
  const selects = tables.map((table) => `select zone from ${connection.dialect.table(table)} where zone is not null`);
  const rows = await connection.rows(`select distinct zone from (${selects.join(" union all ")}) as named order by zone`);
  return rows.map(({ zone }) => String(zone));
}

/** From the change log, which is small where the raw tables are not. Its open ends are no data. */
export async function readDataRange(connection: Connection): Promise<TouchedInterval | null> {
  const { table, types } = connection.dialect;
  const begins = `cast('${beginningOfTime.slice(0, 10)} 00:00:00' as ${types.instant})`;
  const ends = `cast('${endOfTime.slice(0, 10)} 00:00:00' as ${types.instant})`;
  const [row] = await connection.rows(`
    with bounds as (
        select from_at as touched_at from ${table("meta.change_log")} where stream not in ('setting', 'zone_offset')
        union all
        select to_at as touched_at from ${table("meta.change_log")} where stream not in ('setting', 'zone_offset')
    )

    select min(touched_at) as first_at, max(touched_at) as last_at
    from bounds
    where touched_at > ${begins} and touched_at < ${ends}`);
  if (row?.first_at === null || row?.first_at === undefined) return null;
  return { from: Date.parse(String(row.first_at)), to: Date.parse(String(row.last_at)) };
}

function textOrNull(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
