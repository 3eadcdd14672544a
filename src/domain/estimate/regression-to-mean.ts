import { normalCdf, normalPdf } from "./distributions.ts";

/** A population in which those beyond a cut were chosen. */
export interface Selection {
  readonly mean: number;
  readonly standardDeviation: number;
  readonly cut: number;
  /** Correlation of two untreated windows of the length used for choosing. */
  readonly correlation: number;
}

/**
 * How far the mean of a group chosen below `cut` moves back up without any treatment: (1 - rho) sigma phi(z)/Phi(z)
 * (Barnett et al. 2005). For a group chosen above a cut, turn the signs of mean and cut. Null without spread.
 */
export function expectedRegression({ mean, standardDeviation, cut, correlation }: Selection): number | null {
  if (!(standardDeviation > 0) || !(correlation >= -1 && correlation <= 1)) return null;
  const z = (cut - mean) / standardDeviation;
  const share = normalCdf(z);
  return share > 0 ? ((1 - correlation) * standardDeviation * normalPdf(z)) / share : null;
}

/** Change from before to after, less what the group would have regained by itself. */
export function changeBeyondRegression(change: number, selection: Selection): number | null {
  const regression = expectedRegression(selection);
  return regression === null ? null : change - regression;
}
