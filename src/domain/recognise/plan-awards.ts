import { businessKey } from "../business-key.ts";
import { type ChangePolicy, definitionText, type MilestoneDefinition } from "./definition.ts";
import { type Evidence, evidenceOf, isSameFinding } from "./evidence.ts";
import type { JudgedDay } from "./judge.ts";
import { metricNamed } from "./metrics.ts";

/** The last ledger entry of an award, as far as planning needs it. */
export interface LastEntry {
  readonly awardKey: string;
  readonly entryNo: number;
  readonly action: "grant" | "confirm" | "reverse" | "correct";
  readonly ruleHash: string;
  readonly tier: string | null;
  readonly occurredAt: number;
  readonly finding: Pick<Evidence, "asOf" | "valueMilli" | "n">;
}

/** What becomes of one agent under one milestone in one reset period: exactly one of these, so that they add up to the input. */
export const outcomes = ["granted", "no", "duplicate", "conflict", "suppressed", "failed"] as const;
export type Outcome = (typeof outcomes)[number];

export interface PlannedEntry {
  readonly awardKey: string;
  readonly entryNo: number;
  readonly action: "grant" | "confirm" | "reverse";
  readonly periodId: string;
  readonly periodUntil: string | null;
  readonly ruleHash: string;
  readonly occurredAt: number;
  readonly reason: string;
  readonly evidence: Evidence;
  /** Granted although it was reversed before. */
  readonly isAgain: boolean;
}

export interface PlannedDecision {
  readonly periodId: string;
  readonly verdict: JudgedDay["verdict"];
  readonly commitState: JudgedDay["commitState"];
  readonly outcome: Outcome;
  readonly evidence: Evidence;
  /** The latest day judged, whichever day the evidence is of. */
  readonly decidedAsOf: string;
  readonly entries: readonly PlannedEntry[];
}

export interface PlanInput {
  readonly definition: MilestoneDefinition;
  readonly ruleHash: string;
  readonly agentId: string;
  readonly batches: Readonly<Record<string, number>>;
  /** In the order of their days; days of several reset periods may be among them. */
  readonly days: readonly JudgedDay[];
  /** Days on which an award stands, judged again: only they can confirm or reverse it. */
  readonly rechecked: readonly JudgedDay[];
  readonly lastEntry: (awardKey: string) => LastEntry | undefined;
}

/** The entitlement: who, which milestone, which reset period. Never a window, a value, a version or a clock (T8). */
export function awardKeyOf(agentId: string, definitionId: string, periodId: string): string {
  return businessKey("award", "gami", agentId, definitionId, periodId);
}

/**
 * What a run does with one agent and one milestone. The first final day of a period on which the milestone is met grants it;
 * nothing provisional does. A standing award is only touched by its own day judged again on other data, or by a definition that says `restate`.
 */
export function planAwards(input: PlanInput): PlannedDecision[] {
  const periods = Map.groupBy(input.days, ({ period }) => period.id);
  return [...periods].map(([periodId, days]) => planPeriod(input, periodId, days));
}

function planPeriod(input: PlanInput, periodId: string, days: readonly JudgedDay[]): PlannedDecision {
  const awardKey = awardKeyOf(input.agentId, input.definition.id, periodId);
  const last = input.lastEntry(awardKey);
  const latest = days.at(-1);
  if (latest === undefined) throw new RangeError("a period without a day");
  const decide = (outcome: Outcome, entries: readonly PlannedEntry[], day: JudgedDay = latest): PlannedDecision => ({
    periodId,
    verdict: day.verdict,
    commitState: day.commitState,
    outcome,
    evidence: evidenceOf(day, input),
    decidedAsOf: latest.asOf,
    entries,
  });
  const met = days.filter(isMet);
  if (last !== undefined && isLive(last)) {
    const entries = recheck(input, last, [...days, ...input.rechecked.filter(({ period }) => period.id === periodId)]);
    if (entries.at(-1)?.action !== "reverse") return decide("duplicate", entries);
    const next = met.find(({ asOf }) => asOf > last.finding.asOf);
    if (next === undefined) return decide("no", entries);
    return decide("granted", [...entries, grant(input, next, { awardKey, entryNo: last.entryNo + 2, isAgain: true })], next);
  }
  const first = met[0];
  if (first !== undefined) {
    return decide("granted", [grant(input, first, { awardKey, entryNo: (last?.entryNo ?? 0) + 1, isAgain: last !== undefined })], first);
  }
  return decide(latest.verdict === "met" ? "suppressed" : "no", []);
}

export function isLive({ action }: Pick<LastEntry, "action">): boolean {
  return action !== "reverse";
}

function isMet({ verdict, commitState }: JudgedDay): boolean {
  return verdict === "met" && commitState === "final";
}

/** Nothing, a confirmation with the new figures, or a reversal; what is unknown, open or out of scope never takes anything away (T96). */
function recheck(input: PlanInput, last: LastEntry, days: readonly JudgedDay[]): PlannedEntry[] {
  const isOtherRule = last.ruleHash !== input.ruleHash;
  if (isOtherRule && keepsAwards(input.definition.onChange)) return [];
  const day = days.find(({ asOf }) => asOf === last.finding.asOf);
  if (day === undefined || day.commitState !== "final") return [];
  const why = isOtherRule ? "the definition changed" : "late data";
  const found = `${last.finding.valueMilli === null ? "unknown" : thousandths(last.finding.valueMilli)} became ${evidenceOf(day, input).value ?? "unknown"}`;
  if (day.verdict === "not_met")
    return [follow(input, last, day, "reverse", `${why}: ${found}, which does not meet ${definitionText(input.definition)}`)];
  if (day.verdict !== "met" || (!isOtherRule && isSameFinding(last.finding, day))) return [];
  return [follow(input, last, day, "confirm", `${why}: ${found}, still met`)];
}

function keepsAwards(policy: ChangePolicy): boolean {
  return policy !== "restate";
}

function thousandths(text: string): string {
  return (Number(text) / 1000).toString();
}

function follow(input: PlanInput, last: LastEntry, day: JudgedDay, action: "confirm" | "reverse", reason: string): PlannedEntry {
  return { ...entry(input, day, { awardKey: last.awardKey, entryNo: last.entryNo + 1, isAgain: false }), action, reason };
}

function grant(input: PlanInput, day: JudgedDay, place: Pick<PlannedEntry, "awardKey" | "entryNo" | "isAgain">): PlannedEntry {
  const reason = reasonText(input.definition, day);
  return { ...entry(input, day, place), reason: place.isAgain ? `met again: ${reason}` : reason };
}

function entry(
  input: PlanInput,
  day: JudgedDay,
  place: Pick<PlannedEntry, "awardKey" | "entryNo" | "isAgain">,
): Omit<PlannedEntry, "reason"> & { action: "grant" } {
  return {
    ...place,
    action: "grant",
    periodId: day.period.id,
    periodUntil: day.period.until,
    ruleHash: input.ruleHash,
    occurredAt: day.evaluatedAt,
    evidence: evidenceOf(day, input),
  };
}

/** For people, made from the window that was really looked at: never "trailing 30" over 31 days (T33). */
export function reasonText(definition: MilestoneDefinition, { span, n }: JudgedDay): string {
  const from = span.from === null ? "the beginning" : span.from;
  return `${definitionText(definition)}, ${from} up to and without ${span.until}, ${n} ${metricNamed(definition.goal.metric).volume}`;
}
