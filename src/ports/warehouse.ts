import type { SourceFamily, StreamName } from "../domain/records/streams.ts";

export type SqlValue = string | number | bigint | boolean | null;
/** A result row by column name. Dates and UUIDs come as text, instants as `YYYY-MM-DDTHH:MM:SS.mmmZ`, 64-bit integers as bigint only beyond 2^53, else number. */
export type Row = Readonly<Record<string, SqlValue>>;

/** `received = new + changed + unchanged + duplicate + filtered + quarantined` (storage.md section 2). */
export interface BatchTotals {
  readonly received: number;
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly duplicate: number;
  readonly filtered: number;
  readonly quarantined: number;
}

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

export interface QueryReader {
  /** All rows of a small result. Values are bound, never pasted into the text; placeholders are `$1`, `$2`. */
  rows(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
  /** The rows of a large result, a chunk at a time. */
  stream(sql: string, values?: readonly SqlValue[]): AsyncIterable<readonly Row[]>;
}
