import { type Matrix, matrixOf } from "./cholesky.ts";
import type { Effect } from "./effect.ts";
import type { Panel } from "./panel.ts";
import { clusterSums, smallSampleFactor } from "./spread.ts";

/** Covariance of several estimates from their influence functions, clustered as the standard errors are. */
export function covarianceOf(panel: Panel, effects: readonly Effect[]): Matrix {
  const sums = effects.map((effect) => clusterSums(panel, effect.influence));
  const factor = smallSampleFactor(panel);
  return matrixOf(effects.length, (row, column) => {
    const left = sums[row] ?? new Float64Array(0);
    const right = sums[column] ?? new Float64Array(0);
    let sum = 0;
    for (let cluster = 0; cluster < left.length; cluster++) sum += (left[cluster] ?? 0) * (right[cluster] ?? 0);
    return factor * sum;
  });
}
