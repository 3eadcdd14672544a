import { nearest } from "../../config/nearest.ts";
import { dateOfDay, dayNumber } from "../../domain/calendar.ts";
import type { MilestoneDefinition } from "../../domain/recognise/definition.ts";
import type { Evidence } from "../../domain/recognise/evidence.ts";
import { prepareOffsetAt } from "../../domain/zone.ts";
import { UsageError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DecisionInTime, DecisionStore, LedgerEntry } from "../../ports/decision-store.ts";
import { personOf, type WhoRequest } from "./person-of.ts";

export interface ExplainDeps extends Pick<WhoRequest, "links"> {
  readonly store: DecisionStore;
  readonly clock: Clock;
}

export interface ExplainRequest {
  /** As dim_agent has it, or `SOURCE:NATIVE_ID`. */
  readonly agent: string;
  readonly milestone: string;
  /** What was known at the end of this day; null: what is known. */
  readonly at: string | null;
  /** Whose day that is: the organisation's. */
  readonly zone: string;
}

/** One verdict with the time it stood, in words of the calendar. */
export interface ExplainedVerdict {
  readonly verdict: string;
  readonly commitState: string;
  /** Decided as of this day the last time; the evidence is that day's. */
  readonly decidedAsOf: string;
  readonly since: string;
  /** Exclusive; null while it stands. */
  readonly until: string | null;
  readonly ruleHash: string;
  readonly evidence: Evidence;
}

export interface ExplainedEntry {
  readonly entryNo: number;
  readonly action: string;
  readonly earnedAt: string;
  readonly postedAt: string;
  readonly reason: string;
  readonly ruleHash: string;
  readonly evidence: Evidence;
}

export interface ExplainedPeriod {
  readonly periodId: string;
  readonly isAwarded: boolean;
  /** Null where only the ledger goes back that far. */
  readonly verdict: ExplainedVerdict | null;
  readonly earlier: readonly ExplainedVerdict[];
  readonly entries: readonly ExplainedEntry[];
}

export interface Explanation {
  readonly agentId: string;
  readonly definitionId: string;
  readonly at: string | null;
  /** The versions that the verdicts and entries below name, by hash. */
  readonly definitions: Readonly<Record<string, MilestoneDefinition>>;
  /** The latest period first. */
  readonly periods: readonly ExplainedPeriod[];
}

const dayMs = 86_400_000;

/**
 * Why somebody did or did not get something, from what was stored when it was decided: nothing is computed again (D6).
 * @throws UsageError when no such milestone or agent was ever decided.
 */
export async function explain({ store, clock, links }: ExplainDeps, { agent, milestone, at, zone }: ExplainRequest): Promise<Explanation> {
  const stored = await store.definitions("milestone");
  refuseUnknown(milestone, [...new Set(stored.map(({ definitionId }) => definitionId))]);
  const subjectId = await personOf({ agent, at: at === null ? clock.now() : endOf(at, zone), links });
  const asked = { definitionIds: [milestone], subjectId };
  const verdicts = (await store.decisionHistory(asked)).filter((one) => at === null || one.since <= dayNumber(at) * dayMs);
  const entries: (ExplainedEntry & { readonly periodId: string })[] = [];
  const isKnown = prepareKnown(at, zone);
  for await (const some of store.entries(asked)) entries.push(...some.filter(isKnown).map(explainedEntry));
  const ids = [...new Set([...verdicts, ...entries].map(({ periodId }) => periodId))];
  if (ids.length === 0) throw undecided(agent, milestone, at);
  const periods = ids.map((periodId) => {
    const ofPeriod = verdicts.filter((one) => one.periodId === periodId).map((one) => explainedVerdict(one, at));
    const own = entries.filter((one) => one.periodId === periodId);
    return {
      periodId,
      isAwarded: own.length > 0 && own.at(-1)?.action !== "reverse",
      verdict: ofPeriod.at(-1) ?? null,
      earlier: ofPeriod.slice(0, -1),
      entries: own,
    };
  });
  const hashes = new Set([...verdicts, ...entries].map(({ ruleHash }) => ruleHash));
  return {
    agentId: subjectId,
    definitionId: milestone,
    at,
    definitions: Object.fromEntries(
      stored.filter(({ ruleHash }) => hashes.has(ruleHash)).map(({ ruleHash, content }) => [ruleHash, JSON.parse(content)]),
    ),
    periods: periods.toSorted((one, other) => lastDay(other) - lastDay(one)),
  };
}

/** An entry is known from the day it was posted on, whatever the day it is about: late data takes back what was right to believe (D2). */
function prepareKnown(at: string | null, zone: string): (entry: LedgerEntry) => boolean {
  if (at === null) return () => true;
  const offsetAt = prepareOffsetAt(zone);
  return ({ postedAt }) => dateOfDay(Math.floor((postedAt + offsetAt(postedAt) * 1000) / dayMs)) <= at;
}

/** The last moment of a day. */
function endOf(date: string, zone: string): number {
  const next = (dayNumber(date) + 1) * dayMs;
  return next - prepareOffsetAt(zone)(next) * 1000 - 1;
}

function refuseUnknown(milestone: string, known: readonly string[]): void {
  if (known.includes(milestone)) return;
  const near = nearest(milestone, known);
  throw new UsageError(`nothing was ever decided by a milestone ${milestone}`, {
    code: "MILESTONE_UNKNOWN",
    hint:
      near !== null
        ? `did you mean ${near}?`
        : known.length > 0
          ? `decided so far: ${known.join(", ")}`
          : "run 'gami evaluate milestones --apply' first",
  });
}

function undecided(agent: string, milestone: string, at: string | null): UsageError {
  return new UsageError(`nothing is stored about agent ${agent} and ${milestone}${at === null ? "" : ` up to ${at}`}`, {
    code: "NOT_DECIDED",
    hint: "give agent_id as in marts.dim_agent, or SOURCE:NATIVE_ID, like csv:desk:17",
  });
}

function explainedVerdict(one: DecisionInTime, at: string | null): ExplainedVerdict {
  const { verdict, commitState, decidedAsOf, since, replacedAsOf, ruleHash, evidence } = one;
  const isLater = at !== null && replacedAsOf !== null && replacedAsOf > dayNumber(at) * dayMs;
  return {
    verdict,
    commitState,
    decidedAsOf: dateOf(decidedAsOf),
    since: dateOf(since),
    until: replacedAsOf === null || isLater ? null : dateOf(replacedAsOf),
    ruleHash,
    evidence: JSON.parse(evidence),
  };
}

function explainedEntry({ periodId, entryNo, action, occurredAt, postedAt, reason, ruleHash, evidence }: LedgerEntry) {
  const instant = (ms: number) => new Date(ms).toISOString();
  const found: Evidence = JSON.parse(evidence);
  return { periodId, entryNo, action, earnedAt: instant(occurredAt), postedAt: instant(postedAt), reason, ruleHash, evidence: found };
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function lastDay({ verdict, entries }: Omit<ExplainedPeriod, "periodId">): number {
  return Math.max(...[verdict?.decidedAsOf, entries.at(-1)?.evidence.asOf].map((day) => (day === undefined ? 0 : dayNumber(day))));
}
