import type { KeyedEffect } from "./aggregate.ts";
import { entry, factorise, type Matrix, solve } from "./cholesky.ts";
import { covarianceOf } from "./covariance.ts";
import { detectableInErrors, upperChiSquare, upperF } from "./distributions.ts";
import { type Effect, hasError } from "./effect.ts";
import type { Panel } from "./panel.ts";

/** The test that treated and controls moved alike before treatment. Passing it is not proof. */
export interface PreTrend {
  /** Event times tested, ascending, with the change of treated against controls in each. */
  readonly eventTimes: readonly number[];
  readonly estimates: readonly number[];
  /** Hotelling's T2 as F: T2 (J - K) / (K (J - 1)) ~ F(K, J - K). The chi-square version rejects far too often with few clusters. */
  readonly fStatistic: number;
  readonly numeratorDegrees: number;
  readonly denominatorDegrees: number;
  readonly pValue: number;
  /** A straight differential trend before treatment, per period, and the smallest one this panel would find with 80 % power. */
  readonly slope: number;
  readonly slopeStandardError: number;
  readonly detectableSlope: number;
}

export interface CellTest {
  /** Wald statistic over all cells before treatment, chi-square with one degree per cell (the pre-test of R's `did`). */
  readonly statistic: number;
  readonly degrees: number;
  readonly pValue: number;
}

export interface PreTrendOptions {
  /** Event times tested at most. */
  readonly periods: number;
  readonly anticipation: number;
}

export const defaultPreTrend: PreTrendOptions = { periods: 6, anticipation: 0 };

/** Null when there are too few clusters or no periods before treatment. K is lowered until J > K + 5 and the covariance has full rank. */
export function testPreTrend(panel: Panel, eventTime: readonly KeyedEffect[], options: PreTrendOptions): PreTrend | null {
  const clusters = panel.clusters.length;
  const before = eventTime.filter(({ key, effect }) => key < -options.anticipation && hasError(panel, effect));
  for (let count = Math.min(options.periods, before.length, clusters - 6); count > 0; count--) {
    const tested = before.slice(-count);
    const covariance = covarianceOf(
      panel,
      tested.map(({ effect }) => effect),
    );
    const lower = factorise(covariance);
    if (lower !== null) return describe(clusters, tested, covariance, lower);
  }
  return null;
}

function describe(clusters: number, tested: readonly KeyedEffect[], covariance: Matrix, lower: Matrix): PreTrend {
  const count = tested.length;
  const estimates = tested.map(({ effect }) => effect.estimate);
  const fStatistic = (wald(estimates, lower) * (clusters - count)) / (count * (clusters - 1));
  const { slope, slopeStandardError } = fitSlope(estimates, covariance);
  return {
    eventTimes: tested.map(({ key }) => key),
    estimates,
    fStatistic,
    numeratorDegrees: count,
    denominatorDegrees: clusters - count,
    pValue: upperF(fStatistic, count, clusters - count),
    slope,
    slopeStandardError,
    detectableSlope: detectableInErrors * slopeStandardError,
  };
}

function wald(estimates: readonly number[], lower: Matrix): number {
  const solved = solve(lower, estimates);
  return estimates.reduce((sum, estimate, index) => sum + estimate * (solved[index] ?? 0), 0);
}

/**
 * The estimates are changes from one period to the next; their running sum is the path of treated against controls.
 * The slope is that path's least-squares slope, a weighted sum of the changes, so its variance follows from theirs.
 */
function fitSlope(changes: readonly number[], covariance: Matrix): { slope: number; slopeStandardError: number } {
  const count = changes.length;
  const middle = count / 2;
  let squares = 0;
  for (let step = 0; step <= count; step++) squares += (step - middle) ** 2;
  // Change k lifts the path at steps k+1 .. count.
  const weights = changes.map((_, change) => {
    let sum = 0;
    for (let step = change + 1; step <= count; step++) sum += step - middle;
    return sum / squares;
  });
  const slope = changes.reduce((sum, change, index) => sum + change * (weights[index] ?? 0), 0);
  let variance = 0;
  weights.forEach((left, row) => {
    weights.forEach((right, column) => {
      variance += left * right * entry(covariance, row, column);
    });
  });
  return { slope, slopeStandardError: Math.sqrt(variance) };
}

/** Null where the cells are more than the clusters can tell apart. */
export function testPreCells(panel: Panel, cells: readonly Effect[]): CellTest | null {
  const degrees = cells.length;
  if (degrees === 0 || degrees >= panel.clusters.length || degrees > 100) return null;
  const lower = factorise(covarianceOf(panel, cells));
  if (lower === null) return null;
  const statistic = wald(
    cells.map((cell) => cell.estimate),
    lower,
  );
  return { statistic, degrees, pValue: upperChiSquare(statistic, degrees) };
}
