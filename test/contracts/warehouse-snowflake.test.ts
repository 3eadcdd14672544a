import { openSnowflakeWarehouse } from "../../src/adapters/warehouses/snowflake/warehouse.ts";
import { snowflakeConfig } from "../support/cloud-warehouses.ts";
import { requireOrSkip } from "../support/require.ts";
import { shareEmulator } from "../support/share-emulator.ts";
import { warehouseFixture } from "../support/warehouse-fixture.ts";
import { describeWarehouse } from "./warehouse.contract.ts";
import { describeFaults } from "./warehouse-faults.contract.ts";

const emulator = shareEmulator("snowflake");

describeWarehouse(
  "the warehouse on Snowflake (an emulator, through the real driver)",
  async () => {
    const place = snowflakeConfig(await emulator());
    return warehouseFixture(() => openSnowflakeWarehouse(place));
  },
  { isHere: requireOrSkip("snowflake") },
);
describeFaults("snowflake", emulator);
