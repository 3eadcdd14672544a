import { detectableInErrors, t95, twoSidedT } from "./distributions.ts";
import type { Panel } from "./panel.ts";

/** An estimate with its influence function, one number per unit, divided by the number of units. */
export interface Effect {
  readonly estimate: number;
  readonly influence: Float64Array;
  /** False when one side of a comparison in it has a single cluster: its spread then cannot be seen, and no error is given. */
  readonly hasSpread: boolean;
}

/** An estimate as it is printed. Everything but the estimate is null when the error cannot be known. */
export interface Inference {
  readonly estimate: number;
  /** Clustered where the panel has clusters, with the factor J/(J-1); else by unit. */
  readonly standardError: number | null;
  /** By unit, whatever the clusters. */
  readonly unitStandardError: number | null;
  /** 95 %, Student's t with clusters - 1 degrees of freedom. */
  readonly low: number | null;
  readonly high: number | null;
  readonly pValue: number | null;
  /** The smallest true effect found with 80 % power at the 5 % level. */
  readonly minimumDetectableEffect: number | null;
}

/** Sums of the influence function by cluster. */
export function clusterSums(panel: Panel, influence: Float64Array): Float64Array {
  const sums = new Float64Array(panel.clusters.length);
  for (let unit = 0; unit < influence.length; unit++) {
    const cluster = panel.clusterOf[unit] ?? 0;
    sums[cluster] = (sums[cluster] ?? 0) + (influence[unit] ?? 0);
  }
  return sums;
}

/** J/(J-1) with clusters; 1 without, as the analytic error of R's `did`. */
export function smallSampleFactor(panel: Panel): number {
  const clusters = panel.clusters.length;
  return panel.isClustered ? clusters / (clusters - 1) : 1;
}

export function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

export function standardErrorOf(panel: Panel, influence: Float64Array): number {
  return Math.sqrt(smallSampleFactor(panel) * sumOfSquares(clusterSums(panel, influence)));
}

/** An error this far below the numbers it comes from is rounding, not spread. */
export function isRounding(standardError: number, estimate: number): boolean {
  return !(standardError > 1e-12 * Math.max(1e-300, Math.abs(estimate)));
}

export function inferFrom(panel: Panel, effect: Effect): Inference {
  const { estimate } = effect;
  const standardError = effect.hasSpread && panel.clusters.length > 1 ? standardErrorOf(panel, effect.influence) : Number.NaN;
  if (!Number.isFinite(standardError) || isRounding(standardError, estimate)) {
    return { estimate, standardError: null, unitStandardError: null, low: null, high: null, pValue: null, minimumDetectableEffect: null };
  }
  const degrees = panel.clusters.length - 1;
  const reach = t95(degrees) * standardError;
  return {
    estimate,
    standardError,
    unitStandardError: Math.sqrt(sumOfSquares(effect.influence)),
    low: estimate - reach,
    high: estimate + reach,
    pValue: twoSidedT(estimate / standardError, degrees),
    minimumDetectableEffect: detectableInErrors * standardError,
  };
}
