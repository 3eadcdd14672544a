import type { BigQueryConfig } from "./config.ts";

/**
 * What the target `bigquery` of dbt/profiles.yml reads from dbt's environment. Nothing in it is secret: a key stays in its
 * file, and an emulator on plain http gets no credentials but needs some token.
 */
export function bigqueryProfile(config: BigQueryConfig): Readonly<Record<string, string>> {
  const { project, location, keyFile, url, maximumGigabytesBilled, statementTimeoutSeconds } = config;
  return {
    GAMI_BIGQUERY_PROJECT: project,
    GAMI_BIGQUERY_LOCATION: location,
    GAMI_BIGQUERY_TIMEOUT: String(statementTimeoutSeconds),
    ...(maximumGigabytesBilled === null ? {} : { GAMI_BIGQUERY_MAXIMUM_BYTES: String(maximumGigabytesBilled * 1e9) }),
    ...(url === null ? {} : { GAMI_BIGQUERY_URL: url }),
    ...authentication(url, keyFile),
  };
}

function authentication(url: string | null, keyFile: string | null): Record<string, string> {
  if (url?.startsWith("http:")) return { GAMI_BIGQUERY_METHOD: "oauth-secrets", GAMI_BIGQUERY_TOKEN: "none" };
  return keyFile === null ? {} : { GAMI_BIGQUERY_METHOD: "service-account", GAMI_BIGQUERY_KEY_FILE: keyFile };
}
