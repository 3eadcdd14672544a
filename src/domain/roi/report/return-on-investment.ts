import { normalCdf, z95 } from "../../estimate/distributions.ts";

/** Formulas of money (statistics.md 1.4). Gains and costs in minor units; time in seconds; shares in ppm. */

export interface HandleTimeGain {
  /** Change of the mean handle time; negative is faster. */
  readonly changeSeconds: number;
  readonly contacts: number;
  readonly loadedRateMinorPerHour: bigint;
  readonly realisationPpm: number;
}

/** `-change x contacts / 3600 x rate x realisation`, rounded to the minor unit. A slow-down gives a negative gain. */
export function handleTimeGainMinor(gain: HandleTimeGain): bigint {
  return BigInt(Math.round(hoursSaved(gain) * Number(gain.loadedRateMinorPerHour) * (gain.realisationPpm / 1e6)));
}

/** Hours not spent because each interaction changed by `changeSeconds`; negative is a loss. */
export function hoursSaved({ changeSeconds, contacts }: Pick<HandleTimeGain, "changeSeconds" | "contacts">): number {
  const hours = (-changeSeconds * contacts) / 3600;
  return hours === 0 ? 0 : hours;
}

export type Return =
  | { readonly kind: "defined"; readonly roi: number; readonly benefitCostRatio: number }
  | { readonly kind: "undefined"; readonly reason: string };

/** `(gain - cost) / cost`. Without a cost there is nothing to divide by, and the answer says so. */
export function returnOnInvestment(gainMinor: bigint, costMinor: bigint): Return {
  if (costMinor < 0n)
    return { kind: "undefined", reason: "the recorded cost is negative (more was taken back than spent), so a return on it is undefined" };
  if (costMinor === 0n) return { kind: "undefined", reason: "no cost is recorded, and a return on nothing is undefined" };
  return {
    kind: "defined",
    roi: Number(gainMinor - costMinor) / Number(costMinor),
    benefitCostRatio: Number(gainMinor) / Number(costMinor),
  };
}

export interface ReturnInterval {
  readonly standardError: number;
  readonly interval: readonly [low: number, high: number];
  /** P(ROI > 0) under a normal gain. */
  readonly probabilityPositive: number;
}

/** The cost is known, so only the gain's standard error enters. Null where the ROI itself is undefined. */
export function returnInterval(gainMinor: bigint, gainErrorMinor: number, costMinor: bigint): ReturnInterval | null {
  const result = returnOnInvestment(gainMinor, costMinor);
  if (result.kind === "undefined" || !(gainErrorMinor > 0)) return null;
  const standardError = gainErrorMinor / Number(costMinor);
  return {
    standardError,
    interval: [result.roi - z95 * standardError, result.roi + z95 * standardError],
    probabilityPositive: normalCdf(result.roi / standardError),
  };
}
