/** A square matrix, row after row. */
export interface Matrix {
  readonly size: number;
  readonly values: Float64Array;
}

export function matrixOf(size: number, value: (row: number, column: number) => number): Matrix {
  const values = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) values[row * size + column] = value(row, column);
  }
  return { size, values };
}

export function entry(matrix: Matrix, row: number, column: number): number {
  return matrix.values[row * matrix.size + column] ?? Number.NaN;
}

/**
 * The lower triangle L with L L' = matrix, or null when the matrix is not positive definite to working precision:
 * a covariance whose rows hang together (too few clusters, columns that repeat each other).
 */
export function factorise(matrix: Matrix): Matrix | null {
  const { size } = matrix;
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = entry(matrix, row, column);
      for (let k = 0; k < column; k++) rest -= (lower[row * size + k] ?? 0) * (lower[column * size + k] ?? 0);
      if (row === column) {
        if (!(rest > 1e-12 * Math.abs(entry(matrix, row, row)))) return null;
        lower[row * size + row] = Math.sqrt(rest);
      } else {
        lower[row * size + column] = rest / (lower[column * size + column] ?? Number.NaN);
      }
    }
  }
  return { size, values: lower };
}

/** Solves (L L') x = right for x. */
export function solve(lower: Matrix, right: ArrayLike<number>): Float64Array {
  const { size } = lower;
  const x = Float64Array.from(right);
  for (let row = 0; row < size; row++) {
    let rest = x[row] ?? 0;
    for (let k = 0; k < row; k++) rest -= entry(lower, row, k) * (x[k] ?? 0);
    x[row] = rest / entry(lower, row, row);
  }
  for (let row = size - 1; row >= 0; row--) {
    let rest = x[row] ?? 0;
    for (let k = row + 1; k < size; k++) rest -= entry(lower, k, row) * (x[k] ?? 0);
    x[row] = rest / entry(lower, row, row);
  }
  return x;
}

/** The inverse of L L'. */
export function invert(lower: Matrix): Matrix {
  const columns = Array.from({ length: lower.size }, (_, column) =>
    solve(
      lower,
      Float64Array.from({ length: lower.size }, (_unit, row) => (row === column ? 1 : 0)),
    ),
  );
  return matrixOf(lower.size, (row, column) => columns[column]?.[row] ?? Number.NaN);
}
