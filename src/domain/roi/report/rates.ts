import { z95 } from "../../estimate/distributions.ts";
import { absent, type DayRange, type Figure, measured } from "./figure.ts";

/** Wilson's 95 % score interval of a share: stays inside [0, 1] and is honest at zero counts. */
export function wilsonInterval(count: number, n: number): readonly [low: number, high: number] {
  const share = count / n;
  const squared = z95 * z95;
  const centre = (share + squared / (2 * n)) / (1 + squared / n);
  const half = (z95 / (1 + squared / n)) * Math.sqrt((share * (1 - share)) / n + squared / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** `count / n` with Wilson's interval, or the reason there is no share. */
export function shareFigure(count: number, n: number, of: string, window: DayRange | null, reason: string): Figure {
  if (!(n > 0)) return absent(reason, "share", { n: 0, of, window });
  return measured(count / n, "share", { n, of, window }, wilsonInterval(count, n));
}

export interface WeeklyMean {
  /** Weeks since the start. */
  readonly week: number;
  readonly mean: number;
}

export type HalfLife =
  | { readonly kind: "decays"; readonly days: number; readonly slopePerWeek: number; readonly weeks: number }
  | { readonly kind: "none"; readonly reason: string; readonly weeks: number };

/** A half-life this many times as long as what was seen is an extrapolation, not a figure. */
const longestReach = 4;

/** Least squares of the log weekly mean on weeks, from the peak on; half-life = ln 2 / -slope when the slope falls. */
export function engagementHalfLife(series: readonly WeeklyMean[]): HalfLife {
  const positive = series.filter(({ mean }) => mean > 0);
  const peak = positive.reduce<WeeklyMean | null>((best, point) => (best === null || point.mean > best.mean ? point : best), null);
  const after = peak === null ? [] : positive.filter(({ week }) => week >= peak.week);
  if (after.length < 3) return { kind: "none", reason: `needs 3 weeks from the peak on, has ${after.length}`, weeks: after.length };
  const slope = leastSquaresSlope(after.map(({ week, mean }) => [week, Math.log(mean)]));
  if (slope >= 0) return { kind: "none", reason: "engagement does not fall after its peak", weeks: after.length };
  const days = (7 * Math.LN2) / -slope;
  if (days > longestReach * 7 * after.length)
    return { kind: "none", reason: "engagement falls too slowly after its peak to give a half-life", weeks: after.length };
  return { kind: "decays", days, slopePerWeek: slope, weeks: after.length };
}

function leastSquaresSlope(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
