import { combineCells, isPost } from "./aggregate.ts";
import { type Design, estimateGroupTime } from "./group-time.ts";
import type { Panel } from "./panel.ts";
import { standardErrorOf } from "./spread.ts";

/** Effects up to this event time count in the statistic of a resampling test. */
export interface Horizon {
  readonly lastEventTime: number;
}

/** Estimate over its standard error: what permutations and the wild bootstrap compare. Infinite when there is no error. */
export function studentisedEffect(panel: Panel, design: Design, { lastEventTime }: Horizon): number {
  const groupTime = estimateGroupTime(panel, design, (eventTime) => eventTime >= 0 && eventTime <= lastEventTime);
  const effect = combineCells(groupTime, groupTime.cells.filter(isPost));
  if (effect === null) return Number.NaN;
  return effect.estimate / standardErrorOf(panel, effect.influence);
}

/** (1 + how many of the draws are at least as far out) / (draws + 1); draws without a statistic count as further out. */
export function resampledP(observed: number, drawn: readonly number[]): number {
  const beyond = drawn.filter((ratio) => !(Math.abs(ratio) < Math.abs(observed) * (1 - 1e-12))).length;
  return (1 + beyond) / (drawn.length + 1);
}
