import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { ColumnChunk, Row, SqlValue } from "../../../ports/warehouse.ts";
import { type Connection, converse, runInTurn } from "../connection.ts";
import { duckdbDialect } from "./dialect.ts";
import { explainFailure, lockHolder } from "./failures.ts";

export interface DatabaseOptions {
  /** A file, or `:memory:`. */
  readonly path: string;
  readonly memoryLimit: string;
  readonly threads: number;
  readonly lockWaitSeconds: number;
  readonly idleReleaseMillis: number;
  readonly onWait: (text: string) => void;
  /** Runs once per opening, before anybody else's work. */
  readonly prepare: (connection: Connection) => Promise<void>;
}

/** A database that is opened when work arrives and let go of when none has come for a while. */
export interface Database {
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** While `work` lasts the database has the settings of `during`, however often it is opened anew. */
  withSettings<T>(settings: PassingSettings, work: () => Promise<T>): Promise<T>;
  /** Lets go of the file as soon as the work under way is done. */
  release(): Promise<void>;
}

/** Statements that set something, and that set it back. */
export interface PassingSettings {
  readonly during: readonly string[];
  readonly after: readonly string[];
}

/**
 * Two instances on one file in one process do not shut each other out, and rows of one are silently lost:
 * so there is one per path, whoever asks.
 */
const databases = new Map<string, SharedDatabase>();

export function openDatabase(options: DatabaseOptions): Database {
  if (options.path === ":memory:") return new SharedDatabase(options);
  const path = resolve(options.path);
  const shared = databases.get(path) ?? new SharedDatabase({ ...options, path });
  databases.set(path, shared);
  return shared;
}

class SharedDatabase implements Database {
  readonly #options: DatabaseOptions;
  #opening: Promise<DuckDBInstance> | null = null;
  /** A new instance must never meet one that is still being closed. */
  #closing: Promise<void> = Promise.resolve();
  /** What a new instance is told beside its options. */
  #passing: readonly string[] = [];
  #users = 0;
  #idle: NodeJS.Timeout | null = null;
  #released: (() => void)[] = [];

  constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    this.#users += 1;
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    try {
      const instance = await this.#open();
      return await withConnection(instance, work);
    } catch (error) {
      throw explainFailure(error, this.#options.path);
    } finally {
      this.#users -= 1;
      if (this.#users === 0) this.#leave();
    }
  }

  async withSettings<T>({ during, after }: PassingSettings, work: () => Promise<T>): Promise<T> {
    const before = this.#passing;
    this.#passing = during;
    await this.#tell(during);
    try {
      return await work();
    } finally {
      this.#passing = before;
      // An instance that takes no settings any more is of no use to anybody, and its own failure is under way.
      await this.#tell(after).catch(() => undefined);
    }
  }

  /** Nothing to tell where nothing is open: the next instance hears it when it opens. */
  async #tell(statements: readonly string[]): Promise<void> {
    if (this.#opening === null) return;
    await this.use((connection) => runAll(connection, statements));
  }

  async release(): Promise<void> {
    if (this.#opening === null || this.#users === 0) return this.#close();
    await new Promise<void>((done) => this.#released.push(done));
  }

  #leave(): void {
    if (this.#released.length > 0) {
      void this.#close().then(() => {
        for (const done of this.#released.splice(0)) done();
      });
      return;
    }
    this.#idle = setTimeout(() => void this.#close(), this.#options.idleReleaseMillis).unref();
  }

  #close(): Promise<void> {
    const opening = this.#opening;
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    if (opening === null) return this.#closing;
    this.#opening = null;
    this.#closing = opening.then(
      (instance) => instance.closeSync(),
      () => undefined,
    );
    return this.#closing;
  }

  #open(): Promise<DuckDBInstance> {
    if (this.#opening !== null) return this.#opening;
    const opening = this.#closing.then(() => openInstance(this.#options, () => this.#passing));
    this.#opening = opening;
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = null;
    });
    return opening;
  }
}

async function openInstance(options: DatabaseOptions, passing: () => readonly string[]): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const settings = {
    threads: String(options.threads),
    memory_limit: options.memoryLimit,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    // Memory of one batch is given back before the next needs its own.
    allocator_background_threads: "true",
  };
  const instance = await whileLocked(options, () => DuckDBInstance.create(options.path, settings));
  try {
    await withConnection(instance, async (connection) => {
      // The default is the machine's zone; text of timestamps with zone would then depend on where gami runs.
      await connection.run("set global TimeZone = 'UTC'");
      await options.prepare(connection);
      await runAll(connection, passing());
    });
  } catch (error) {
    instance.closeSync();
    throw error;
  }
  return instance;
}

async function runAll({ run }: Pick<Connection, "run">, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await run(statement);
}

/** Tries again while another process holds the file, at most as long as configured. */
async function whileLocked<T>({ path, lockWaitSeconds, onWait }: DatabaseOptions, open: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + lockWaitSeconds * 1000;
  let hasTold = false;
  for (let pauseMillis = 50; ; pauseMillis = Math.min(pauseMillis * 2, 1000)) {
    try {
      return await open();
    } catch (error) {
      const holder = lockHolder(error instanceof Error ? error.message : String(error));
      if (holder === null || performance.now() + pauseMillis > deadline) throw error;
      if (!hasTold) onWait(`waiting up to ${lockWaitSeconds} s for process ${holder}, which has the warehouse ${path} open`);
      hasTold = true;
      await sleep(pauseMillis);
    }
  }
}

async function withConnection<T>(instance: DuckDBInstance, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await instance.connect();
  try {
    return await work(connectionOf(connection));
  } finally {
    connection.closeSync();
  }
}

function connectionOf(connection: DuckDBConnection): Connection {
  async function* stream(sql: string, values: readonly SqlValue[] = []): AsyncIterable<readonly Row[]> {
    const { portRow } = await import("./values.ts");
    const result = await connection.stream(sql, [...values]);
    const names = result.deduplicatedColumnNames();
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk.getRows().map((row) => portRow(names, row));
    }
  }
  async function* columns(sql: string, values: readonly SqlValue[] = []): AsyncIterable<ColumnChunk> {
    const { columnChunk } = await import("./values.ts");
    const result = await connection.stream(sql, [...values]);
    const places = new Map(result.deduplicatedColumnNames().map((name, place) => [name, place]));
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield columnChunk(chunk, places);
    }
  }
  const run = async (sql: string, values: readonly SqlValue[] = []) => (await connection.run(sql, [...values])).rowsChanged;
  const rows = async (sql: string, values: readonly SqlValue[] = []) => {
    const all: Row[] = [];
    for await (const chunk of stream(sql, values)) all.push(...chunk);
    return all;
  };
  return {
    dialect: duckdbDialect,
    run,
    stream,
    columns,
    rows,
    script: (statements) => runInTurn({ run, rows }, statements),
    estimateBytes: null,
    transact: (work) => converse({ run }, { begin: "begin transaction", commit: "commit", rollback: "rollback" }, work),
  };
}
