import type { SnowflakeConfig } from "../../src/adapters/warehouses/snowflake/config.ts";
import type { Emulator } from "../emulators/emulators.ts";

/** How an emulator of Snowflake is reached. It takes any user. */
export function snowflakeConfig({ url }: Pick<Emulator, "url">, changes: Partial<SnowflakeConfig> = {}): SnowflakeConfig {
  return {
    account: "emulator",
    user: "gami",
    auth: { kind: "password", password: "any" },
    role: null,
    virtualWarehouse: null,
    database: "GAMI",
    queryTag: "gami",
    url,
    statementTimeoutSeconds: 600,
    ...changes,
  };
}
