import type { ChallengeFacts, StatusChangeFacts } from "./facts.ts";
import { absent, type DayRange, type Evidence, type Figure, type MoneyFigure, measured, money, noMoney } from "./figure.ts";
import type { Grade } from "./grade.ts";
import { addDays } from "./period.ts";
import { ratioOfReturn } from "./plan-money.ts";
import { engagementHalfLife } from "./rates.ts";
import type { ChallengeRow, StatusStudy } from "./report.ts";

/** One challenge: what it paid, what it is credited with, weighted by its lifecycle and not. */
export function describeChallenge(facts: ChallengeFacts, window: DayRange | null, grade: Grade): ChallengeRow {
  const actions: Evidence = { n: facts.actions, of: "actions credited once", window };
  const amount = (minor: bigint | null, reason: string): MoneyFigure => (minor === null ? noMoney(reason, actions) : money(minor, actions));
  const gain = amount(facts.gainMinor, facts.reason ?? "no gain could be computed");
  const gainWeighted = amount(facts.gainWeightedMinor, facts.reason ?? "no gain could be computed");
  const cost = amount(facts.costMinor, "no cost is recorded for it");
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
    engagementHalfLife: halfLifeFigure(facts, window),
  };
}

function halfLifeFigure(facts: ChallengeFacts, window: DayRange | null): Figure {
  const result = engagementHalfLife(facts.weeklyEngagement.map(({ week, meanPpm }) => ({ week, mean: meanPpm / 1e6 })));
  const evidence: Evidence = { n: result.weeks, of: "weeks from the peak on", window };
  return result.kind === "decays" ? measured(result.days, "days", evidence) : absent(result.reason, "days", evidence);
}

/** Mean over days weighted by agents, two weeks on either side; the day of the change belongs to "after". */
export function describeStatusChange(facts: StatusChangeFacts): StatusStudy {
  return {
    challengeId: facts.challengeId,
    name: facts.name ?? facts.challengeId,
    status: facts.status,
    changedOn: facts.changedOn,
    before: meanOf(facts, -14, -1),
    after: meanOf(facts, 0, 13),
    days: facts.days.map(({ offset, meanPpm, agents }) => ({ offset, mean: meanPpm / 1e6, agents })),
  };
}

function meanOf({ days, changedOn }: StatusChangeFacts, from: number, to: number): Figure {
  const inside = days.filter(({ offset }) => offset >= from && offset <= to);
  const agentDays = inside.reduce((sum, { agents }) => sum + agents, 0);
  const evidence: Evidence = { n: agentDays, of: "agent-days", window: { from: addDays(changedOn, from), to: addDays(changedOn, to) } };
  if (agentDays === 0) return absent("no engagement was observed", "share", evidence);
  const sum = inside.reduce((total, { meanPpm, agents }) => total + meanPpm * agents, 0);
  return measured(sum / agentDays / 1e6, "share", evidence);
}
