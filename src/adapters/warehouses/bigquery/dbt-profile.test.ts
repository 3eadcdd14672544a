import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { BigQueryConfig } from "./config.ts";
import { bigqueryProfile } from "./dbt-profile.ts";

const config: BigQueryConfig = {
  project: "my-project",
  location: "EU",
  keyFile: null,
  url: null,
  label: "gami",
  maximumGigabytesBilled: null,
  statementTimeoutSeconds: 900,
};

test("without a key file dbt signs in with Google's own credentials", () => {
  expect(bigqueryProfile(config)).toEqual({
    GAMI_BIGQUERY_PROJECT: "my-project",
    GAMI_BIGQUERY_LOCATION: "EU",
    GAMI_BIGQUERY_TIMEOUT: "900",
  });
});

test("a key file is named, never read", () => {
  expect(bigqueryProfile({ ...config, keyFile: "/not/there.json", maximumGigabytesBilled: 0.5 })).toMatchObject({
    GAMI_BIGQUERY_METHOD: "service-account",
    GAMI_BIGQUERY_KEY_FILE: "/not/there.json",
    GAMI_BIGQUERY_MAXIMUM_BYTES: "500000000",
  });
});

test("over plain http no credentials are sent, even where a key file is configured", () => {
  const profile = bigqueryProfile({ ...config, keyFile: "/not/there.json", url: "http://127.0.0.1:9050" });
  expect(profile).toMatchObject({ GAMI_BIGQUERY_METHOD: "oauth-secrets", GAMI_BIGQUERY_TOKEN: "none" });
  expect(profile).not.toHaveProperty("GAMI_BIGQUERY_KEY_FILE");
});

test("dbt/profiles.yml reads every variable the profile sets, and none besides", () => {
  const text = readFileSync(join(import.meta.dirname, "../../../../dbt/profiles.yml"), "utf8");
  const everything = { ...config, maximumGigabytesBilled: 1, url: "http://127.0.0.1:9050" };
  const set = new Set([everything, { ...config, keyFile: "/key.json" }].flatMap((each) => Object.keys(bigqueryProfile(each))));
  expect([...set].sort()).toEqual([...new Set(text.match(/GAMI_BIGQUERY_[A-Z_]+/g))].sort());
});
