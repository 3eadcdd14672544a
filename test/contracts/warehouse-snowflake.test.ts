import { openSnowflakeWarehouse } from "../../src/adapters/warehouses/snowflake/warehouse.ts";
import { startEmulator } from "../emulators/emulators.ts";
import { snowflakeConfig } from "../support/cloud-warehouses.ts";
import { requireOrSkip } from "../support/require.ts";
import { warehouseFixture } from "../support/warehouse-fixture.ts";
import { describeWarehouse } from "./warehouse.contract.ts";

describeWarehouse(
  "the warehouse on Snowflake (an emulator, through the real driver)",
  async () => {
    const emulator = await startEmulator("snowflake");
    return warehouseFixture(() => openSnowflakeWarehouse(snowflakeConfig(emulator)), emulator.stop);
  },
  { isHere: requireOrSkip("snowflake") },
);
