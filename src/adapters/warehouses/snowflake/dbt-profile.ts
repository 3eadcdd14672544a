import type { SnowflakeAuth, SnowflakeConfig } from "./config.ts";
import { readPrivateKey } from "./private-key.ts";

/**
 * What the target `snowflake` of dbt/profiles.yml reads from dbt's environment. dbt keeps the values of names that begin
 * with DBT_ENV_SECRET_ out of all it prints and writes.
 */
export function snowflakeProfile(config: SnowflakeConfig): Readonly<Record<string, string>> {
  const { account, user, database, role, virtualWarehouse, queryTag, url } = config;
  return {
    GAMI_SNOWFLAKE_ACCOUNT: account,
    GAMI_SNOWFLAKE_USER: user,
    GAMI_SNOWFLAKE_DATABASE: database,
    GAMI_SNOWFLAKE_QUERY_TAG: queryTag,
    ...(role === null ? {} : { GAMI_SNOWFLAKE_ROLE: role }),
    ...(virtualWarehouse === null ? {} : { GAMI_SNOWFLAKE_WAREHOUSE: virtualWarehouse }),
    ...(url === null ? {} : address(new URL(url))),
    ...authentication(config.auth),
  };
}

function address({ hostname, port, protocol }: URL): Record<string, string> {
  const scheme = protocol.replace(":", "");
  return {
    GAMI_SNOWFLAKE_HOST: hostname,
    GAMI_SNOWFLAKE_PORT: port === "" ? ({ http: "80" }[scheme] ?? "443") : port,
    GAMI_SNOWFLAKE_PROTOCOL: scheme,
  };
}

function authentication(auth: SnowflakeAuth): Record<string, string> {
  switch (auth.kind) {
    case "key-pair":
    case "key-file":
      return { DBT_ENV_SECRET_GAMI_SNOWFLAKE_PRIVATE_KEY: readPrivateKey(auth) };
    case "oauth":
      return { GAMI_SNOWFLAKE_AUTHENTICATOR: "oauth", DBT_ENV_SECRET_GAMI_SNOWFLAKE_TOKEN: auth.token };
    case "password":
      return { DBT_ENV_SECRET_GAMI_SNOWFLAKE_PASSWORD: auth.password };
  }
}
