import { addDays, dateOfDay, dayNumber, firstMonday, isDate, isoWeekOf } from "../../calendar.ts";
import type { DayRange } from "./figure.ts";

/** Days of a range, both ends included. */
export function lengthInDays(range: DayRange): number {
  return dayNumber(range.to) - dayNumber(range.from) + 1;
}

/** The days two ranges have in common; `from` after `to` where there are none. ISO dates sort as text. */
export function overlapOf(one: DayRange, other: DayRange): DayRange {
  const [, from = ""] = [one.from, other.from].toSorted();
  const [to = ""] = [one.to, other.to].toSorted();
  return { from, to };
}

export interface Period extends DayRange {
  /** As the reader wrote it: `1999-W05`, `1999-02`, `1999-02-01` or `1999-02-01..1999-02-07`. */
  readonly label: string;
}

function parseWeek(text: string): Period | null {
  const [, year = "", week = ""] = /^(\d{4})-W(\d{2})$/.exec(text) ?? [];
  if (year === "") return null;
  const monday = firstMonday(Number(year)) + (Number(week) - 1) * 7;
  const from = dateOfDay(monday);
  return isoWeekOf(from) === text ? { label: text, from, to: dateOfDay(monday + 6) } : null;
}

/** `2026-03`: the first and the last day of the month, or null for anything else. */
export function parseMonth(text: string): Period | null {
  const [, year = "", month = ""] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text) ?? [];
  if (year === "") return null;
  const next = month === "12" ? `${String(Number(year) + 1).padStart(4, "0")}-01` : `${year}-${String(Number(month) + 1).padStart(2, "0")}`;
  return { label: text, from: `${text}-01`, to: addDays(`${next}-01`, -1) };
}

/** An ISO week, a month, a day, or two days joined by `..`. Null for anything else. */
export function parsePeriod(text: string): Period | null {
  const week = parseWeek(text) ?? parseMonth(text);
  if (week !== null) return week;
  const [from = "", to = from, ...rest] = text.split("..");
  if (rest.length > 0 || !isDate(from) || !isDate(to) || dayNumber(to) < dayNumber(from)) return null;
  return { label: text, from, to };
}

export interface ComparedPeriods {
  readonly before: Period;
  readonly after: Period;
}

/** `1999-W05:1999-W08`. Null unless both are periods, and the first ends before the second begins. */
export function parseComparison(text: string): ComparedPeriods | null {
  const [first = "", second = "", ...rest] = text.split(":");
  const before = parsePeriod(first);
  const after = parsePeriod(second);
  if (rest.length > 0 || before === null || after === null || dayNumber(before.to) >= dayNumber(after.from)) return null;
  return { before, after };
}
