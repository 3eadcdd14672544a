import { detectableInErrors } from "./distributions.ts";
import type { Panel } from "./panel.ts";
import { type Reach, reachOf, standardErrorOf, sumOfSquares } from "./spread.ts";

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
  /** 95 %. */
  readonly low: number | null;
  readonly high: number | null;
  readonly pValue: number | null;
  /** Of Student's t: clusters - 1, or fewer where one side has few clusters. */
  readonly degrees: number | null;
  readonly method: Reach["method"] | "wild-bootstrap" | null;
  /** The smallest true effect found with 80 % power at the 5 % level. */
  readonly minimumDetectableEffect: number | null;
}

/** An error this far below the numbers it comes from is rounding, not spread. */
function isRounding(standardError: number, estimate: number): boolean {
  return !(standardError > 1e-12 * Math.max(1e-300, Math.abs(estimate)));
}

export function inferFrom(panel: Panel, effect: Effect): Inference {
  const { estimate } = effect;
  if (!hasError(panel, effect)) {
    const none = { low: null, high: null, pValue: null, degrees: null, method: null };
    return { estimate, standardError: null, unitStandardError: null, ...none, minimumDetectableEffect: null };
  }
  const standardError = standardErrorOf(panel, effect.influence);
  const { reach, pValue, degrees, method } = reachOf(panel, estimate, effect.influence);
  return {
    estimate,
    standardError,
    unitStandardError: Math.sqrt(sumOfSquares(effect.influence)),
    low: estimate - reach,
    high: estimate + reach,
    pValue,
    degrees,
    method,
    minimumDetectableEffect: detectableInErrors * standardError,
  };
}
