import { createHash, hash } from "node:crypto";
import { netstrings } from "../business-key.ts";
import { createByteBuffer } from "../records/byte-buffer.ts";

/** At most this many source records are one batch: one row group of DuckDB and of Parquet; a few more would double the file. */
export const maxBatchRecords = 122_880;
/** At most this many bytes of payload and canonical text are one batch. */
export const maxBatchBytes = 64 * 1024 * 1024;
/** A larger source record is quarantined by its hash and its beginning. */
export const maxRecordBytes = 1024 * 1024;
export const oversizePrefixBytes = 4096;

export interface BatchIdentity {
  readonly source: string;
  readonly stream: string;
  readonly mapperVersion: string;
  /** Number of the batch within its read and stream, from 0. */
  readonly ordinal: number;
  /** Hash of the source records in their order. */
  readonly payloadHash: string;
  /** Makes a known batch a new one, when somebody wants it loaded again. */
  readonly salt?: string;
}

/**
 * The same records read by the same mapper at the same place are the same batch: a repeated import finds it loaded,
 * and an unknown outcome of a commit is settled by looking for it. 32 hexadecimal digits.
 */
export function batchId({ source, stream, mapperVersion, ordinal, payloadHash, salt }: BatchIdentity): string {
  const parts = [source, stream, mapperVersion, String(ordinal), payloadHash, ...(salt === undefined ? [] : [salt])];
  return hash("sha256", netstrings(parts)).slice(0, 32);
}

export interface PayloadHash {
  add(place: string, payload: string): void;
  digest(): string;
}

/** Hashes source records as they come, a megabyte at a time. */
export function createPayloadHash(): PayloadHash {
  const whole = createHash("sha256");
  const waiting = createByteBuffer(hashedBytes * 2);
  const flush = () => {
    whole.update(waiting.bytes());
    waiting.clear();
  };
  return {
    add(place, payload) {
      waiting.putInteger(place.length);
      waiting.putByte(colon);
      waiting.putInteger(payload.length);
      waiting.putByte(colon);
      waiting.putText(place);
      waiting.putText(payload);
      if (waiting.length() >= hashedBytes) flush();
    },
    digest() {
      flush();
      return whole.digest("hex");
    },
  };
}

const hashedBytes = 1 << 20;
const colon = 58;
