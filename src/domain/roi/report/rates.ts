import { t95, z95 } from "../../estimate/distributions.ts";
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
  | {
      readonly kind: "decays";
      readonly days: number;
      readonly slopePerWeek: number;
      readonly weeks: number;
      /** 95 %, in days; null where the slope might as well not fall. */
      readonly interval: readonly [low: number, high: number] | null;
    }
  | { readonly kind: "none"; readonly reason: string; readonly weeks: number };

/** A half-life this many times as long as what was seen is an extrapolation, not a figure. */
const longestReach = 4;

/** Least squares of the log weekly mean on weeks, from the peak on; half-life = ln 2 / -slope when the slope falls. */
export function halfLife(series: readonly WeeklyMean[], what: string): HalfLife {
  const weeks = fromPeak(series).length;
  const fit = slopeFromPeak(series);
  if (fit === null) return { kind: "none", reason: `needs 3 weeks from the peak on, has ${weeks}`, weeks };
  const slope = fit.xy / fit.xx;
  if (slope >= 0) return { kind: "none", reason: `${what} not fall after the peak`, weeks };
  const days = daysToHalf(slope);
  if (days > longestReach * 7 * weeks)
    return { kind: "none", reason: `${what} not fall fast enough after the peak to give a half-life`, weeks };
  const reach = t95(weeks - 2) * Math.sqrt(Math.max(0, fit.yy - slope * fit.xy) / (weeks - 2) / fit.xx);
  const isSure = Number.isFinite(reach) && slope + reach < 0;
  return {
    kind: "decays",
    days,
    slopePerWeek: slope,
    weeks,
    interval: isSure ? [daysToHalf(slope - reach), daysToHalf(slope + reach)] : null,
  };
}

function daysToHalf(slopePerWeek: number): number {
  return (7 * Math.LN2) / -slopePerWeek;
}

function fromPeak(series: readonly WeeklyMean[]): WeeklyMean[] {
  const positive = series.filter(({ mean }) => mean > 0);
  const peak = positive.reduce<WeeklyMean | null>((best, point) => (best === null || point.mean > best.mean ? point : best), null);
  return peak === null ? [] : positive.filter(({ week }) => week >= peak.week);
}

/** Sums of squares and products of weeks and log means about their means, from the peak on; null with fewer than 3 weeks. */
export function slopeFromPeak(series: readonly WeeklyMean[]): { xx: number; xy: number; yy: number; weeks: number } | null {
  const points = fromPeak(series).map(({ week, mean }) => [week, Math.log(mean)] as const);
  if (points.length < 3) return null;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const sums = { xx: 0, xy: 0, yy: 0, weeks: points.length };
  for (const [x, y] of points) {
    sums.xx += (x - meanX) ** 2;
    sums.xy += (x - meanX) * (y - meanY);
    sums.yy += (y - meanY) ** 2;
  }
  return sums;
}
