/** What a caller may do about a failure: give up, try the same again later, or go on without this one record. */
export type Retry = "never" | "later" | "skip-record";

export interface ErrorDetails {
  readonly code: string;
  /** One thing the reader can do, as a command where possible. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * A failure gami understands. The message says what, with which value, where, and what was expected.
 * Callers switch on the class or on `retry`, never on the text.
 */
export class GamiError extends Error {
  readonly code: string;
  readonly retry: Retry;
  readonly hint: string | undefined;

  constructor(message: string, retry: Retry, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.retry = retry;
    this.hint = details.hint;
  }
}

/** The command line was wrong: unknown flag, missing file argument, impossible combination. */
export class UsageError extends GamiError {
  constructor(message: string, details: ErrorDetails) {
    super(message, "never", details);
  }
}

/** A file the user wrote (config, mapping, definition) is wrong. All its faults are in one message. */
export class ConfigError extends GamiError {
  constructor(message: string, details: ErrorDetails) {
    super(message, "never", details);
  }
}

/** Credentials are missing, wrong or not allowed to do this. */
export class AuthError extends GamiError {
  constructor(message: string, details: ErrorDetails) {
    super(message, "never", details);
  }
}

/** The source is there but asks us to wait: throttled, maintenance, a job still running. */
export class SourceBusyError extends GamiError {
  /** How long it asked us to wait, if it said so. */
  readonly retryAfterMs: number | null;

  constructor(message: string, details: ErrorDetails & { readonly retryAfterMs?: number | null }) {
    super(message, "later", details);
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}

/** The source cannot be read: missing file, not a text file, an API that answers nonsense. */
export class SourceBrokenError extends GamiError {
  constructor(message: string, details: ErrorDetails) {
    super(message, "never", details);
  }
}

/** The warehouse, the operational store or the disk under them failed. */
export class WarehouseError extends GamiError {
  constructor(message: string, details: ErrorDetails) {
    super(message, "never", details);
  }
}

/** The warehouse is there and asks us to wait: suspended, its quota used up, the network to it cut. Nothing was half written. */
export class WarehouseBusyError extends GamiError {
  constructor(message: string, details: ErrorDetails) {
    super(message, "later", details);
  }
}

/** One record was refused at the boundary; it goes to quarantine and the rest goes on. */
export class RecordRejectedError extends GamiError {
  constructor(message: string, details: ErrorDetails) {
    super(message, "skip-record", details);
  }
}

/** Another process holds what we need, or took over while we slept. Nothing was written. */
export class LockHeldError extends GamiError {
  constructor(message: string, details: ErrorDetails) {
    super(message, "later", details);
  }
}

/** Work was done and then failed its own checks: dbt models or tests, control totals, key conflicts. */
export class ChecksFailedError extends GamiError {
  constructor(message: string, details: ErrorDetails) {
    super(message, "never", details);
  }
}

/** SIGTERM or Ctrl-C arrived: the batch in hand was finished, the rest was left. */
export class StoppedError extends GamiError {
  readonly signal: "SIGINT" | "SIGTERM";

  constructor(signal: "SIGINT" | "SIGTERM", details: ErrorDetails) {
    super(`stopped by ${signal}; what was committed stays, run the command again to go on`, "later", details);
    this.signal = signal;
  }
}
