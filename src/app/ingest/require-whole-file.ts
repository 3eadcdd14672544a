import { WarehouseError } from "../../errors.ts";
import type { Archive, BatchManifest } from "../../ports/archive.ts";

/** A file that was changed could still be read, and would make another history than the one that was loaded. */
export async function requireWholeFile(archive: Archive, { batchId, path, sha256 }: BatchManifest): Promise<void> {
  const actual = path === null ? sha256 : await archive.sha256(path);
  if (actual === sha256) return;
  throw new WarehouseError(`the archived file ${path} of batch ${batchId} ${actual === null ? "is missing" : "was changed"}`, {
    code: "ARCHIVE_DAMAGED",
    hint: "restore this file from a backup of the archive; the warehouse in use stays as it is",
  });
}
