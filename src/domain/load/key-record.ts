import { hash } from "node:crypto";
import { agentId, netstring, netstrings, shortKey } from "../business-key.ts";
import { instantText } from "../records/instant-text.ts";
import { type CanonicalRecord, type CanonicalValue, eventInstant } from "../records/record.ts";
import type { StreamColumn, StreamDefinition } from "../records/streams.ts";

/** A canonical record with its keys, as texts: what is written to the archive and loaded from there. */
export interface KeyedRecord {
  readonly businessKey: string;
  readonly rowHash: string;
  /** The durable key of the agent the record is about. */
  readonly subjectId: string | null;
  /** ISO 8601, UTC. */
  readonly eventAt: string | null;
  /** The text of each column in the stream's order. */
  readonly cells: readonly (string | null)[];
}

export type KeyRecord = (record: CanonicalRecord, isDeleted: boolean) => KeyedRecord;

/** Agents of one read repeat in every row; more than these are hashed again. */
const maxCachedAgents = 50_000;

/**
 * The keys and hashes of `record.ts` for millions of records of one stream: everything that does not change from row to
 * row is worked out once, and each hash is one call. The record must have passed its invariants.
 */
export function prepareKeyRecord(stream: StreamDefinition, source: string, datedBy: string | null): KeyRecord {
  const keyPrefix = netstrings([stream.name, source]);
  const keyParts = stream.key.map(({ column, whenNull }) => ({ index: columnIndex(stream, column), whenNull: whenNull ?? "" }));
  const revisedIndex = stream.revisedAt === undefined ? -1 : columnIndex(stream, stream.revisedAt);
  const subjectOf = prepareSubject(stream, source);
  return (record, isDeleted) => {
    const cells: (string | null)[] = [];
    let content = "";
    for (const column of stream.columns) {
      const text = cellText(record[column.name] ?? null, column.type);
      cells.push(text);
      content += text === null ? "~," : netstring(text);
    }
    let key = keyPrefix;
    for (const { index, whenNull } of keyParts) key += netstring(cells[index] ?? whenNull);
    const eventAt = eventInstant(stream, record, datedBy ?? undefined);
    return {
      businessKey: shortKey(hash("sha256", key)),
      rowHash: shortKey(hash("sha256", isDeleted ? deletionContent(cells[revisedIndex] ?? null) : content)),
      subjectId: subjectOf(record),
      eventAt: eventAt === null ? null : instantText(eventAt),
      cells,
    };
  };
}

/** Two deletions of one key are the same fact, whatever else the source still said about it. */
function deletionContent(revisedAt: string | null): string {
  return netstrings(["deleted", revisedAt ?? ""]);
}

function cellText(value: CanonicalValue, type: StreamColumn["type"]): string | null {
  if (value === null) return null;
  return type === "instant" ? instantText(Number(value)) : String(value);
}

function columnIndex(stream: StreamDefinition, column: string): number {
  const index = stream.columns.findIndex(({ name }) => name === column);
  if (index === -1) throw new RangeError(`${stream.name} has no column ${column}`);
  return index;
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
