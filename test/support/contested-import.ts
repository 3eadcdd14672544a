/**
 * A real process that claims a stream, then waits until a file appears before it goes on:
 * `node contested-import.ts FOLDER NAME GO-FILE`. Prints `claimed` once the warehouse is let go of, exits as gami does.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { loadRead } from "../../src/app/ingest/load-read.ts";
import { exitCodeOf } from "../../src/exit-codes.ts";
import { readOf, recordItem } from "./item-read.ts";

const [folder = "", name = "", goFile = ""] = process.argv.slice(2);
const warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb"), threads: 1, lockWaitSeconds: 20 });
const archive = openParquetArchive({ path: join(folder, "archive") });
const item = recordItem("queue", "1", { queue_native_id: "q1", name });
const read = readOf([], {
  streams: ["queue"],
  async *items() {
    yield [item];
    await warehouse.release();
    process.stdout.write("claimed\n");
    while (!existsSync(goFile)) await sleep(20);
  },
});
try {
  const { totals } = await loadRead({ warehouse, archive, clock: { now: () => Date.now() } }, read);
  process.stdout.write(`${JSON.stringify(totals)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
} finally {
  await warehouse.close();
  await archive.close();
}
