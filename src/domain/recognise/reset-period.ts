import { addDays, isoWeekOf, mondayOf } from "../calendar.ts";

/** When an entitlement starts anew: never, or with a calendar period (T8, T97). */
export const resetCycles = ["never", "iso_week", "month", "quarter", "year"] as const;
export type ResetCycle = (typeof resetCycles)[number];

/** A calendar span of local days, half-open. */
export interface ResetPeriod {
  /** `2024-Q1`, part of the award's key; `lifetime` where nothing is reset. */
  readonly id: string;
  /** Null: from the beginning. */
  readonly from: string | null;
  /** Exclusive; null: for ever. */
  readonly until: string | null;
}

export function resetPeriodOf(cycle: ResetCycle, date: string): ResetPeriod {
  const year = date.slice(0, 4);
  const month = Number(date.slice(5, 7));
  switch (cycle) {
    case "never":
      return { id: "lifetime", from: null, until: null };
    case "iso_week": {
      const from = mondayOf(date);
      return { id: isoWeekOf(date), from, until: addDays(from, 7) };
    }
    case "month":
      return { id: date.slice(0, 7), from: firstOf(year, month), until: firstOf(year, month + 1) };
    case "quarter": {
      const first = month - ((month - 1) % 3);
      return { id: `${year}-Q${(first + 2) / 3}`, from: firstOf(year, first), until: firstOf(year, first + 3) };
    }
    case "year":
      return { id: year, from: firstOf(year, 1), until: firstOf(year, 13) };
  }
}

/** The first day of a month; 13 is January of the next year. */
function firstOf(year: string, month: number): string {
  const [wholeYear, wholeMonth] = month > 12 ? [Number(year) + 1, month - 12] : [Number(year), month];
  return `${String(wholeYear).padStart(4, "0")}-${String(wholeMonth).padStart(2, "0")}-01`;
}
