import type { StreamColumn, StreamDefinition } from "../../../domain/records/streams.ts";
import { quoteName } from "./dialect.ts";
import { duckdbTypes } from "./tables.ts";

/** The columns of an archived batch file that every stream has, in the file's order. */
export const commonColumns = [
  ["ordinal", "bigint"],
  ["kind", "varchar"],
  ["place", "varchar"],
  ["payload", "varchar"],
  ["reject_reason", "varchar"],
  ["reject_field", "varchar"],
  ["reject_value", "varchar"],
  ["business_key", "uuid"],
  ["row_hash", "uuid"],
  ["subject_id", "uuid"],
  ["event_at", "timestamp"],
] as const;

/** A stream's own columns carry a prefix in the file, so that none can ever meet a common one. */
export function fileColumn({ name }: Pick<StreamColumn, "name">): string {
  return `r_${name}`;
}

export function fileColumns(stream: StreamDefinition): readonly (readonly [name: string, type: string])[] {
  return [...commonColumns, ...stream.columns.map((column) => [fileColumn(column), duckdbTypes[column.type]] as const)];
}

/** `r_talk_ms` as the file has it, or a typed null for a file written before the column existed. */
export function readColumn(column: StreamColumn, inFile: ReadonlySet<string>): string {
  const name = fileColumn(column);
  return inFile.has(name) ? quoteName(name) : `cast(null as ${duckdbTypes[column.type]})`;
}
