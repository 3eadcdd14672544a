import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readOf, recordItem } from "../../../test/support/item-read.ts";
import { openParquetArchive } from "../../adapters/archive/parquet/archive.ts";
import { openDuckDbWarehouse } from "../../adapters/warehouses/duckdb/warehouse.ts";
import type { SourceItem } from "../../ports/source.ts";
import type { QuarantinedRecord } from "../../ports/warehouse.ts";
import { loadRead } from "./load-read.ts";
import type { Remapper } from "./remapper.ts";
import { retryQuarantine } from "./retry-quarantine.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-retry-"));
const warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb"), threads: 1 });
const archive = openParquetArchive({ path: join(folder, "archive") });
const deps = { warehouse, archive, clock: { now: () => 0 } };

afterAll(async () => {
  await warehouse.close();
  await archive.close();
  rmSync(folder, { recursive: true });
});

/** A record of which a flow wrote `length` characters, and which says no time of day. */
function refusedItem(place: string, length: number): SourceItem {
  const payload = JSON.stringify({ id: `call ${place}`, note: "x".repeat(length) });
  return { kind: "reject", place, payload, reject: { reason: "not_a_date", field: "started_at", value: "" } };
}

/** What a mapping that wants no time makes of it. */
const mendedMapper: Remapper = {
  map: ({ place, payload }) => {
    const { id, note } = JSON.parse(payload);
    return [
      recordItem("interaction", place, {
        interaction_id: id,
        agent_native_id: "agent",
        disposition_code: `${note.length} characters`,
      }),
    ];
  },
  mapperVersion: "mapper-2",
  datedBy: null,
};

async function quarantined(): Promise<readonly QuarantinedRecord[]> {
  const found: QuarantinedRecord[] = [];
  for await (const records of warehouse.quarantined({})) found.push(...records);
  return found;
}

test("a refused record that is too long for the table is told by its place, and taken in from the archive", async () => {
  await loadRead(deps, readOf([refusedItem("1", 100), refusedItem("2", 50_000), refusedItem("3", 20_000)]));
  expect((await quarantined()).map(({ place, payload }) => [place, payload?.length ?? null])).toEqual([
    ["1", 125],
    ["2", null],
    ["3", null],
  ]);
  const result = await retryQuarantine(deps, { findRemapper: async () => mendedMapper });
  expect(result).toMatchObject({ tried: 3, takenIn: 3, stillRefused: 0, totals: { received: 3, new: 3 } });
  expect(await quarantined()).toEqual([]);
  const loaded: unknown[] = [];
  for await (const rows of warehouse.stream("select disposition_code from raw.csv_interaction order by interaction_id"))
    loaded.push(...rows.map((row) => row.disposition_code));
  expect(loaded).toEqual(["100 characters", "50000 characters", "20000 characters"]);
});

test("where the archive's file of such a record is missing, a retry names it and loads nothing", async () => {
  await loadRead(deps, readOf([refusedItem("4", 100), refusedItem("5", 50_000)], { source: "csv:lost" }));
  const manifest = (await archive.committed()).find(({ source }) => source === "csv:lost");
  const file = archive.resolve(manifest?.path ?? "");
  renameSync(file, `${file}.away`);
  const retry = () => retryQuarantine(deps, { source: "csv:lost", findRemapper: async () => mendedMapper });
  await expect(retry()).rejects.toMatchObject({
    code: "ARCHIVE_DAMAGED",
    message: expect.stringMatching(/parquet of batch .* is missing/),
  });
  renameSync(`${file}.away`, file);
  expect(await retry()).toMatchObject({ tried: 2, takenIn: 2 });
});

test("three hundred refused records of nearly a megabyte fit into the memory of a load", async () => {
  const items = Array.from({ length: 300 }, (_, index) => refusedItem(String(index + 100), 900_000));
  const { totals } = await loadRead(deps, readOf(items, { source: "csv:long" }));
  expect(totals).toMatchObject({ received: 300, quarantined: 300 });
}, 120_000);
