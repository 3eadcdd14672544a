import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { describeWarehouse } from "./warehouse.contract.ts";

describeWarehouse("the warehouse on DuckDB", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gami-warehouse-"));
  const open = () => openDuckDbWarehouse({ path: join(folder, "gami.duckdb"), threads: 1 });
  const warehouse = open();
  const archive = openParquetArchive({ path: join(folder, "archive") });
  return {
    warehouse,
    archive,
    another: open,
    async close() {
      await warehouse.close();
      await archive.close();
      rmSync(folder, { recursive: true });
    },
  };
});
