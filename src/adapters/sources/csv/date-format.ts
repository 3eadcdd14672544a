/**
 * Date and time formats, compiled once and run per cell without a library call:
 * luxon's tokens, which most people know [https://moment.github.io/luxon/#/parsing?id=table-of-tokens].
 */

/** What a format read. A part the format does not have is null; days are counted from 1970-01-01. */
export interface DateTimeParts {
  readonly epochDay: number | null;
  readonly millisecondOfDay: number | null;
  /** Of the value itself (`Z`, `+02:00`), in milliseconds east of UTC. */
  readonly offsetMs: number | null;
}

export type DateTimeReader = (text: string) => DateTimeParts | null;

export interface CompiledFormat {
  readonly hasDate: boolean;
  readonly hasTime: boolean;
  readonly read: DateTimeReader;
}

interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  /** 0 am, 12 pm; null on a 24-hour clock. */
  halfDay: number | null;
  offsetMs: number | null;
}

/** Reads from `at` and returns where it stopped, -1 when the text does not fit. */
type Step = (text: string, at: number, fields: Fields) => number;

const dayMs = 86_400_000;
const englishMonths = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const longMonths = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];

/** Two-digit years from `pivot` on belong to the 1900s, those below it to the 2000s. */
function tokenSteps(pivot: number): Readonly<Record<string, { readonly part: "date" | "time" | "offset"; readonly step: Step }>> {
  const date = (step: Step) => ({ part: "date", step }) as const;
  const time = (step: Step) => ({ part: "time", step }) as const;
  const assign = (minimum: number, maximum: number, set: (fields: Fields, value: number) => void) => digitsStep(minimum, maximum, set);
  return {
    yyyy: date(assign(4, 4, (fields, value) => (fields.year = value))),
    yy: date(assign(2, 2, (fields, value) => (fields.year = value + (value >= pivot ? 1900 : 2000)))),
    MM: date(assign(2, 2, (fields, value) => (fields.month = value))),
    M: date(assign(1, 2, (fields, value) => (fields.month = value))),
    MMM: date(wordStep(englishMonths, (fields, index) => (fields.month = index + 1))),
    MMMM: date(wordStep(longMonths, (fields, index) => (fields.month = index + 1))),
    dd: date(assign(2, 2, (fields, value) => (fields.day = value))),
    d: date(assign(1, 2, (fields, value) => (fields.day = value))),
    HH: time(assign(2, 2, (fields, value) => (fields.hour = value))),
    H: time(assign(1, 2, (fields, value) => (fields.hour = value))),
    hh: time(assign(2, 2, (fields, value) => (fields.hour = value))),
    h: time(assign(1, 2, (fields, value) => (fields.hour = value))),
    mm: time(assign(2, 2, (fields, value) => (fields.minute = value))),
    m: time(assign(1, 2, (fields, value) => (fields.minute = value))),
    ss: time(assign(2, 2, (fields, value) => (fields.second = value))),
    s: time(assign(1, 2, (fields, value) => (fields.second = value))),
    SSS: time(fractionStep),
    a: time(wordStep(["am", "pm"], (fields, index) => (fields.halfDay = index * 12))),
    ZZ: { part: "offset", step: offsetStep },
  };
}

export const formatTokens: readonly string[] = Object.keys(tokenSteps(70));

/** Why a format is not usable, in words for the mapping's author. */
export class FormatFault extends Error {}

/**
 * @param format luxon tokens, text in 'single quotes', other characters as they stand
 * @throws FormatFault
 */
export function compileFormat(format: string, pivot: number): CompiledFormat {
  if (format === "iso-8601") return { hasDate: true, hasTime: true, read: readIso };
  const known = tokenSteps(pivot);
  const steps: Step[] = [];
  const used: string[] = [];
  for (const piece of format.match(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']/g) ?? []) {
    if (!/^[A-Za-z]/.test(piece)) {
      steps.push(literalStep(piece.startsWith("'") ? piece.slice(1, -1) : piece));
      continue;
    }
    const token = Object.hasOwn(known, piece) ? known[piece] : undefined;
    if (token === undefined)
      throw new FormatFault(`"${piece}" is not a date or time token; known: ${formatTokens.join(" ")}, and text in 'quotes'`);
    used.push(piece);
    steps.push(token.step);
  }
  checkTokens(used);
  const hasDate = used.some((token) => known[token]?.part === "date");
  const hasTime = used.some((token) => known[token]?.part === "time");
  return { hasDate, hasTime, read: (text) => run(steps, text, hasDate, hasTime) };
}

function checkTokens(used: readonly string[]): void {
  const has = (...tokens: readonly string[]) => used.some((token) => tokens.includes(token));
  const has12Hours = has("h", "hh");
  if (has12Hours && !has("a")) throw new FormatFault("h is a 12-hour clock and needs a (am/pm); H is the 24-hour clock");
  if (has("a") && !has12Hours) throw new FormatFault("a (am/pm) needs a 12-hour clock: h or hh");
  const hasDate = has("yyyy", "yy", "M", "MM", "MMM", "MMMM", "d", "dd");
  if (hasDate && has("mm", "m") && !has("M", "MM", "MMM", "MMMM")) throw new FormatFault("mm are minutes; months are MM");
  if (hasDate && !(has("yyyy", "yy") && has("M", "MM", "MMM", "MMMM") && has("d", "dd"))) {
    throw new FormatFault("a date needs a year (yyyy or yy), a month (MM) and a day (dd)");
  }
  if (!hasDate && !has("H", "HH", "h", "hh")) throw new FormatFault("it has neither a date nor an hour");
}

function run(steps: readonly Step[], raw: string, hasDate: boolean, hasTime: boolean): DateTimeParts | null {
  const text = raw.trim();
  const fields: Fields = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0, halfDay: null, offsetMs: null };
  let at = 0;
  for (const step of steps) {
    at = step(text, at, fields);
    if (at < 0) return null;
  }
  return at === text.length ? partsOf(fields, hasDate, hasTime) : null;
}

function partsOf(fields: Fields, hasDate: boolean, hasTime: boolean): DateTimeParts | null {
  const epochDay = hasDate ? epochDayOf(fields.year, fields.month, fields.day) : null;
  const millisecondOfDay = hasTime ? millisecondOf(fields) : null;
  if ((hasDate && epochDay === null) || (hasTime && millisecondOfDay === null)) return null;
  return { epochDay, millisecondOfDay, offsetMs: fields.offsetMs };
}

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar; null when there is no such date. */
export function epochDayOf(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  // Every month has 28 days, and Date.UTC takes years below 100 for those of the last century.
  if (day <= 28 && year >= 100) return Date.UTC(year, month - 1, day) / dayMs;
  const instant = new Date(0);
  instant.setUTCFullYear(year, month - 1, day);
  return instant.getUTCMonth() === month - 1 ? instant.getTime() / dayMs : null;
}

/** `YYYY-MM-DD` */
export function isoDate(epochDay: number): string {
  return new Date(epochDay * dayMs).toISOString().slice(0, 10);
}

/** 24:00:00 is the end of the day, as ISO 8601 has it. */
function millisecondOf({ hour, minute, second, millisecond, halfDay }: Fields): number | null {
  if (minute > 59 || second > 59) return null;
  if (halfDay !== null && (hour < 1 || hour > 12)) return null;
  const hours = halfDay === null ? hour : (hour % 12) + halfDay;
  const total = ((hours * 60 + minute) * 60 + second) * 1000 + millisecond;
  return total <= dayMs ? total : null;
}

const isoPattern = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** A date, or a date and a time with or without an offset [https://www.rfc-editor.org/rfc/rfc3339, with its optional parts]. */
function readIso(raw: string): DateTimeParts | null {
  return readUtcInstant(raw) ?? readAnyIso(raw);
}

/** The one shape that most systems write, `2024-01-15T08:30:00.000Z`, for a tenth of what the pattern costs; null for any other text. */
function readUtcInstant(text: string): DateTimeParts | null {
  if (text.length !== 24 || text[10] !== "T" || text[23] !== "Z") return null;
  if (text[4] !== "-" || text[7] !== "-" || text[13] !== ":" || text[16] !== ":" || text[19] !== ".") return null;
  const date = (twoDigits(text, 0) * 100 + twoDigits(text, 2)) * 10_000 + twoDigits(text, 5) * 100 + twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const millisecond = twoDigits(text, 20) * 10 + text.charCodeAt(22) - 48;
  if (Number.isNaN(date + hour + minute + second + millisecond) || !isDigit(text, 22)) return null;
  const epochDay = dayOfDate(date);
  if (epochDay === null || minute > 59 || second > 59) return null;
  const millisecondOfDay = ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
  return millisecondOfDay > dayMs ? null : { epochDay, millisecondOfDay, offsetMs: 0 };
}

let lastDate = Number.NaN;
let lastEpochDay: number | null = null;

/** The day of a date written as the number 20240229: nearly always the date asked for just before. */
function dayOfDate(date: number): number | null {
  if (date === lastDate) return lastEpochDay;
  lastDate = date;
  lastEpochDay = epochDayOf(Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100);
  return lastEpochDay;
}

function twoDigits(text: string, at: number): number {
  return isDigit(text, at) && isDigit(text, at + 1) ? (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48 : Number.NaN;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function readAnyIso(raw: string): DateTimeParts | null {
  const match = isoPattern.exec(raw.trim());
  if (match === null) return null;
  const [, year, month, day, hour, minute, second = "0", fraction = "", offset] = match;
  const fields: Fields = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second),
    millisecond: milliseconds(fraction),
    halfDay: null,
    offsetMs: offset === undefined ? null : offsetOf(offset),
  };
  return partsOf(fields, true, hour !== undefined);
}

/** The first three digits after the point: instants are kept to the millisecond. */
function milliseconds(fraction: string): number {
  return Number(fraction.slice(0, 3).padEnd(3, "0"));
}

function offsetOf(text: string): number | null {
  if (text === "Z" || text === "z") return 0;
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(text);
  if (match === null) return null;
  const [, sign, hours, minutes = "0"] = match;
  return (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -60_000 : 60_000);
}

function digitsStep(minimum: number, maximum: number, set: (fields: Fields, value: number) => void): Step {
  return (text, at, fields) => {
    let end = at;
    let value = 0;
    while (end < at + maximum) {
      const digit = text.charCodeAt(end) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
      end += 1;
    }
    if (end - at < minimum) return -1;
    set(fields, value);
    return end;
  };
}

/** The longest word first: "june" before "jun". */
function wordStep(words: readonly string[], set: (fields: Fields, index: number) => void): Step {
  return (text, at, fields) => {
    const rest = text.slice(at, at + 12).toLowerCase();
    const index = words.findIndex((word) => rest.startsWith(word));
    if (index < 0) return -1;
    set(fields, index);
    return at + (words[index]?.length ?? 0);
  };
}

function fractionStep(text: string, at: number, fields: Fields): number {
  let end = at;
  while (end - at < 9 && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end += 1;
  if (end === at) return -1;
  fields.millisecond = milliseconds(text.slice(at, end));
  return end;
}

function offsetStep(text: string, at: number, fields: Fields): number {
  const match = /^(Z|[+-]\d{2}:?\d{2})/.exec(text.slice(at, at + 6));
  if (match === null) return -1;
  fields.offsetMs = offsetOf(match[0]);
  return at + match[0].length;
}

function literalStep(literal: string): Step {
  return (text, at) => (text.startsWith(literal, at) ? at + literal.length : -1);
}
