import { AuthError, GamiError, LockHeldError, WarehouseBusyError, WarehouseError } from "../../../errors.ts";
import type { SnowflakeConfig } from "./config.ts";

interface Told {
  readonly code: string;
  readonly text: string;
  readonly queryId: string | null;
}

type Place = Pick<SnowflakeConfig, "account" | "user" | "role" | "virtualWarehouse" | "database">;

/** The service's codes and words for what went wrong, in ours; the message names the object and the statement's id. */
export function explainFailure(error: unknown, place: Place): GamiError {
  if (error instanceof GamiError) return error;
  const told = readFailure(error);
  const known = failures.find(({ codes, pattern }) => codes.includes(told.code) && (pattern === undefined || pattern.test(told.text)));
  const where = told.queryId === null ? "" : ` (query id ${told.queryId})`;
  const text = `${told.text}${where}`;
  if (known === undefined)
    return new WarehouseError(`Snowflake failed with ${told.code || "no code"}: ${text}`, {
      code: "WAREHOUSE_FAILED",
      hint:
        told.queryId === null
          ? "run the same command again; 'gami doctor' tries the connection"
          : `look the statement up in Snowflake's query history by its id, ${told.queryId}`,
      cause: error,
    });
  const object = /'([^']+)'/.exec(told.text)?.[1] ?? place.database;
  const details = { code: known.name, hint: known.hint(place, object), cause: error };
  return new known.as(`${known.what(place, object)}: ${text}`, details);
}

function readFailure(error: unknown): Told {
  const text = error instanceof Error ? error.message : String(error);
  const read = (name: string): unknown => (typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined);
  const data = read("data");
  const ofData = (name: string): unknown => (typeof data === "object" && data !== null ? Reflect.get(data, name) : undefined);
  const queryId = ofData("queryId") ?? read("queryId");
  return {
    code: String(read("code") ?? ofData("errorCode") ?? ""),
    text: text.replaceAll(/\s*\n\s*/g, " "),
    queryId: typeof queryId === "string" && queryId !== "" ? queryId : null,
  };
}

interface Failure {
  readonly codes: readonly string[];
  readonly pattern?: RegExp;
  readonly name: string;
  readonly as: new (message: string, details: { code: string; hint: string; cause: unknown }) => GamiError;
  what(place: Place, object: string): string;
  hint(place: Place, object: string): string;
}

const again = "nothing was half written; run the same command again";

const failures: readonly Failure[] = [
  {
    codes: ["390195", "390318", "390303", "390114", "390115", "390144", "394304", "390112"],
    name: "WAREHOUSE_TOKEN",
    as: AuthError,
    what: ({ user }) => `Snowflake no longer takes the token or key of ${user}`,
    hint: () => "get a new token (or register the public key again), put it into the environment, and run the same command again",
  },
  {
    codes: ["390100", "390101", "390102", "390201", "390420", "390422", "404001", "390400"],
    name: "WAREHOUSE_AUTH",
    as: AuthError,
    what: ({ user, account }) => `Snowflake account ${account} refuses ${user}`,
    hint: () => "check warehouse.snowflake.account, warehouse.snowflake.user and the secret in the environment; 'gami doctor' tries them",
  },
  {
    codes: ["390189", "390186", "003013", "000390"],
    name: "WAREHOUSE_ROLE",
    as: AuthError,
    what: ({ user, role }) => `${user} may not use the role ${role ?? "asked for"}`,
    hint: ({ user, role }) =>
      `run 'grant role ${role ?? "GAMI"} to user ${user}' in Snowflake, or set warehouse.snowflake.role to one the user has`,
  },
  {
    codes: ["003001", "3001"],
    name: "WAREHOUSE_GRANT",
    as: AuthError,
    what: ({ role }, object) => `the role ${role ?? "of the user"} lacks a privilege on ${object}`,
    hint: ({ role, database }, object) =>
      `run 'grant ownership on schema ${database}.${object} to role ${role ?? "GAMI"}' or the privilege it names (docs/warehouses.md lists them all)`,
  },
  {
    codes: ["000606", "606", "000604"],
    pattern: /no active warehouse/i,
    name: "WAREHOUSE_NONE",
    as: WarehouseError,
    what: () => "no virtual warehouse is chosen, or the role may not use it",
    hint: ({ virtualWarehouse, role }) =>
      virtualWarehouse === null
        ? "set warehouse.snowflake.virtualWarehouse in gami.config.yaml"
        : `run 'grant usage on warehouse ${virtualWarehouse} to role ${role ?? "GAMI"}' in Snowflake`,
  },
  {
    codes: ["090073", "90073"],
    name: "WAREHOUSE_QUOTA",
    as: WarehouseBusyError,
    what: ({ virtualWarehouse }) => `the virtual warehouse ${virtualWarehouse ?? ""} has used up its quota`,
    hint: () => "raise the resource monitor's quota or wait for its next period, then run the same command again; nothing was half written",
  },
  {
    codes: ["000606", "606", "000607", "607", "090064", "090056", "000666"],
    name: "WAREHOUSE_SUSPENDED",
    as: WarehouseBusyError,
    what: ({ virtualWarehouse }) => `the virtual warehouse ${virtualWarehouse ?? ""} is suspended and does not resume`,
    hint: ({ virtualWarehouse }) => `run 'alter warehouse ${virtualWarehouse ?? "NAME"} set auto_resume = true' or resume it; ${again}`,
  },
  {
    codes: ["000625", "625", "000629", "000630", "630", "000604", "604", "261000"],
    pattern: /lock|waiters|conflict|aborted/i,
    name: "WAREHOUSE_CONFLICT",
    as: LockHeldError,
    what: (_, object) => `another transaction holds the rows this one needs (${object})`,
    hint: () => again,
  },
  {
    codes: ["000630", "630", "000604", "604"],
    name: "WAREHOUSE_TIMEOUT",
    as: WarehouseBusyError,
    what: () => "Snowflake ended the statement before it was done",
    hint: () => `raise warehouse.snowflake.statementTimeoutSeconds or the warehouse's size; ${again}`,
  },
  {
    codes: ["000904", "904", "001757", "002023", "000913", "100038", "100035", "100132", "100072", "002028"],
    name: "WAREHOUSE_TABLE_CHANGED",
    as: WarehouseError,
    what: (_, object) => `a table of gami was changed by hand (${object})`,
    hint: () => "undo the change, or drop the table and run 'gami warehouse rebuild': it is made again from the archive",
  },
  {
    codes: ["002003", "2003", "002043", "2043"],
    name: "WAREHOUSE_OBJECT_MISSING",
    as: WarehouseError,
    what: ({ role }, object) => `${object} does not exist, or the role ${role ?? "of the user"} may not see it`,
    hint: ({ database, role }) =>
      `run 'gami warehouse rebuild' if it was dropped, or 'grant usage on database ${database} to role ${role ?? "GAMI"}' in Snowflake`,
  },
  {
    codes: [
      "390111",
      "401001",
      "401002",
      "401003",
      "402001",
      "405503",
      "405501",
      "405502",
      "407001",
      "407002",
      "ECONNREFUSED",
      "ENOTFOUND",
      "ECONNRESET",
      "ETIMEDOUT",
    ],
    name: "WAREHOUSE_UNREACHABLE",
    as: WarehouseBusyError,
    what: ({ account }) => `the connection to Snowflake account ${account} broke or cannot be made`,
    hint: () => `check the network and warehouse.snowflake.account; ${again}`,
  },
];
