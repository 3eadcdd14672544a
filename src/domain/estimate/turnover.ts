/**
 * Turnover as an expected cost at agent-month grain. Everything here is modelled: it takes the hazard ratio of disengaged
 * agents as given, and an association seen elsewhere is no effect. Never part of a measured gain.
 */
export interface HazardModel {
  /** Monthly hazard of an agent who is never at risk. */
  readonly baseline: number;
  readonly hazardRatio: number;
}

/**
 * The baseline that reproduces the observed monthly attrition when `atRiskShare` of agents bear the ratio.
 * Closed form; the mix reproduces the attrition up to curvature (`solveHazard` is exact). Null outside 0 < attrition < 1.
 */
export function calibrateHazard(input: {
  readonly monthlyAttrition: number;
  readonly atRiskShare: number;
  readonly hazardRatio: number;
}): HazardModel | null {
  const { monthlyAttrition, atRiskShare, hazardRatio } = input;
  if (!(monthlyAttrition > 0 && monthlyAttrition < 1) || !(hazardRatio > 0)) return null;
  return { baseline: -Math.log(1 - monthlyAttrition) / (1 + (hazardRatio - 1) * atRiskShare), hazardRatio };
}

/** The same to the last digit, by bisection: the mean chance to leave over these exposures equals the attrition. */
export function solveHazard(input: {
  readonly monthlyAttrition: number;
  readonly exposures: readonly number[];
  readonly hazardRatio: number;
}): HazardModel | null {
  const { monthlyAttrition, exposures, hazardRatio } = input;
  if (!(monthlyAttrition > 0 && monthlyAttrition < 1) || !(hazardRatio > 0) || exposures.length === 0) return null;
  const meanLeaving = (baseline: number) =>
    exposures.reduce((sum, exposure) => sum + leaveProbability({ baseline, hazardRatio }, exposure, 1), 0) / exposures.length;
  let low = 0;
  let high = 1;
  while (meanLeaving(high) < monthlyAttrition) high *= 2;
  for (let step = 0; step < 200 && high - low > 1e-15 * high; step++) {
    const middle = (low + high) / 2;
    if (meanLeaving(middle) < monthlyAttrition) low = middle;
    else high = middle;
  }
  return { baseline: (low + high) / 2, hazardRatio };
}

/** Chance to leave within `months`, with `exposure` in [0, 1] the share of observed days at risk. */
export function leaveProbability({ baseline, hazardRatio }: HazardModel, exposure: number, months: number): number {
  return 1 - Math.exp(-baseline * months * (1 + (hazardRatio - 1) * exposure));
}

/** The part of an agent's expected replacement cost that comes from being at risk, in minor units. Never more than the cost itself. */
export function riskCostMinor(model: HazardModel, exposure: number, months: number, replacementCostMinor: bigint): number {
  return Number(replacementCostMinor) * (leaveProbability(model, exposure, months) - leaveProbability(model, 0, months));
}

/** Modelled gain, in minor units, when the exposure of every agent moves. To be labelled "modelled, assumes the hazard ratio is causal". */
export function modelledGainMinor(
  model: HazardModel,
  input: {
    readonly from: number;
    readonly to: number;
    readonly agents: number;
    readonly months: number;
    readonly replacementCostMinor: bigint;
  },
): number {
  const change = leaveProbability(model, input.from, input.months) - leaveProbability(model, input.to, input.months);
  return Number(input.replacementCostMinor) * input.agents * change;
}
