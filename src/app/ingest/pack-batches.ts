import { hash } from "node:crypto";
import { batchId, maxBatchBytes, maxBatchRecords, maxRecordBytes, oversizePrefixBytes } from "../../domain/load/batch-id.ts";
import { type KeyRecord, prepareKeyRecord } from "../../domain/load/key-record.ts";
import { type CheckRecord, prepareCheckDeletion, prepareCheckRecord } from "../../domain/records/invariants.ts";
import { type StreamName, streamDefinition } from "../../domain/records/streams.ts";
import type { Archive, BatchRow, BatchSpool } from "../../ports/archive.ts";
import type { Place, Reject, SourceItem, SourceRead } from "../../ports/source.ts";

/** The records of one stream that go into one batch, keyed, checked and spooled. */
export interface PackedBatch {
  readonly stream: StreamName;
  readonly received: number;
  readonly position: string | null;
  readonly spool: BatchSpool;
  batchId(salt: string | undefined): string;
}

/** What packing needs to know of a read. */
export type PackedRead = Pick<SourceRead, "source" | "streams" | "mapperVersion" | "datedBy">;

export interface Packer {
  add(item: SourceItem): void;
  /** Everything up to here has been given; the source could resume from `position`. */
  endChunk(position: string | null): void;
  isFull(): boolean;
  /** The batches packed so far, to be committed together; packing starts anew. */
  take(): readonly PackedBatch[];
  discard(): Promise<void>;
}

/** What the keys and columns of most records take beside their payload. */
const recordOverheadBytes = 200;
/** Longer payloads and lines are measured; a batch has enough row groups for short ones. */
const shortText = 1024;
/** One long cell of the source may be mapped to many columns. */
const maxLineBytes = 2 * maxRecordBytes;

/** Checks and keys what a source yields and gathers it by stream until one is full. Filtered and refused records count to the first stream. */
export function createPacker(
  archive: Archive,
  read: PackedRead,
  onReject: (place: Place, reject: Reject) => void,
  batchRecords: number = maxBatchRecords,
): Packer {
  const [firstStream] = read.streams;
  if (firstStream === undefined) throw new RangeError("a read must name at least one stream");
  const streams = new Map(read.streams.map((stream) => [stream, createStreamPacker(archive, read, stream)]));
  let bytes = 0;
  let largest = 0;
  let position: string | null = null;
  const packerOf = (stream: StreamName) => {
    const packer = streams.get(stream);
    if (packer === undefined) throw new RangeError(`the read of ${read.source} yields ${stream} without having named it`);
    return packer;
  };
  return {
    add(item) {
      const packer = packerOf(item.kind === "record" ? item.stream : firstStream);
      const row = packer.rowOf(item);
      if (row.reason !== null) onReject(row.place, { reason: row.reason, field: row.field, value: row.value });
      packer.append(row);
      bytes += spooledBytes(row);
      largest = Math.max(largest, packer.count());
    },
    endChunk(reached) {
      position = reached;
    },
    isFull: () => bytes >= maxBatchBytes || largest >= batchRecords,
    take() {
      bytes = 0;
      largest = 0;
      return [...streams.values()].flatMap((packer) => packer.take(position));
    },
    async discard() {
      for (const packer of streams.values()) for (const batch of packer.take(null)) await batch.spool.discard();
    },
  };
}

/** Roughly what a row takes in the spool: some long ones must not make a batch that no memory holds. */
function spooledBytes({ payload, record }: BatchRow): number {
  const characters = payload?.length ?? 0;
  const lineBytes = record?.line.length ?? 0;
  return (
    (characters > shortText ? Buffer.byteLength(payload ?? "") : characters) + (lineBytes > shortText ? lineBytes : recordOverheadBytes)
  );
}

function createStreamPacker(archive: Archive, read: PackedRead, stream: StreamName) {
  const definition = streamDefinition(stream);
  const keyRecord = prepareKeyRecord(definition, read.source, read.datedBy);
  const checks = { record: prepareCheckRecord(definition), deletion: prepareCheckDeletion(definition) };
  let spool: BatchSpool | null = null;
  let received = 0;
  let ordinal = 0;
  return {
    rowOf: (item: SourceItem) => batchRow(item, keyRecord, checks),
    append(row: BatchRow) {
      spool ??= archive.spool(stream);
      spool.append(row);
      received += 1;
    },
    count: () => received,
    take(position: string | null): PackedBatch[] {
      if (spool === null) return [];
      const identity = { source: read.source, stream, mapperVersion: read.mapperVersion, ordinal, contentHash: spool.contentHash() };
      const packed: PackedBatch = {
        stream,
        received,
        position,
        spool,
        batchId: (salt) => batchId(salt === undefined ? identity : { ...identity, salt }),
      };
      spool = null;
      received = 0;
      ordinal += 1;
      return [packed];
    },
  };
}

function batchRow(
  item: SourceItem,
  keyRecord: KeyRecord,
  checks: { readonly record: CheckRecord; readonly deletion: CheckRecord },
): BatchRow {
  const { place, payload } = item;
  // No text has more than three bytes per UTF-16 unit, so most need no counting.
  if (payload.length * 3 > maxRecordBytes && Buffer.byteLength(payload) > maxRecordBytes) {
    return tooLarge(place, payload);
  }
  if (item.kind === "filtered") return { kind: "filtered", place, payload, reason: null, field: null, value: null, record: null };
  if (item.kind === "reject") return refusedRow(place, payload, item.reject);
  const isDeleted = item.isDeleted === true;
  const fault = (isDeleted ? checks.deletion : checks.record)(item.record);
  if (fault !== null) return refusedRow(place, payload, fault);
  const record = keyRecord(item.record, isDeleted);
  if (record.line.length > maxLineBytes) return tooLarge(place, payload);
  return { kind: isDeleted ? "deletion" : "record", place, payload, reason: null, field: null, value: null, record };
}

function tooLarge(place: Place, payload: string): BatchRow {
  const beginning = Buffer.from(payload).toString("utf8", 0, oversizePrefixBytes);
  return refusedRow(place, beginning, { reason: "record_too_large", field: null, value: `sha256 ${hash("sha256", payload)}` });
}

function refusedRow(place: Place, payload: string, { reason, field, value }: Reject): BatchRow {
  return { kind: "reject", place, payload, reason, field, value, record: null };
}
