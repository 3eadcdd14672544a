/**
 * Units (agents) by periods (weeks), dense and flat. Periods are numbers on one scale, so that `period - cohort` is the
 * event time. Everything is in the order of the unit's name: rows in another order give the same bytes.
 */
export interface Panel {
  readonly units: readonly string[];
  /** Ascending, distinct. */
  readonly periods: Float64Array;
  /** Period after period, one number per unit; NaN where nothing was observed. */
  readonly outcomes: Float64Array;
  /** One per unit, fixed before treatment; 1 where the panel has none. */
  readonly weights: Float64Array;
  /** Index into `clusters` per unit. */
  readonly clusterOf: Int32Array;
  readonly clusters: readonly string[];
  /** Whether clusters were given; otherwise each unit is its own. */
  readonly isClustered: boolean;
  /** Index into `cohorts` per unit, `never` for the never treated. */
  readonly cohortOf: Int32Array;
  /** First treated period of each cohort, ascending. */
  readonly cohorts: Float64Array;
}

/** `cohortOf` of a unit that is not treated within the panel. */
export const never = -1;

export function outcomesAt(panel: Panel, periodIndex: number): Float64Array {
  const { length } = panel.units;
  return panel.outcomes.subarray(periodIndex * length, (periodIndex + 1) * length);
}

/** Indices of the units for which `isWanted` holds, ascending. */
export function unitsWhere(panel: Panel, isWanted: (unit: number) => boolean): Int32Array {
  const wanted: number[] = [];
  for (let unit = 0; unit < panel.units.length; unit++) if (isWanted(unit)) wanted.push(unit);
  return Int32Array.from(wanted);
}

/** The same panel with these units only; clusters and cohorts that lose all their units go too. */
export function keepUnits(panel: Panel, kept: Int32Array): Panel {
  const clusters = renumber(kept, panel.clusterOf);
  const cohorts = renumber(kept, panel.cohortOf);
  const outcomes = new Float64Array(kept.length * panel.periods.length);
  for (let period = 0; period < panel.periods.length; period++) {
    const from = outcomesAt(panel, period);
    for (let unit = 0; unit < kept.length; unit++) outcomes[period * kept.length + unit] = from[kept[unit] ?? 0] ?? Number.NaN;
  }
  return {
    units: Array.from(kept, (unit) => panel.units[unit] ?? ""),
    periods: panel.periods,
    outcomes,
    weights: Float64Array.from(kept, (unit) => panel.weights[unit] ?? 1),
    clusterOf: clusters.codes,
    clusters: clusters.kept.map((code) => panel.clusters[code] ?? ""),
    isClustered: panel.isClustered,
    cohortOf: cohorts.codes,
    cohorts: Float64Array.from(cohorts.kept, (code) => panel.cohorts[code] ?? Number.NaN),
  };
}

/** The same panel with other first treated periods; null means never. */
export function retreat(panel: Panel, treatedFrom: (unit: number) => number | null): Panel {
  const dates = panel.units.map((_, unit) => treatedFrom(unit));
  const cohorts = Float64Array.from(new Set(dates.filter((date) => date !== null))).sort();
  const codeOf = new Map(Array.from(cohorts, (date, code) => [date, code] as const));
  return { ...panel, cohorts, cohortOf: Int32Array.from(dates, (date) => (date === null ? never : (codeOf.get(date) ?? never))) };
}

export function treatedFromOf(panel: Panel, unit: number): number | null {
  const code = panel.cohortOf[unit] ?? never;
  return code === never ? null : (panel.cohorts[code] ?? null);
}

/** New dense codes for the values that still occur, in the old order; `never` stays. */
function renumber(kept: Int32Array, codeOf: Int32Array): { codes: Int32Array; kept: number[] } {
  const present = new Set<number>();
  for (const unit of kept) present.add(codeOf[unit] ?? never);
  present.delete(never);
  const old = [...present].sort((a, b) => a - b);
  const fresh = new Map(old.map((code, index) => [code, index] as const));
  return { codes: Int32Array.from(kept, (unit) => fresh.get(codeOf[unit] ?? never) ?? never), kept: old };
}
