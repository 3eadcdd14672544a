import type { ActivityFacts, ComparisonFacts, RoiSettings } from "./facts.ts";
import { absent, type Evidence, type Figure, type MoneyFigure, measured, money, noMoney, ratioOfSums } from "./figure.ts";
import { lengthInDays, type Period } from "./period.ts";
import { handleTimeGainMinor, hoursSaved } from "./return-on-investment.ts";

export interface ComparedSide {
  readonly period: Period;
  readonly daysUsed: number;
  readonly daysExpected: number;
  readonly handledInteractions: Figure;
  readonly handleHours: Figure;
  /** Sum of handle time over sum of handled interactions. */
  readonly averageHandleTime: Figure;
  readonly averageQuality: Figure;
}

/** Two calendar periods side by side. What lies between them is not an effect of anything in particular. */
export interface Comparison {
  readonly before: ComparedSide;
  readonly after: ComparedSide;
  /** Negative is faster. */
  readonly averageHandleTimeChange: Figure;
  /** At the later period's volume; negative is a loss. */
  readonly savedHours: Figure;
  /** Those hours at the configured rate and realisation; a value of capacity, not a return on anything. */
  readonly value: MoneyFigure;
  /** Days of either period whose figures may still change. */
  readonly provisionalDays: number;
  readonly verdict: "gain" | "loss" | "no change" | "unknown";
}

export function compareHandleTime(facts: ComparisonFacts, settings: RoiSettings): Comparison {
  const before = describeSide(facts.before, facts.activityBefore, facts.daysBefore);
  const after = describeSide(facts.after, facts.activityAfter, facts.daysAfter);
  const evidence: Evidence = {
    n: facts.activityAfter.handled,
    of: "handled interactions of the later period",
    window: rangeOf(facts.after),
  };
  const reason = missingSide(facts);
  if (reason !== null) {
    return {
      before,
      after,
      averageHandleTimeChange: absent(reason, "seconds", evidence),
      savedHours: absent(reason, "hours", evidence),
      value: noMoney(reason, evidence),
      provisionalDays: facts.provisionalDays,
      verdict: "unknown",
    };
  }
  const changeSeconds = secondsPerInteraction(facts.activityAfter) - secondsPerInteraction(facts.activityBefore);
  const change = { changeSeconds, contacts: facts.activityAfter.handled };
  const hours = measured(hoursSaved(change), "hours", evidence);
  return {
    before,
    after,
    averageHandleTimeChange: measured(changeSeconds, "seconds", evidence),
    savedHours: hours,
    value: capacityValue(change, settings, evidence),
    provisionalDays: facts.provisionalDays,
    verdict: verdictOf(hours.value ?? 0),
  };
}

function capacityValue(
  change: { readonly changeSeconds: number; readonly contacts: number },
  settings: RoiSettings,
  evidence: Evidence,
): MoneyFigure {
  const { loadedRateMinorPerHour, realisationPpm } = settings;
  if (loadedRateMinorPerHour === null) return noMoney("what an hour costs is not configured (finance.loadedRatePerHour)", evidence);
  return money(handleTimeGainMinor({ ...change, loadedRateMinorPerHour, realisationPpm }), evidence);
}

function verdictOf(hours: number): Comparison["verdict"] {
  if (hours === 0) return "no change";
  return hours > 0 ? "gain" : "loss";
}

function secondsPerInteraction(activity: ActivityFacts): number {
  return activity.handleMs / activity.timed / 1000;
}

function missingSide({ before, after, activityBefore, activityAfter }: ComparisonFacts): string | null {
  if (activityBefore.timed === 0) return `no handled interaction in ${before.label}`;
  if (activityAfter.timed === 0) return `no handled interaction in ${after.label}`;
  return null;
}

function rangeOf({ from, to }: Period) {
  return { from, to };
}

function describeSide(period: Period, activity: ActivityFacts, daysUsed: number): ComparedSide {
  const window = rangeOf(period);
  const handled: Evidence = { n: activity.handled, of: "handled interactions", window };
  return {
    period,
    daysUsed,
    daysExpected: lengthInDays(period),
    handledInteractions: measured(activity.handled, "count", handled),
    handleHours: measured(activity.handleMs / 3_600_000, "hours", handled),
    averageHandleTime: ratioOfSums(
      activity.handleMs / 1000,
      activity.timed,
      "seconds",
      { ...handled, n: activity.timed },
      `no handled interaction in ${period.label}`,
    ),
    averageQuality: ratioOfSums(
      activity.qualitySumMilli / 1000,
      activity.qualityCount,
      "points",
      { n: activity.qualityCount, of: "evaluations", window },
      `no evaluation in ${period.label}`,
    ),
  };
}
