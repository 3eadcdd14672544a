import { entry, factorise, invert, type Matrix, matrixOf } from "./cholesky.ts";
import { t95, twoSidedT } from "./distributions.ts";

export interface Coefficient {
  readonly estimate: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  readonly pValue: number;
}

export interface Regression {
  readonly coefficients: readonly Coefficient[];
  readonly residuals: Float64Array;
  readonly rows: number;
  readonly clusters: number;
}

/**
 * Least squares with errors clustered: sandwich of scores summed by cluster, times J/(J-1) (N-1)/(N-k), t with J-1 degrees.
 * `columns` are the regressors, the constant among them; `clusterOf` has one code from 0 per row.
 * Null when the regressors hang together or there are too few rows or clusters.
 */
export function regress(outcome: Float64Array, columns: readonly Float64Array[], clusterOf: Int32Array): Regression | null {
  const rows = outcome.length;
  const size = columns.length;
  const clusters = new Set(clusterOf).size;
  if (rows <= size || clusters < 2) return null;
  const lower = factorise(matrixOf(size, (row, column) => dot(columns[row], columns[column])));
  if (lower === null) return null;
  const bread = invert(lower);
  const moments = columns.map((column) => dot(column, outcome));
  const estimates = columns.map((_, row) => moments.reduce((sum, moment, column) => sum + entry(bread, row, column) * moment, 0));
  const residuals = outcome.map((value, row) =>
    estimates.reduce((rest, estimate, column) => rest - estimate * (columns[column]?.[row] ?? 0), value),
  );
  const factor = (clusters / (clusters - 1)) * ((rows - 1) / (rows - size));
  const variances = sandwich(bread, scoresByCluster(columns, residuals, clusterOf)).map((variance) => factor * variance);
  const coefficients = estimates.map((estimate, column) => describe(estimate, Math.sqrt(variances[column] ?? Number.NaN), clusters - 1));
  return { coefficients, residuals, rows, clusters };
}

function dot(left: Float64Array | undefined, right: Float64Array | undefined): number {
  let sum = 0;
  for (let row = 0; row < (left?.length ?? 0); row++) sum += (left?.[row] ?? 0) * (right?.[row] ?? 0);
  return sum;
}

function scoresByCluster(columns: readonly Float64Array[], residuals: Float64Array, clusterOf: Int32Array): number[][] {
  const scores = new Map<number, number[]>();
  residuals.forEach((residual, row) => {
    const cluster = clusterOf[row] ?? 0;
    const before = scores.get(cluster);
    scores.set(
      cluster,
      columns.map((column, index) => (before?.[index] ?? 0) + residual * (column[row] ?? 0)),
    );
  });
  return [...scores.values()];
}

/** Diagonal of bread * (sum of score score') * bread. */
function sandwich(bread: Matrix, scores: readonly number[][]): number[] {
  return Array.from({ length: bread.size }, (_, row) =>
    scores.reduce((sum, score) => sum + score.reduce((part, value, column) => part + entry(bread, row, column) * value, 0) ** 2, 0),
  );
}

function describe(estimate: number, standardError: number, degrees: number): Coefficient {
  const reach = t95(degrees) * standardError;
  return { estimate, standardError, low: estimate - reach, high: estimate + reach, pValue: twoSidedT(estimate / standardError, degrees) };
}
