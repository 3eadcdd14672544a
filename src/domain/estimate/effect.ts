import { detectableInErrors, t95, twoSidedT } from "./distributions.ts";
import type { Panel } from "./panel.ts";

/** An estimate with its influence function, one number per unit, divided by the number of units. */
export interface Effect {
  readonly estimate: number;
  readonly influence: Float64Array;
  /**
   * The share of it that comes from comparisons with two clusters or more on both sides. The spread of a single cluster
   * cannot be seen: its deviations from its own mean sum to zero, and the error comes out too small.
   */
  readonly seenShare: number;
}

/** An error is given while at least half of the effect shows its spread; what is unseen lowers the grade (`checkDesign`). */
export function hasError(panel: Panel, effect: Effect): boolean {
  if (effect.seenShare < 0.5 || panel.clusters.length < 2) return false;
  return !isRounding(standardErrorOf(panel, effect.influence), effect.estimate);
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
function isRounding(standardError: number, estimate: number): boolean {
  return !(standardError > 1e-12 * Math.max(1e-300, Math.abs(estimate)));
}

export function inferFrom(panel: Panel, effect: Effect): Inference {
  const { estimate } = effect;
  if (!hasError(panel, effect)) {
    return { estimate, standardError: null, unitStandardError: null, low: null, high: null, pValue: null, minimumDetectableEffect: null };
  }
  const standardError = standardErrorOf(panel, effect.influence);
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
