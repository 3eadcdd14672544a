import { resolve } from "node:path";
import type { BigQueryWarehouseConfig, DuckDbWarehouseConfig, SnowflakeWarehouseConfig, Warehouses } from "./config.ts";
import type { ConfigFile } from "./schema.ts";

type Written = ConfigFile["warehouse"];

/** Every warehouse the file describes: the one in use, and those `gami warehouse migrate` may move to. */
export function toWarehouses({ warehouse }: ConfigFile, folder: string): Warehouses {
  const { snowflake, bigquery } = warehouse;
  return {
    duckdb: toDuckDb(warehouse, folder),
    snowflake: snowflake === undefined ? null : toSnowflake(snowflake, folder),
    bigquery: bigquery === undefined ? null : toBigQuery(bigquery, folder),
  };
}

function toDuckDb({ path, memoryLimit, threads, lockWaitSeconds }: Written, folder: string): DuckDbWarehouseConfig {
  return { kind: "duckdb", path: resolve(folder, path), memoryLimit: memoryLimit ?? null, threads: threads ?? null, lockWaitSeconds };
}

function toSnowflake(written: NonNullable<Written["snowflake"]>, folder: string): SnowflakeWarehouseConfig {
  const { account, user, database, queryTag, statementTimeoutSeconds } = written;
  return {
    kind: "snowflake",
    account,
    user,
    auth: snowflakeAuth(written, folder),
    role: written.role ?? null,
    virtualWarehouse: written.virtualWarehouse ?? null,
    database,
    queryTag,
    url: written.url ?? null,
    statementTimeoutSeconds,
  };
}

/** Exactly one is given: rules.ts. */
function snowflakeAuth(
  { privateKey, privateKeyFile, privateKeyPassphrase, token, password }: NonNullable<Written["snowflake"]>,
  folder: string,
): SnowflakeWarehouseConfig["auth"] {
  if (token !== undefined) return { kind: "oauth", token };
  if (password !== undefined) return { kind: "password", password };
  const passphrase = privateKeyPassphrase ?? null;
  if (privateKeyFile !== undefined) return { kind: "key-file", path: resolve(folder, privateKeyFile), passphrase };
  return { kind: "key-pair", privateKey: privateKey ?? "", passphrase };
}

function toBigQuery(written: NonNullable<Written["bigquery"]>, folder: string): BigQueryWarehouseConfig {
  const { project, location, label, statementTimeoutSeconds } = written;
  return {
    kind: "bigquery",
    project,
    location,
    keyFile: written.keyFile === undefined ? null : resolve(folder, written.keyFile),
    url: written.url ?? null,
    label,
    maximumGigabytesBilled: written.maximumGigabytesBilled ?? null,
    statementTimeoutSeconds,
  };
}

export function warehouseSecrets({ warehouse: { snowflake } }: ConfigFile): string[] {
  const { privateKey, privateKeyPassphrase, token, password } = snowflake ?? {};
  return [privateKey, privateKeyPassphrase, token, password].flatMap((secret) => (secret === undefined ? [] : [secret]));
}
