import {
  type DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import type { ColumnChunk, Row, SqlValue } from "../../../ports/warehouse.ts";
import { numberOf } from "../connection.ts";

/**
 * A driver value as the port hands it out. Decimals become numbers (exact up to 2^53 of their smallest unit),
 * lists and structs the text DuckDB prints, everything with a clock ISO 8601 UTC.
 */
function portValue(value: DuckDBValue): SqlValue {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return isSafe(value) ? Number(value) : value;
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return isoText(value.micros / 1000n);
  if (value instanceof DuckDBTimestampMillisecondsValue) return isoText(value.millis);
  if (value instanceof DuckDBTimestampSecondsValue) return isoText(value.seconds * 1000n);
  if (value instanceof DuckDBTimestampNanosecondsValue) return isoText(value.nanos / 1_000_000n);
  if (value instanceof DuckDBDateValue) return new Date(value.days * 86_400_000).toISOString().slice(0, 10);
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  return String(value);
}

export function portRow(names: readonly string[], values: readonly DuckDBValue[]): Row {
  return Object.fromEntries(names.map((name, index) => [name, portValue(values[index] ?? null)]));
}

/** Nothing is decoded before it is asked for. */
export function columnChunk(chunk: DuckDBDataChunk, places: ReadonlyMap<string, number>): ColumnChunk {
  const { rowCount } = chunk;
  const vectorOf = (column: string) => {
    const place = places.get(column);
    if (place === undefined) throw new RangeError(`the result has no column ${column}`);
    return chunk.getColumnVector(place);
  };
  return {
    rowCount,
    value: (column, row) => portValue(vectorOf(column).getItem(row)),
    numbers(column) {
      const vector = vectorOf(column);
      const numbers = new Float64Array(rowCount);
      for (let row = 0; row < rowCount; row++) {
        const value = vector.getItem(row);
        numbers[row] = typeof value === "bigint" ? Number(value) : numberOf(portValue(value));
      }
      return numbers;
    },
  };
}

function isoText(epochMillis: bigint): string {
  return new Date(Number(epochMillis)).toISOString();
}

function isSafe(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
}
