import { addTotals, type BatchTotals, noTotals } from "../../domain/load/batch-totals.ts";
import { StoppedError } from "../../errors.ts";
import type { Archive } from "../../ports/archive.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FileSource, OpenedFile } from "../../ports/file-source.ts";
import type { Output } from "../../ports/output.ts";
import type { Warehouse } from "../../ports/warehouse.ts";
import { loadRead } from "./load-read.ts";
import type { RejectSummary } from "./summarise-rejects.ts";

export interface ImportDeps {
  readonly files: FileSource;
  readonly clock: Clock;
  readonly output: Output;
  /** Opened after every file was looked at, so that a wrong mapping touches no warehouse. */
  warehouse(): Promise<Warehouse>;
  archive(): Promise<Archive>;
}

export interface ImportRequest {
  readonly files: readonly string[];
  /** One mapping for all files; null takes the one beside each. */
  readonly mapping: string | null;
  /** Loads a file that is in already as if it were a new one. */
  readonly again: boolean;
  /** Rows per batch, where the largest allowed is too large for the machine. */
  readonly batchRecords?: number;
  readonly signal: AbortSignal;
}

export interface ImportedFile {
  readonly file: string;
  readonly mapping: string;
  readonly source: string;
  readonly stream: string;
  readonly mapperVersion: string;
  readonly totals: BatchTotals;
  readonly batches: number;
  /** Batches that were in before: the same rows of the same file by the same mapping. */
  readonly knownBatches: number;
  /** Most frequent first. */
  readonly rejects: readonly RejectSummary[];
}

export interface ImportReport {
  readonly totals: BatchTotals;
  readonly files: readonly ImportedFile[];
}

/**
 * Imports files one after the other; every file and mapping is checked before the first row is loaded.
 * @throws ConfigError, SourceBrokenError as FileSource.open. Everything loadRead throws.
 */
export async function importFiles(deps: ImportDeps, { files, mapping, again, signal, batchRecords }: ImportRequest): Promise<ImportReport> {
  const opened: OpenedFile[] = [];
  for (const file of files) opened.push(await deps.files.open({ file, mapping }));
  const loadDeps = { warehouse: await deps.warehouse(), archive: await deps.archive(), clock: deps.clock };
  const imported: ImportedFile[] = [];
  for (const file of opened) {
    if (signal.aborted && signal.reason instanceof StoppedError) throw signal.reason;
    file.keepMapping();
    const onProgress = ({ received }: BatchTotals) => deps.output.progress(progressText(file, received));
    const { totals, batches, rejects } = await loadRead(loadDeps, file.read, {
      signal,
      again,
      onProgress,
      ...(batchRecords === undefined ? {} : { batchRecords }),
    });
    deps.output.progressDone();
    const knownBatches = batches.filter(({ isKnown }) => isKnown).length;
    imported.push({ ...describe(file), totals, batches: batches.length, knownBatches, rejects });
  }
  return { totals: imported.map(({ totals }) => totals).reduce(addTotals, noTotals), files: imported };
}

function describe({ file, mapping, read }: OpenedFile) {
  return { file, mapping, source: read.source, stream: read.streams.join(","), mapperVersion: read.mapperVersion };
}

function progressText(file: OpenedFile, received: number): string {
  const percent = Math.min(100, Math.floor((file.bytesRead() / Math.max(1, file.bytes)) * 100));
  return `${file.file}: ${received} rows, ${percent} % of the file`;
}
