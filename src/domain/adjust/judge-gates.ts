import { type ChallengeFacts, type ChallengeWeek, extraOf, multiplierOf, type PastAdjustment } from "./challenge-facts.ts";
import { handleTimeStability, qualitySlope } from "./gates.ts";
import type { AdjustRules } from "./rules.ts";

/** A 10 % chance of passing on a flat truth, instead of 50 % with a bare "> 0" (T66). */
const leastSlopeRatio = 1.2816;
const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** What boosts did half a year ago says little of what one would do now. */
const weeksOfEffect = 26;

export interface Gate {
  readonly name: string;
  readonly text: string;
  readonly value: string;
  /** Null when there is too little data to say. */
  readonly pass: boolean | null;
}

interface Case {
  readonly facts: ChallengeFacts;
  /** The earliest first. */
  readonly past: readonly PastAdjustment[];
  readonly rules: AdjustRules;
  readonly now: number;
}

/** Everything that must hold for a boost (statistics.md section 4); what is not known is not held to be true. */
export function judgeGates(one: Case): Gate[] {
  return [
    statusGate(one),
    recentGate(one),
    engagementGate(one),
    hysteresisGate(one),
    effectGate(one),
    qualityGate(one),
    stabilityGate(one),
    cooldownGate(one),
    frequencyGate(one),
    multiplierGate(one),
    shiftGate(one),
    budgetGate(one),
  ];
}

/** Nothing is ever woken up by an adjustment, and no boost outlives its challenge. */
function statusGate({ facts: { status, endsAt }, rules: { boostDays }, now }: Case): Gate {
  const lasts = endsAt === null || endsAt >= now + boostDays * dayMs;
  const end = endsAt === null ? "" : ` until ${new Date(endsAt).toISOString()}`;
  return {
    name: "status",
    text: `active, for ${boostDays} more days at least`,
    value: `${status}${end}`,
    pass: status === "active" && lasts,
  };
}

/** Weeks long past say nothing about today, and two weeks are two that follow each other. */
function recentGate({ facts: { weeks }, rules: { mostDaysAgo }, now }: Case): Gate {
  const [first, second] = weeks.slice(-2);
  const text = `two whole weeks one after the other, ended at most ${mostDaysAgo} days ago`;
  if (first === undefined || second === undefined) return { name: "weeks", text, value: `${weeks.length} whole weeks`, pass: null };
  const daysAgo = (now - second.startsAt - weekMs) / dayMs;
  return {
    name: "weeks",
    text,
    value: `${first.week} and ${second.week}, ended ${Math.floor(daysAgo)} days ago`,
    pass: second.startsAt - first.startsAt === weekMs && daysAgo >= 0 && daysAgo <= mostDaysAgo,
  };
}

function engagementGate({ facts: { weeks }, past, rules }: Case): Gate {
  const { triggerPpm, leastAgents, leastCoveragePpm } = rules;
  const two = weeks.slice(-2);
  const lastEnd = Math.max(0, ...past.map(({ endsAt }) => endsAt));
  const isCovered = ({ agents, participants }: ChallengeWeek) => agents * 1_000_000 >= participants * leastCoveragePpm;
  const isKnown = two.length === 2 && two.every((week) => week.engagementPpm !== null && week.agents >= leastAgents && isCovered(week));
  // A boosted week is no evidence of how engaged people are without it.
  const isUnboosted = (two.at(-1)?.startsAt ?? 0) >= lastEnd;
  const isBelow = two.every(({ engagementPpm }) => engagementPpm !== null && engagementPpm < triggerPpm);
  const shown = two.map(
    ({ week, engagementPpm, agents, participants }) =>
      `${week} ${engagementPpm === null ? "?" : share(engagementPpm)} of ${agents} in ${participants} agents`,
  );
  const value = `${shown.join(", ") || "no complete week"}${isUnboosted ? "" : ", boosted"}`;
  const text = `below ${share(triggerPpm)} in both weeks, known of ${leastAgents} agents and ${leastCoveragePpm / 10_000} % or more`;
  return { name: "engagement", text, value, pass: isKnown ? isBelow && isUnboosted : null };
}

/** A boost that did not work twice is not repeated: somebody has a look. */
function hysteresisGate({ facts: { weeks }, past, rules: { rearmPpm } }: Case): Gate {
  const rearmed = weeks.findLast(({ engagementPpm }) => engagementPpm !== null && engagementPpm >= rearmPpm);
  const since = past.filter(({ appliedAt }) => rearmed === undefined || appliedAt >= rearmed.startsAt + weekMs).length;
  return {
    name: "hysteresis",
    text: `fewer than 2 boosts since a week of ${share(rearmPpm)} or more`,
    value: `${since} boosts`,
    pass: since < 2,
  };
}

/** Epoch milliseconds. No week that ends before the last boost but one makes a difference to the gate, however long ago that boost was. */
export function rearmingSince(past: readonly PastAdjustment[]): number {
  const [, second = Number.POSITIVE_INFINITY] = past.map(({ appliedAt }) => appliedAt).toSorted((one, other) => other - one);
  return second - weekMs;
}

function effectGate({ facts: { weeks }, past, rules: { leastElasticity } }: Case): Gate {
  const measured = past.flatMap((one) => elasticityOf(one, weeks.slice(-weeksOfEffect)) ?? []).slice(-2);
  const text = `not two boosts in a row with an elasticity below ${leastElasticity}`;
  const value = measured.map((one) => one.toFixed(3)).join(", ") || "no boost measured";
  return { name: "effect", text, value, pass: !(measured.length === 2 && measured.every((one) => one < leastElasticity)) };
}

/** ln(engagement in the middle of the boost / in the last week before it) / ln(multiplier after / before); null when a week is unknown. */
export function elasticityOf({ appliedAt, endsAt, fromMilli, toMilli }: PastAdjustment, weeks: readonly ChallengeWeek[]): number | null {
  const middle = (appliedAt + endsAt) / 2;
  const before = weeks.findLast(({ startsAt }) => startsAt + weekMs <= appliedAt)?.engagementPpm ?? null;
  const during = weeks.find(({ startsAt }) => startsAt <= middle && middle < startsAt + weekMs)?.engagementPpm ?? null;
  if (before === null || during === null || before === 0 || during === 0 || toMilli <= fromMilli) return null;
  return Math.log(during / before) / Math.log(toMilli / fromMilli);
}

/** Errors are clustered by agent: of a handful of agents they would look smaller than they are. */
function qualityGate({ facts: { scores }, rules: { leastEvaluations, leastAgents } }: Case): Gate {
  const found = qualitySlope(scores);
  const agents = new Set(scores.map(({ agentId }) => agentId)).size;
  const text = `a slope above 0 by ${leastSlopeRatio} standard errors, ${leastEvaluations} days with a score of ${leastAgents} agents or more`;
  if (found === null || found.n < leastEvaluations || agents < leastAgents)
    return { name: "quality_trend", text, value: `${scores.length} days with a score of ${agents} agents`, pass: null };
  const { slope, standardError, n } = found;
  const low = slope - leastSlopeRatio * standardError;
  return {
    name: "quality_trend",
    text,
    value: `${slope.toFixed(4)} a day, lower bound ${low.toFixed(4)}, n ${n}`,
    pass: slope > 0 && low > 0,
  };
}

function stabilityGate({ facts: { days }, rules: { stability } }: Case): Gate {
  const found = handleTimeStability(days);
  const text = `above ${stability}, over days of 200 contacts or more`;
  if (found === null) return { name: "handle_time_stability", text, value: `${days.length} days`, pass: null };
  return {
    name: "handle_time_stability",
    text,
    value: `${found.stability.toFixed(4)} over ${found.n} days`,
    pass: found.stability > stability,
  };
}

function cooldownGate({ past, rules: { cooldownDays }, now }: Case): Gate {
  const last = Math.max(...past.map(({ appliedAt }) => appliedAt));
  const text = `${cooldownDays} whole days since the last adjustment`;
  if (past.length === 0) return { name: "cooldown", text, value: "never adjusted", pass: true };
  return { name: "cooldown", text, value: new Date(last).toISOString(), pass: now - last >= cooldownDays * dayMs };
}

/** People get used to what they are paid for: ever more of it is no answer. */
function frequencyGate({ past, rules: { mostBoosts }, now }: Case): Gate {
  const lately = past.filter(({ appliedAt }) => now - appliedAt < 90 * dayMs).length;
  return { name: "frequency", text: `at most ${mostBoosts} boosts in 90 days`, value: `${lately} so far`, pass: lately < mostBoosts };
}

function multiplierGate({ facts, rules: { multiplierMilli: wanted, mostMultiplierMilli } }: Case): Gate {
  const now = multiplierOf(facts);
  const text = `below the wanted ${wanted / 1000}, which is at most ${mostMultiplierMilli / 1000}`;
  return { name: "multiplier", text, value: String(now / 1000), pass: now < wanted && wanted <= mostMultiplierMilli };
}

function shiftGate({ facts: { scheduled } }: Case): Gate {
  const text = "7 of 10 participants have a shift in the days of the boost, where shifts are planned";
  if (scheduled === null) return { name: "shift_plan", text, value: "no shifts are loaded", pass: true };
  const { participants, withShift } = scheduled;
  return { name: "shift_plan", text, value: `${withShift} of ${participants}`, pass: withShift * 10 >= participants * 7 };
}

/** Costs that are loaded, and by the ledger what boosts are reckoned to cost that no loaded cost can show yet, ended or not: costs come weeks later. */
function budgetGate({ facts, past, rules }: Case): Gate {
  const { budgetMinor, spentMinor, costsUntil } = facts;
  const unseen = past.filter(({ endsAt }) => costsUntil === null || endsAt > costsUntil);
  const committed = unseen.reduce((sum, { extraMinor }) => sum + extraMinor, 0);
  const extra = extraOf(facts, rules);
  const text = `spent, committed and ${extra} more stay within the budget (minor units)`;
  if (budgetMinor === null) return { name: "budget", text, value: "no budget is set", pass: true };
  if (spentMinor === null) return { name: "budget", text, value: `no cost is loaded of a budget of ${budgetMinor}`, pass: null };
  const value = `${spentMinor} and ${committed} of ${budgetMinor}`;
  return { name: "budget", text, value, pass: spentMinor + committed + extra <= budgetMinor };
}

function share(ppm: number): string {
  return (ppm / 1_000_000).toFixed(3);
}
