import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { type Run, type RunError, runStatuses, type StateStore } from "../../../ports/state-store.ts";
import type { Transact } from "./transact.ts";

type Row = Record<string, SQLOutputValue>;
const columns = "id, command, argv, started_at, ended_at, status, exit_code, totals, error, host, pid";

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
            `select ${columns} from runs where (?1 is null or command = ?1) and (?2 is null or status = ?2) order by started_at desc, id desc limit ?3`,
          )
          .all(command ?? null, status ?? null, limit)
          .map(toRun),
      );
    },
    async find(id) {
      const row = read((db) => db.prepare(`select ${columns} from runs where id = ?`).get(id));
      return row === undefined ? null : toRun(row);
    },
  };
}

/** Totals may hold 64-bit counts; they are kept as text. */
function jsonOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? String(part) : part));
}

function toRun(row: Row): Run {
  const argv: unknown = JSON.parse(String(row.argv));
  return {
    id: String(row.id),
    command: String(row.command),
    argv: Array.isArray(argv) ? argv.map(String) : [],
    startedAt: Number(row.started_at),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
    status: runStatuses.find((status) => status === row.status) ?? "failed",
    exitCode: row.exit_code === null ? null : Number(row.exit_code),
    totals: toRecord(row.totals),
    error: toRunError(row.error),
    host: String(row.host),
    pid: Number(row.pid),
  };
}

function toRecord(text: SQLOutputValue | undefined): Readonly<Record<string, unknown>> | null {
  const value: unknown = typeof text === "string" ? JSON.parse(text) : null;
  return typeof value === "object" && value !== null ? { ...value } : null;
}

function toRunError(text: SQLOutputValue | undefined): RunError | null {
  const value = toRecord(text);
  if (value === null) return null;
  return { code: String(value.code), message: String(value.message), hint: value.hint === null ? null : String(value.hint) };
}
