import { addDays } from "../../calendar.ts";
import { t95, twoSidedT } from "../../estimate/distributions.ts";
import type { ChallengeFacts, ClusteredFacts, EngagementMeasureFacts } from "./facts.ts";
import { absent, type DayRange, type Evidence, type Figure, measured, type Unit } from "./figure.ts";
import { slopeFromPeak, type WeeklyMean } from "./rates.ts";
import type { EngagementMeasures } from "./report.ts";
import { numberText } from "./words.ts";

const fewestTeams = 5;
const fewTeams = `fewer than ${fewestTeams} teams: no interval`;
const fewestAgents = 10;
const fewestAgentWeeks = 30;

/** The measures of docs/roi-report.md, "Engagement measures": each with its n, its days, its interval or why there is none. */
export function planEngagementMeasures(
  facts: EngagementMeasureFacts,
  challenges: readonly ChallengeFacts[],
  window: DayRange | null,
): EngagementMeasures {
  const lags = facts.lags.map(({ lagWeeks, ...lag }) => ({ lagWeeks, correlation: describeLag(lag) }));
  return {
    velocity: describeVelocity(facts.velocity),
    pointDecay: describePointDecay(challenges, window),
    accrualToQuality: describeAccrual(facts.accrual),
    triggerToQuality: { lags, ...strongestLag(facts.lags) },
    byShiftStart: describeShiftStarts(facts.shiftStarts),
  };
}

function describeVelocity({ agents, agentWeeks, window, ...found }: EngagementMeasureFacts["velocity"]): Figure {
  const evidence: Evidence = { n: agents, of: `agents with 4 scored weeks (${agentWeeks} agent-weeks)`, window };
  return clustered(found, "share", evidence, "no agent has 4 weeks with 3 scored days each in the latest 8");
}

/** An estimate with Student's interval on teams - 1 degrees. */
function clustered({ estimate, standardError, teams }: ClusteredFacts, unit: Unit, evidence: Evidence, reason: string): Figure {
  if (estimate === null) return absent(reason, unit, evidence);
  if (teams < fewestTeams || standardError === null || !(standardError > 0)) return measured(estimate, unit, evidence, null, fewTeams);
  const reach = t95(teams - 1) * standardError;
  return measured(estimate, unit, evidence, [estimate - reach, estimate + reach]);
}

/** On Fisher's scale, so that no interval leaves [-1, 1]. */
function correlation({ estimate, standardError, teams }: ClusteredFacts, evidence: Evidence, reason: string): Figure {
  if (estimate === null) return absent(reason, "ratio", evidence);
  const found = onFisherScale({ estimate, standardError, teams });
  if (found === null) return measured(estimate, "ratio", evidence, null, fewTeams);
  const reach = t95(teams - 1) * found.error;
  return measured(estimate, "ratio", evidence, [Math.tanh(found.z - reach), Math.tanh(found.z + reach)]);
}

function onFisherScale({ estimate, standardError, teams }: ClusteredFacts): { z: number; error: number } | null {
  if (estimate === null || standardError === null || teams < fewestTeams || !(standardError > 0) || !(Math.abs(estimate) < 1)) return null;
  return { z: Math.atanh(estimate), error: standardError / (1 - estimate ** 2) };
}

function describeAccrual({
  agents,
  window,
  correlation: found,
  slope,
}: EngagementMeasureFacts["accrual"]): EngagementMeasures["accrualToQuality"] {
  const evidence: Evidence = {
    n: agents,
    of: "agents with points, 5 worked days and 2 evaluations in both of the latest 28-day spans",
    window,
  };
  const reason = `fewer than ${fewestAgents} agents have points, 5 worked days and 2 evaluations in both of the latest 28-day spans, or nothing varies`;
  const known = agents >= fewestAgents;
  const none = { estimate: null, standardError: null, teams: 0 };
  return {
    correlation: correlation(known ? found : none, evidence, reason),
    slope: clustered(known && found.estimate !== null ? slope : none, "points", evidence, reason),
  };
}

function describeLag({ agents, agentWeeks, window, ...found }: Omit<EngagementMeasureFacts["lags"][number], "lagWeeks">): Figure {
  const evidence: Evidence = { n: agentWeeks, of: `pairs of weeks of ${agents} agents`, window };
  const isKnown = agents >= fewestAgents && agentWeeks >= fewestAgentWeeks;
  const reason = `fewer than ${fewestAgents} agents with 4 pairs of weeks in which points and quality are known, or nothing varies`;
  return correlation(isKnown ? found : { ...found, estimate: null }, evidence, reason);
}

/** Five looks at one question: the strongest stands only where it would as the only one at 1 % (Bonferroni). */
function strongestLag(lags: EngagementMeasureFacts["lags"]): Pick<EngagementMeasures["triggerToQuality"], "strongestLagWeeks" | "reason"> {
  const tested = lags.flatMap(({ lagWeeks, agents, agentWeeks, ...found }) => {
    const scaled = agents >= fewestAgents && agentWeeks >= fewestAgentWeeks ? onFisherScale(found) : null;
    return scaled === null ? [] : [{ lagWeeks, p: twoSidedT(scaled.z / scaled.error, found.teams - 1) }];
  });
  if (tested.length === 0) return { strongestLagWeeks: null, reason: "no lag has enough agents and teams to be tested" };
  const best = tested.reduce((left, right) => (right.p < left.p ? right : left));
  if (best.p < 0.05 / tested.length) return { strongestLagWeeks: best.lagWeeks, reason: null };
  return { strongestLagWeeks: null, reason: `no lag stands out once all ${tested.length} are counted as looks at one question` };
}

function describeShiftStarts(found: EngagementMeasureFacts["shiftStarts"]): EngagementMeasures["byShiftStart"] {
  const bands = found.map(({ fromHour, agents, agentDays, window, ...band }) => ({
    fromHour,
    toHour: fromHour + 4,
    engagement: clustered(band, "share", { n: agents, of: `agents (${numberText(agentDays, 0)} agent-days)`, window }, "nobody was scored"),
  }));
  return { bands, reason: bands.length > 0 ? null : "no shift with a known start and an engagement score is loaded" };
}

/** Whole weeks while the challenge ran: what stops with its end is no decay. */
export function weeklyPoints({ weeklyEngagement, endsOn }: ChallengeFacts): WeeklyMean[] {
  return weeklyEngagement.flatMap(({ week, from, workedDays, pointsMilli }) => {
    const isRunning = endsOn === null || addDays(from, 6) < endsOn;
    return isRunning && workedDays > 0 ? [{ week, mean: pointsMilli / 1000 / workedDays }] : [];
  });
}

/** One slope of the logarithm within challenges, each from its peak on; the error is clustered by challenge. */
function describePointDecay(challenges: readonly ChallengeFacts[], window: DayRange | null): Figure {
  const series = challenges.map((challenge) => slopeFromPeak(weeklyPoints(challenge))).filter((found) => found !== null);
  const spread = series.reduce((sum, { xx }) => sum + xx, 0);
  const weeks = series.reduce((sum, found) => sum + found.weeks, 0);
  const evidence: Evidence = { n: series.length, of: `challenges (${weeks} weeks from their peak on)`, window };
  if (series.length === 0) return absent("no challenge has 3 whole weeks with points from its peak on", "share", evidence);
  const slope = series.reduce((sum, { xy }) => sum + xy, 0) / spread;
  const change = Math.expm1(slope);
  if (series.length < 3) return measured(change, "share", evidence, null, "fewer than 3 challenges: no interval");
  const squares = series.reduce((sum, { xx, xy }) => sum + (xy - slope * xx) ** 2, 0);
  const error = Math.sqrt((squares * series.length) / (series.length - 1)) / spread;
  const reach = t95(series.length - 1) * error;
  return measured(change, "share", evidence, [Math.expm1(slope - reach), Math.expm1(slope + reach)]);
}
