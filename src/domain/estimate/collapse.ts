import { outcomesAt, type Panel } from "./panel.ts";

/**
 * One row per cluster instead of one per unit: weighted means, so that resampling whole clusters costs little.
 * With every unit observed everywhere the estimates and clustered errors stay the same.
 * Null when a cluster holds units of several cohorts: it has no single first treated period then.
 */
export function collapseToClusters(panel: Panel): Panel | null {
  const size = panel.clusters.length;
  const cohortOf = new Int32Array(size).fill(-2);
  const weights = new Float64Array(size);
  for (let unit = 0; unit < panel.units.length; unit++) {
    const cluster = panel.clusterOf[unit] ?? 0;
    const cohort = panel.cohortOf[unit] ?? -1;
    if (cohortOf[cluster] !== -2 && cohortOf[cluster] !== cohort) return null;
    cohortOf[cluster] = cohort;
    weights[cluster] = (weights[cluster] ?? 0) + (panel.weights[unit] ?? 0);
  }
  return {
    ...panel,
    units: panel.clusters,
    clusterOf: Int32Array.from({ length: size }, (_, cluster) => cluster),
    isClustered: true,
    cohortOf,
    weights,
    outcomes: averageByCluster(panel),
  };
}

function averageByCluster(panel: Panel): Float64Array {
  const size = panel.clusters.length;
  const averages = new Float64Array(size * panel.periods.length);
  for (let period = 0; period < panel.periods.length; period++) {
    const outcomes = outcomesAt(panel, period);
    const sums = new Float64Array(size);
    const observed = new Float64Array(size);
    for (let unit = 0; unit < outcomes.length; unit++) {
      const outcome = outcomes[unit] ?? Number.NaN;
      if (Number.isNaN(outcome)) continue;
      const cluster = panel.clusterOf[unit] ?? 0;
      const weight = panel.weights[unit] ?? 0;
      sums[cluster] = (sums[cluster] ?? 0) + weight * outcome;
      observed[cluster] = (observed[cluster] ?? 0) + weight;
    }
    for (let cluster = 0; cluster < size; cluster++) averages[period * size + cluster] = (sums[cluster] ?? 0) / (observed[cluster] ?? 0);
  }
  return averages;
}
