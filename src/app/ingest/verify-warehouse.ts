import type { Archive } from "../../ports/archive.ts";
import type { Finding, StoredBatch, Warehouse } from "../../ports/warehouse.ts";

export interface VerifyResult {
  readonly batches: number;
  readonly files: number;
  /** Empty: everything is as it should be. */
  readonly findings: readonly Finding[];
}

/**
 * Compares the warehouse with its archive and with its own rules: every file unchanged, every total adding up, one open
 * version per key, cursors at their last batch, and the rows of a sample equal to the files they came from.
 */
export async function verifyWarehouse({
  warehouse,
  archive,
}: {
  readonly warehouse: Warehouse;
  readonly archive: Archive;
}): Promise<VerifyResult> {
  const batches = await warehouse.batches();
  const files = batches.filter(({ archivePath }) => archivePath !== null);
  const fileFindings: Finding[] = [];
  for (const batch of files) fileFindings.push(...(await checkFile(archive, batch)));
  const missing = await archivedOnly(archive, batches);
  // A file that is missing or damaged cannot be compared with; the rest of the checks would only fail on it.
  const isReadable = fileFindings.length === 0;
  const tableFindings = isReadable ? await warehouse.check((archivePath) => archive.resolve(archivePath)) : [];
  return { batches: batches.length, files: files.length, findings: [...fileFindings, ...missing, ...tableFindings] };
}

async function checkFile(archive: Archive, { batchId, archivePath, sha256 }: StoredBatch): Promise<Finding[]> {
  if (archivePath === null) return [];
  const actual = await archive.sha256(archivePath);
  if (actual === sha256) return [];
  const detail =
    actual === null
      ? `the file of batch ${batchId} is missing`
      : `the file of batch ${batchId} was changed: sha256 ${actual}, expected ${sha256}`;
  return [{ check: "archive_file", place: archivePath, detail }];
}

async function archivedOnly(archive: Archive, batches: readonly StoredBatch[]): Promise<Finding[]> {
  const loaded = new Set(batches.map(({ batchId }) => batchId));
  const manifests = await archive.committed();
  return manifests
    .filter(({ batchId, totals }) => totals !== null && !loaded.has(batchId))
    .map(({ batchId, source, stream, seq }) => ({
      check: "archive_only",
      place: `${source} ${stream} ${seq}`,
      detail: `batch ${batchId} is in the archive and not in the warehouse`,
    }));
}
