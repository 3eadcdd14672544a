import { hostname } from "node:os";
import type { Run } from "../../ports/state-store.ts";

/** `lost`: it says running, but its process is gone. Only the host it ran on can tell. */
export function shownStatus(run: Run): string {
  return run.status === "running" && run.host === hostname() && !isAlive(run.pid) ? "lost" : run.status;
}

/** Whether a process of this host is running. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** `2026-03-21 08:45:12Z` */
export function instantText(epochMs: number | null): string {
  return epochMs === null ? "" : `${new Date(epochMs).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** `0.4 s`, `3 min 20 s` */
export function durationText(run: Run): string {
  if (run.endedAt === null) return "";
  const tenths = Math.round((run.endedAt - run.startedAt) / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(tenths / 10);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The shape of --json: instants as ISO 8601. */
export function runJson(run: Run): Readonly<Record<string, unknown>> {
  const { id, command, argv, exitCode, totals, error, host, pid } = run;
  const iso = (epochMs: number | null) => (epochMs === null ? null : new Date(epochMs).toISOString());
  return {
    id,
    command,
    argv,
    startedAt: iso(run.startedAt),
    endedAt: iso(run.endedAt),
    status: shownStatus(run),
    exitCode,
    totals,
    error,
    host,
    pid,
  };
}
