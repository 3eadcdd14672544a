import { hash } from "node:crypto";
import { agentId, netstring, netstrings } from "../business-key.ts";
import { createByteBuffer } from "../records/byte-buffer.ts";
import { preparePutLine } from "../records/canonical-line.ts";
import { type CanonicalRecord, canonicalText, eventInstant } from "../records/record.ts";
import type { StreamDefinition } from "../records/streams.ts";

/** A canonical record with its keys, as texts: what is written to the archive and loaded from there. */
export interface KeyedRecord {
  /** The first 128 bits as 32 hexadecimal digits; the hyphens of a UUID come where it is read. */
  readonly businessKey: string;
  readonly rowHash: string;
  /** The durable key of the agent the record is about. */
  readonly subjectId: string | null;
  /** Epoch milliseconds. */
  readonly eventAt: number | null;
  /** The canonical line (canonical-line.ts); good until the next record is keyed. */
  readonly line: Buffer;
}

export type KeyRecord = (record: CanonicalRecord, isDeleted: boolean) => KeyedRecord;

/** Agents of one read repeat in every row; more than these are hashed again. */
const maxCachedAgents = 50_000;

/**
 * The keys and hashes of `record.ts` for millions of records of one stream: everything that does not change from row to
 * row is worked out once, and each hash is one call. The record must have passed its invariants.
 */
export function prepareKeyRecord(stream: StreamDefinition, source: string, datedBy: string | null): KeyRecord {
  const putLine = preparePutLine(stream);
  const businessKeyOf = prepareBusinessKey(stream, source);
  const subjectOf = prepareSubject(stream, source);
  const lineBuffer = createByteBuffer(4096);
  return (record, isDeleted) => {
    lineBuffer.clear();
    putLine(lineBuffer, record);
    const line = lineBuffer.bytes();
    return {
      businessKey: businessKeyOf(record),
      rowHash: firstDigits(isDeleted ? deletionHash(stream, record) : hash("sha256", line)),
      subjectId: subjectOf(record),
      eventAt: eventInstant(stream, record, datedBy ?? undefined),
      line,
    };
  };
}

function firstDigits(wholeHash: string): string {
  return wholeHash.slice(0, 32);
}

/** Two deletions of one key are the same fact, whatever else the source still said about it. */
function deletionHash({ revisedAt }: StreamDefinition, record: CanonicalRecord): string {
  const revised = revisedAt === undefined ? null : (record[revisedAt] ?? null);
  return hash("sha256", netstrings(["deleted", revised === null ? "" : canonicalText(revised, "instant")]));
}

function prepareBusinessKey(stream: StreamDefinition, source: string): (record: CanonicalRecord) => string {
  const prefix = netstrings([stream.name, source]);
  const parts = stream.key.map(({ column, whenNull }) => ({
    column,
    type: stream.columns.find(({ name }) => name === column)?.type ?? "text",
    whenNull: whenNull ?? "",
  }));
  return (record) => {
    let key = prefix;
    for (const { column, type, whenNull } of parts) {
      const value = record[column] ?? null;
      key += netstring(value === null ? whenNull : canonicalText(value, type));
    }
    return firstDigits(hash("sha256", key));
  };
}

function prepareSubject(stream: StreamDefinition, source: string): (record: CanonicalRecord) => string | null {
  const { subject } = stream;
  if (subject === null) return () => null;
  const known = new Map<string, string>();
  return (record) => {
    const nativeId = record[subject] ?? null;
    if (nativeId === null) return null;
    const text = String(nativeId);
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= maxCachedAgents) known.clear();
    const id = agentId(source, text);
    known.set(text, id);
    return id;
  };
}
