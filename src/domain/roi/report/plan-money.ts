import type { ChangeFacts, CostFacts, RoiSettings } from "./facts.ts";
import { absent, type DayRange, type Evidence, type Figure, type MoneyFigure, measured, money, noMoney, recorded } from "./figure.ts";
import type { Grade } from "./grade.ts";
import type { ChallengeRow, MoneyPart, MoneyTable } from "./report.ts";
import { returnOnInvestment } from "./return-on-investment.ts";

/** The table without what it would be at other rates. */
export type Sums = Omit<MoneyTable, "rates">;

/** Worth of the measured change in handle time as the warehouse computed it, or why it has none. */
export function gainFigure(
  gainMinor: bigint | null,
  change: ChangeFacts | null,
  settings: RoiSettings,
  window: DayRange | null,
  reason: string,
): MoneyFigure {
  const evidence: Evidence = { n: change?.contacts ?? 0, of: `interactions of ${change?.agents ?? 0} agents with a baseline`, window };
  if (gainMinor !== null) return money(gainMinor, evidence);
  const hasChange = change !== null && change.contacts > 0;
  return noMoney(hasChange && settings.loadedRateMinorPerHour === null ? noRate : reason, evidence);
}

export const noRate = "what an hour costs is not configured (finance.loadedRatePerHour)";

export function sumCosts(costs: readonly CostFacts[], window: DayRange | null): MoneyFigure {
  const entries = costs.reduce((sum, cost) => sum + cost.entries, 0);
  const evidence: Evidence = { n: entries, of: "cost entries", window };
  if (entries === 0) return noMoney("no cost is recorded", evidence);
  return money(
    costs.reduce((sum, cost) => sum + cost.amountMinor, 0n),
    evidence,
    null,
    recorded,
  );
}

/**
 * (gain - cost) / cost as an associational ratio. Grade D withholds it: without any comparison the gain is not one.
 * Zero cost is undefined and says so.
 */
export function ratioOfReturn(gain: MoneyFigure, cost: MoneyFigure, grade: Grade): Figure {
  const evidence: Evidence = { n: gain.n, of: gain.of, window: gain.window };
  if (grade === "D")
    return absent("withheld: nothing sound to compare with (nobody, or agents chosen by their results)", "ratio", evidence);
  if (gain.amountMinor === null) return absent(`no gain to divide: ${gain.reason ?? "unknown"}`, "ratio", evidence);
  const result = returnOnInvestment(gain.amountMinor, cost.amountMinor ?? 0n);
  return result.kind === "defined" ? measured(result.roi, "ratio", evidence) : absent(result.reason, "ratio", evidence);
}

export interface MoneyInput {
  readonly handleGain: MoneyFigure;
  readonly qualityGain: MoneyFigure;
  readonly costs: readonly CostFacts[];
  readonly window: DayRange | null;
  readonly grade: Grade;
}

export function planMoney({ handleGain, qualityGain, costs, window, grade }: MoneyInput): Sums {
  const parts: MoneyPart[] = [
    { name: "Handle time", kind: "benefit", basis: "measured", figure: handleGain },
    { name: "Quality", kind: "benefit", basis: "measured", figure: qualityGain },
    ...costParts(costs, window),
  ];
  return balance(parts, addGains(handleGain, qualityGain), sumCosts(costs, window), grade);
}

/** One challenge: its credited share of the change, with every effect at full weight, and its own and shared cost. */
export function planChallengeMoney({ gain, cost }: Pick<ChallengeRow, "gain" | "cost">, grade: Grade): Sums {
  const parts: MoneyPart[] = [
    { name: "Credited share of the change", kind: "benefit", basis: "measured", figure: gain },
    { name: "Cost, its own and its share", kind: "cost", basis: "recorded", figure: cost },
  ];
  return balance(parts, gain, cost, grade);
}

function balance(parts: readonly MoneyPart[], gain: MoneyFigure, cost: MoneyFigure, grade: Grade): Sums {
  const evidence: Evidence = { n: gain.n, of: gain.of, window: gain.window };
  return {
    parts,
    gain,
    cost,
    net: netOf(gain, cost, evidence),
    roi: ratioOfReturn(gain, cost, grade),
    benefitCostRatio: benefitCostRatio(gain, cost, grade, evidence),
    notes: [],
  };
}

/** What was not counted is told: other currencies are not converted, and a cost without its parts has no place. */
export function noteLeftOutCosts(table: Sums, costsLeftOut: number, currency: string): Sums {
  if (costsLeftOut === 0) return table;
  return {
    ...table,
    notes: [`cost entries in another currency than ${currency}, or without a kind, day or amount, not counted: ${costsLeftOut}`],
  };
}

/** Without handle time there is no gain: quality alone is never passed off as the whole. */
export function addGains(handleGain: MoneyFigure, qualityGain: MoneyFigure): MoneyFigure {
  if (handleGain.amountMinor === null) return handleGain;
  return { ...handleGain, amountMinor: handleGain.amountMinor + (qualityGain.amountMinor ?? 0n) };
}

/** Quality is money only where somebody configured what a point is worth. */
export function qualityFigure(
  gainMinor: bigint | null,
  pointMonths: number | null,
  settings: RoiSettings,
  window: DayRange | null,
  months: number,
): MoneyFigure {
  const evidence: Evidence = { n: months, of: "months with evaluations of enrolled agents", window };
  if (pointMonths === null) return noMoney("no quality evaluation after enrolment with a baseline", evidence);
  const isPriced = settings.minorPerQualityPoint !== null && settings.minorPerQualityPoint !== 0n;
  if (!isPriced || gainMinor === null) return noMoney("reported in points and not turned into money (finance.perQualityPoint)", evidence);
  return money(gainMinor, evidence);
}

export function costParts(costs: readonly CostFacts[], window: DayRange | null): MoneyPart[] {
  return costs.map((entry) => costPart(entry, window));
}

function costPart(cost: CostFacts, window: DayRange | null): MoneyPart {
  const evidence = { n: cost.entries, of: "cost entries", window };
  return {
    name: costNames[cost.kind] ?? cost.kind,
    kind: "cost",
    basis: "recorded",
    figure: money(cost.amountMinor, evidence, null, recorded),
  };
}

export const costNames: Readonly<Record<string, string>> = {
  reward: "Rewards paid",
  licence: "Licences",
  admin: "Administration",
  agent_time: "Agents' time",
  liability_change: "Change of points owed",
};

function netOf(gain: MoneyFigure, cost: MoneyFigure, evidence: Evidence): MoneyFigure {
  if (gain.amountMinor === null) return noMoney(`no gain: ${gain.reason ?? "unknown"}`, evidence);
  if (cost.amountMinor === null) return noMoney(`no cost: ${cost.reason ?? "unknown"}`, evidence);
  return money(gain.amountMinor - cost.amountMinor, evidence);
}

function benefitCostRatio(gain: MoneyFigure, cost: MoneyFigure, grade: Grade, evidence: Evidence): Figure {
  const roi = ratioOfReturn(gain, cost, grade);
  if (roi.value === null || gain.amountMinor === null || cost.amountMinor === null)
    return absent(roi.reason ?? "undefined", "ratio", evidence);
  return measured(Number(gain.amountMinor) / Number(cost.amountMinor), "ratio", evidence);
}
