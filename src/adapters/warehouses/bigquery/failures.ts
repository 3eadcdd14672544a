import { AuthError, ConfigError, GamiError, LockHeldError, WarehouseBusyError, WarehouseError } from "../../../errors.ts";
import type { BigQueryConfig } from "./config.ts";

interface Told {
  readonly reason: string;
  readonly status: number | null;
  readonly text: string;
  readonly jobId: string | null;
}

type Place = Pick<BigQueryConfig, "project" | "location" | "keyFile">;

/** The service's reasons and words for what went wrong, in ours; the message names the object and the job. */
export function explainFailure(error: unknown, place: Place): GamiError {
  if (error instanceof GamiError) return error;
  const told = readFailure(error);
  const known = failures.find(({ isIt }) => isIt(told));
  const text = `${told.text}${told.jobId === null ? "" : ` (job ${told.jobId})`}`;
  if (known === undefined) {
    return new WarehouseError(`BigQuery failed with ${told.reason || told.status || "no reason"}: ${text}`, {
      code: "WAREHOUSE_FAILED",
      hint:
        told.jobId === null
          ? "run the same command again; 'gami doctor' tries the connection"
          : `look at the job: bq show -j ${place.project}:${place.location}.${told.jobId}`,
      cause: error,
    });
  }
  const object = /(?:Table|Dataset|table|dataset)[: ]+([\w.:-]+)/.exec(told.text)?.[1] ?? place.project;
  return new known.as(`${known.what(place, object)}: ${text}`, { code: known.name, hint: known.hint(place, object), cause: error });
}

function readFailure(error: unknown): Told {
  const get = (from: unknown, name: string): unknown => (typeof from === "object" && from !== null ? Reflect.get(from, name) : undefined);
  const errors: unknown = get(error, "errors");
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const code = get(error, "code");
  const response = get(error, "response");
  const jobId = get(error, "jobId") ?? get(get(response, "jobReference"), "jobId");
  const message = get(first, "message") ?? (error instanceof Error ? error.message : String(error));
  return {
    reason: String(get(first, "reason") ?? (typeof code === "string" ? code : "")),
    status: typeof code === "number" ? code : null,
    text: String(message).replaceAll(/\s*\n\s*/g, " "),
    jobId: typeof jobId === "string" ? jobId : null,
  };
}

interface Failure {
  isIt(told: Told): boolean;
  readonly name: string;
  readonly as: new (message: string, details: { code: string; hint: string; cause: unknown }) => GamiError;
  what(place: Place, object: string): string;
  hint(place: Place, object: string): string;
}

const again = "nothing was half written; run the same command again";
const reason =
  (...reasons: readonly string[]) =>
  (told: Told) =>
    reasons.includes(told.reason);

const failures: readonly Failure[] = [
  {
    isIt: ({ text }) => /could not load the default credentials|ENOENT.*json/i.test(text),
    name: "WAREHOUSE_CREDENTIALS",
    as: ConfigError,
    what: ({ keyFile }) =>
      keyFile === null ? "there are no Google credentials on this machine" : `the key file ${keyFile} cannot be read`,
    hint: () => "set warehouse.bigquery.keyFile to a service account's key, or run 'gcloud auth application-default login'",
  },
  {
    isIt: ({ status, text }) =>
      status === 401 || /invalid_grant|invalid_rapt|UNAUTHENTICATED|invalid authentication credentials/i.test(text),
    name: "WAREHOUSE_TOKEN",
    as: AuthError,
    what: () => "Google no longer takes the credentials",
    hint: () =>
      "get new ones ('gcloud auth application-default login', or a new key for the service account) and run the same command again",
  },
  {
    isIt: ({ reason: said, text }) =>
      /aborted due to concurrent|could not serialize access|transaction.*(abort|conflict)/i.test(text) || said === "aborted",
    name: "WAREHOUSE_CONFLICT",
    as: LockHeldError,
    what: (_, object) => `another transaction changed the same table (${object})`,
    hint: () => again,
  },
  {
    isIt: ({ reason: said, text }) => said === "bytesBilledLimitExceeded" || /limit for bytes billed/i.test(text),
    name: "WAREHOUSE_COST_LIMIT",
    as: WarehouseError,
    what: () => "the statement would bill more than the config allows",
    hint: () => "raise warehouse.bigquery.maximumGigabytesBilled if that is meant; BigQuery ran nothing",
  },
  {
    isIt: reason("quotaExceeded", "rateLimitExceeded", "jobRateLimitExceeded", "billingTierLimitExceeded"),
    name: "WAREHOUSE_QUOTA",
    as: WarehouseBusyError,
    what: ({ project }) => `a quota of project ${project} is used up`,
    hint: () => `wait, or raise the quota in Google's console; ${again}`,
  },
  {
    isIt: reason("billingNotEnabled"),
    name: "WAREHOUSE_BILLING",
    as: AuthError,
    what: ({ project }) => `project ${project} has no billing account, which statements that change tables need`,
    hint: ({ project }) => `run 'gcloud billing projects link ${project} --billing-account ID'`,
  },
  {
    isIt: ({ reason: said, status }) => said === "accessDenied" || status === 403,
    name: "WAREHOUSE_GRANT",
    as: AuthError,
    what: (_, object) => `the account lacks a permission on ${object}`,
    hint: ({ project }) =>
      `grant it roles/bigquery.dataOwner and roles/bigquery.jobUser: gcloud projects add-iam-policy-binding ${project} --member serviceAccount:NAME --role roles/bigquery.dataOwner`,
  },
  {
    isIt: ({ reason: said, text }) => said === "notFound" && /location/i.test(text) && /dataset/i.test(text),
    name: "WAREHOUSE_LOCATION",
    as: ConfigError,
    what: ({ location }, object) => `${object} is not in location ${location}`,
    hint: () => "set warehouse.bigquery.location to where the datasets lie ('bq show DATASET' says it)",
  },
  {
    isIt: ({ reason: said, status }) => said === "notFound" || status === 404,
    name: "WAREHOUSE_OBJECT_MISSING",
    as: WarehouseError,
    what: (_, object) => `${object} does not exist, or the account may not see it`,
    hint: () => "run 'gami warehouse rebuild' if it was dropped: it is made again from the archive",
  },
  {
    isIt: ({ text }) =>
      /unrecognized name|no such field|name .* not found inside|schema (update|does not match)|has no column|type .* cannot be/i.test(text),
    name: "WAREHOUSE_TABLE_CHANGED",
    as: WarehouseError,
    what: (_, object) => `a table of gami was changed by hand (${object})`,
    hint: () => "undo the change, or drop the table and run 'gami warehouse rebuild': it is made again from the archive",
  },
  {
    isIt: ({ reason: said, text }) => said === "timeout" || said === "stopped" || /job timed out|timed out after/i.test(text),
    name: "WAREHOUSE_TIMEOUT",
    as: WarehouseBusyError,
    what: () => "BigQuery ended the statement before it was done",
    hint: () => `raise warehouse.bigquery.statementTimeoutSeconds; ${again}`,
  },
  {
    isIt: ({ reason: said }) => said === "resourcesExceeded",
    name: "WAREHOUSE_RESOURCES",
    as: WarehouseError,
    what: () => "the statement needs more than BigQuery gives one statement",
    hint: () => "this is a fault of gami: please report it with this message",
  },
  {
    isIt: ({ reason: said, status, text }) =>
      ["backendError", "internalError", "ECONNREFUSED", "ENOTFOUND", "ECONNRESET", "ETIMEDOUT", "EPIPE", "EAI_AGAIN"].includes(said) ||
      (status !== null && status >= 500) ||
      /socket hang up|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|network|premature close/i.test(text),
    name: "WAREHOUSE_UNREACHABLE",
    as: WarehouseBusyError,
    what: ({ project }) => `the connection to BigQuery (project ${project}) broke or cannot be made`,
    hint: () => `check the network; ${again}`,
  },
];
