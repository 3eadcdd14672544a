import { gainFromHandleTime } from "../../estimate/roi-money.ts";

/** Formulas of money (statistics.md 1.4). Gains and costs in minor units; time in seconds; shares in ppm. */

export interface HandleTimeGain {
  /** Change of the mean handle time; negative is faster. */
  readonly changeSeconds: number;
  readonly contacts: number;
  readonly loadedRateMinorPerHour: bigint;
  readonly realisationPpm: number;
}

/** `-change x contacts / 3600 x rate x realisation`, rounded to the minor unit. A slow-down gives a negative gain. */
export function handleTimeGainMinor({ changeSeconds, ...rest }: HandleTimeGain): bigint {
  return BigInt(Math.round(gainFromHandleTime({ ...rest, effectSeconds: changeSeconds, standardErrorSeconds: 0 }).amountMinor));
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
