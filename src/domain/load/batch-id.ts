import { hash } from "node:crypto";
import { netstrings } from "../business-key.ts";

/** At most this many source records are one batch: one row group of DuckDB and of Parquet; a few more would double the file. */
export const maxBatchRecords = 122_880;
/** At most this many bytes of payload and canonical text are one batch. */
export const maxBatchBytes = 64 * 1024 * 1024;
/** A larger source record is quarantined by its hash and its beginning. */
export const maxRecordBytes = 1024 * 1024;
export const oversizePrefixBytes = 4096;
/**
 * The quarantine table keeps a longer payload by its place alone: the archive has it. DuckDB holds some 2,000 rows of a
 * column in memory when it writes them, whatever their length.
 */
export const maxQuarantinedCharacters = 16_384;

export interface BatchIdentity {
  readonly source: string;
  readonly stream: string;
  readonly mapperVersion: string;
  /** Number of the batch within its read and stream, from 0. */
  readonly ordinal: number;
  /** Hash of the records as received and as mapped, in their order. */
  readonly contentHash: string;
  /** Makes a known batch a new one, when somebody wants it loaded again. */
  readonly salt?: string;
}

/**
 * The same records read by the same mapper at the same place are the same batch: a repeated import finds it loaded,
 * and an unknown outcome of a commit is settled by looking for it. 32 hexadecimal digits.
 */
export function batchId({ source, stream, mapperVersion, ordinal, contentHash, salt }: BatchIdentity): string {
  const parts = [source, stream, mapperVersion, String(ordinal), contentHash, ...(salt === undefined ? [] : [salt])];
  return hash("sha256", netstrings(parts)).slice(0, 32);
}
