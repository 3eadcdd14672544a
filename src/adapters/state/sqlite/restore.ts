import { existsSync, renameSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../../ports/clock.ts";
import type { KeptRow, StateRestore } from "../../../ports/state-keeper.ts";
import { insertOf } from "../kept-sql.ts";
import { stateFailure } from "./failures.ts";
import { readStanding } from "./keeper.ts";
import { openSqliteStore } from "./store.ts";

/** A store is made under another name beside the one in use, and takes its name when it is whole; the old one is kept. */
export async function beginSqliteRestore({ path, clock }: { readonly path: string; readonly clock: Clock }): Promise<StateRestore> {
  const fresh = `${path}.restoring`;
  const removeFresh = () => removeStore(fresh);
  removeFresh();
  await (await openSqliteStore({ path: fresh, clock })).close();
  const db = new DatabaseSync(fresh, { enableForeignKeyConstraints: true });
  // Nothing reads it before it is whole.
  db.exec("pragma synchronous = off; begin");
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw stateFailure(error, fresh);
    }
  };
  const write = (rows: readonly KeptRow[]) =>
    guard(() => {
      const statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
      for (const row of rows) {
        const { sql, values } = insertOf(row, () => "?");
        const statement = statements.get(sql) ?? db.prepare(sql);
        statements.set(sql, statement);
        statement.run(...values);
      }
    });
  return {
    write: async (rows) => write(rows),
    replay: async (rows) => write(rows),
    standing: async () => guard(() => readStanding(db)),
    async finish({ storeId, epoch, commitNo, archivedCommit, heldBecause }) {
      guard(() => {
        db.prepare(
          `update store set id = ?, epoch = ?, commit_no = ?, archived_commit = ?,
             ledger_seq = coalesce((select max(seq) from ledger), 0), message_id = max(message_id, coalesce((select max(id) from outbox), 0))`,
        ).run(storeId, epoch.epoch, commitNo, archivedCommit);
        db.prepare("insert into epochs (epoch, first_commit) values (?, ?)").run(epoch.epoch, epoch.firstCommit);
        db.prepare(
          `update outbox set state = 'held', last_answer = ?, claimed_by = null, claimed_until = null, fence = fence + 1
           where state in ('pending', 'in_flight')`,
        ).run(heldBecause);
        db.exec("commit; pragma synchronous = full; pragma wal_checkpoint(truncate)");
        db.close();
      });
      return swapIn(path, fresh, clock.now());
    },
    async abandon() {
      if (db.isOpen) db.close();
      removeFresh();
    },
  };
}

/** What the old store still has in its write-ahead log goes with it; that log must never meet the new file. */
function swapIn(path: string, fresh: string, now: number): string | null {
  const stamp = new Date(now).toISOString().replace(/[-:]/g, "").slice(0, 15);
  const aside = existsSync(path) ? `${path}.before-${stamp}` : null;
  if (aside !== null) {
    checkpoint(path);
    for (const ending of ["-wal", "-shm"]) if (existsSync(path + ending)) renameSync(path + ending, aside + ending);
    renameSync(path, aside);
  }
  renameSync(fresh, path);
  return aside;
}

function checkpoint(path: string): void {
  try {
    const old = new DatabaseSync(path, { timeout: 1_000 });
    old.exec("pragma wal_checkpoint(truncate)");
    old.close();
  } catch {
    // A store that cannot be read is why it is restored.
  }
}

function removeStore(path: string): void {
  for (const ending of ["", "-wal", "-shm"]) rmSync(path + ending, { force: true });
}
