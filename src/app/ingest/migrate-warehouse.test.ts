import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readOf, recordItem } from "../../../test/support/item-read.ts";
import { openParquetArchive } from "../../adapters/archive/parquet/archive.ts";
import { openDuckDbWarehouse } from "../../adapters/warehouses/duckdb/warehouse.ts";
import { ChecksFailedError, UsageError } from "../../errors.ts";
import type { Archive } from "../../ports/archive.ts";
import type { Warehouse } from "../../ports/warehouse.ts";
import { loadRead } from "./load-read.ts";
import { migrateWarehouse } from "./migrate-warehouse.ts";

const clock = { now: () => Date.parse("2026-01-02T03:04:05.000Z") };
let folder: string;
let from: Warehouse;
let to: Warehouse;
let archive: Archive;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "gami-migrate-"));
  const open = (name: string) => openDuckDbWarehouse({ path: join(folder, name), threads: 1 });
  [from, to] = [open("from.duckdb"), open("to.duckdb")];
  archive = openParquetArchive({ path: join(folder, "archive") });
  const survey = (id: string) => recordItem("survey", id, { survey_id: id, agent_native_id: "ann" });
  const read = (ids: readonly string[], position: string) =>
    readOf(ids.map(survey), { source: "csv:desk", streams: ["survey"], position: () => position });
  await loadRead({ warehouse: from, archive, clock }, read(["1", "2"], "one"));
  await loadRead(
    { warehouse: from, archive, clock },
    {
      ...read([], "two"),
      async *items() {
        yield [];
      },
    },
  );
  await from.setOwner({ stateStoreId: "a".repeat(32), epoch: 3 }, null);
});
afterEach(async () => {
  for (const opened of [from, to, archive]) await opened.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a warehouse moves with its batches, content, owner and the position of a read that found nothing, once or twice", async () => {
  const moved = await migrateWarehouse({ from, to, archive }, { isDryRun: false });
  expect(moved).toEqual({ batches: 1, rows: 2, contentHash: await from.contentHash({ versions: true }) });
  expect(await migrateWarehouse({ from, to, archive }, { isDryRun: false })).toEqual(moved);
  expect(await to.owner()).toEqual({ stateStoreId: "a".repeat(32), epoch: 3 });
  expect(await to.cursors()).toMatchObject([{ stream: "survey", seq: 1, position: "two" }]);
  expect((await from.cursors())[0]?.fence).toBe(2);
});

test("a dry run loads nothing", async () => {
  expect(await migrateWarehouse({ from, to, archive }, { isDryRun: true })).toEqual({ batches: 1, rows: 2, contentHash: null });
  expect(await to.batches()).toEqual([]);
});

test("a warehouse that holds something else is not moved into", async () => {
  const other = openParquetArchive({ path: join(folder, "other") });
  const read = readOf([recordItem("survey", "9", { survey_id: "9", agent_native_id: "eve" })], { source: "csv:x", streams: ["survey"] });
  await loadRead({ warehouse: to, archive: other, clock }, read);
  await other.close();
  const before = await to.contentHash({ versions: true });
  await expect(migrateWarehouse({ from, to, archive }, { isDryRun: false })).rejects.toThrow(UsageError);
  expect(await to.contentHash({ versions: true })).toBe(before);
});

test("a difference between the two is an error that names both sides", async () => {
  const changed: Warehouse = { ...from, contentHash: async () => "f".repeat(64) };
  await expect(migrateWarehouse({ from: changed, to, archive }, { isDryRun: false })).rejects.toThrow(ChecksFailedError);
});
