import { GamiError, LockHeldError, WarehouseError } from "../../../errors.ts";

/** Primary result codes of SQLite [https://sqlite.org/rescode.html]. */
const codes = { busy: 5, locked: 6, readonly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const;

/** An error of node:sqlite in gami's words; anything else is passed on as it is. */
export function stateFailure(cause: unknown, path: string): unknown {
  if (cause instanceof GamiError || !(cause instanceof Error) || !("errcode" in cause) || typeof cause.errcode !== "number") return cause;
  switch (cause.errcode & 0xff) {
    case codes.busy:
    case codes.locked:
      return new LockHeldError(`the operational store ${path} is busy: another process has been writing to it for too long`, {
        code: "STATE_BUSY",
        hint: "run the command again when the other gami has ended ('gami runs list' names it)",
        cause,
      });
    case codes.corrupt:
    case codes.notADatabase:
      return broken(
        cause,
        path,
        "STATE_CORRUPT",
        "is not a readable SQLite database",
        "run 'gami state restore FILE' with your latest backup",
      );
    case codes.full:
      return broken(
        cause,
        path,
        "STATE_DISK_FULL",
        "could not be written: the disk is full",
        "free space on that disk and run the command again",
      );
    case codes.readonly:
      return broken(
        cause,
        path,
        "STATE_READ_ONLY",
        "cannot be written: the file or its folder is read-only",
        "make the file and its folder writable for this user",
      );
    case codes.cannotOpen:
      return broken(
        cause,
        path,
        "STATE_CANNOT_OPEN",
        "cannot be opened",
        "check that its folder exists and is writable, or change state.path",
      );
    case codes.ioError:
      return broken(cause, path, "STATE_IO", `failed: ${cause.message}`, "check the disk, then run 'gami doctor'");
    default:
      return broken(cause, path, "STATE_FAILED", `failed: ${cause.message}`, "run 'gami doctor'");
  }
}

function broken(cause: Error, path: string, code: string, what: string, hint: string): WarehouseError {
  return new WarehouseError(`the operational store ${path} ${what}`, { code, hint, cause });
}
