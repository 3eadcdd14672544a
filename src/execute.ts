import type { CommandResult } from "./commands/command.ts";
import { type Deps, processIdentity } from "./deps.ts";
import { GamiError, StoppedError } from "./errors.ts";
import { type ExitCode, exitCodeOf } from "./exit-codes.ts";
import type { RunEnd } from "./ports/state-store.ts";
import type { Invocation } from "./program/declare.ts";

/** What main prints: the result of a command, or its failure in the same shape. */
export interface Ending {
  readonly exitCode: ExitCode;
  /** `runId` is null for commands that are not recorded. */
  readonly runId: string | null;
  readonly status: string;
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** What was thrown, when the command failed. */
  readonly error: unknown;
}

export interface ExecuteOptions {
  readonly invocation: Invocation;
  readonly deps: Deps;
  readonly signal: AbortSignal;
  readonly argv: readonly string[];
  /** What is kept about a run passes through here first. */
  readonly redact: (text: string) => string;
}

/** Runs one command and keeps a record of it, of failures and stops too. Never throws. */
export async function executeInvocation({ invocation, deps, signal, argv, redact }: ExecuteOptions): Promise<Ending> {
  let runId: string | null = null;
  try {
    if (invocation.config === "required") void deps.config;
    if (invocation.isRecorded && (invocation.config === "required" || hasConfig(deps)))
      runId = await recordStart(deps, invocation.command, argv.map(redact));
    const result = await invocation.run({ deps, signal });
    if (runId !== null) await recordEnd(deps, runId, endOf(result, deps));
    return { ...result, runId, error: undefined };
  } catch (thrown) {
    const error = asStop(thrown, signal);
    const exitCode = exitCodeOf(error);
    const status = error instanceof StoppedError ? "stopped" : "failed";
    const words = errorWords(error, redact);
    if (runId !== null) await recordEnd(deps, runId, { endedAt: deps.clock.now(), status, exitCode, totals: null, error: words });
    return { exitCode, runId, status, json: { error: { ...words, exitCode } }, text: "", error };
  }
}

/** Whatever was thrown because of our own stop signal is that stop. */
function asStop(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted || error instanceof GamiError) return error;
  return signal.reason instanceof StoppedError ? signal.reason : error;
}

function hasConfig(deps: Deps): boolean {
  try {
    return deps.config !== undefined;
  } catch {
    return false;
  }
}

async function recordStart(deps: Deps, command: string, argv: readonly string[]): Promise<string> {
  const state = await deps.state();
  await state.runs.start({ id: deps.runId, command, argv, startedAt: deps.clock.now(), ...processIdentity() });
  return deps.runId;
}

/** The work is done by now, so a log entry that cannot be written must not turn it into a failure. */
async function recordEnd(deps: Deps, runId: string, end: RunEnd): Promise<void> {
  try {
    await (await deps.state()).runs.end(runId, end);
  } catch (error) {
    deps.output.warn(`the end of run ${runId} could not be recorded: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function endOf({ status, exitCode, totals }: CommandResult, deps: Deps): RunEnd {
  return { endedAt: deps.clock.now(), status, exitCode, totals: totals ?? null, error: null };
}

function errorWords(error: unknown, redact: (text: string) => string) {
  if (error instanceof GamiError) return { code: error.code, message: redact(error.message), hint: redact(error.hint ?? "") || null };
  return { code: "BUG", message: redact(error instanceof Error ? error.message : String(error)), hint: null };
}
