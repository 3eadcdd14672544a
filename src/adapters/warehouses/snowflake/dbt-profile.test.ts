import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SnowflakeAuth, SnowflakeConfig } from "./config.ts";
import { snowflakeProfile } from "./dbt-profile.ts";

const config = (auth: SnowflakeAuth, changes: Partial<SnowflakeConfig> = {}): SnowflakeConfig => ({
  account: "org-acc",
  user: "GAMI",
  auth,
  role: null,
  virtualWarehouse: null,
  database: "GAMI",
  queryTag: "gami",
  url: null,
  statementTimeoutSeconds: 600,
  ...changes,
});
const pem = String(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }));

test.each<[SnowflakeAuth, Record<string, string>]>([
  [{ kind: "password", password: "p" }, { DBT_ENV_SECRET_GAMI_SNOWFLAKE_PASSWORD: "p" }],
  [
    { kind: "oauth", token: "t" },
    { DBT_ENV_SECRET_GAMI_SNOWFLAKE_TOKEN: "t", GAMI_SNOWFLAKE_AUTHENTICATOR: "oauth" },
  ],
  [{ kind: "key-pair", privateKey: pem, passphrase: null }, { DBT_ENV_SECRET_GAMI_SNOWFLAKE_PRIVATE_KEY: pem }],
])("what is secret goes under a name that dbt prints no value of: %o", (auth, wanted) => {
  const { GAMI_SNOWFLAKE_ACCOUNT, GAMI_SNOWFLAKE_USER, GAMI_SNOWFLAKE_DATABASE, GAMI_SNOWFLAKE_QUERY_TAG, ...rest } = snowflakeProfile(
    config(auth),
  );
  expect([GAMI_SNOWFLAKE_ACCOUNT, GAMI_SNOWFLAKE_USER, GAMI_SNOWFLAKE_DATABASE, GAMI_SNOWFLAKE_QUERY_TAG]).toEqual([
    "org-acc",
    "GAMI",
    "GAMI",
    "gami",
  ]);
  expect(rest).toEqual(wanted);
});

test.each([
  ["https://acc.privatelink.snowflakecomputing.com", "acc.privatelink.snowflakecomputing.com", "443", "https"],
  ["http://127.0.0.1:4000", "127.0.0.1", "4000", "http"],
])("another address than the account's: %s", (url, host, port, protocol) => {
  expect(snowflakeProfile(config({ kind: "password", password: "p" }, { url, role: "R", virtualWarehouse: "W" }))).toMatchObject({
    GAMI_SNOWFLAKE_HOST: host,
    GAMI_SNOWFLAKE_PORT: port,
    GAMI_SNOWFLAKE_PROTOCOL: protocol,
    GAMI_SNOWFLAKE_ROLE: "R",
    GAMI_SNOWFLAKE_WAREHOUSE: "W",
  });
});

test("dbt/profiles.yml reads every variable the profile sets, and none besides", () => {
  const text = readFileSync(join(import.meta.dirname, "../../../../dbt/profiles.yml"), "utf8");
  const read = new Set(text.match(/[A-Z_]*GAMI_SNOWFLAKE_[A-Z_]+/g));
  const everything = { role: "R", virtualWarehouse: "W", url: "http://127.0.0.1:4000" };
  const auths: SnowflakeAuth[] = [
    { kind: "password", password: "p" },
    { kind: "oauth", token: "t" },
    { kind: "key-pair", privateKey: pem, passphrase: null },
  ];
  const set = new Set(auths.flatMap((auth) => Object.keys(snowflakeProfile(config(auth, everything)))));
  expect([...set].sort()).toEqual([...read].sort());
});
