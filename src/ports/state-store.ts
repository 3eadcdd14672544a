import type { DecisionStore } from "./decision-store.ts";
import type { StateKeeper } from "./state-keeper.ts";

/** One run of a command that does work. A log: the truth about loads is `meta.batch` in the warehouse. */
export interface Run {
  readonly id: string;
  readonly command: string;
  /** The arguments as given, secrets redacted. */
  readonly argv: readonly string[];
  /** Epoch milliseconds, UTC. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** `running` until it ends; a run that was killed stays so, and `gami runs list` calls it `lost`. */
  readonly status: RunStatus;
  readonly exitCode: number | null;
  readonly totals: Readonly<Record<string, unknown>> | null;
  readonly error: RunError | null;
  readonly host: string;
  readonly pid: number;
}

export const runStatuses = [
  "running",
  "done",
  "nothing_to_do",
  "rejects_over_limit",
  "checks_failed",
  "faults_found",
  "unfinished",
  "failed",
  "stopped",
] as const;
export type RunStatus = (typeof runStatuses)[number];

export interface RunError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

export type RunStart = Pick<Run, "id" | "command" | "argv" | "startedAt" | "host" | "pid">;
export interface RunEnd {
  readonly endedAt: number;
  readonly status: Exclude<RunStatus, "running">;
  readonly exitCode: number;
  readonly totals: Readonly<Record<string, unknown>> | null;
  readonly error: RunError | null;
}

/** The right to work on something until it expires; `fence` grows with every new holder and never falls. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly fence: number;
  /** Epoch milliseconds, UTC; from here on somebody else may take it. */
  readonly expiresAt: number;
  readonly heartbeatAt: number;
}

export interface LeaseRequest {
  readonly name: string;
  /** Unique per process, for example host, pid and run id. */
  readonly holder: string;
  readonly durationMs: number;
}

/** An access token as it lies in the store: encrypted, with what is needed to know when to renew it. */
export interface SealedToken {
  readonly sealed: string;
  /** Epoch milliseconds, UTC. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/**
 * The small transactional store (design.md section 2). Times come from the clock it was opened with.
 * Every method is one short transaction and throws WarehouseError (broken) or LockHeldError (busy too long).
 */
export interface StateStore {
  readonly runs: {
    start(run: RunStart): Promise<void>;
    /** Ends a run that is still running; a second end changes nothing. */
    end(id: string, end: RunEnd): Promise<void>;
    /** The latest first. */
    list(options: { readonly limit: number; readonly command?: string; readonly status?: RunStatus }): Promise<Run[]>;
    find(id: string): Promise<Run | null>;
  };
  readonly leases: {
    /** Null while somebody else holds it. The same holder asking again keeps it under its old fence. */
    acquire(request: LeaseRequest): Promise<Lease | null>;
    /** @throws LockHeldError when it expired and somebody else took it: stop writing. */
    renew(lease: Lease, durationMs: number): Promise<Lease>;
    /** Gives it back; changes nothing when somebody else holds it by now. */
    release(lease: Lease): Promise<void>;
    list(): Promise<Lease[]>;
  };
  readonly tokens: {
    read(name: string): Promise<SealedToken | null>;
    write(name: string, token: SealedToken): Promise<void>;
  };
  /** Ledger, decisions, flair and outbox. */
  readonly decisions: DecisionStore;
  /** Chain, archive and backup of all of it. */
  readonly keeping: StateKeeper;
  /** Version of the migrations that ran, for `gami doctor`. */
  schemaVersion(): Promise<number>;
  close(): Promise<void>;
}
