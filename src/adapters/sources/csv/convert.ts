import type { CanonicalValue } from "../../../domain/records/record.ts";
import type { StreamColumn } from "../../../domain/records/streams.ts";
import { type DateTimeParts, isoDate } from "./date-format.ts";
import { type NumberStyle, scaleDecimal } from "./decimal.ts";
import { isDurationUnit, parseDuration, plainClock } from "./duration.ts";
import { openZone, type ReadLocalTime } from "./local-time.ts";
import { asList } from "./mapping-rules.ts";
import type { Field, Mapping } from "./mapping-schema.ts";
import { compileMoment, remember } from "./moment.ts";

/** Why a cell is not what its column promises: the closed list of the CSV source, beside the boundary's own checks. */
export const csvReasons = [
  "not_a_number",
  "too_precise",
  "out_of_range",
  "not_a_duration",
  "not_a_date",
  "not_a_time",
  "no_zone",
  "missing_local_time",
  "not_a_boolean",
  "not_in_map",
  "not_json",
  "too_few_columns",
  "too_many_columns",
  "cut_off",
  "bad_quotes",
  "bad_encoding",
  "nul_byte",
  "record_too_large",
] as const;
export type CsvReason = (typeof csvReasons)[number];

/** A cell that could not be read. A value of its own, so that a good row allocates nothing for it. */
export interface Unreadable {
  readonly unreadable: CsvReason;
}
export type Read = CanonicalValue | Unreadable;

export function isUnreadable(value: Read): value is Unreadable {
  return typeof value === "object" && value !== null;
}

const unreadables = new Map<CsvReason, Unreadable>(csvReasons.map((reason) => [reason, Object.freeze({ unreadable: reason })]));
export function unreadable(reason: CsvReason): Unreadable {
  return unreadables.get(reason) ?? { unreadable: reason };
}

/** What a row did that its record does not show; collected while a row is read. */
export type NoteOddity = (name: "ambiguous_local_time" | "missing_local_time") => void;

/** Reads the text of one cell, which is not a null marker. */
export type ReadText = (text: string) => Read;

export function prepareReadText(column: StreamColumn, field: Field, mapping: Mapping, note: NoteOddity): ReadText {
  const read = prepareTyped(column, field, mapping, note);
  return field.map === undefined ? read : withMap(field, read);
}

/** The values a map names are canonical texts already, read by the same rules as a cell without a map. */
function withMap(field: Field, read: ReadText): ReadText {
  const answers = new Map(Object.entries(field.map ?? {}).map(([from, to]) => [from, to === null ? null : read(to)]));
  const { else: fallback } = field;
  const otherwise = fallback === undefined ? unreadable("not_in_map") : fallback === null ? null : read(fallback);
  return (text) => {
    const answer = answers.get(text);
    return answer === undefined ? otherwise : answer;
  };
}

function prepareTyped(column: StreamColumn, field: Field, mapping: Mapping, note: NoteOddity): ReadText {
  switch (column.type) {
    case "text":
      return (text) => text;
    case "integer":
      return prepareInteger(column, field, mapping);
    case "boolean":
      return readBoolean;
    case "json":
      return readJson;
    case "date":
      return prepareDate(field, mapping);
    case "instant":
      return prepareInstant(field, mapping, note);
  }
}

function prepareInteger(column: StreamColumn, field: Field, mapping: Mapping): ReadText {
  const style: NumberStyle = { decimal: field.decimal ?? mapping.decimal, thousands: field.thousands ?? mapping.thousands ?? "" };
  const { unit } = field;
  const isTimeOfFixedUnit = unit !== undefined && isDurationUnit(unit);
  const round = field.round ?? "reject";
  const multiply = multiplierOf(column.name, field);
  const read = isTimeOfFixedUnit
    ? (text: string) => parseDuration(text, unit, style, round)
    : (text: string) => scaleDecimal(text, style, { multiply, round });
  return (text) => {
    const value = read(text);
    return typeof value === "number" ? value : unreadable(value);
  };
}

function multiplierOf(name: string, { unit, decimals = 2 }: Field): number {
  switch (unit) {
    case "ones":
      return name.endsWith("_milli") ? 1000 : 1;
    case "share":
      return 1_000_000;
    case "percent":
      return 10_000;
    case "major":
      return 10 ** decimals;
    case undefined:
      if (name.endsWith("_milli")) return 1000;
      return name.endsWith("_minor") ? 10 ** decimals : 1;
    default:
      return 1;
  }
}

const trueWords = new Set(["true", "t", "yes", "y", "1"]);
const falseWords = new Set(["false", "f", "no", "n", "0"]);

function readBoolean(text: string): Read {
  const word = text.trim().toLowerCase();
  if (trueWords.has(word)) return true;
  return falseWords.has(word) ? false : unreadable("not_a_boolean");
}

function readJson(text: string): Read {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return unreadable("not_json");
  }
}

function prepareDate(field: Field, mapping: Mapping): ReadText {
  const read = compileMoment(asList(field.format ?? "iso-8601"), mapping.two_digit_years_from);
  return remember((text) => {
    const day = read(text)?.epochDay ?? null;
    return day === null ? unreadable("not_a_date") : isoDate(day);
  });
}

const dayMs = 86_400_000;

function prepareInstant(field: Field, mapping: Mapping, note: NoteOddity): ReadText {
  const read = compileMoment(asList(field.format ?? "iso-8601"), mapping.two_digit_years_from);
  const toInstant = prepareZone(field, mapping, note);
  return (text) => {
    const parts = read(text);
    if (parts === null || parts.epochDay === null) return unreadable("not_a_date");
    const local = parts.epochDay * dayMs + (parts.millisecondOfDay ?? 0);
    return parts.offsetMs === null ? toInstant(local) : local - parts.offsetMs;
  };
}

/** From the wall clock of the field's zone to an instant. */
function prepareZone(field: Field, mapping: Mapping, note: NoteOddity): (localMs: number) => number | Unreadable {
  const zone = field.zone ?? mapping.zone;
  if (zone === undefined) return () => unreadable("no_zone");
  const readLocal: ReadLocalTime = openZone(zone, { ambiguous: mapping.ambiguous_times, missing: mapping.missing_times });
  return (localMs) => {
    const instant = readLocal(localMs);
    if (instant === null) return unreadable("missing_local_time");
    if (instant.kind !== "plain") note(instant.kind === "missing" ? "missing_local_time" : "ambiguous_local_time");
    return instant.at;
  };
}

/** Reads an instant from a date and a time. With an anchor, a time before it belongs to the next day. */
export type ReadTwoCells = (date: string, time: string, anchor: number | null) => number | Unreadable;

export function prepareTwoCells(field: Field, mapping: Mapping, note: NoteOddity): ReadTwoCells {
  const pivot = mapping.two_digit_years_from;
  const readDate = remember(dayReader(compileMoment(asList(field.date?.format ?? "iso-8601"), pivot)));
  const readTime = prepareTime(asList(field.time?.format ?? "H:mm:ss"), pivot);
  const toInstant = prepareZone(field, mapping, note);
  const toleranceMs = (field.tolerance_seconds ?? 0) * 1000;
  return (date, time, anchor) => {
    const day = readDate(date);
    if (day === null) return unreadable("not_a_date");
    const clock = readTime(time);
    if (clock === null) return unreadable("not_a_time");
    const at = toInstant(day * dayMs + clock);
    if (typeof at !== "number" || anchor === null || at >= anchor) return at;
    if (at >= anchor - toleranceMs) return anchor;
    return toInstant((day + 1) * dayMs + clock);
  };
}

function dayReader(read: (text: string) => DateTimeParts | null): (text: string) => number | null {
  return (text) => read(text)?.epochDay ?? null;
}

/** `H:mm:ss` is read digit by digit, which is cheaper than remembering 86,400 texts. */
function prepareTime(formats: readonly string[], pivot: number): (text: string) => number | null {
  const read = compileMoment(formats, pivot);
  const slow = remember((text) => read(text)?.millisecondOfDay ?? null);
  if (formats[0] !== "H:mm:ss") return slow;
  return (text) => {
    const clock = plainClock(text);
    return clock !== null && clock < dayMs ? clock : slow(text);
  };
}
