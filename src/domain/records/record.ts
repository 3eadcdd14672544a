import { createHash } from "node:crypto";
import { businessKey, shortKey } from "../business-key.ts";
import { createByteBuffer } from "./byte-buffer.ts";
import { preparePutLine } from "./canonical-line.ts";
import { type StreamColumn, type StreamDefinition, type StreamName, streamDefinition } from "./streams.ts";

/** instant: epoch milliseconds. integer: within 2^53. date: `YYYY-MM-DD`. json: text. null: the source does not say. */
export type CanonicalValue = string | number | boolean | null;
/** One canonical record: a value for every column of its stream, by column name. */
export type CanonicalRecord = Readonly<Record<string, CanonicalValue>>;

/** The text of a value inside keys and hashes: instants as ISO 8601 with milliseconds and Z. */
export function canonicalText(value: Exclude<CanonicalValue, null>, type: StreamColumn["type"]): string {
  return type === "instant" ? new Date(Number(value)).toISOString() : String(value);
}

/** @throws RangeError when a key part that may not be null is null. */
export function recordKey(stream: StreamDefinition, source: string, record: CanonicalRecord): string {
  const parts = stream.key.map(({ column, whenNull }) => {
    const value = record[column] ?? null;
    if (value !== null) return canonicalText(value, columnType(stream, column));
    if (whenNull === undefined) throw new RangeError(`${stream.name}.${column} is part of the key and is empty`);
    return whenNull;
  });
  return shortKey(businessKey(stream.name, source, ...parts));
}

/** Equal hashes = equal records: the hash of the canonical line, in which an unknown value differs from an empty text. */
export function rowHash(stream: StreamDefinition, record: CanonicalRecord): string {
  const line = createByteBuffer(1024);
  preparePutLine(stream)(line, record);
  return shortKey(createHash("sha256").update(line.bytes()).digest("hex"));
}

function columnType(stream: StreamDefinition, column: string): StreamColumn["type"] {
  const found = stream.columns.find(({ name }) => name === column);
  if (found === undefined) throw new RangeError(`${stream.name} has no column ${column}`);
  return found.type;
}

/** The instant the row happened at, as epoch milliseconds; a day counts from 00:00 UTC. */
export function eventInstant(stream: StreamDefinition, record: CanonicalRecord, datedBy?: string): number | null {
  for (const column of datedBy === undefined ? stream.eventAt : [datedBy]) {
    const value = record[column] ?? null;
    if (typeof value === "number") return value;
    if (typeof value === "string") return Date.parse(`${value}T00:00:00Z`);
  }
  return null;
}

const emptyRecords = new Map<StreamName, CanonicalRecord>();

/** A record with null in every column, to be filled by a mapper: always the same object. */
export function emptyRecord(name: StreamName): CanonicalRecord {
  const known = emptyRecords.get(name);
  if (known !== undefined) return known;
  const empty = Object.freeze(Object.fromEntries(streamDefinition(name).columns.map((column) => [column.name, null])));
  emptyRecords.set(name, empty);
  return empty;
}
