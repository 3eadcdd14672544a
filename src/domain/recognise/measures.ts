import { type Metric, type SumName, sumNames } from "./metrics.ts";

/** What the marts say of one agent and one window. */
export interface Measures {
  /** A figure nobody has is null, never zero (T57). */
  readonly sums: Readonly<Record<SumName, number | null>>;
  /** Days of the window whose figures may still change. */
  readonly openDays: Readonly<Record<Metric["finality"], number>>;
  /** Days of the window on the roster. */
  readonly days: number;
}

/** The same as numbers in a row, in this order, NaN for null: half a million verdicts a night are told from rows, without an object each. */
export const measureNames = [...sumNames, "open_handle_days", "open_quality_days", "days_on_roster"] as const;
export type MeasureName = (typeof measureNames)[number];
export const measuresInRow = measureNames.length;

/** One of many rows that lie one after another. */
export interface MeasureRow {
  readonly rows: Float64Array;
  /** Where it begins. */
  readonly at: number;
}

/** A measure's place in its row. */
export function placeInRow(name: MeasureName): number {
  return measureNames.indexOf(name);
}

export const openDaysPlace: Readonly<Record<Metric["finality"], number>> = {
  handle: placeInRow("open_handle_days"),
  quality: placeInRow("open_quality_days"),
};

export function rowOf({ sums, openDays, days }: Measures): MeasureRow {
  const values = [...sumNames.map((name) => sums[name] ?? Number.NaN), openDays.handle, openDays.quality, days];
  return { rows: Float64Array.from(values), at: 0 };
}

export function sumIn({ rows, at }: MeasureRow, name: SumName): number | null {
  const value = rows[at + placeInRow(name)] ?? Number.NaN;
  return Number.isNaN(value) ? null : value;
}
