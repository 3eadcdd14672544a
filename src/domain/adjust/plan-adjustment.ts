import { businessKey } from "../business-key.ts";
import { type AgentDayScore, type CohortDay, handleTimeStability, qualitySlope } from "./gates.ts";

/** What an organisation allows; the guide's figures are the defaults. */
export interface AdjustRules {
  /** Engagement below it in two whole ISO weeks is a reason to look (millionths). */
  readonly triggerPpm: number;
  /** A week at or above it makes the trigger sharp again. */
  readonly rearmPpm: number;
  /** Absolute, never a factor on what is there (T68). */
  readonly multiplierMilli: number;
  readonly mostMultiplierMilli: number;
  readonly boostDays: number;
  readonly cooldownDays: number;
  readonly stability: number;
  readonly leastAgents: number;
  readonly leastEvaluations: number;
}

export const defaultRules: Omit<AdjustRules, "triggerPpm"> = {
  rearmPpm: 550_000,
  multiplierMilli: 1_200,
  mostMultiplierMilli: 1_500,
  boostDays: 7,
  cooldownDays: 10,
  stability: 0.8,
  leastAgents: 10,
  leastEvaluations: 30,
};

/** A 10 % chance of passing on a flat truth, instead of 50 % with a bare "> 0" (T66). */
const leastSlopeRatio = 1.2816;
const dayMs = 86_400_000;

export interface ChallengeWeek {
  /** `2024-W07`, complete and final. */
  readonly week: string;
  /** Epoch milliseconds of its Monday, midnight. */
  readonly startsAt: number;
  /** Mean over agents of their own mean; null when nobody had enough days. */
  readonly engagementPpm: number | null;
  readonly agents: number;
}

/** One adjustment that was approved, from the ledger. */
export interface PastAdjustment {
  readonly appliedAt: number;
  readonly endsAt: number;
}

export interface ChallengeFacts {
  readonly challengeId: string;
  /** As the platform knows it. */
  readonly nativeId: string;
  readonly status: string;
  readonly multiplierMilli: number | null;
  readonly endsAt: number | null;
  readonly budgetMinor: number | null;
  readonly spentMinor: number;
  /** What it cost a day lately. */
  readonly dailyCostMinor: number;
  /** The latest last. */
  readonly weeks: readonly ChallengeWeek[];
  readonly scores: readonly AgentDayScore[];
  readonly days: readonly CohortDay[];
  /** Of the participants, how many have a shift in the days of the boost; null where no shift was ever loaded. */
  readonly scheduled: { readonly participants: number; readonly withShift: number } | null;
}

export interface Gate {
  readonly name: string;
  readonly text: string;
  readonly value: string;
  readonly pass: boolean | null;
}

export interface Adjustment {
  readonly expectedMultiplierMilli: number;
  readonly wantedMultiplierMilli: number;
  readonly boostDays: number;
  /** What an approval is bound to: it changes with anything it says. */
  readonly planHash: string;
}

export interface AdjustmentVerdict {
  readonly challengeId: string;
  readonly nativeId: string;
  /** The second of the two weeks. */
  readonly week: string | null;
  readonly verdict: "proposed" | "held";
  readonly gates: readonly Gate[];
  /** Why it is held, in words; empty for a proposal. */
  readonly reasons: readonly string[];
  readonly plan: Adjustment | null;
}

/** A proposal with its evidence, or a hold with its reason. Pure: the same facts give the same plan and the same hash. */
export function planAdjustment(facts: ChallengeFacts, past: readonly PastAdjustment[], rules: AdjustRules, now: number): AdjustmentVerdict {
  const gates = [
    statusGate(facts),
    engagementGate(facts, past, rules),
    hysteresisGate(facts, past, rules),
    qualityGate(facts, rules),
    stabilityGate(facts, rules),
    cooldownGate(past, rules, now),
    multiplierGate(facts, rules),
    shiftGate(facts),
    budgetGate(facts, rules),
  ];
  const failed = gates.filter(({ pass }) => pass !== true);
  const week = facts.weeks.at(-1)?.week ?? null;
  const { challengeId, nativeId } = facts;
  const plan = failed.length === 0 && week !== null ? adjustmentOf(facts, rules, week) : null;
  const reasons = failed.map(
    ({ name, text, value, pass }) => `${name}: ${text}, found ${value}${pass === null ? " (too little data)" : ""}`,
  );
  return { challengeId, nativeId, week, verdict: plan === null ? "held" : "proposed", gates, reasons, plan };
}

function adjustmentOf({ challengeId, multiplierMilli }: ChallengeFacts, rules: AdjustRules, week: string): Adjustment {
  const [before, after] = [multiplierMilli ?? 1_000, rules.multiplierMilli];
  const planHash = businessKey("adjustment", "gami", challengeId, week, String(before), String(after), String(rules.boostDays));
  return { expectedMultiplierMilli: before, wantedMultiplierMilli: after, boostDays: rules.boostDays, planHash };
}

/** Nothing is ever woken up by an adjustment. */
function statusGate({ status }: ChallengeFacts): Gate {
  return { name: "status", text: "active", value: status, pass: status === "active" };
}

function engagementGate({ weeks }: ChallengeFacts, past: readonly PastAdjustment[], { triggerPpm, leastAgents }: AdjustRules): Gate {
  const two = weeks.slice(-2);
  const lastEnd = Math.max(0, ...past.map(({ endsAt }) => endsAt));
  const isKnown = two.length === 2 && two.every(({ engagementPpm, agents }) => engagementPpm !== null && agents >= leastAgents);
  // A boosted week is no evidence of how engaged people are without it.
  const isUnboosted = (two.at(-1)?.startsAt ?? 0) >= lastEnd;
  const isBelow = two.every(({ engagementPpm }) => engagementPpm !== null && engagementPpm < triggerPpm);
  const shown = two.map(
    ({ week, engagementPpm, agents }) => `${week} ${engagementPpm === null ? "?" : share(engagementPpm)} of ${agents} agents`,
  );
  const value = `${shown.join(", ") || "no complete week"}${isUnboosted ? "" : ", boosted"}`;
  const text = `below ${share(triggerPpm)} in two whole weeks, ${leastAgents} agents or more`;
  return { name: "engagement", text, value, pass: isKnown ? isBelow && isUnboosted : null };
}

/** A boost that did not work twice is not repeated: somebody has a look. */
function hysteresisGate({ weeks }: ChallengeFacts, past: readonly PastAdjustment[], { rearmPpm }: AdjustRules): Gate {
  const rearmed = weeks.findLast(({ engagementPpm }) => engagementPpm !== null && engagementPpm >= rearmPpm);
  const since = past.filter(({ appliedAt }) => rearmed === undefined || appliedAt >= rearmed.startsAt + 7 * dayMs).length;
  return {
    name: "hysteresis",
    text: `fewer than 2 boosts since a week of ${share(rearmPpm)} or more`,
    value: `${since} boosts`,
    pass: since < 2,
  };
}

function qualityGate({ scores }: ChallengeFacts, { leastEvaluations }: AdjustRules): Gate {
  const found = qualitySlope(scores);
  const text = `a slope above 0 by ${leastSlopeRatio} standard errors, ${leastEvaluations} days with a score or more`;
  if (found === null || found.n < leastEvaluations)
    return { name: "quality_trend", text, value: `${scores.length} days with a score`, pass: null };
  const { slope, standardError, n } = found;
  const low = slope - leastSlopeRatio * standardError;
  return {
    name: "quality_trend",
    text,
    value: `${slope.toFixed(4)} a day, lower bound ${low.toFixed(4)}, n ${n}`,
    pass: slope > 0 && low > 0,
  };
}

function stabilityGate({ days }: ChallengeFacts, { stability }: AdjustRules): Gate {
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

function cooldownGate(past: readonly PastAdjustment[], { cooldownDays }: AdjustRules, now: number): Gate {
  const last = Math.max(...past.map(({ appliedAt }) => appliedAt));
  const text = `${cooldownDays} whole days since the last adjustment`;
  if (past.length === 0) return { name: "cooldown", text, value: "never adjusted", pass: true };
  return { name: "cooldown", text, value: new Date(last).toISOString(), pass: now - last >= cooldownDays * dayMs };
}

function multiplierGate({ multiplierMilli }: ChallengeFacts, { multiplierMilli: wanted, mostMultiplierMilli }: AdjustRules): Gate {
  const now = multiplierMilli ?? 1_000;
  const text = `below the wanted ${wanted / 1000}, which is at most ${mostMultiplierMilli / 1000}`;
  return { name: "multiplier", text, value: String(now / 1000), pass: now < wanted && wanted <= mostMultiplierMilli };
}

function shiftGate({ scheduled }: ChallengeFacts): Gate {
  const text = "7 of 10 participants have a shift in the days of the boost, where shifts are planned";
  if (scheduled === null) return { name: "shift_plan", text, value: "no shifts are loaded", pass: true };
  const { participants, withShift } = scheduled;
  return { name: "shift_plan", text, value: `${withShift} of ${participants}`, pass: withShift * 10 >= participants * 7 };
}

function budgetGate({ budgetMinor, spentMinor, dailyCostMinor }: ChallengeFacts, { multiplierMilli, boostDays }: AdjustRules): Gate {
  const extra = Math.ceil((dailyCostMinor * boostDays * (multiplierMilli - 1_000)) / 1_000);
  const text = `what is spent and ${extra} more stay within the budget (minor units)`;
  if (budgetMinor === null) return { name: "budget", text, value: "no budget is set", pass: true };
  return { name: "budget", text, value: `${spentMinor} of ${budgetMinor}`, pass: spentMinor + extra <= budgetMinor };
}

function share(ppm: number): string {
  return (ppm / 1_000_000).toFixed(3);
}
