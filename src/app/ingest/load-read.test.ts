import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readOf, recordItem } from "../../../test/support/item-read.ts";
import { openParquetArchive } from "../../adapters/archive/parquet/archive.ts";
import { openDuckDbWarehouse } from "../../adapters/warehouses/duckdb/warehouse.ts";
import type { Checkpoint, SourceRead } from "../../ports/source.ts";
import { loadRead } from "./load-read.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-load-read-"));
const warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb"), threads: 1 });
const archive = openParquetArchive({ path: join(folder, "archive") });

afterAll(async () => {
  await warehouse.close();
  await archive.close();
  rmSync(folder, { recursive: true });
});

/** Six slices of one record each; reading one takes two seconds of the clock. */
async function loadSlices(source: string, checkpoint: Checkpoint) {
  let now = 0;
  let slice = 0;
  const read: SourceRead = {
    ...readOf([], { source }),
    position: () => `slice ${slice}`,
    checkpoint: () => checkpoint,
    async *items() {
      for (slice = 1; slice <= 6; slice += 1) {
        now += 2_000;
        yield [recordItem("interaction", String(slice), { interaction_id: `call ${slice}`, agent_native_id: "agent" })];
      }
    },
  };
  const { batches } = await loadRead({ warehouse, archive, clock: { now: () => now } }, read);
  return batches.map(({ totals }) => totals.new);
}

test("slices that are read fast are kept together, at least every five seconds", async () => {
  expect(await loadSlices("csv:fast", "due")).toEqual([3, 3]);
});

test("what must be kept before more is read makes a batch of its own", async () => {
  expect(await loadSlices("csv:job", "now")).toEqual([1, 1, 1, 1, 1, 1]);
});

test("without a checkpoint everything makes one batch", async () => {
  expect(await loadSlices("csv:file", "none")).toEqual([6]);
});

test("a hundred records of nearly a megabyte are loaded, in batches that the memory holds", async () => {
  const long = "text that a flow put there ".repeat(28_000);
  const items = Array.from({ length: 100 }, (_, row) =>
    recordItem("interaction", String(row), {
      interaction_id: `long call ${row}`,
      agent_native_id: "agent",
      disposition_code: `${row} ${long}`,
    }),
  );
  const { totals, batches } = await loadRead({ warehouse, archive, clock: { now: () => 0 } }, readOf(items, { source: "csv:long" }));
  expect(totals.new).toBe(100);
  expect(batches.length).toBeGreaterThan(2);
}, 60_000);
