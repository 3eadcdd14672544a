import { noTotals } from "../../../domain/load/batch-totals.ts";
import type { ModelInputBatch, ZoneOffsetRow } from "../../../ports/warehouse.ts";
import type { Connection } from "./driver.ts";
import { isoText, writeBatchRow } from "./load-batch.ts";

/** Writes settings or zone offsets, their batch row and the stretches they touch, inside the caller's transaction. */
export async function loadInput(connection: Connection, batch: ModelInputBatch): Promise<void> {
  const { input } = batch;
  const count = input.kind === "setting" ? Object.keys(input.settings).length : input.offsets.length;
  if (input.kind === "setting") await writeSettings(connection, input.settings);
  else await writeOffsets(connection, input.offsets);
  for (const { from, to } of batch.touched) {
    await connection.run("insert into meta.change_log values ('gami', $1, $2, null, cast($3 as timestamp), cast($4 as timestamp))", [
      input.kind,
      batch.seq,
      isoText(from),
      isoText(to),
    ]);
  }
  const row = { ...batch, source: "gami", stream: input.kind, position: null };
  await writeBatchRow(connection, row, { ...noTotals, received: count, changed: count });
}

/** One row per name, the latest value. */
async function writeSettings(connection: Connection, settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await connection.run("delete from meta.setting where name = $1", [name]);
    if (value !== "") await connection.run("insert into meta.setting (name, value) values ($1, $2)", [name, value]);
  }
}

/** The zones named are replaced whole; the others stay. */
async function writeOffsets(connection: Connection, offsets: readonly ZoneOffsetRow[]): Promise<void> {
  for (const zone of new Set(offsets.map((row) => row.zone))) await connection.run("delete from meta.zone_offset where zone = $1", [zone]);
  for (const { zone, startsAt, endsAt, offsetSeconds, tzVersion } of offsets) {
    await connection.run("insert into meta.zone_offset values ($1, cast($2 as timestamp), cast($3 as timestamp), $4, $5)", [
      zone,
      isoText(startsAt),
      isoText(endsAt),
      offsetSeconds,
      tzVersion,
    ]);
  }
}
