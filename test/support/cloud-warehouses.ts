import type { BigQueryConfig } from "../../src/adapters/warehouses/bigquery/config.ts";
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

/** How an emulator of BigQuery is reached: without credentials. */
export function bigqueryConfig({ url }: Pick<Emulator, "url">, changes: Partial<BigQueryConfig> = {}): BigQueryConfig {
  return {
    project: "gami-test",
    location: "US",
    keyFile: null,
    url,
    label: "gami",
    maximumGigabytesBilled: null,
    statementTimeoutSeconds: 600,
    ...changes,
  };
}
