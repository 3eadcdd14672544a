import { businessKey } from "../business-key.ts";
import { definitionText, type MilestoneDefinition, milliText } from "./definition.ts";
import { type Evidence, evidenceOf, isSameFinding } from "./evidence.ts";
import { type JudgedDay, measuredMilli } from "./judge.ts";
import { metricNamed } from "./metrics.ts";
import { type Mark, metAndFinal, outOfScope, verdictIn } from "./verdict.ts";

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
  readonly definition: MilestoneDefinition;
  readonly periodId: string;
  readonly periodUntil: string | null;
  readonly ruleHash: string;
  readonly occurredAt: number;
  readonly reason: string;
  readonly evidence: Evidence;
  /** Granted although it was reversed before. */
  readonly isAgain: boolean;
  /** The version it was awarded by, where a definition that says `restate` confirms or reverses it; null elsewhere. */
  readonly restates: MilestoneDefinition | null;
}

/** How a subject stood on a day, as it is kept. */
export interface Standing {
  readonly periodId: string;
  readonly verdict: JudgedDay["verdict"];
  readonly commitState: JudgedDay["commitState"];
  readonly ruleHash: string;
  readonly decidedAsOf: string;
  /** What `standingEvidence` makes the evidence of, once it is to be kept. */
  readonly judged: Judged;
}

/** The standing is that of the latest day judged, whatever was granted on the way: deciding it again keeps the same. */
export interface PlannedDecision extends Standing {
  readonly outcome: Outcome;
  /** Days before it on which a verdict began or ended, so that nights caught up with are told apart as if each had been decided. */
  readonly turns: readonly Standing[];
  readonly entries: readonly PlannedEntry[];
}

/** A day judged under one version of a definition. */
export interface Judged {
  readonly day: JudgedDay;
  readonly definition: MilestoneDefinition;
  readonly ruleHash: string;
}

export interface PlanInput {
  readonly definitionId: string;
  readonly agentId: string;
  readonly batches: Readonly<Record<string, number>>;
  /** In the order of their days, each under the version that decides it; days of several reset periods may be among them. */
  readonly days: readonly Judged[];
  /** Own days of awards under the version that granted them, where another one decides the day now: they grant nothing. */
  readonly awardDays: readonly Judged[];
  /** Of the award of this agent, milestone and period. */
  readonly lastEntry: (periodId: string) => LastEntry | undefined;
  /** What a version says. */
  readonly definitionOf: (ruleHash: string) => MilestoneDefinition | undefined;
}

/** The entitlement: who, which milestone, which reset period. Never a window, a value, a version or a clock (T8). */
export function awardKeyOf(agentId: string, definitionId: string, periodId: string): string {
  return businessKey("award", "gami", agentId, definitionId, periodId);
}

/**
 * What a run does with one agent and one milestone. The first final day of a period on which the milestone is met grants it;
 * nothing provisional does. A standing award is only touched by its own day: judged again on other data, or by a definition that says
 * `restate`. Where that takes it, the first day that meets it now carries it.
 */
export function planAwards(input: PlanInput): PlannedDecision[] {
  const { days, awardDays } = input;
  const [first] = days;
  // Nearly always all of one period.
  if (first !== undefined && awardDays.length === 0 && days.every(({ day }) => day.period.id === first.day.period.id))
    return [planPeriod(input, first.day.period.id, days)];
  const ids = new Set([...days, ...awardDays].map(({ day }) => day.period.id));
  return [...ids].map((periodId) =>
    planPeriod(
      input,
      periodId,
      days.filter(({ day }) => day.period.id === periodId),
    ),
  );
}

function planPeriod(input: PlanInput, periodId: string, days: readonly Judged[]): PlannedDecision {
  const last = input.lastEntry(periodId);
  const latest = days.at(-1) ?? input.awardDays.findLast(({ day }) => day.period.id === periodId);
  if (latest === undefined) throw new RangeError("a period without a day");
  const decide = (outcome: Outcome, entries: readonly PlannedEntry[]): PlannedDecision => ({
    ...standingOf(latest),
    outcome,
    turns: turningDays(days).map(standingOf),
    entries,
  });
  const marks = days.map(({ day }) => day.mark);
  const first = days[marks.indexOf(metAndFinal)];
  if (last !== undefined && isLive(last)) {
    const entries = recheck(input, last, days);
    if (entries.at(-1)?.action !== "reverse") return decide("duplicate", entries);
    if (first === undefined) return decide("no", entries);
    return decide("granted", [...entries, grant(input, first, { awardKey: last.awardKey, entryNo: last.entryNo + 2, isAgain: true })]);
  }
  const outcome = outcomeWithoutAward(marks);
  if (first === undefined) return decide(outcome, []);
  const awardKey = last?.awardKey ?? awardKeyOf(input.agentId, input.definitionId, periodId);
  return decide(outcome, [grant(input, first, { awardKey, entryNo: (last?.entryNo ?? 0) + 1, isAgain: last !== undefined })]);
}

/** Where no award stands: the first final day on which it is met grants it. What is met and may still change waits. */
export function outcomeWithoutAward(marks: readonly Mark[]): Outcome {
  if (marks.includes(metAndFinal)) return "granted";
  return verdictIn(marks.at(-1) ?? outOfScope) === "met" ? "suppressed" : "no";
}

function standingOf(judged: Judged): Standing {
  const { day, ruleHash } = judged;
  return { periodId: day.period.id, verdict: day.verdict, commitState: day.commitState, ruleHash, decidedAsOf: day.asOf, judged };
}

/** A plan that is only counted needs none. */
export function standingEvidence({ judged }: Standing, batches: Readonly<Record<string, number>>): Evidence {
  return evidenceOf(judged.day, { ...judged, batches });
}

/** The first and the last day of each verdict but the latest day itself. */
function turningDays(days: readonly Judged[]): Judged[] {
  const isTurn = (one: Judged, other: Judged | undefined) => one.day.verdict !== other?.day.verdict;
  return days.slice(0, -1).filter((judged, index) => isTurn(judged, days[index - 1]) || isTurn(judged, days[index + 1]));
}

export function isLive({ action }: Pick<LastEntry, "action">): boolean {
  return action !== "reverse";
}

/** Whether a standing award can be left alone unseen: none of these days is its own, and none is judged again. */
export function isUntouched(last: LastEntry, asOfs: readonly string[]): boolean {
  return isLive(last) && !asOfs.includes(last.finding.asOf);
}

/** Nothing, a confirmation with the new figures, or a reversal; what is unknown, open or out of scope never takes anything away (T96). */
function recheck(input: PlanInput, last: LastEntry, days: readonly Judged[]): PlannedEntry[] {
  const isOwn = ({ day }: Judged) => day.asOf === last.finding.asOf;
  const current = days.find(isOwn);
  const isRestated = current !== undefined && current.ruleHash !== last.ruleHash && current.definition.onChange === "restate";
  const judged = isRestated ? current : [...days, ...input.awardDays].find((one) => isOwn(one) && one.ruleHash === last.ruleHash);
  if (judged === undefined || judged.day.commitState !== "final") return [];
  const { day, definition } = judged;
  const restates = isRestated ? (input.definitionOf(last.ruleHash) ?? null) : null;
  const before = last.finding.valueMilli === null ? "unknown" : milliText(BigInt(last.finding.valueMilli));
  const value = measuredMilli(definition, day);
  const after = value === null ? "unknown" : milliText(value);
  const found = `${isRestated ? "the definition changed" : "late data"}: ${before === after ? after : `${before} became ${after}`}`;
  if (day.verdict === "not_met") {
    const reason = `${found}, which does not meet ${definitionText(definition)}`;
    return [follow(input, last, judged, { action: "reverse", reason, restates })];
  }
  if (day.verdict !== "met" || (!isRestated && isSameFinding(last.finding, definition, day))) return [];
  return [follow(input, last, judged, { action: "confirm", reason: `${found}, still met`, restates })];
}

function follow(
  input: PlanInput,
  last: LastEntry,
  judged: Judged,
  what: Pick<PlannedEntry, "action" | "reason" | "restates">,
): PlannedEntry {
  return { ...entryOf(input, judged, { awardKey: last.awardKey, entryNo: last.entryNo + 1, isAgain: false }), ...what };
}

type Place = Pick<PlannedEntry, "awardKey" | "entryNo" | "isAgain">;

function grant(input: PlanInput, judged: Judged, place: Place): PlannedEntry {
  const reason = reasonText(judged.definition, judged.day);
  return { ...entryOf(input, judged, place), action: "grant", reason: place.isAgain ? `met again: ${reason}` : reason };
}

function entryOf({ batches }: PlanInput, { day, definition, ruleHash }: Judged, place: Place): Omit<PlannedEntry, "action" | "reason"> {
  return {
    ...place,
    restates: null,
    definition,
    periodId: day.period.id,
    periodUntil: day.period.until,
    ruleHash,
    occurredAt: day.evaluatedAt,
    evidence: evidenceOf(day, { definition, ruleHash, batches }),
  };
}

/** For people, made from the window that was really looked at: never "trailing 30" over 31 days (T33). */
export function reasonText(definition: MilestoneDefinition, { span, n }: JudgedDay): string {
  const from = span.from === null ? "the beginning" : span.from;
  return `${definitionText(definition)}, ${from} up to and without ${span.until}, ${n} ${metricNamed(definition.goal.metric).volume}`;
}
