import type { Deps } from "../deps.ts";
import type { ExitCode } from "../exit-codes.ts";

/** What every command gets. Its own flags and arguments come beside it, already typed by src/program. */
export interface CommandContext {
  readonly deps: Deps;
  /** Aborted by the first SIGINT or SIGTERM, with the StoppedError as reason: finish the batch in hand, then stop. */
  readonly signal: AbortSignal;
}

/** How a command ended. A command that could not do its work throws a GamiError instead. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  readonly status: "done" | "nothing_to_do" | "rejects_over_limit" | "checks_failed" | "faults_found" | "unfinished";
  /** Printed by --json after `command`, `runId` and `status`: camelCase, money as strings. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Printed on stdout otherwise; empty when there is nothing to say. */
  readonly text: string;
  /** Kept with the run in the operational store: control totals and other small numbers. */
  readonly totals?: Readonly<Record<string, unknown>>;
}
