import type { BatchTotals } from "../domain/load/batch-totals.ts";
import type { SourceFamily, StreamName } from "../domain/records/streams.ts";
import type { ReportStore } from "./report-store.ts";

export type { BatchTotals } from "../domain/load/batch-totals.ts";

export type SqlValue = string | number | bigint | boolean | null;
/** A result row by column name. Dates and UUIDs come as text, instants as `YYYY-MM-DDTHH:MM:SS.mmmZ`, 64-bit integers as bigint only beyond 2^53, else number. */
export type Row = Readonly<Record<string, SqlValue>>;

/** The right to write one stream's tables until somebody claims it again. */
export interface StreamClaim {
  readonly family: SourceFamily;
  readonly stream: StreamName;
  readonly fence: number;
  /** Number of the last committed batch, 0 when there is none. */
  readonly seq: number;
  /** What the last batch left behind to resume from, as JSON text. */
  readonly position: string | null;
}

/** Some rows of a result, by column. Good until the next chunk is asked for. */
export interface ColumnChunk {
  readonly rowCount: number;
  /** NaN where it is null; exact up to 2^53. */
  numbers(column: string): Float64Array;
  /** One value as a row would have it: made when it is asked for. */
  value(column: string, row: number): SqlValue;
}

export interface QueryReader {
  /** A statement as this warehouse is asked it: they are written once, in the words of docs/warehouses.md. */
  spelled(sql: string): string;
  /** All rows of a small result. Values are bound, never pasted into the text; placeholders are `$1`, `$2`. */
  rows(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
  /** The rows of a large result, a chunk at a time. */
  stream(sql: string, values?: readonly SqlValue[]): AsyncIterable<readonly Row[]>;
  /** The same by column, where an object for each row would cost more than what is done with it. */
  columns(sql: string, values?: readonly SqlValue[]): AsyncIterable<ColumnChunk>;
}

/**
 * One archived batch of one stream, ready to be loaded. The Parquet file holds everything: the loading of a fresh batch
 * and the rebuilding from the archive are the same act on the same file.
 */
export interface BatchFile {
  readonly batchId: string;
  readonly source: string;
  readonly stream: StreamName;
  /** The number this batch gets; the cursor must stand at `seq - 1`. */
  readonly seq: number;
  readonly fence: number;
  readonly mapperVersion: string;
  /** Epoch milliseconds; from the clock when fresh, from the manifest when rebuilt. */
  readonly recordedAt: number;
  readonly position: string | null;
  /** Absolute path of the Parquet file. */
  readonly file: string;
  /** Path inside the archive, so that the archive may move. */
  readonly archivePath: string;
  readonly sha256: string;
  /** Rows the file must hold. */
  readonly received: number;
  /** The batch whose quarantined rows are loaded here after all; null for everything read from a source. */
  readonly retryOf: string | null;
}

/** A batch as meta.batch knows it. */
export interface StoredBatch {
  readonly batchId: string;
  readonly source: string;
  readonly stream: string;
  readonly seq: number;
  readonly archivePath: string | null;
  readonly sha256: string | null;
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
  readonly totals: BatchTotals;
}

export interface Cursor {
  readonly family: SourceFamily;
  readonly stream: StreamName;
  readonly fence: number;
  readonly seq: number;
  readonly position: string | null;
  readonly batchId: string | null;
}

/** A quarantined record that no later batch has taken in. */
export interface QuarantinedRecord {
  readonly batchId: string;
  readonly source: string;
  readonly stream: string;
  /** Line number of a file, or path inside a page. */
  readonly place: string;
  readonly reason: string;
  readonly field: string | null;
  readonly value: string | null;
  /** Null where it is too long for the table: the archive has it, at the same place of the same batch. */
  readonly payload: string | null;
}

export interface QuarantineCount {
  readonly source: string;
  readonly stream: string;
  readonly reason: string;
  readonly field: string | null;
  readonly records: number;
  /** The first place it happened at, as an example. */
  readonly firstPlace: string;
}

/** A stretch of time whose local days or values may come out differently now. */
export interface TouchedInterval {
  /** Epoch milliseconds, inclusive. */
  readonly from: number;
  readonly to: number;
}

/** One row of meta.zone_offset: local time = instant + offset, for `startsAt <= instant < endsAt`. */
export interface ZoneOffsetRow {
  readonly zone: string;
  /** Epoch milliseconds. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly offsetSeconds: number;
  readonly tzVersion: string;
}

/** What dbt needs beside raw rows. Each change is itself a numbered batch of source `gami`, so that models see its reach. */
export type ModelInput =
  | { readonly kind: "setting"; readonly settings: Readonly<Record<string, string>> }
  | { readonly kind: "zone_offset"; readonly offsets: readonly ZoneOffsetRow[] };

export interface ModelInputBatch {
  readonly batchId: string;
  readonly seq: number;
  readonly fence: number;
  /** Epoch milliseconds. */
  readonly recordedAt: number;
  /** Null: such a batch has no file beside its manifest. */
  readonly archivePath: string | null;
  readonly sha256: string;
  readonly input: ModelInput;
  readonly touched: readonly TouchedInterval[];
}

/** The operational store that decides on a warehouse, and how often it was restored. */
export interface WarehouseOwner {
  readonly stateStoreId: string;
  readonly epoch: number;
}

/** A fault `verify` found: what is wrong, where, and how many rows it concerns. */
export interface Finding {
  readonly check: string;
  readonly place: string;
  readonly detail: string;
}

/** What the warehouse's service would bill for reading a table, by its own estimate. */
export interface ReadingCost {
  readonly table: string;
  /** Each batch loaded into it. */
  readonly loadBytes: number;
  /** Every column of every row, as verifying and rebuilding models do. */
  readonly wholeBytes: number;
}

/** A warehouse being made again beside the one in use; nothing is seen of it until `finish`. */
export interface WarehouseRebuild {
  load(batch: BatchFile): Promise<BatchTotals>;
  loadInput(batch: ModelInputBatch): Promise<void>;
  /** Swaps the new warehouse in. */
  finish(): Promise<void>;
  /** Throws the new warehouse away. */
  abandon(): Promise<void>;
}

/**
 * The analytic store. Opened on first use, let go of with `release` (before dbt runs) and `close`.
 * @throws LockHeldError when another process holds it, or has claimed a stream since; nothing was written then.
 * @throws WarehouseError when it is corrupt, newer than the driver, read-only, or its disk is full.
 */
export interface Warehouse extends QueryReader, ReportStore {
  /** Makes every schema and table that is missing. Safe to repeat. */
  createTables(): Promise<void>;
  /** Takes the streams over: whoever claimed them before can commit no more. */
  claim(source: string, streams: readonly StreamName[]): Promise<StreamClaim[]>;
  /** Those of the batches that are loaded, by id. */
  findBatches(batchIds: readonly string[]): Promise<ReadonlyMap<string, StoredBatch>>;
  /** Key and subject columns of the current rows whose `column` is one of the values; what is deleted is left out. */
  currentKeys(source: string, stream: StreamName, column: string, values: readonly string[]): Promise<Row[]>;
  /** Keeps the warehouse as loads want it until `work` is done: they need little memory, however large the tables are. */
  whileLoading<T>(work: () => Promise<T>): Promise<T>;
  /** Loads the batches of one read in one transaction; totals in the same order. */
  commit(batches: readonly BatchFile[]): Promise<BatchTotals[]>;
  /** Moves where the claimed streams resume, when a read brought no batch; `seq` is that of the last one. */
  savePosition(claims: readonly Pick<StreamClaim, "family" | "stream" | "fence" | "seq">[], position: string): Promise<void>;
  /** Forgets where the stream resumes. Rows stay; the next read starts from the beginning and finds them unchanged. */
  resetCursor(source: string, stream: StreamName): Promise<void>;
  cursors(): Promise<Cursor[]>;
  batches(): Promise<StoredBatch[]>;
  quarantineCounts(): Promise<QuarantineCount[]>;
  /** Open quarantined records in the order they came, a chunk at a time. */
  quarantined(filter: { readonly source?: string; readonly batchId?: string }): AsyncIterable<readonly QuarantinedRecord[]>;
  settings(): Promise<Readonly<Record<string, string>>>;
  zoneOffsets(): Promise<ZoneOffsetRow[]>;
  /** The zones that agents and shifts name. */
  zonesInUse(): Promise<string[]>;
  /** First and last instant that any batch touched; null while there is no data. */
  dataRange(): Promise<TouchedInterval | null>;
  claimInput(kind: ModelInput["kind"]): Promise<{ readonly fence: number; readonly seq: number }>;
  commitInput(batch: ModelInputBatch): Promise<void>;
  /** Null while nobody decided. @throws ConfigError when there are two. */
  owner(): Promise<WarehouseOwner | null>;
  /** Compare and set on what `owner` said. @throws LockHeldError when it is another one by now. */
  setOwner(owner: WarehouseOwner, before: WarehouseOwner | null): Promise<void>;
  rebuild(): Promise<WarehouseRebuild>;
  /** Checks the tables against their own rules and, for one sampled month, against the archived files. */
  check(resolveFile: (archivePath: string) => string): Promise<Finding[]>;
  /** Equal hashes = equal content. `versions` adds the closed versions and their seq; the clock never counts. */
  contentHash(options?: { readonly versions?: boolean }): Promise<string>;
  /** Of the raw tables with rows; null where reading is not billed by bytes. */
  readingCosts(): Promise<readonly ReadingCost[] | null>;
  /** Lets other processes have it until the next use. */
  release(): Promise<void>;
  close(): Promise<void>;
}
