import { GamiError, WarehouseError } from "../../../errors.ts";

/** Runs a file operation of the archive; its failures come out as ours. */
export function explainDiskFailure<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskFailure(path, error);
  }
}

export function diskFailure(path: string, error: unknown): GamiError {
  if (error instanceof GamiError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (/ENOSPC|EDQUOT|no space left/i.test(text)) {
    return new WarehouseError(`no space left on the disk of the archive: ${path}`, {
      code: "DISK_FULL",
      hint: "free some space and run the same command again; nothing was half written",
      cause: error,
    });
  }
  if (/EACCES|EPERM|EROFS|permission denied|read-only/i.test(text)) {
    return new WarehouseError(`the archive cannot be written: ${path}`, {
      code: "ARCHIVE_READ_ONLY",
      hint: "give this user write permission on the folder, or set archive.path to another one",
      cause: error,
    });
  }
  return new WarehouseError(`the archive failed at ${path}: ${text.split("\n", 1)[0] ?? text}`, { code: "ARCHIVE_FAILED", cause: error });
}
