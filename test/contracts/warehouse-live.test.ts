import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { BigQueryConfig } from "../../src/adapters/warehouses/bigquery/config.ts";
import { openBigQueryWarehouse } from "../../src/adapters/warehouses/bigquery/warehouse.ts";
import type { SnowflakeAuth, SnowflakeConfig } from "../../src/adapters/warehouses/snowflake/config.ts";
import { openSnowflakeWarehouse } from "../../src/adapters/warehouses/snowflake/warehouse.ts";
import { bigqueryConfig, snowflakeConfig } from "../support/cloud-warehouses.ts";
import { gami } from "../support/gami.ts";
import { warehouseFixture } from "../support/warehouse-fixture.ts";
import { describeWarehouse } from "./warehouse.contract.ts";

/** The same contract on real accounts, by `npm run test:live` only. The database or project must be empty and is filled. */
const { GAMI_LIVE, ...env } = process.env;
const isAsked = (kind: string) => (GAMI_LIVE ?? "").split(",").includes(kind);

function liveSnowflake(): SnowflakeConfig {
  return {
    ...snowflakeConfig({ url: "" }),
    url: env.GAMI_LIVE_SNOWFLAKE_URL ?? null,
    account: env.GAMI_LIVE_SNOWFLAKE_ACCOUNT ?? "",
    user: env.GAMI_LIVE_SNOWFLAKE_USER ?? "",
    database: env.GAMI_LIVE_SNOWFLAKE_DATABASE ?? "",
    role: env.GAMI_LIVE_SNOWFLAKE_ROLE ?? null,
    virtualWarehouse: env.GAMI_LIVE_SNOWFLAKE_WAREHOUSE ?? null,
    auth: liveAuth(),
  };
}

function liveAuth(): SnowflakeAuth {
  const { GAMI_LIVE_SNOWFLAKE_PRIVATE_KEY: privateKey, GAMI_LIVE_SNOWFLAKE_TOKEN: token } = env;
  if (privateKey !== undefined) return { kind: "key-pair", privateKey, passphrase: env.GAMI_LIVE_SNOWFLAKE_PASSPHRASE ?? null };
  return token === undefined ? { kind: "password", password: env.GAMI_LIVE_SNOWFLAKE_PASSWORD ?? "" } : { kind: "oauth", token };
}

function liveBigQuery(): BigQueryConfig {
  return {
    ...bigqueryConfig({ url: "" }),
    url: env.GAMI_LIVE_BIGQUERY_URL ?? null,
    project: env.GAMI_LIVE_BIGQUERY_PROJECT ?? "",
    location: env.GAMI_LIVE_BIGQUERY_LOCATION ?? "US",
    keyFile: env.GAMI_LIVE_BIGQUERY_KEY_FILE ?? null,
  };
}

/** The same account as a config says it; secrets stay in the environment. */
function section(kind: string): string {
  const named = (prefix: string, keys: Readonly<Record<string, string>>) =>
    Object.entries(keys)
      .filter(([name]) => env[`${prefix}_${name}`] !== undefined)
      .map(([name, key]) => `${key}: "\${${prefix}_${name}}"`)
      .join(", ");
  if (kind === "bigquery")
    return `bigquery: { ${named("GAMI_LIVE_BIGQUERY", { PROJECT: "project", LOCATION: "location", KEY_FILE: "keyFile", URL: "url" })} }`;
  return `snowflake: { ${named("GAMI_LIVE_SNOWFLAKE", {
    ACCOUNT: "account",
    USER: "user",
    DATABASE: "database",
    ROLE: "role",
    WAREHOUSE: "virtualWarehouse",
    PRIVATE_KEY: "privateKey",
    PASSPHRASE: "privateKeyPassphrase",
    TOKEN: "token",
    PASSWORD: "password",
    URL: "url",
  })} }`;
}

describeWarehouse("the warehouse on Snowflake itself", async () => warehouseFixture(() => openSnowflakeWarehouse(liveSnowflake())), {
  isHere: isAsked("snowflake"),
});
describeWarehouse("the warehouse on BigQuery itself", async () => warehouseFixture(() => openBigQueryWarehouse(liveBigQuery())), {
  isHere: isAsked("bigquery"),
});

// After the contract: a rebuilding from an archive with nothing in it takes away what that left.
describe.each(["snowflake", "bigquery"].filter(isAsked))("dbt on %s itself", (kind) => {
  test("every model, data test and unit test passes on a simulated centre, twice", { timeout: 7_200_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "gami-live-"));
    const ran = async (...words: readonly string[]) => {
      const { code, stdout, stderr } = await gami(folder, ...words, "--json");
      expect({ words, code, stderr: code === 0 ? "" : stderr }).toEqual({ words, code: 0, stderr: "" });
      return JSON.parse(stdout);
    };
    writeFileSync(join(folder, "key"), "");
    writeFileSync(
      join(folder, "gami.config.yaml"),
      `organisation: { name: live, zone: Europe/Berlin }\nwarehouse: { kind: ${kind}, ${section(kind)} }\nidentity: self\nkey: { file: key }\n`,
    );
    await ran("warehouse", "rebuild");
    await ran("simulate", "files", "--out", "sim", "--agents", "20", "--days", "28", "--contacts-per-day", "3", "--start", "2026-03-02");
    const files = readdirSync(join(folder, "sim")).filter((name) => name.endsWith(".csv"));
    await ran("import", "csv", ...files.map((name) => join("sim", name)));
    for (const _ of ["whole", "again"])
      expect(await ran("dbt", "build", "--unit-tests")).toMatchObject({ failed: 0, warned: 0, skipped: 0 });
    rmSync(folder, { recursive: true });
  });
});
