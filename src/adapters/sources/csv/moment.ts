import { compileFormat, type DateTimeParts } from "./date-format.ts";
import { scaleDecimal } from "./decimal.ts";

/** Formats with a name, beside those made of tokens. */
export const namedMoments = [
  "iso-8601",
  "epoch_seconds",
  "epoch_milliseconds",
  "excel_serial",
  "excel_serial_1904",
  "day_fraction",
] as const;
type NamedMoment = (typeof namedMoments)[number];

export function isNamedMoment(format: string): format is NamedMoment {
  return namedMoments.some((known) => known === format);
}

export type ReadMoment = (text: string) => DateTimeParts | null;

const dayMs = 86_400_000;
/** Excel counts 1900-02-29, which never was: from 1 March 1900 (serial 61) on, day 0 is 1899-12-30. */
const excelDayZero = -25_569;
const excelDayZero1904 = -24_107;
const firstUnambiguousSerial = 61;
const pointStyle = { decimal: ".", thousands: "" };
/** Dates, times and their texts repeat; the limit keeps a hostile file from filling the memory. */
const cacheLimit = 100_000;

/** Reads by the first of several formats that fits. */
export function compileMoment(formats: readonly string[], pivot: number): ReadMoment {
  const readers = formats.map((format) => compileOne(format, pivot));
  const [only] = readers;
  if (readers.length === 1 && only !== undefined) return only;
  return (text) => {
    for (const read of readers) {
      const parts = read(text);
      if (parts !== null) return parts;
    }
    return null;
  };
}

function compileOne(format: string, pivot: number): ReadMoment {
  switch (format) {
    case "epoch_seconds":
      return (text) => fromEpoch(scaleDecimal(text, pointStyle, { multiply: 1000, round: "down" }));
    case "epoch_milliseconds":
      return (text) => fromEpoch(scaleDecimal(text, pointStyle, { multiply: 1, round: "down" }));
    case "excel_serial":
      return (text) => fromSerial(text, excelDayZero, firstUnambiguousSerial);
    case "excel_serial_1904":
      return (text) => fromSerial(text, excelDayZero1904, 0);
    case "day_fraction":
      return readDayFraction;
    default:
      return compileFormat(format, pivot).read;
  }
}

function fromEpoch(milliseconds: number | string): DateTimeParts | null {
  if (typeof milliseconds === "string") return null;
  const epochDay = Math.floor(milliseconds / dayMs);
  return { epochDay, millisecondOfDay: milliseconds - epochDay * dayMs, offsetMs: 0 };
}

/** Spreadsheets store a day as a number and its time as the fraction, rounded to about 15 digits: to the millisecond it is exact again. */
function fromSerial(text: string, dayZero: number, first: number): DateTimeParts | null {
  const milliseconds = scaleDecimal(text, pointStyle, { multiply: dayMs, round: "half_even" });
  if (typeof milliseconds === "string" || milliseconds < first * dayMs) return null;
  const day = Math.floor(milliseconds / dayMs);
  return { epochDay: day + dayZero, millisecondOfDay: milliseconds - day * dayMs, offsetMs: null };
}

function readDayFraction(text: string): DateTimeParts | null {
  const milliseconds = scaleDecimal(text, pointStyle, { multiply: dayMs, round: "half_even" });
  if (typeof milliseconds === "string" || milliseconds < 0 || milliseconds > dayMs) return null;
  return { epochDay: null, millisecondOfDay: milliseconds, offsetMs: null };
}

/** Remembers what was read for a text; the text of the row before is compared first, which is cheaper than any look-up. */
export function remember<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  let lastText: string | null = null;
  let lastValue: T;
  const lookUp = (text: string): T => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= cacheLimit) known.clear();
    const value = read(text);
    known.set(text, value);
    return value;
  };
  return (text) => {
    if (text === lastText) return lastValue;
    lastValue = lookUp(text);
    lastText = text;
    return lastValue;
  };
}
