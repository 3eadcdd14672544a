/** Linear interpolation between order statistics (R type 7). `sorted` ascends and is not empty. */
export function quantile(sorted: ArrayLike<number>, probability: number): number {
  const position = (sorted.length - 1) * probability;
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (position - below) * (high - low);
}

/** The quantile of numbers in any order. */
export function quantileOf(values: ArrayLike<number>, probability: number): number {
  return quantile(Float64Array.from(values).sort(), probability);
}
