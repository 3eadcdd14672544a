import { t95 } from "./distributions.ts";
import { type Effect, hasError } from "./effect.ts";
import type { Panel } from "./panel.ts";
import { quantile } from "./quantile.ts";
import { startRandom } from "./random.ts";
import { clusterSums, smallSampleFactor, sumOfSquares } from "./spread.ts";

/** A band that holds all effects at once in 95 of 100 samples: estimate -+ critical * standard error. */
export interface Band {
  readonly critical: number;
  readonly draws: number;
  readonly seed: number;
}

/**
 * Multiplier bootstrap: each draw flips the sign of whole clusters' influence sums at random and keeps the largest
 * studentised deviation. Never below the critical value of a single effect. Null when no effect has an error.
 */
export function drawBand(panel: Panel, effects: readonly Effect[], { draws, seed }: { draws: number; seed: number }): Band | null {
  const rows = effects.filter((effect) => hasError(panel, effect)).map((effect) => studentise(panel, effect));
  if (rows.length === 0) return null;
  const width = rows.length;
  const clusters = panel.clusters.length;
  const table = new Float64Array(clusters * width);
  rows.forEach((row, column) => {
    for (let cluster = 0; cluster < clusters; cluster++) table[cluster * width + column] = row[cluster] ?? 0;
  });
  const random = startRandom(seed, 1);
  const largest = Float64Array.from({ length: draws }, () => largestOf(drawSum(table, clusters, width, random)));
  return { critical: Math.max(quantile(largest.sort(), 0.95), t95(clusters - 1)), draws, seed };
}

function studentise(panel: Panel, effect: Effect): Float64Array {
  const sums = clusterSums(panel, effect.influence);
  const factor = Math.sqrt(smallSampleFactor(panel));
  const error = factor * Math.sqrt(sumOfSquares(sums));
  return sums.map((sum) => (factor * sum) / error);
}

function drawSum(table: Float64Array, clusters: number, width: number, random: { bits(): number }): Float64Array {
  const sum = new Float64Array(width);
  let bits = 0;
  for (let cluster = 0; cluster < clusters; cluster++) {
    if (cluster % 32 === 0) bits = random.bits();
    const sign = (bits & 1) === 1 ? 1 : -1;
    bits >>>= 1;
    const from = cluster * width;
    for (let column = 0; column < width; column++) sum[column] = (sum[column] ?? 0) + sign * (table[from + column] ?? 0);
  }
  return sum;
}

function largestOf(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
