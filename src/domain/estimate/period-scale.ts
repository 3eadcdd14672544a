/** How the texts of a period column become numbers on one scale, and numbers become texts again. */
export interface PeriodScale {
  readonly kind: "number" | "week" | "month" | "date" | "day";
  /** The period's number; null when the text is no period of this kind. */
  parse(text: string): number | null;
  /** The same, or the period that holds a date: who was enrolled on a Wednesday is treated from that week on. */
  place(text: string): number | null;
  label(period: number): string | number;
}

const dayMillis = 86_400_000;
const integer = /^[+-]?\d{1,15}(?:\.0+)?$/;
const week = /^(\d{4})-?W(\d{2})$/;
const month = /^(\d{4})-(\d{2})$/;
const date = /^(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?$/;

/**
 * Finds the one kind all texts share: whole numbers as they are, ISO weeks (`2025-W07`), months (`2025-07`), or dates.
 * Dates count in steps of their greatest common gap, so weekly dates are weeks and first days of months are months.
 * Null when the texts are of no one kind.
 */
export function findPeriodScale(texts: Iterable<string>): PeriodScale | null {
  const distinct = [...new Set(texts)];
  if (distinct.length === 0) return null;
  const scales = [numberScale, weekScale, monthScale];
  const found = scales.find((scale) => distinct.every((text) => scale.parse(text) !== null));
  return found ?? dateScale(distinct);
}

const numberScale: PeriodScale = {
  kind: "number",
  parse: (text) => (integer.test(text) ? Number(text) : null),
  place: (text) => numberScale.parse(text),
  label: (period) => period,
};

const weekScale: PeriodScale = {
  kind: "week",
  parse(text) {
    const [, year, number] = week.exec(text) ?? [];
    if (year === undefined || number === undefined) return null;
    const period = mondayOfWeekOne(Number(year)) + Number(number) - 1;
    return weekLabel(period) === `${year}-W${number}` ? period : null;
  },
  place(text) {
    const day = dayOf(text);
    return day === null ? weekScale.parse(text) : weekOfDay(day);
  },
  label: weekLabel,
};

/** Weeks since the one of Monday 1970-01-05; week one of a year holds its 4th of January. */
function mondayOfWeekOne(year: number): number {
  return weekOfDay(Date.UTC(year, 0, 4) / dayMillis);
}

function weekOfDay(day: number): number {
  return Math.floor((day - 4) / 7);
}

function weekLabel(period: number): string {
  const thursday = new Date((period * 7 + 7) * dayMillis);
  const year = thursday.getUTCFullYear();
  return `${year}-W${String(period - mondayOfWeekOne(year) + 1).padStart(2, "0")}`;
}

const monthScale: PeriodScale = {
  kind: "month",
  parse(text) {
    const [, year, number] = month.exec(text) ?? [];
    const inYear = Number(number) >= 1 && Number(number) <= 12;
    return year !== undefined && inYear ? Number(year) * 12 + Number(number) - 1 : null;
  },
  place: (text) => monthScale.parse(dayOf(text) === null ? text : text.slice(0, 7)),
  label: (period) => `${Math.floor(period / 12)}-${String((period % 12) + 1).padStart(2, "0")}`,
};

function dateScale(texts: readonly string[]): PeriodScale | null {
  const days = texts.map(dayOf).filter((day) => day !== null);
  if (days.length < texts.length) return null;
  if (days.length > 1 && texts.every((text) => text.slice(8, 10) === "01")) return firstsOfMonths(texts);
  const first = days.reduce((earliest, day) => Math.min(earliest, day));
  const step = commonGap(days, first);
  const parse = (text: string) => {
    const day = dayOf(text);
    return day === null ? null : Math.floor((day - first) / step);
  };
  const label = (period: number) => new Date((first + period * step) * dayMillis).toISOString().slice(0, 10);
  return { kind: step === 1 ? "day" : "date", parse, place: parse, label };
}

/** Months differ in days, so their first days count in months, or in quarters where all are a quarter apart. */
function firstsOfMonths(texts: readonly string[]): PeriodScale {
  const months = texts.map((text) => monthScale.place(text) ?? 0);
  const first = months.reduce((earliest, one) => Math.min(earliest, one));
  const step = commonGap(months, first);
  const parse = (text: string) => {
    const one = dayOf(text) === null ? null : monthScale.place(text);
    return one === null ? null : Math.floor((one - first) / step);
  };
  return { kind: "date", parse, place: parse, label: (period) => `${monthScale.label(first + period * step)}-01` };
}

function commonGap(places: readonly number[], first: number): number {
  return Math.max(
    1,
    places.reduce((common, place) => greatestCommonDivisor(common, place - first), 0),
  );
}

function dayOf(text: string): number | null {
  const [, day] = date.exec(text) ?? [];
  if (day === undefined) return null;
  const millis = Date.parse(`${day}T00:00:00Z`);
  return new Date(millis).toISOString().startsWith(day) ? millis / dayMillis : null;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
