import { upperChiSquare } from "./distributions.ts";

export interface SampleRatio {
  readonly statistic: number;
  readonly degrees: number;
  readonly pValue: number;
}

/**
 * Whether the arms have the sizes the assignment aimed at (chi-square of fit; "sample ratio mismatch").
 * `counts` and `shares` go arm by arm; shares are positive and need not sum to 1. Null with fewer than two arms or nobody in them.
 */
export function testSampleRatio(counts: readonly number[], shares: readonly number[]): SampleRatio | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const allShares = shares.reduce((sum, share) => sum + share, 0);
  if (counts.length < 2 || counts.length !== shares.length || total <= 0 || shares.some((share) => !(share > 0))) return null;
  const statistic = counts.reduce((sum, count, arm) => {
    const expected = (total * (shares[arm] ?? 0)) / allShares;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  const degrees = counts.length - 1;
  return { statistic, degrees, pValue: upperChiSquare(statistic, degrees) };
}
