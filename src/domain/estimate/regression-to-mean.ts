import { normalCdf, normalPdf } from "./distributions.ts";
import { outcomesAt, type Panel, treatedFromOf } from "./panel.ts";

/** A population in which those beyond a cut were chosen. */
export interface Selection {
  readonly mean: number;
  readonly standardDeviation: number;
  readonly cut: number;
  /** Correlation of two untreated windows of the length used for choosing. */
  readonly correlation: number;
}

/**
 * How far the mean of a group chosen below `cut` moves back up without any treatment: (1 - rho) sigma phi(z)/Phi(z)
 * (Barnett et al. 2005). For a group chosen above a cut, turn the signs of mean and cut. Null without spread.
 */
export function expectedRegression({ mean, standardDeviation, cut, correlation }: Selection): number | null {
  if (!(standardDeviation > 0) || !(correlation >= -1 && correlation <= 1)) return null;
  const z = (cut - mean) / standardDeviation;
  const share = normalCdf(z);
  return share > 0 ? ((1 - correlation) * standardDeviation * normalPdf(z)) / share : null;
}

/** Change from before to after, less what the group would have regained by itself. */
export function changeBeyondRegression(change: number, selection: Selection): number | null {
  const regression = expectedRegression(selection);
  return regression === null ? null : change - regression;
}

export interface ExpectedReturn {
  /** The treated units' mean less that of all, over the periods just before treatment. */
  readonly lead: number;
  /** Of two untreated windows of equal length, over units. */
  readonly correlation: number;
  /** What of the lead goes by itself: -(1 - correlation) lead. Positive is up. */
  readonly move: number;
}

/**
 * The same from a panel, where the treated stand out by `lead` and nobody knows the cut: each cohort's mean over the
 * `length` periods before its date against all units not treated yet. Null without two windows before any date.
 */
export function expectReturn(panel: Panel, length = 4): ExpectedReturn | null {
  const parts = Array.from(panel.cohorts).flatMap((date) => cohortReturn(panel, date, length) ?? []);
  const all = parts.reduce((sum, { treated }) => sum + treated, 0);
  if (all === 0) return null;
  const mean = (pick: (part: CohortReturn) => number) => parts.reduce((sum, part) => sum + (part.treated / all) * pick(part), 0);
  const [lead, correlation] = [mean((part) => part.lead), mean((part) => part.correlation)];
  return { lead, correlation, move: -mean((part) => (1 - part.correlation) * part.lead) };
}

interface CohortReturn {
  readonly treated: number;
  readonly lead: number;
  readonly correlation: number;
}

function cohortReturn(panel: Panel, date: number, length: number): CohortReturn | null {
  const before = periodsBetween(panel, date - length, date - 1);
  const long = periodsBetween(panel, date - 2 * length, date - length - 1);
  const windows = panel.units.flatMap((_, unit) => {
    const from = treatedFromOf(panel, unit);
    if (from !== null && from < date) return [];
    const [recent, earlier] = [meanOver(before, unit, length), meanOver(long, unit, length)];
    return recent === null || earlier === null ? [] : [{ recent, earlier, isTreated: from === date }];
  });
  const treated = windows.filter(({ isTreated }) => isTreated);
  const correlation = correlate(windows);
  if (treated.length === 0 || treated.length === windows.length || correlation === null) return null;
  const mean = (rows: readonly { readonly recent: number }[]) => rows.reduce((sum, { recent }) => sum + recent, 0) / rows.length;
  return { treated: treated.length, lead: mean(treated) - mean(windows), correlation };
}

function periodsBetween(panel: Panel, from: number, to: number): Float64Array[] {
  return Array.from(panel.periods.keys())
    .filter((period) => (panel.periods[period] ?? Number.NaN) >= from && (panel.periods[period] ?? Number.NaN) <= to)
    .map((period) => outcomesAt(panel, period));
}

/** Null unless half of the periods were observed. */
function meanOver(periods: readonly Float64Array[], unit: number, length: number): number | null {
  const seen = periods.map((outcomes) => outcomes[unit] ?? Number.NaN).filter((outcome) => !Number.isNaN(outcome));
  return seen.length * 2 >= length ? seen.reduce((sum, outcome) => sum + outcome, 0) / seen.length : null;
}

function correlate(rows: readonly { readonly recent: number; readonly earlier: number }[]): number | null {
  const mean = (pick: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + pick(row), 0) / rows.length;
  const [recent, earlier] = [mean((row) => row.recent), mean((row) => row.earlier)];
  const covariance = mean((row) => (row.recent - recent) * (row.earlier - earlier));
  const spread = Math.sqrt(mean((row) => (row.recent - recent) ** 2) * mean((row) => (row.earlier - earlier) ** 2));
  return spread > 0 ? covariance / spread : null;
}
