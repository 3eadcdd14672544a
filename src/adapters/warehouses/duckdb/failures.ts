import { GamiError, LockHeldError, WarehouseError } from "../../../errors.ts";

/** The driver's words for what went wrong, in ours. Its messages are its only error codes. */
export function explainFailure(error: unknown, path: string): GamiError {
  if (error instanceof GamiError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const firstLine = text.split("\n", 1)[0] ?? text;
  const holder = lockHolder(text);
  if (holder !== null) {
    return new LockHeldError(`the warehouse ${path} is in use by process ${holder}`, {
      code: "WAREHOUSE_LOCKED",
      hint: `wait until process ${holder} is done (ps ${holder} shows it) and run the same command again`,
      cause: error,
    });
  }
  if (/conflict/i.test(text) && /transaction|update|commit/i.test(text)) {
    return new LockHeldError(`another transaction changed the same rows of ${path}: ${firstLine}`, {
      code: "WAREHOUSE_CONFLICT",
      hint: "run the same command again; nothing was written",
      cause: error,
    });
  }
  const known = failures.find(({ pattern }) => pattern.test(text));
  if (known === undefined)
    return new WarehouseError(`the warehouse ${path} failed: ${firstLine}`, {
      code: "WAREHOUSE_FAILED",
      hint: "run the same command again; if it stays, 'gami warehouse verify' says whether the file is sound",
      cause: error,
    });
  return new WarehouseError(`${known.what(path)}: ${firstLine}`, { code: known.code, hint: known.hint, cause: error });
}

/** The pid in `Conflicting lock is held in /usr/bin/node (PID 4711)`, "unknown" when it names none, null for other errors. */
export function lockHolder(text: string): string | null {
  if (!/could not set lock|conflicting lock/i.test(text)) return null;
  return /\(PID (\d+)\)/.exec(text)?.[1] ?? "unknown";
}

const failures: readonly { pattern: RegExp; code: string; what: (path: string) => string; hint: string }[] = [
  {
    pattern: /version number|newer version|storage version|unsupported.*version/i,
    code: "WAREHOUSE_NEWER",
    what: (path) => `the warehouse ${path} was written by a newer DuckDB than this gami can read`,
    hint: "update gami, or move the file away and run 'gami warehouse rebuild'",
  },
  {
    pattern: /not a valid DuckDB|corrupt|checksum|serialization error|failed to load metadata|could not read enough bytes/i,
    code: "WAREHOUSE_CORRUPT",
    what: (path) => `the warehouse ${path} is damaged or no DuckDB file`,
    hint: "move the file away and run 'gami warehouse rebuild': it is made again from the archive",
  },
  {
    pattern: /no space left|disk full|ENOSPC|max_temp_directory_size|quota/i,
    code: "DISK_FULL",
    what: (path) => `no space left on the disk of ${path}`,
    hint: "free some space and run the same command again; nothing was half written",
  },
  {
    pattern: /permission denied|read-only file system|read-only|operation not permitted|EACCES|EROFS/i,
    code: "WAREHOUSE_READ_ONLY",
    what: (path) => `the warehouse ${path} cannot be written`,
    hint: "give this user write permission on the file and its folder, or set warehouse.path to another place",
  },
  {
    pattern: /no such file or directory|is a directory|not a directory/i,
    code: "WAREHOUSE_PATH",
    what: (path) => `the warehouse ${path} cannot be opened`,
    hint: "make the folder, or set warehouse.path to a file in one that exists",
  },
  {
    // A checkpoint that follows a commit names only the block it had no room for.
    pattern: /out of memory|failed to pin block/i,
    code: "WAREHOUSE_MEMORY",
    what: (path) => `the warehouse ${path} ran out of the memory it may use`,
    hint: "raise warehouse.memoryLimit in gami.config.yaml, for example to 2GB",
  },
];
