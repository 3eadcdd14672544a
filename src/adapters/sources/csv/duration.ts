import { type NumberFault, type NumberStyle, type Rounding, scaleDecimal } from "./decimal.ts";

/** How a column writes a length of time; the canonical unit is the millisecond. */
export const durationUnits = ["milliseconds", "seconds", "minutes", "hours", "days", "h:mm:ss", "mm:ss", "iso-8601"] as const;
export type DurationUnit = (typeof durationUnits)[number];

export function isDurationUnit(unit: string): unit is DurationUnit {
  return durationUnits.some((known) => known === unit);
}

const millisecondsPer = { milliseconds: 1, seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;

/** Milliseconds of a duration written in one unit, or why it has none. */
export function parseDuration(
  text: string,
  unit: DurationUnit,
  style: NumberStyle,
  round: Rounding,
): number | NumberFault | "not_a_duration" {
  switch (unit) {
    case "h:mm:ss":
      return parseClock(text, round);
    case "mm:ss":
      return parseClock(`0:${text.trim()}`, round, true);
    case "iso-8601":
      return parseIsoDuration(text, round);
    default:
      return scaleDecimal(text, style, { multiply: millisecondsPer[unit], round });
  }
}

/** `h:mm:ss`, hours beyond 24 allowed, `h:mm:ss.fff` too. With `wideMinutes`, minutes may pass 59. */
function parseClock(text: string, round: Rounding, wideMinutes = false): number | NumberFault | "not_a_duration" {
  const quick = wideMinutes ? null : plainClock(text);
  if (quick !== null) return quick;
  const match = /^(-?)(\d{1,6}):(-?)(\d{1,6}):(\d{2})(?:[.,](\d{1,9}))?$/.exec(text.trim());
  if (match === null) return "not_a_duration";
  const [, sign = "", hours = "", innerSign = "", minutes = "", seconds = "", fraction = ""] = match;
  if (!wideMinutes && (innerSign !== "" || minutes.length !== 2 || Number(minutes) > 59)) return "not_a_duration";
  if (Number(seconds) > 59) return "not_a_duration";
  const part = scaleDecimal(`${seconds}.${fraction === "" ? "0" : fraction}`, { decimal: ".", thousands: "" }, { multiply: 1000, round });
  if (typeof part === "string") return part;
  const length = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + part;
  return (sign === "-" || innerSign === "-") && length !== 0 ? -length : length;
}

/** `h:mm:ss` and `hh:mm:ss` of digits only, the usual cell; null for everything else. */
export function plainClock(text: string): number | null {
  const hourDigits = text.length - 6;
  if (hourDigits !== 1 && hourDigits !== 2) return null;
  if (text.charCodeAt(hourDigits) !== 58 || text.charCodeAt(hourDigits + 3) !== 58) return null;
  const hours = twoDigits(text, hourDigits - 2, hourDigits);
  const minutes = twoDigits(text, hourDigits + 1, hourDigits + 3);
  const seconds = twoDigits(text, hourDigits + 4, hourDigits + 6);
  if (hours < 0 || minutes < 0 || seconds < 0 || minutes > 59 || seconds > 59) return null;
  return (hours * 3600 + minutes * 60 + seconds) * 1000;
}

/** The digits from `start` (from 0 where that lies before the text) to `end`; -1 where one is not a digit. */
function twoDigits(text: string, start: number, end: number): number {
  let value = 0;
  for (let index = Math.max(0, start); index < end; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const isoDuration =
  /^([+-]?)P(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?(T(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/;
const isoFactors = [604_800_000, 86_400_000, 3_600_000, 60_000, 1000] as const;

/** `PT1H2.5S`, `P1DT2H`, `P2W`. Years and months have no fixed length and are refused. */
function parseIsoDuration(text: string, round: Rounding): number | NumberFault | "not_a_duration" {
  const match = isoDuration.exec(text.trim());
  if (match === null) return "not_a_duration";
  const [, sign = "", weeks, days, time, hours, minutes, seconds] = match;
  const parts = [weeks, days, hours, minutes, seconds];
  if (parts.every((part) => part === undefined) || time === "T") return "not_a_duration";
  let total = 0;
  for (const [index, part] of parts.entries()) {
    if (part === undefined) continue;
    const length = scaleDecimal(part.replace(",", "."), { decimal: ".", thousands: "" }, { multiply: isoFactors[index] ?? 0, round });
    if (typeof length === "string") return length;
    total += length;
  }
  if (!Number.isSafeInteger(total)) return "out_of_range";
  return sign === "-" && total !== 0 ? -total : total;
}
