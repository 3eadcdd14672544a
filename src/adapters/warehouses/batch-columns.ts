import type { StreamColumn, StreamDefinition } from "../../domain/records/streams.ts";
import type { DataType, Dialect } from "./dialect.ts";

/** The columns of an archived batch file that every stream has, in the file's order. */
export const commonColumns: readonly (readonly [name: string, type: DataType])[] = [
  ["ordinal", "integer"],
  ["kind", "text"],
  ["place", "text"],
  ["payload", "text"],
  ["reject_reason", "text"],
  ["reject_field", "text"],
  ["reject_value", "text"],
  ["business_key", "key"],
  ["row_hash", "key"],
  ["subject_id", "key"],
  ["event_at", "instant"],
];

/** A stream's own columns carry a prefix in the file, so that none can ever meet a common one. */
export function fileColumn({ name }: Pick<StreamColumn, "name">): string {
  return `r_${name}`;
}

export function fileColumns(stream: StreamDefinition): readonly (readonly [name: string, type: DataType])[] {
  return [...commonColumns, ...stream.columns.map((column) => [fileColumn(column), column.type] as const)];
}

/** `r_talk_ms` as the file has it, or a typed null for a file written before the column existed. */
export function readColumn(dialect: Dialect, column: StreamColumn, inFile: ReadonlySet<string>): string {
  const name = fileColumn(column);
  return inFile.has(name) ? dialect.quoteName(name) : `cast(null as ${dialect.types[column.type]})`;
}
