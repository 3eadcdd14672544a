/** Calendar arithmetic on ISO dates without a clock or a zone: a day is its number since 1970-01-01. */
const dayMs = 86_400_000;

export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / dayMs;
}

export function dateOfDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

export function addDays(date: string, days: number): string {
  return dateOfDay(dayNumber(date) + days);
}

export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(dayNumber(text)) && dateOfDay(dayNumber(text)) === text;
}

/** Both included; none when `to` lies before `from`. */
export function datesBetween(from: string, to: string): string[] {
  const first = dayNumber(from);
  return Array.from({ length: Math.max(0, dayNumber(to) - first + 1) }, (_, index) => dateOfDay(first + index));
}

/** 1 is Monday. 1970-01-01 was a Thursday. */
function isoWeekday(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** The Monday of the ISO week a day lies in. */
export function mondayOf(date: string): string {
  return dateOfDay(dayNumber(date) - isoWeekday(dayNumber(date)) + 1);
}

/** Monday of week 1, as a day number: the week with the year's first Thursday, which is the one with 4 January. */
export function firstMonday(isoYear: number): number {
  const fourth = dayNumber(`${String(isoYear).padStart(4, "0")}-01-04`);
  return fourth - isoWeekday(fourth) + 1;
}

/** `1999-02-28` is in `1999-W08`, 2024-12-30 in `2025-W01`. */
export function isoWeekOf(date: string): string {
  const monday = dayNumber(mondayOf(date));
  const isoYear = Number(dateOfDay(monday + 3).slice(0, 4));
  const week = (monday - firstMonday(isoYear)) / 7 + 1;
  return `${String(isoYear).padStart(4, "0")}-W${String(week).padStart(2, "0")}`;
}
