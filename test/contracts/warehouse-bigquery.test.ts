import { openBigQueryWarehouse } from "../../src/adapters/warehouses/bigquery/warehouse.ts";
import { bigqueryConfig } from "../support/cloud-warehouses.ts";
import { requireOrSkip } from "../support/require.ts";
import { shareEmulator } from "../support/share-emulator.ts";
import { warehouseFixture } from "../support/warehouse-fixture.ts";
import { describeWarehouse } from "./warehouse.contract.ts";
import { describeFaults } from "./warehouse-faults.contract.ts";

const emulator = shareEmulator("bigquery");

describeWarehouse(
  "the warehouse on BigQuery (an emulator, through the real client)",
  async () => {
    const place = bigqueryConfig(await emulator());
    return warehouseFixture(() => openBigQueryWarehouse(place));
  },
  { isHere: requireOrSkip("bigquery") },
);
describeFaults("bigquery", emulator);
