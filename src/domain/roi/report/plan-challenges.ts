import { weeklyPoints } from "./engagement-measures.ts";
import type { ChallengeFacts } from "./facts.ts";
import { absent, type DayRange, type Evidence, type Figure, type MoneyFigure, measured, money, noMoney, recorded } from "./figure.ts";
import type { Grade } from "./grade.ts";
import { ratioOfReturn } from "./plan-money.ts";
import { type HalfLife, halfLife } from "./rates.ts";
import type { ChallengeRow } from "./report.ts";

/** One challenge: what it paid, what it is credited with, weighted by its lifecycle and not. */
export function describeChallenge(facts: ChallengeFacts, window: DayRange | null, grade: Grade): ChallengeRow {
  const actions: Evidence = { n: facts.actions, of: "actions credited once", window };
  const amount = (minor: bigint | null, reason: string): MoneyFigure => (minor === null ? noMoney(reason, actions) : money(minor, actions));
  const gain = amount(facts.gainMinor, facts.reason ?? "no gain could be computed");
  const gainWeighted = amount(facts.gainWeightedMinor, facts.reason ?? "no gain could be computed");
  const cost = facts.costMinor === null ? noMoney("no cost is recorded for it", actions) : money(facts.costMinor, actions, null, recorded);
  return {
    challengeId: facts.challengeId,
    name: facts.name ?? facts.challengeId,
    status: facts.status,
    range: { from: facts.startsOn, to: facts.endsOn },
    participants: measured(facts.participants, "count", { n: facts.participants, of: "agents", window }),
    pointsPaid: measured(facts.pointsPaidMilli / 1000, "points", actions),
    pointsUnweighted: measured(facts.pointsUnweightedMilli / 1000, "points", actions),
    pointsWeighted: measured(facts.pointsWeightedMilli / 1000, "points", actions),
    gain,
    gainWeighted,
    cost,
    roi: ratioOfReturn(gain, cost, grade),
    roiWeighted: ratioOfReturn(gainWeighted, cost, grade),
    engagementHalfLife: halfLifeFigure(halfLife(weeklyMeans(facts), "engagement does"), window),
    pointHalfLife: halfLifeFigure(halfLife(weeklyPoints(facts), "points per worked day do"), window),
  };
}

function weeklyMeans({ weeklyEngagement }: ChallengeFacts) {
  return weeklyEngagement.flatMap(({ week, meanPpm }) => (meanPpm === null ? [] : [{ week, mean: meanPpm / 1e6 }]));
}

function halfLifeFigure(result: HalfLife, window: DayRange | null): Figure {
  const evidence: Evidence = { n: result.weeks, of: "weeks from the peak on", window };
  if (result.kind === "none") return absent(result.reason, "days", evidence);
  return measured(result.days, "days", evidence, result.interval, "a fall that might as well be none has no longest half-life");
}
