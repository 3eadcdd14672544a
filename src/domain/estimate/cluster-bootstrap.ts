import type { Panel } from "./panel.ts";
import { quantileOf } from "./quantile.ts";
import { startRandom } from "./random.ts";

export interface BootstrapInterval {
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
}

/**
 * Draws clusters with replacement within strata (teams within cohort) and recomputes figures that are not linear in the
 * data, such as an ROI of several parts. `strata` has one code per cluster; `figures` gets how often each cluster was drawn.
 * Returns one percentile interval per figure, null where a figure could not be computed in more than 5 % of the draws.
 */
export function bootstrapClusters(
  strata: ArrayLike<number>,
  figures: (drawn: Int32Array) => readonly (number | null)[],
  { draws, seed }: { draws: number; seed: number },
): (BootstrapInterval | null)[] {
  const members = new Map<number, number[]>();
  Array.from(strata).forEach((stratum, cluster) => {
    members.set(stratum, [...(members.get(stratum) ?? []), cluster]);
  });
  const random = startRandom(seed, 4);
  const results = Array.from({ length: draws }, () => {
    const drawn = new Int32Array(strata.length);
    for (const clusters of members.values()) {
      for (let draw = 0; draw < clusters.length; draw++) {
        const cluster = clusters[random.below(clusters.length)] ?? 0;
        drawn[cluster] = (drawn[cluster] ?? 0) + 1;
      }
    }
    return figures(drawn);
  });
  const width = results[0]?.length ?? 0;
  return Array.from({ length: width }, (_, figure) => describe(results.map((result) => result[figure] ?? null)));
}

function describe(values: readonly (number | null)[]): BootstrapInterval | null {
  const known = values.filter((value) => value !== null).filter(Number.isFinite);
  if (known.length < 2 || known.length < 0.95 * values.length) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { low: quantileOf(known, 0.025), high: quantileOf(known, 0.975), standardError: Math.sqrt(squares / (known.length - 1)) };
}

/** The panel in which each cluster weighs as often as it was drawn. */
export function reweigh(panel: Panel, drawn: Int32Array): Panel {
  return { ...panel, weights: panel.weights.map((weight, unit) => weight * (drawn[panel.clusterOf[unit] ?? 0] ?? 0)) };
}
