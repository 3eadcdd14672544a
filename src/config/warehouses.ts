import * as z from "zod/mini";

/** The untrusted shape of `warehouse.snowflake` and `warehouse.bigquery`. What each needs besides is checked by rules.ts. */
const describe = <T extends z.ZodMiniType>(schema: T, text: string): T => schema.check(z.describe(text));
const word = z.string().check(z.minLength(1, "at least one character"), z.maxLength(256, "at most 256 characters"));
const secret = z.string().check(z.minLength(1, "at least one character"));
const whole = (minimum: number, maximum: number) => {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return z.int(expected).check(z.gte(minimum, expected), z.lte(maximum, expected));
};
/** As it is written without quotes in SQL, so that nobody has to quote it anywhere. */
const identifier = z
  .string()
  .check(z.regex(/^[A-Za-z_][A-Za-z0-9_$]{0,254}$/, "a name of letters, digits and _ that needs no quotes in SQL"));
const statementTimeoutSeconds = describe(z._default(whole(10, 86_400), 3_600), "A statement that takes longer is ended.");

export const snowflakeSchema = (url: z.ZodMiniType<string, string>) =>
  z.strictObject({
    account: describe(
      z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "an account identifier like myorg-account123")),
      "The account identifier, like myorg-account123.",
    ),
    user: describe(word, "The user gami signs in as."),
    role: describe(z.optional(identifier), "The role it takes. Default: the user's own."),
    virtualWarehouse: describe(
      z.optional(identifier),
      "The virtual warehouse that computes; it may be suspended. Default: the user's own.",
    ),
    database: describe(z._default(identifier, "GAMI"), "The database, which must exist. gami makes its schemas in it."),
    privateKey: describe(z.optional(secret), "Key-pair sign-in: the private key as PEM text. Take it from the environment."),
    privateKeyFile: describe(z.optional(word), "Key-pair sign-in: the file of the private key, relative to this config."),
    privateKeyPassphrase: describe(z.optional(secret), "The private key's passphrase. Take it from the environment."),
    token: describe(z.optional(secret), "OAuth sign-in: the access token. Take it from the environment."),
    password: describe(
      z.optional(secret),
      "Password or programmatic access token, where the account still takes them. Take it from the environment.",
    ),
    url: describe(z.optional(url), "Another address than the account's: a private link or an emulator."),
    queryTag: describe(z._default(word, "gami"), "Stands beside everything gami runs in the query history."),
    statementTimeoutSeconds,
  });

export const bigquerySchema = (url: z.ZodMiniType<string, string>) =>
  z.strictObject({
    project: describe(
      z.string().check(z.regex(/^[a-z][a-z0-9:.-]{4,61}[a-z0-9]$/, "a project id like my-project-123")),
      "The project that holds gami's datasets (raw, meta, staging, intermediate, marts) and runs its jobs. Best one of its own.",
    ),
    location: describe(z._default(word, "US"), "Where the datasets lie, like EU or europe-west3. It cannot be changed afterwards."),
    keyFile: describe(z.optional(word), "A service account's key file, relative to this config. Default: Application Default Credentials."),
    url: describe(z.optional(url), "Another address than Google's: an emulator."),
    label: describe(
      z._default(z.string().check(z.regex(/^[a-z][a-z0-9_-]{0,62}$/, "small letters, digits, _ and -")), "gami"),
      "The label `application` of everything gami runs, for the bill.",
    ),
    maximumGigabytesBilled: describe(
      z.optional(whole(1, 10_000_000)),
      "A statement that would bill more is refused by BigQuery before it runs. Default: no limit.",
    ),
    statementTimeoutSeconds,
  });
