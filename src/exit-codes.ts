import {
  AuthError,
  ChecksFailedError,
  ConfigError,
  GamiError,
  LockHeldError,
  SourceBrokenError,
  SourceBusyError,
  StoppedError,
  UsageError,
  WarehouseBusyError,
  WarehouseError,
} from "./errors.ts";

export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  rejectsOverLimit: 3,
  auth: 4,
  checksFailed: 5,
  broken: 6,
  tryAgain: 75,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The number a scheduler sees for a failure. 99 is never used: Airflow reads it as "skipped". */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof StoppedError) return error.signal === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated;
  if (error instanceof UsageError || error instanceof ConfigError) return exitCodes.usage;
  if (error instanceof AuthError) return exitCodes.auth;
  if (error instanceof ChecksFailedError) return exitCodes.checksFailed;
  if (error instanceof SourceBrokenError || error instanceof WarehouseError) return exitCodes.broken;
  if (error instanceof LockHeldError || error instanceof SourceBusyError || error instanceof WarehouseBusyError) return exitCodes.tryAgain;
  if (error instanceof GamiError && error.retry === "later") return exitCodes.tryAgain;
  return exitCodes.bug;
}
