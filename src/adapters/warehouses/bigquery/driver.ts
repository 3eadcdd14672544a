import { createReadStream } from "node:fs";
import type { BigQuery, Job, Table, TableField } from "@google-cloud/bigquery";
import { ConfigError } from "../../../errors.ts";
import type { Row, SqlValue } from "../../../ports/warehouse.ts";
import { type Connection, columnsOfRows } from "../connection.ts";
import type { Column } from "../tables.ts";
import type { BigQueryConfig } from "./config.ts";
import { bigqueryDialect } from "./dialect.ts";
import { explainFailure } from "./failures.ts";
import { beginScript } from "./transaction.ts";

/** The service as gami uses it: statements as jobs, files as load jobs, tables by REST. */
export interface Service {
  readonly connection: Connection;
  /** Loads a Parquet file into a table of its own. */
  loadFile(table: string, path: string, columns: readonly Pick<Column, "name" | "type">[]): Promise<void>;
  createDataset(name: string, options?: { readonly expiresAfterMillis: number }): Promise<void>;
  createTable(name: string, options: TableOptions): Promise<void>;
  dropDataset(name: string): Promise<void>;
  /** The datasets there are, with the version of gami's tables each is marked with. */
  datasets(): Promise<ReadonlyMap<string, string | null>>;
  /** The tables of a dataset, as `raw.csv_queue`. */
  tables(dataset: string): Promise<readonly string[]>;
  markTables(dataset: string, version: string): Promise<void>;
}

export interface TableOptions {
  readonly columns: readonly Column[];
  /** The instant by whose month it is divided. */
  readonly dividedBy: string | null;
  readonly clusteredBy: readonly string[];
}

const streamedRows = 1_000;
const tablesLabel = "gami_tables";

export async function openService(config: BigQueryConfig): Promise<Service> {
  const client = await openClient(config);
  const dialect = bigqueryDialect(crypto.randomUUID().slice(0, 8));
  const limits = {
    location: config.location,
    labels: { application: config.label },
    jobTimeoutMs: config.statementTimeoutSeconds * 1_000,
  };
  const billed = config.maximumGigabytesBilled === null ? {} : { maximumBytesBilled: String(config.maximumGigabytesBilled * 1e9) };
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explainFailure(error, config);
    }
  };
  const start = async (sql: string, values: readonly SqlValue[] = []): Promise<Job> => {
    const [job] = await client.createQueryJob({ query: sql.replace(/\$(\d+)/g, "@p$1"), ...limits, ...billed, ...bound(values) });
    return job;
  };
  const rows = (sql: string, values?: readonly SqlValue[]) =>
    explained(async () => {
      const job = await start(sql, values);
      const [found] = await job.getQueryResults({ wrapIntegers: true });
      return found.map(portRow);
    });
  async function* stream(sql: string, values?: readonly SqlValue[]): AsyncIterable<readonly Row[]> {
    try {
      const job = await start(sql, values);
      let chunk: Row[] = [];
      for await (const row of job.getQueryResultsStream({ wrapIntegers: true })) {
        chunk.push(portRow(row));
        if (chunk.length < streamedRows) continue;
        yield chunk;
        chunk = [];
      }
      if (chunk.length > 0) yield chunk;
    } catch (error) {
      throw explainFailure(error, config);
    }
  }
  const run = (sql: string, values?: readonly SqlValue[]) =>
    explained(async () => {
      const job = await start(sql, values);
      await job.getQueryResults({ maxResults: 0, autoPaginate: false });
      const [{ statistics }] = await job.getMetadata();
      return Number(statistics?.query?.numDmlAffectedRows ?? 0);
    });
  const place = (name: string) => {
    const [dataset = "", table = ""] = name.split(".");
    return client.dataset(dataset, { location: config.location }).table(table);
  };
  const fields = (columns: readonly Pick<Column, "name" | "type">[]) =>
    columns.map(({ name, type }) => ({ name, type: dialect.types[type].toUpperCase() }));
  return {
    connection: {
      dialect,
      run,
      rows,
      script: (statements) => rows(statements.map((statement) => `${statement};\n`).join("")),
      stream,
      columns: (sql, values) => columnsOfRows(stream(sql, values)),
      estimateBytes: (sql) =>
        explained(async () => {
          const [{ metadata }] = await client.createQueryJob({ query: sql, location: config.location, dryRun: true });
          return Number(metadata?.statistics?.totalBytesProcessed ?? 0);
        }),
      async transact(work) {
        const script = beginScript();
        await work(script.transaction);
        try {
          await run(script.text());
        } catch (error) {
          throw script.failureOf(error instanceof Error ? error.message : "") ?? error;
        }
      },
    },
    loadFile: (table, path, columns) =>
      explained(async () => {
        const job = await upload(path, place(table), fields(columns));
        try {
          await job.promise();
        } catch (error) {
          throw Object.assign(error instanceof Error ? error : new Error(String(error)), { jobId: job.id });
        }
      }),
    createDataset: (name, options) =>
      explained(() =>
        unlessThere(() =>
          client.createDataset(name, {
            location: config.location,
            labels: { application: config.label },
            ...(options === undefined ? {} : { defaultTableExpirationMs: String(options.expiresAfterMillis) }),
          }),
        ),
      ),
    createTable: (name, { columns, dividedBy, clusteredBy }) =>
      explained(() => {
        const [dataset = "", table = ""] = name.split(".");
        const schema = fields(columns).map((field, index) => ({ ...field, mode: columns[index]?.isRequired ? "REQUIRED" : "NULLABLE" }));
        return unlessThere(() =>
          client.dataset(dataset).createTable(table, {
            schema: { fields: schema },
            ...(dividedBy === null ? {} : { timePartitioning: { type: "MONTH", field: dividedBy } }),
            ...(clusteredBy.length === 0 ? {} : { clustering: { fields: [...clusteredBy] } }),
          }),
        );
      }),
    dropDataset: (name) =>
      explained(async () => {
        await client.dataset(name).delete({ force: true }).catch(unlessMissing);
      }),
    datasets: () =>
      explained(async () => {
        const [found] = await client.getDatasets();
        return new Map(found.map(({ id, metadata }) => [String(id), metadata?.labels?.[tablesLabel] ?? null]));
      }),
    tables: (name) =>
      explained(async () => {
        const [found] = await client.dataset(name).getTables();
        return found.map(({ id }) => `${name}.${id}`);
      }),
    markTables: (name, version) =>
      explained(async () => {
        await client.dataset(name).setMetadata({ labels: { application: config.label, [tablesLabel]: version } });
      }),
  };
}

/** Sends a Parquet file; the job that loads it is at work then. */
function upload(path: string, table: Table, fields: readonly TableField[]): Promise<Job> {
  return new Promise((done, fail) => {
    const sending = table.createWriteStream({
      sourceFormat: "PARQUET",
      schema: { fields: [...fields] },
      writeDisposition: "WRITE_TRUNCATE",
    });
    createReadStream(path).on("error", fail).pipe(sending).on("error", fail).on("job", done);
  });
}

async function openClient({ project, location, keyFile, url }: BigQueryConfig): Promise<BigQuery> {
  // The client would take this address instead of the configured one, and leave out half of its path.
  delete process.env.BIGQUERY_EMULATOR_HOST;
  const { BigQuery } = await loadDriver();
  const isPlain = url?.startsWith("http://") ?? false;
  return new BigQuery({
    projectId: project,
    location,
    ...(keyFile === null ? {} : { keyFilename: keyFile }),
    ...(url === null ? {} : { apiEndpoint: url }),
    ...(isPlain ? { authClient: Object(nobody), autoRetry: false } : {}),
  });
}

/** Signs nothing in, so that no credentials of this machine go over the wire in the clear. */
const nobody = { getRequestHeaders: async () => new Headers() };

async function loadDriver(): Promise<typeof import("@google-cloud/bigquery")> {
  try {
    return await import("@google-cloud/bigquery");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw new ConfigError("the BigQuery driver is not installed: it is optional, because most do without it", {
      code: "DRIVER_MISSING",
      hint: "run 'npm install @google-cloud/bigquery@9' in the folder gami is installed in (add -g where gami was installed with -g)",
      cause: error,
    });
  }
}

function bound(values: readonly SqlValue[]) {
  if (values.length === 0) return {};
  const named = values.map((value, index) => [`p${index + 1}`, value] as const);
  return {
    params: Object.fromEntries(named.map(([name, value]) => [name, typeof value === "bigint" ? String(value) : value])),
    types: Object.fromEntries(named.map(([name, value]) => [name, typeOf(value)])),
  };
}

function typeOf(value: SqlValue): string {
  if (typeof value === "boolean") return "BOOL";
  if (typeof value === "bigint" || Number.isInteger(value)) return "INT64";
  return typeof value === "number" ? "FLOAT64" : "STRING";
}

async function unlessThere(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === 409)) throw error;
  }
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === 404)) throw error;
}

function portRow(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, portValue(value)]));
}

/** Integers, instants and days come wrapped in objects with their text; decimals in one that knows its own. */
function portValue(value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  const type = Object(value).constructor?.name;
  const text = String(Object(value).value ?? value);
  if (type === "BigQueryInt") return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
  if (type === "BigQueryTimestamp" || type === "BigQueryDatetime") return new Date(text.endsWith("Z") ? text : `${text}Z`).toISOString();
  if (type === "BigQueryDate") return text;
  return type === "Big" ? Number(text) : text;
}
