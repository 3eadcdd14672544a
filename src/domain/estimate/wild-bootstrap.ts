import { collapseToClusters } from "./collapse.ts";
import type { Design } from "./group-time.ts";
import { outcomesAt, type Panel } from "./panel.ts";
import { quantileOf } from "./quantile.ts";
import { type Random, startRandom } from "./random.ts";
import { type Horizon, resampledP, studentisedEffect } from "./resampled-ratio.ts";

export interface WildBootstrap {
  readonly draws: number;
  readonly seed: number;
  /** Signs, or Webb's six points below 12 clusters, where signs repeat themselves too soon. */
  readonly multipliers: "rademacher" | "webb";
  readonly pValue: number;
  /** 95 % of studentised draws lie within -+ this: the interval is estimate -+ critical * standard error. */
  readonly critical: number;
}

/**
 * Wild cluster bootstrap with the null imposed: what is left of the outcome after unit and period means is multiplied by
 * one random number per cluster and estimated again. For few clusters, where Student's t is too sure of itself.
 */
export function wildBootstrap(
  panel: Panel,
  design: Design,
  { draws, seed, lastEventTime }: { draws: number; seed: number } & Horizon,
): WildBootstrap | null {
  const working = collapseToClusters(panel) ?? panel;
  const ratio = studentisedEffect(working, design, { lastEventTime });
  if (!Number.isFinite(ratio)) return null;
  const random = startRandom(seed, 3);
  const multipliers = panel.clusters.length < 12 ? "webb" : "rademacher";
  const residuals = { ...working, outcomes: removeMeans(working) };
  const drawn = Array.from({ length: draws }, () => {
    const factors = Float64Array.from({ length: panel.clusters.length }, () => drawMultiplier(multipliers, random));
    return studentisedEffect(multiply(residuals, factors), design, { lastEventTime });
  }).filter((value) => Number.isFinite(value));
  if (drawn.length === 0) return null;
  return { draws, seed, multipliers, pValue: resampledP(ratio, drawn), critical: quantileOf(drawn.map(Math.abs), 0.95) };
}

function drawMultiplier(kind: "rademacher" | "webb", random: Random): number {
  if (kind === "rademacher") return random.below(2) === 0 ? -1 : 1;
  const point = random.below(6);
  return (point < 3 ? -1 : 1) * Math.sqrt(((point % 3) + 1) / 2);
}

function multiply(panel: Panel, factors: Float64Array): Panel {
  const { length } = panel.units;
  const outcomes = panel.outcomes.map((outcome, place) => outcome * (factors[panel.clusterOf[place % length] ?? 0] ?? 0));
  return { ...panel, outcomes };
}

/** Takes out unit and period means by turns, until gaps in the panel no longer matter. */
function removeMeans(panel: Panel): Float64Array {
  const { length } = panel.units;
  let rest: Float64Array = panel.outcomes.slice();
  for (let round = 0; round < 200; round++) {
    const byUnit = subtractMeans(rest, length, (place) => place % length);
    const byPeriod = subtractMeans(byUnit.rest, panel.periods.length, (place) => Math.floor(place / length));
    rest = byPeriod.rest;
    if (Math.max(byUnit.largest, byPeriod.largest) < 1e-12 * scaleOf(outcomesAt(panel, 0))) break;
  }
  return rest;
}

function scaleOf(values: Float64Array): number {
  let scale = 0;
  for (const value of values) if (!Number.isNaN(value)) scale = Math.max(scale, Math.abs(value));
  return Math.max(scale, 1e-300);
}

function subtractMeans(values: Float64Array, size: number, groupOf: (place: number) => number): { rest: Float64Array; largest: number } {
  const sums = new Float64Array(size);
  const counts = new Float64Array(size);
  values.forEach((value, place) => {
    if (Number.isNaN(value)) return;
    const group = groupOf(place);
    sums[group] = (sums[group] ?? 0) + value;
    counts[group] = (counts[group] ?? 0) + 1;
  });
  const means = sums.map((sum, group) => ((counts[group] ?? 0) > 0 ? sum / (counts[group] ?? 1) : 0));
  return { rest: values.map((value, place) => value - (means[groupOf(place)] ?? 0)), largest: scaleOf(means) };
}
