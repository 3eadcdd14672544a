import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import type { Warehouse } from "../../src/ports/warehouse.ts";
import type { WarehouseFixture } from "../contracts/warehouse.contract.ts";

/** A warehouse with an archive beside it in a folder of its own; `end` runs after everything is closed. */
export function warehouseFixture(open: (folder: string) => Warehouse, end: () => Promise<void> = async () => undefined): WarehouseFixture {
  const folder = mkdtempSync(join(tmpdir(), "gami-warehouse-"));
  const warehouse = open(folder);
  const others: Warehouse[] = [];
  const archive = openParquetArchive({ path: join(folder, "archive") });
  return {
    warehouse,
    archive,
    another() {
      const other = open(folder);
      others.push(other);
      return other;
    },
    async close() {
      for (const opened of [warehouse, ...others]) await opened.close();
      await archive.close();
      await end();
      rmSync(folder, { recursive: true });
    },
  };
}
