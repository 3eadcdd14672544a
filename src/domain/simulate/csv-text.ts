import type { CanonicalRecord, CanonicalValue } from "../records/record.ts";
import type { ColumnType, StreamColumn, StreamDefinition } from "../records/streams.ts";
import { dateText, dayMs } from "./calendar.ts";

/** Header line of a stream's file: the canonical column names. */
export function csvHeader({ columns }: Pick<StreamDefinition, "columns">): string {
  return `${columns.map(({ name }) => name).join(",")}\n`;
}

/** One line as RFC 4180 has it, but with LF; unknown values are empty. */
export function csvLine(columns: readonly StreamColumn[], record: CanonicalRecord): string {
  let line = "";
  for (const { name, type } of columns) {
    const value = record[name] ?? null;
    line += value === null ? "," : `,${cellText(value, type)}`;
  }
  return `${line.slice(1)}\n`;
}

function cellText(value: Exclude<CanonicalValue, null>, type: ColumnType): string {
  if (typeof value === "number") return type === "instant" ? instantText(value) : String(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

let knownDay = Number.NaN;
let knownDate = "";

/** ISO 8601 in UTC; milliseconds only where there are any. The text of the last day is kept: most rows share it. */
export function instantText(instant: number): string {
  const day = Math.floor(instant / dayMs);
  if (day !== knownDay) {
    knownDay = day;
    knownDate = dateText(day);
  }
  const rest = instant - day * dayMs;
  const seconds = Math.floor(rest / 1_000);
  const clock = `${twoDigits(Math.floor(seconds / 3_600))}:${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
  const milliseconds = rest % 1_000;
  return milliseconds === 0 ? `${knownDate}T${clock}Z` : `${knownDate}T${clock}.${String(milliseconds).padStart(3, "0")}Z`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
