import { noTotals } from "../../domain/load/batch-totals.ts";
import type { ModelInputBatch, SqlValue, ZoneOffsetRow } from "../../ports/warehouse.ts";
import type { Transaction } from "./connection.ts";
import type { DataType, Dialect } from "./dialect.ts";
import { isoText, writeBatchRow } from "./load-batch.ts";

/** Writes settings or zone offsets, their batch row and the stretches they touch, inside the caller's transaction. */
export async function loadInput(transaction: Transaction, dialect: Dialect, batch: ModelInputBatch): Promise<void> {
  const { input } = batch;
  const count = input.kind === "setting" ? Object.keys(input.settings).length : input.offsets.length;
  if (input.kind === "setting") await writeSettings(transaction, dialect, input.settings);
  else await writeOffsets(transaction, dialect, input.offsets);
  await insertRows(transaction, dialect, {
    table: "meta.change_log",
    columns: { source: "text", stream: "text", seq: "integer", from_at: "instant", to_at: "instant" },
    rows: batch.touched.map(({ from, to }) => ["gami", input.kind, batch.seq, isoText(from), isoText(to)]),
  });
  const row = { ...batch, source: "gami", stream: input.kind, position: null };
  await writeBatchRow(transaction, dialect, row, { ...noTotals, received: count, changed: count });
}

/** One row per name, the latest value. */
async function writeSettings(transaction: Transaction, dialect: Dialect, settings: Readonly<Record<string, string>>): Promise<void> {
  await deleteNamed(transaction, dialect, { table: "meta.setting", column: "name", names: Object.keys(settings) });
  const set = Object.entries(settings).filter(([, value]) => value !== "");
  await insertRows(transaction, dialect, { table: "meta.setting", columns: { name: "text", value: "text" }, rows: set });
}

/** The zones named are replaced whole; the others stay. */
async function writeOffsets(transaction: Transaction, dialect: Dialect, offsets: readonly ZoneOffsetRow[]): Promise<void> {
  const zones = [...new Set(offsets.map(({ zone }) => zone))];
  await deleteNamed(transaction, dialect, { table: "meta.zone_offset", column: "zone", names: zones });
  await insertRows(transaction, dialect, {
    table: "meta.zone_offset",
    columns: { zone: "text", starts_at: "instant", ends_at: "instant", offset_seconds: "smallInteger", tz_version: "text" },
    rows: offsets.map(({ zone, startsAt, endsAt, offsetSeconds, tzVersion }) => [
      zone,
      isoText(startsAt),
      isoText(endsAt),
      offsetSeconds,
      tzVersion,
    ]),
  });
}

/** Enough for every zone of a firm in one statement, and far below what any warehouse takes. */
const rowsAtOnce = 200;

interface Rows {
  readonly table: string;
  readonly columns: Readonly<Record<string, DataType>>;
  readonly rows: readonly (readonly SqlValue[])[];
}

async function insertRows(transaction: Transaction, dialect: Dialect, { table, columns, rows }: Rows): Promise<void> {
  const types = Object.values(columns).map((type) => dialect.types[type]);
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const some = rows.slice(start, start + rowsAtOnce);
    const selects = some.map(
      (_, row) => `select ${types.map((type, index) => `cast($${row * types.length + index + 1} as ${type})`).join(", ")}`,
    );
    await transaction.run(
      `insert into ${dialect.table(table)} (${Object.keys(columns).map(dialect.quoteName).join(", ")})\n${selects.join("\nunion all ")}`,
      some.flat(),
    );
  }
}

interface Named {
  readonly table: string;
  readonly column: string;
  readonly names: readonly string[];
}

async function deleteNamed(transaction: Transaction, dialect: Dialect, { table, column, names }: Named): Promise<void> {
  for (let start = 0; start < names.length; start += rowsAtOnce) {
    const some = names.slice(start, start + rowsAtOnce);
    const places = some.map((_, index) => `$${index + 1}`).join(", ");
    await transaction.run(`delete from ${dialect.table(table)} where ${column} in (${places})`, some);
  }
}
