import { hostname } from "node:os";
import type { Deps } from "../deps.ts";
import { isAlive } from "./runs/run-words.ts";

/** Who works here, as others read it when they have to wait. */
export function holderOf({ runId }: Pick<Deps, "runId">): string {
  return `run ${runId} on ${hostname()} (process ${process.pid})`;
}

/** Only the host it ran on can tell that a process has ended; a killed one must not keep others out for a minute. */
export function isGone(holder: string): boolean {
  const [, host, pid] = / on (.+) \(process (\d+)\)$/.exec(holder) ?? [];
  return host === hostname() && !isAlive(Number(pid));
}
