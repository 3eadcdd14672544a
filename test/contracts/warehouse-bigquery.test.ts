import { openBigQueryWarehouse } from "../../src/adapters/warehouses/bigquery/warehouse.ts";
import { startEmulator } from "../emulators/emulators.ts";
import { bigqueryConfig } from "../support/cloud-warehouses.ts";
import { requireOrSkip } from "../support/require.ts";
import { warehouseFixture } from "../support/warehouse-fixture.ts";
import { describeWarehouse } from "./warehouse.contract.ts";

describeWarehouse(
  "the warehouse on BigQuery (an emulator, through the real client)",
  async () => {
    const emulator = await startEmulator("bigquery");
    return warehouseFixture(() => openBigQueryWarehouse(bigqueryConfig(emulator)), emulator.stop);
  },
  { isHere: requireOrSkip("bigquery") },
);
