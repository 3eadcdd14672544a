import { join } from "node:path";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { warehouseFixture } from "../support/warehouse-fixture.ts";
import { describeWarehouse } from "./warehouse.contract.ts";

describeWarehouse("the warehouse on DuckDB", async () =>
  warehouseFixture((folder) => openDuckDbWarehouse({ path: join(folder, "gami.duckdb"), threads: 1 })),
);
