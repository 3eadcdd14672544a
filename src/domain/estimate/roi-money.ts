import { normalCdf, z95 } from "./distributions.ts";

/** An amount in minor units as estimated: a number, since an estimate has no exact cents. Its cost side is exact. */
export interface EstimatedAmount {
  readonly amountMinor: number;
  readonly standardErrorMinor: number;
}

/** What shorter handling is worth: seconds saved per contact, times contacts, at the loaded hourly rate, as far as realised. */
export function gainFromHandleTime(input: {
  /** Negative is faster. */
  readonly effectSeconds: number;
  readonly standardErrorSeconds: number;
  readonly contacts: number;
  readonly loadedRateMinorPerHour: bigint;
  readonly realisationPpm: number;
}): EstimatedAmount {
  const perSecond = (input.contacts / 3600) * Number(input.loadedRateMinorPerHour) * (input.realisationPpm / 1_000_000);
  return { amountMinor: -input.effectSeconds * perSecond, standardErrorMinor: input.standardErrorSeconds * perSecond };
}

/** What better quality is worth; nothing unless the operator puts a price on a point. */
export function gainFromQuality(input: {
  readonly effectPoints: number;
  readonly standardErrorPoints: number;
  readonly agentMonths: number;
  readonly minorPerQualityPoint: bigint;
}): EstimatedAmount {
  const perPoint = input.agentMonths * Number(input.minorPerQualityPoint);
  return { amountMinor: input.effectPoints * perPoint, standardErrorMinor: Math.abs(input.standardErrorPoints * perPoint) };
}

/** What leavers avoided within the horizon are worth. */
export function gainFromRetention(input: {
  /** Negative is fewer leavers than expected. */
  readonly effectLeavers: number;
  readonly standardErrorLeavers: number;
  readonly replacementCostMinor: bigint;
}): EstimatedAmount {
  const cost = Number(input.replacementCostMinor);
  return { amountMinor: -input.effectLeavers * cost, standardErrorMinor: input.standardErrorLeavers * cost };
}

export type Roi =
  | {
      readonly kind: "roi";
      readonly gainMinor: number;
      readonly costMinor: bigint;
      readonly netMinor: number;
      readonly benefitCostRatio: number;
      readonly roi: number;
      readonly standardError: number;
      readonly low: number;
      readonly high: number;
      readonly probabilityPositive: number;
    }
  | { readonly kind: "undefined"; readonly gainMinor: number; readonly costMinor: bigint; readonly reason: string };

/** (gain - cost)/cost. The cost is known, so the gain's error is the only one. Undefined, with the reason, without a cost. */
export function computeRoi(gain: EstimatedAmount, costMinor: bigint): Roi {
  const { amountMinor: gainMinor, standardErrorMinor } = gain;
  const cost = Number(costMinor);
  if (costMinor <= 0n)
    return { kind: "undefined", gainMinor, costMinor, reason: "No cost was recorded for this time: a return on nothing is undefined." };
  if (!Number.isFinite(gainMinor) || !(standardErrorMinor > 0)) {
    return { kind: "undefined", gainMinor, costMinor, reason: "The gain has no error, so nothing is known about how far off it is." };
  }
  const reach = z95 * standardErrorMinor;
  return {
    kind: "roi",
    gainMinor,
    costMinor,
    netMinor: gainMinor - cost,
    benefitCostRatio: gainMinor / cost,
    roi: (gainMinor - cost) / cost,
    standardError: standardErrorMinor / cost,
    low: (gainMinor - reach - cost) / cost,
    high: (gainMinor + reach - cost) / cost,
    probabilityPositive: normalCdf((gainMinor - cost) / standardErrorMinor),
  };
}

/**
 * Several gains over one cost: contributions gain/cost add up to the total plus one. Two ROIs that each bear the full cost do not.
 * Null without a cost.
 */
export function shareContributions(
  gainsMinor: readonly number[],
  costMinor: bigint,
): { contributions: readonly number[]; roi: number } | null {
  if (costMinor <= 0n) return null;
  const contributions = gainsMinor.map((gain) => gain / Number(costMinor));
  return { contributions, roi: contributions.reduce((sum, part) => sum + part, 0) - 1 };
}
