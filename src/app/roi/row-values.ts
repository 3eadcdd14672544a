import type { Row } from "../../ports/warehouse.ts";

/** Typed values of a result row. A missing column is a fault of the statement, so it throws. */

function cell(row: Row, column: string) {
  const value = row[column];
  if (value === undefined) throw new RangeError(`the result has no column ${column}`);
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  const value = cell(row, column);
  return value === null ? null : String(value);
}

export function text(row: Row, column: string): string {
  return textOrNull(row, column) ?? "";
}

export function numberOrNull(row: Row, column: string): number | null {
  const value = cell(row, column);
  return value === null ? null : Number(value);
}

/** Null counts as zero: for counts and sums of nothing. */
export function count(row: Row, column: string): number {
  return numberOrNull(row, column) ?? 0;
}

/** Whole minor units. */
export function minorOrNull(row: Row, column: string): bigint | null {
  const value = cell(row, column);
  return value === null ? null : BigInt(value);
}

/** A day without its clock. */
export function dateOrNull(row: Row, column: string): string | null {
  return textOrNull(row, column)?.slice(0, 10) ?? null;
}
