import type { Readable } from "node:stream";
import { ConfigError } from "../../../errors.ts";
import type { Row, SqlValue } from "../../../ports/warehouse.ts";
import { type Connection, columnsOfRows, converse, runInTurn } from "../connection.ts";
import type { SnowflakeAuth, SnowflakeConfig } from "./config.ts";
import { snowflakeDialect } from "./dialect.ts";
import { explainFailure } from "./failures.ts";
import { readPrivateKey } from "./private-key.ts";

/** The part of snowflake-sdk that is used. */
interface Sdk {
  configure(options: { logLevel: "OFF"; additionalLogToConsole: boolean }): void;
  createConnection(options: Record<string, unknown>): SdkConnection;
}

interface SdkConnection {
  connect(done: (error: Error | undefined) => void): unknown;
  destroy(done: (error: Error | undefined) => void): void;
  isUp(): boolean;
  execute(options: {
    sqlText: string;
    binds?: (string | number | boolean | null)[];
    streamResult?: boolean;
    complete: (error: Error | undefined, statement: SdkStatement, rows?: Record<string, unknown>[]) => void;
  }): unknown;
}

interface SdkStatement {
  getNumUpdatedRows(): number | undefined;
  getColumns(): readonly { getName(): string; getType(): string }[] | undefined;
  streamRows(): Readable;
}

/** Sessions, each lent to one piece of work at a time, opened as they are needed. */
export interface Sessions {
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Below the four hours after which Snowflake forgets a session nobody uses. */
const longestIdleMillis = 30 * 60_000;
const streamedRows = 1_000;

export function openSessions(config: SnowflakeConfig, prepare: (connection: Connection) => Promise<void>): Sessions {
  const idle: { readonly session: SdkConnection; readonly since: number }[] = [];
  const take = async (): Promise<SdkConnection> => {
    for (;;) {
      const resting = idle.pop();
      if (resting === undefined) return open();
      if (resting.session.isUp() && performance.now() - resting.since < longestIdleMillis) return resting.session;
      await destroy(resting.session);
    }
  };
  const open = async (): Promise<SdkConnection> => {
    const session = (await loadSdk()).createConnection(connectionOptions(config));
    await new Promise<void>((done, fail) => session.connect((error) => (error === undefined || error === null ? done() : fail(error))));
    try {
      await prepare(connectionOf(session));
    } catch (error) {
      await destroy(session);
      throw error;
    }
    return session;
  };
  return {
    async use(work) {
      let session: SdkConnection | null = null;
      try {
        session = await take();
        const result = await work(connectionOf(session));
        idle.push({ session, since: performance.now() });
        return result;
      } catch (error) {
        // After a failure nobody knows what the session still holds; a fresh one costs a second.
        if (session !== null) await destroy(session);
        throw explainFailure(error, config);
      }
    },
    async close() {
      for (const { session } of idle.splice(0)) await destroy(session);
    },
  };
}

function destroy(session: SdkConnection): Promise<void> {
  return new Promise((done) => session.destroy(() => done()));
}

async function loadSdk(): Promise<Sdk> {
  try {
    const { default: sdk } = await import("snowflake-sdk");
    sdk.configure({ logLevel: "OFF", additionalLogToConsole: false });
    return sdk;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw new ConfigError("the Snowflake driver is not installed: it is optional, because most do without it", {
      code: "DRIVER_MISSING",
      hint: "run 'npm install snowflake-sdk@3' in the folder gami is installed in (add -g where gami was installed with -g)",
      cause: error,
    });
  }
}

function connectionOptions({ account, user, auth, role, virtualWarehouse, database, queryTag, url }: SnowflakeConfig) {
  return {
    account,
    username: user,
    ...authOptions(auth),
    ...(role === null ? {} : { role }),
    ...(virtualWarehouse === null ? {} : { warehouse: virtualWarehouse }),
    ...(url === null ? {} : { accessUrl: url }),
    database,
    queryTag,
    application: "gami",
    // Integers beyond 2^53 stay what they are.
    jsTreatIntegerAsBigInt: true,
    representNullAsStringNull: false,
    // Bound rows go with the statement; above this the driver would make a stage for them.
    arrayBindingThreshold: 100_000,
    clientSessionKeepAlive: false,
    // Of its own it signs in seven times over four minutes before it says that nobody answers; statements keep its patience.
    sfRetryMaxLoginRetries: 2,
  };
}

function authOptions(auth: SnowflakeAuth): Record<string, string> {
  switch (auth.kind) {
    case "key-pair":
    case "key-file":
      return { authenticator: "SNOWFLAKE_JWT", privateKey: readPrivateKey(auth) };
    case "oauth":
      return { authenticator: "OAUTH", token: auth.token };
    case "password":
      return { authenticator: "SNOWFLAKE", password: auth.password };
  }
}

function connectionOf(session: SdkConnection): Connection {
  const execute = (sql: string, values: readonly SqlValue[], streamResult: boolean) =>
    new Promise<{ statement: SdkStatement; rows: readonly Record<string, unknown>[] }>((done, fail) => {
      session.execute({
        sqlText: values.length === 0 ? sql : sql.replace(/\$(\d+)/g, ":$1"),
        ...(values.length === 0 ? {} : { binds: values.map((value) => (typeof value === "bigint" ? String(value) : value)) }),
        streamResult,
        complete: (error, statement, rows) => (error ? fail(error) : done({ statement, rows: rows ?? [] })),
      });
    });
  const run = async (sql: string, values: readonly SqlValue[] = []) => {
    const { statement } = await execute(sql, values, false);
    return Math.max(statement.getNumUpdatedRows() ?? 0, 0);
  };
  const rows = async (sql: string, values: readonly SqlValue[] = []) => {
    const { statement, rows: found } = await execute(sql, values, false);
    return found.map(rowReader(statement));
  };
  async function* stream(sql: string, values: readonly SqlValue[] = []): AsyncIterable<readonly Row[]> {
    const { statement } = await execute(sql, values, true);
    const read = rowReader(statement);
    let chunk: Row[] = [];
    for await (const row of statement.streamRows()) {
      chunk.push(read(row));
      if (chunk.length < streamedRows) continue;
      yield chunk;
      chunk = [];
    }
    if (chunk.length > 0) yield chunk;
  }
  return {
    dialect: snowflakeDialect,
    run,
    rows,
    script: (statements) => runInTurn({ run, rows }, statements),
    estimateBytes: null,
    stream,
    columns: (sql, values) => columnsOfRows(stream(sql, values)),
    transact: (work) => converse({ run }, { begin: "begin", commit: "commit", rollback: "rollback" }, work),
  };
}

/** Names in small letters, as everywhere else; values as the port hands them out. */
function rowReader(statement: SdkStatement): (row: Record<string, unknown>) => Row {
  const columns = (statement.getColumns() ?? []).map((column) => ({ name: column.getName(), type: column.getType() }));
  return (row) => Object.fromEntries(columns.map(({ name, type }) => [name.toLowerCase(), portValue(row[name], type)]));
}

function portValue(value: unknown, type: string): SqlValue {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return type === "date" ? value.toISOString().slice(0, 10) : value.toISOString();
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return value;
  // The driver's own numbers beyond 2^53, and JSON.
  const text = typeof value === "object" && type === "fixed" ? String(value) : JSON.stringify(value);
  return type === "fixed" && /^-?\d+$/.test(text) ? portValue(BigInt(text), type) : text;
}
