import type { CanonicalRecord } from "../domain/records/record.ts";
import type { StreamName } from "../domain/records/streams.ts";

/** Where a source record stood: a line number of a file, or a path inside a page. */
export type Place = string;

/**
 * What a source made of one record it read. `payload` is the source record as received, as JSON text,
 * scrubbed of personal fields as configured; it goes to the archive, so that a later mapper can read it again.
 */
export type SourceItem =
  | {
      readonly kind: "record";
      readonly place: Place;
      readonly stream: StreamName;
      readonly record: CanonicalRecord;
      readonly isDeleted?: boolean;
      readonly payload: string;
    }
  | { readonly kind: "filtered"; readonly place: Place; readonly payload: string }
  | { readonly kind: "reject"; readonly place: Place; readonly reject: Reject; readonly payload: string };

/** Why a record was refused: the reason is one of a closed list per source, the rest is evidence. */
export interface Reject {
  readonly reason: string;
  readonly field: string | null;
  readonly value: string | null;
}

/** `due`: if nothing has been kept for a while, while reading goes on. `now`: before anything more is read. */
export type Checkpoint = "none" | "due" | "now";

/**
 * One read of one source: everything of a file, or one slice of a platform's streams.
 * Items come in chunks, so that ten million of them cost few awaits.
 */
export interface SourceRead {
  /** `csv:technion`, `genesys`, ... part of every key. */
  readonly source: string;
  /** The streams this read may yield, whose cursors it claims together. */
  readonly streams: readonly StreamName[];
  /** Hash of everything that decides how a source record is mapped. */
  readonly mapperVersion: string;
  /** The IANA zone of this source's agents who have none of their own; null when the config's applies. */
  readonly zone: string | null;
  /** The column that dates a row where the stream's default does not (`dated_by` of a mapping). */
  readonly datedBy: string | null;
  /** Where the next read of the streams resumes, asked after each chunk; absent when a read always starts at the beginning. */
  position?(): string | null;
  /** Whether everything so far, and the position, is to be kept behind the last chunk; asked after each chunk, absent when never. */
  checkpoint?(): Checkpoint;
  /** The batch whose quarantined records these are; absent for everything read from a source. */
  readonly retryOf?: string;
  items(): AsyncIterable<readonly SourceItem[]>;
}
