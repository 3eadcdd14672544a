import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError } from "../../../errors.ts";
import type { StateRow } from "../decision-rows.ts";
import type { PostgresConfig } from "./config.ts";
import { isLostConnection, isWorthRepeating, postgresFailure } from "./failures.ts";

/** The part of pg that is used. */
export interface Session {
  query(sql: string, values?: readonly unknown[]): Promise<{ readonly rows: StateRow[]; readonly rowCount: number | null }>;
}
interface Client {
  query(
    query: string | { readonly name: string; readonly text: string; readonly values: readonly unknown[] },
  ): ReturnType<Session["query"]>;
  release(error?: unknown): void;
}
interface Pool {
  connect(): Promise<Client>;
  end(): Promise<void>;
  on(event: "error", listener: () => void): unknown;
  on(event: "connect", listener: (client: { on(event: "error", listener: () => void): unknown }) => void): unknown;
}

export interface Sessions {
  /** One transaction; when the connection is lost the work is done again, so it must be safe to repeat. */
  transact<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** A transaction that sees one instant and writes nothing, for as long as the caller reads. */
  snapshot<T>(work: (session: Session) => AsyncIterable<T>): AsyncIterable<T>;
  close(): Promise<void>;
}

/** A database that is being restarted is back within this time, or somebody has to look at it. */
const usualPatienceMs = 20_000;
const lockTimeoutMs = 10_000;
const connections = 4;

export async function openSessions(config: PostgresConfig): Promise<Sessions> {
  const pool = await openPool(config);
  // A connection that the server ended is replaced on the next use; whoever waits for an answer hears of it there.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return {
    transact: (work) => patiently(config, () => inTransaction(pool, work)),
    async *snapshot(work) {
      const client = await patiently(config, () => pool.connect());
      let failure: unknown;
      try {
        await client.query("begin isolation level repeatable read read only");
        yield* work(sessionOf(client));
        await client.query("commit");
      } catch (error) {
        failure = error;
        throw postgresFailure(error, config.url);
      } finally {
        client.release(failure ?? true);
      }
    },
    close: () => pool.end(),
  };
}

async function openPool({ url, schema }: PostgresConfig): Promise<Pool> {
  const { default: pg } = await loadPg();
  return new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 10_000,
    application_name: "gami",
    // The name is checked by the config: letters, digits and underscores.
    options: `-c search_path=${schema} -c lock_timeout=${lockTimeoutMs} -c idle_in_transaction_session_timeout=60000`,
  });
}

async function loadPg() {
  try {
    return await import("pg");
  } catch (cause) {
    throw new ConfigError("the driver of PostgreSQL is not installed", {
      code: "DRIVER_MISSING",
      hint: "run 'npm install pg@8' where gami is installed",
      cause,
    });
  }
}

async function inTransaction<T>(pool: Pool, work: (session: Session) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: unknown;
  try {
    await client.query("begin");
    const result = await work(sessionOf(client));
    await client.query("commit");
    return result;
  } catch (error) {
    failure = isLostConnection(error) ? error : undefined;
    if (failure === undefined) await client.query("rollback").catch((lost: unknown) => (failure = lost));
    throw error;
  } finally {
    client.release(failure);
  }
}

const names = new Map<string, string>();

/** A statement with values is planned once per connection, under a name of its own. */
function sessionOf(client: Client): Session {
  return {
    query(sql, values = []) {
      if (values.length === 0) return client.query(sql);
      const name = names.get(sql) ?? `gami ${names.size + 1}`;
      names.set(sql, name);
      return client.query({ name, text: sql, values });
    },
  };
}

/** Does the work again while the server is away or two transactions met head-on. */
async function patiently<T>({ url, patienceMs = usualPatienceMs }: PostgresConfig, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + patienceMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 1_000)) {
    try {
      return await work();
    } catch (error) {
      if (!isWorthRepeating(error) || performance.now() + pauseMs > until) throw postgresFailure(error, url);
      await sleep(pauseMs);
    }
  }
}
