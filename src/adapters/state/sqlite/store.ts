import { DatabaseSync } from "node:sqlite";
import { WarehouseError } from "../../../errors.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { StateStore } from "../../../ports/state-store.ts";
import { sqliteDecisions } from "./decisions.ts";
import { stateFailure } from "./failures.ts";
import { sqliteKeeper } from "./keeper.ts";
import { sqliteLeases } from "./leases.ts";
import type { Migration } from "./migrate.ts";
import { listMigrations, storedVersion } from "./migrations.ts";
import { sqliteRuns } from "./runs.ts";
import { sqliteTokens } from "./tokens.ts";
import type { Transact } from "./transact.ts";

export interface SqliteStoreOptions {
  readonly path: string;
  readonly clock: Clock;
  /** How long a statement waits for another writer. */
  readonly busyTimeoutMs?: number;
  readonly migrations?: readonly Migration[];
}

/**
 * Opens the store and brings it up to date; makes the file when there is none.
 * @throws WarehouseError (corrupt, read-only, newer than this gami), LockHeldError (busy too long).
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<StateStore> {
  const { path, clock, busyTimeoutMs = 10_000 } = options;
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw stateFailure(error, path);
    }
  };
  const db = guard(() => new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true }));
  const transact: Transact = (work) => guard(() => inTransaction(db, work));
  try {
    guard(() => prepare(db, path));
    const newest = (options.migrations ?? listMigrations()).at(-1)?.version ?? 0;
    const version = guard(() => storedVersion(db));
    if (version > newest) throw newerStore(path, version, newest);
    if (version < newest) {
      const { applyMigrations, readMigrations } = await import("./migrate.ts");
      const migrations = options.migrations ?? readMigrations();
      transact(() => applyMigrations(db, migrations, clock.now()));
    }
  } catch (error) {
    db.close();
    throw error;
  }
  const read = <T>(work: (db: DatabaseSync) => T) => guard(() => work(db));
  return {
    runs: sqliteRuns(transact, read),
    leases: sqliteLeases(transact, clock),
    tokens: sqliteTokens(transact, read),
    decisions: sqliteDecisions(transact, read, clock),
    keeping: sqliteKeeper(path, transact, read),
    schemaVersion: async () => guard(() => storedVersion(db)),
    close: async () => db.close(),
  };
}

function prepare(db: DatabaseSync, path: string): void {
  const mode = db.prepare("pragma journal_mode = wal").get()?.journal_mode;
  if (mode !== "wal" && mode !== "memory") {
    throw new WarehouseError(
      `the operational store ${path} lies on a file system that SQLite cannot share safely (journal mode ${String(mode)})`,
      {
        code: "STATE_FILE_SYSTEM",
        hint: "put state.path on a local disk",
      },
    );
  }
  // WAL with `normal` may lose the last commits on a power cut; the ledger must not.
  db.exec("pragma synchronous = full");
  // A night of half a million decisions touches more pages than the default of 2 MB holds, and would write each of them several times.
  db.exec("pragma cache_size = -65536");
}

function inTransaction<T>(db: DatabaseSync, work: (db: DatabaseSync) => T): T {
  db.exec("begin immediate");
  try {
    const result = work(db);
    db.exec("commit");
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec("rollback");
    throw error;
  }
}

function newerStore(path: string, version: number, newest: number): WarehouseError {
  return new WarehouseError(`the operational store ${path} has version ${version}: this gami knows versions up to ${newest}`, {
    code: "STATE_NEWER",
    hint: "install the gami version that wrote it, or a newer one",
  });
}
