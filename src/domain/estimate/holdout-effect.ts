import { type Cuped, compareMeans, estimateCuped, type HoldoutUnit, type MeanDifference } from "./cuped.ts";
import type { Design } from "./group-time.ts";
import { never, outcomesAt, type Panel } from "./panel.ts";
import { testSampleRatio } from "./sample-ratio.ts";

/** What a random draw of clusters shows by itself: no trends need be believed, the draw is the comparison. */
export interface HoldoutEffect {
  readonly heldClusters: number;
  readonly treatedClusters: number;
  /** Of the drawn share against what is there. */
  readonly sampleRatioP: number;
  /** Difference of means with the part known beforehand taken out; null with fewer than two clusters a side or no spread. */
  readonly cuped: Cuped | null;
  /** The same without it. */
  readonly unadjusted: MeanDifference | null;
}

/**
 * Whole clusters were drawn, so a cluster is a unit, and it counts as treated once anybody in it is: a hold-out that was
 * enrolled all the same is none, and shows in the sample ratio. Outcome: from the first date of treatment on, whatever the
 * wave; before: the periods of the baseline. Null when nobody is held out or everybody is.
 */
export function estimateHoldout(panel: Panel, design: Design, share: number): HoldoutEffect | null {
  const treated = findTreated(panel);
  const treatedClusters = treated.reduce((sum, flag) => sum + flag, 0);
  const heldClusters = treated.length - treatedClusters;
  const ratio = testSampleRatio([heldClusters, treatedClusters], [share, 1 - share]);
  if (ratio === null || heldClusters === 0 || treatedClusters === 0) return null;
  const units = holdoutClusters(panel, design);
  const outcomesOf = (isTreated: boolean) => units.filter((unit) => unit.isTreated === isTreated).map(({ outcome }) => outcome);
  return {
    heldClusters,
    treatedClusters,
    sampleRatioP: ratio.pValue,
    cuped: estimateCuped(units),
    unadjusted: compareMeans(outcomesOf(true), outcomesOf(false)),
  };
}

function findTreated(panel: Panel): Uint8Array {
  const treated = new Uint8Array(panel.clusters.length);
  panel.cohortOf.forEach((cohort, unit) => {
    if (cohort !== never) treated[panel.clusterOf[unit] ?? 0] = 1;
  });
  return treated;
}

/** The observations behind it: clusters seen before and after. */
export function holdoutClusters(panel: Panel, { preWindow, anticipation }: Design): (HoldoutUnit & { readonly cluster: string })[] {
  const treated = findTreated(panel);
  const launch = panel.cohorts[0] ?? Number.POSITIVE_INFINITY;
  const announced = launch - anticipation;
  const before = meansBetween(panel, announced - preWindow, announced);
  const after = meansBetween(panel, launch, Number.POSITIVE_INFINITY);
  return panel.clusters.flatMap((name, cluster) => {
    const [from, to] = [before[cluster] ?? Number.NaN, after[cluster] ?? Number.NaN];
    return Number.isNaN(from) || Number.isNaN(to) ? [] : [{ cluster: name, before: from, outcome: to, isTreated: treated[cluster] === 1 }];
  });
}

/** Weighted mean of everything observed in a cluster from `from` on and before `to`; NaN where nothing was. */
function meansBetween(panel: Panel, from: number, to: number): Float64Array {
  const sums = new Float64Array(panel.clusters.length);
  const weights = new Float64Array(panel.clusters.length);
  panel.periods.forEach((time, period) => {
    if (time < from || time >= to) return;
    outcomesAt(panel, period).forEach((outcome, unit) => {
      if (Number.isNaN(outcome)) return;
      const cluster = panel.clusterOf[unit] ?? 0;
      const weight = panel.weights[unit] ?? 0;
      sums[cluster] = (sums[cluster] ?? 0) + weight * outcome;
      weights[cluster] = (weights[cluster] ?? 0) + weight;
    });
  });
  return sums.map((sum, cluster) => sum / (weights[cluster] ?? 0));
}
