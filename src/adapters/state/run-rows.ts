import { type Run, type RunError, runStatuses } from "../../ports/state-store.ts";
import type { StateRow } from "./decision-rows.ts";

export const runColumns = "id, command, argv, started_at, ended_at, status, exit_code, totals, error, host, pid";

/** Totals may hold 64-bit counts; they are kept as text. */
export function jsonOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? String(part) : part));
}

export function toRun(row: StateRow): Run {
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

function toRecord(text: unknown): Readonly<Record<string, unknown>> | null {
  const value: unknown = typeof text === "string" ? JSON.parse(text) : null;
  return typeof value === "object" && value !== null ? { ...value } : null;
}

function toRunError(text: unknown): RunError | null {
  const value = toRecord(text);
  if (value === null) return null;
  return { code: String(value.code), message: String(value.message), hint: value.hint === null ? null : String(value.hint) };
}
