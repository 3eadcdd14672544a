import type { KeyedRecord } from "../domain/load/key-record.ts";
import type { StreamName } from "../domain/records/streams.ts";
import type { BatchTotals, ModelInput, TouchedInterval } from "./warehouse.ts";

/** What became of a source record at the boundary. */
export type ArchivedKind = "record" | "deletion" | "filtered" | "reject";

/** One source record on its way into a batch: what it was, what it was made into, or why it was refused. */
export interface BatchRow {
  readonly kind: ArchivedKind;
  readonly place: string;
  readonly payload: string | null;
  readonly reason: string | null;
  readonly field: string | null;
  readonly value: string | null;
  /** The keys and canonical texts of a record or deletion, null for the rest. */
  readonly record: KeyedRecord | null;
}

/** Rows of a batch that is still being packed, on disk. */
export interface BatchSpool {
  append(row: BatchRow): void;
  /** The hash of all rows in their order; nothing may be appended after it was asked for. */
  contentHash(): string;
  discard(): Promise<void>;
}

/** What stands beside each archived batch; enough to make the warehouse again. */
export interface BatchManifest {
  readonly version: 1;
  readonly batchId: string;
  readonly source: string;
  readonly stream: string;
  readonly seq: number;
  readonly fence: number;
  readonly mapperVersion: string;
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
  readonly position: string | null;
  readonly received: number;
  readonly retryOf: string | null;
  /** Path of the Parquet file inside the archive; null for a batch of settings or zone offsets. */
  readonly path: string | null;
  readonly sha256: string;
  /** Known once committed. */
  readonly totals: BatchTotals | null;
  /** The content of a batch of settings or zone offsets. */
  readonly input: ModelInput | null;
  readonly touched: readonly TouchedInterval[] | null;
}

export type ManifestDraft = Omit<BatchManifest, "version" | "path" | "sha256" | "totals" | "input" | "touched">;

/** One row as a later mapper reads it again. */
export interface ArchivedRow {
  readonly place: string;
  readonly kind: ArchivedKind;
  readonly payload: string | null;
}

/**
 * The batches as received, one immutable file each, written before the warehouse commits and never after.
 * A file whose batch the warehouse does not know is an orphan and ignored.
 */
export interface Archive {
  /** Starts a batch of one stream. */
  spool(stream: StreamName): BatchSpool;
  /** Turns a spool into its Parquet file and a pending manifest, both on disk when this returns. */
  write(spool: BatchSpool, draft: ManifestDraft): Promise<BatchManifest>;
  /** Keeps a batch of settings or zone offsets, which has no rows. */
  writeInput(draft: ManifestDraft, input: ModelInput, touched: readonly TouchedInterval[]): Promise<BatchManifest>;
  /** Marks a batch as committed. */
  settle(manifest: BatchManifest, totals: BatchTotals | null): Promise<void>;
  /** Manifests of one stream whose commit nobody has confirmed. */
  pending(source: string, stream: string): Promise<BatchManifest[]>;
  /** The number of the last confirmed batch of a stream, whatever the source in its family; 0 without any. Told by names alone. */
  lastSeq(source: string, stream: string): Promise<number>;
  /** All committed batches by family, stream and seq; of several for one seq the highest fence. */
  committed(): Promise<BatchManifest[]>;
  /** The archived source records of a batch in their order, a chunk at a time. */
  rows(manifest: BatchManifest): AsyncIterable<readonly ArchivedRow[]>;
  /** Absolute path of an archived file. */
  resolve(archivePath: string): string;
  /** Hash of an archived file as it is now; null when it is missing. */
  sha256(archivePath: string): Promise<string | null>;
  close(): Promise<void>;
}
