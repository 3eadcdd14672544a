import { combineCells, isPost } from "./aggregate.ts";
import { collapseToClusters } from "./collapse.ts";
import { type Inference, inferFrom } from "./effect.ts";
import { type Design, estimateGroupTime } from "./group-time.ts";
import { keepUnits, never, type Panel, retreat, treatedFromOf, unitsWhere } from "./panel.ts";
import { shuffle, startRandom } from "./random.ts";
import { type Horizon, resampledP, studentisedEffect } from "./resampled-ratio.ts";

/** A treatment that never was, `shift` periods before the true one, on data before the true one: its effect should be nil. */
export interface TimePlacebo {
  readonly shift: number;
  readonly effect: Inference;
}

/** Null where the panel does not reach back far enough. */
export function placeboInTime(panel: Panel, design: Design, shift: number): TimePlacebo | null {
  const first = panel.periods[0] ?? 0;
  const units = unitsWhere(panel, (unit) => (treatedFromOf(panel, unit) ?? Number.POSITIVE_INFINITY) - shift > first);
  const early = hideTreated(keepUnits(panel, units));
  const shifted = retreat(early, (unit) => {
    const date = treatedFromOf(early, unit);
    return date === null ? null : date - shift;
  });
  const groupTime = estimateGroupTime(shifted, design, (eventTime) => eventTime >= 0 && eventTime < shift);
  const effect = combineCells(groupTime, groupTime.cells.filter(isPost));
  return effect === null ? null : { shift, effect: inferFrom(shifted, effect) };
}

function hideTreated(panel: Panel): Panel {
  const outcomes = panel.outcomes.slice();
  const { length } = panel.units;
  for (let unit = 0; unit < length; unit++) {
    const date = treatedFromOf(panel, unit);
    panel.periods.forEach((time, period) => {
      if (date !== null && time >= date) outcomes[period * length + unit] = Number.NaN;
    });
  }
  return { ...panel, outcomes };
}

/** How unusual the effect is among reassignments of the same treatment dates. */
export interface SpacePlacebo {
  /** What was shuffled: whole clusters, or units within their cluster where a cluster holds several dates. */
  readonly level: "cluster" | "unit-within-cluster";
  readonly ratio: number;
  readonly draws: number;
  readonly seed: number;
  readonly pValue: number;
}

/** Null where the estimate has no error to be studentised with. */
export function placeboInSpace(
  panel: Panel,
  design: Design,
  { draws, seed, lastEventTime }: { draws: number; seed: number } & Horizon,
): SpacePlacebo | null {
  const collapsed = collapseToClusters(panel);
  const working = collapsed ?? panel;
  const ratio = studentisedEffect(working, design, { lastEventTime });
  if (!Number.isFinite(ratio)) return null;
  const random = startRandom(seed, 2);
  const groups = collapsed === null ? unitsByCluster(panel) : [Int32Array.from(working.units, (_, unit) => unit)];
  const drawn = Array.from({ length: draws }, () => {
    const cohortOf = working.cohortOf.slice();
    for (const group of groups) {
      const codes = Int32Array.from(group, (unit) => working.cohortOf[unit] ?? never);
      shuffle(codes, random);
      group.forEach((unit, place) => {
        cohortOf[unit] = codes[place] ?? never;
      });
    }
    return studentisedEffect({ ...working, cohortOf }, design, { lastEventTime });
  });
  const level = collapsed === null ? "unit-within-cluster" : "cluster";
  return { level, ratio, draws, seed, pValue: resampledP(ratio, drawn) };
}

function unitsByCluster(panel: Panel): Int32Array[] {
  const groups = panel.clusters.map((): number[] => []);
  panel.clusterOf.forEach((cluster, unit) => {
    groups[cluster]?.push(unit);
  });
  return groups.map((group) => Int32Array.from(group));
}
