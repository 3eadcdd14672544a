import type { DatabaseSync } from "node:sqlite";
import type { StateStore } from "../../../ports/state-store.ts";
import { jsonOrNull, runColumns, toRun } from "../run-rows.ts";
import type { Transact } from "./transact.ts";

export function sqliteRuns(transact: Transact, read: <T>(work: (db: DatabaseSync) => T) => T): StateStore["runs"] {
  return {
    async start({ id, command, argv, startedAt, host, pid }) {
      transact((db) =>
        db
          .prepare("insert into runs (id, command, argv, started_at, status, host, pid) values (?, ?, ?, ?, 'running', ?, ?)")
          .run(id, command, JSON.stringify(argv), startedAt, host, pid),
      );
    },
    async end(id, { endedAt, status, exitCode, totals, error }) {
      transact((db) =>
        db
          .prepare("update runs set ended_at = ?, status = ?, exit_code = ?, totals = ?, error = ? where id = ? and status = 'running'")
          .run(endedAt, status, exitCode, jsonOrNull(totals), jsonOrNull(error), id),
      );
    },
    async list({ limit, command, status }) {
      return read((db) =>
        db
          .prepare(
            `select ${runColumns} from runs where (?1 is null or command = ?1) and (?2 is null or status = ?2) order by started_at desc, id desc limit ?3`,
          )
          .all(command ?? null, status ?? null, limit)
          .map(toRun),
      );
    },
    async find(id) {
      const row = read((db) => db.prepare(`select ${runColumns} from runs where id = ?`).get(id));
      return row === undefined ? null : toRun(row);
    },
  };
}
