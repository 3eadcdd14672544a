import { createHash } from "node:crypto";
import type { PastAdjustment } from "../../domain/adjust/challenge-facts.ts";
import { rearmingSince } from "../../domain/adjust/judge-gates.ts";
import { type Adjustment, type AdjustmentVerdict, planAdjustment } from "../../domain/adjust/plan-adjustment.ts";
import { type AdjustRules, canonicalRules } from "../../domain/adjust/rules.ts";
import { dayNumber } from "../../domain/calendar.ts";
import { UsageError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DecisionStore, StoredDecision } from "../../ports/decision-store.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { dayToDecide } from "../recognise/evaluate-milestones.ts";
import { type MartsSnapshot, readMarts } from "../recognise/read-marts.ts";
import { type ReadChallenge, readChallengeFacts } from "./read-challenge-facts.ts";

/** The one rule by which challenges are adjusted: the name its decisions and ledger entries go by. */
export const adjustmentRule = "engagement_boost";

const dayMs = 86_400_000;

export interface AdjustDeps {
  readonly warehouse: QueryReader;
  readonly store: DecisionStore;
  readonly clock: Clock;
  readonly runId: string;
}

export interface AdjustRequest {
  readonly rules: AdjustRules;
  readonly asOf: string | null;
  readonly apply: boolean;
}

/** A verdict on one challenge; a proposal is approved by its id. */
export interface Proposed extends AdjustmentVerdict {
  readonly name: string | null;
  /** Null for what is held. */
  readonly proposalId: string | null;
}

export interface AdjustReport {
  readonly asOf: string;
  readonly isApplied: boolean;
  readonly challenges: readonly Proposed[];
}

/**
 * Looks at every active challenge on its own participants (T67) and proposes a boost with its evidence, or holds with the reason. With `apply`
 * the verdicts are kept; nothing is told to a platform before somebody approves.
 */
export async function adjustChallenges(deps: AdjustDeps, { rules, asOf: asked, apply }: AdjustRequest): Promise<AdjustReport> {
  const marts = await readMarts(deps.warehouse);
  const asOf = finalDay(asked, marts);
  const clockNow = deps.clock.now();
  const now = apply ? clockNow : momentOf(asked, clockNow);
  const verdicts = await judgeChallenges(deps, { rules, asOf, now, isLookBack: !apply && asked !== null });
  const active = verdicts.filter(({ challenge }) => challenge.status === "active");
  if (apply) await keep(deps, { rules, asOf, marts, verdicts: active.map(({ verdict }) => verdict) });
  return { asOf, isApplied: apply, challenges: active.map(({ challenge, verdict }) => proposedOf(verdict, challenge.name)) };
}

/** @throws UsageError for a day of which something may still change: nothing that costs money rests on it (D4). */
function finalDay(asked: string | null, marts: MartsSnapshot): string {
  const asOf = dayToDecide({ asOf: asked, since: null }, marts);
  if (asOf <= marts.finalDate) return asOf;
  throw new UsageError(`--as-of ${asOf} is not final yet: what is loaded may change behind ${marts.finalDate}`, {
    code: "DAY_NOT_FINAL",
    hint: "leave --as-of out to look from the last final day",
  });
}

/** A look from an earlier day sees what ran then; what is kept is judged by the clock. */
function momentOf(asked: string | null, now: number): number {
  return asked === null ? now : Math.min(now, Date.parse(`${asked}T00:00:00Z`) + dayMs);
}

export interface Judged {
  readonly challenge: ReadChallenge;
  readonly verdict: AdjustmentVerdict;
}

/** By which rules challenges are judged, from which final day, and as of when. */
export interface Moment {
  readonly rules: AdjustRules;
  readonly asOf: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** What was approved after `now` is left out; else it counts, since it can only come from a host whose clock is ahead. */
  readonly isLookBack: boolean;
}

export async function judgeChallenges(
  { warehouse, store }: Pick<AdjustDeps, "warehouse" | "store">,
  { rules, asOf, now, isLookBack }: Moment,
): Promise<Judged[]> {
  const past = await pastAdjustments(store, isLookBack ? now : null);
  const weeksSince = new Map([...past].map(([challengeId, boosts]) => [challengeId, rearmingSince(boosts)]));
  const facts = await readChallengeFacts(warehouse, { asOf, boostDays: rules.boostDays, now, weeksSince });
  return facts.map((challenge) => ({
    challenge,
    verdict: planAdjustment(challenge, past.get(challenge.challengeId) ?? [], rules, now),
  }));
}

/** What the ledger says of an adjustment, beside what the platform was asked for. */
export interface AdjustmentEvidence {
  readonly nativeId: string;
  readonly plan: Adjustment;
  readonly endsAt: string;
}

/** Cooldown, hysteresis, effect and what is committed of the budget go by the ledger and by nothing else. */
async function pastAdjustments(store: DecisionStore, until: number | null): Promise<Map<string, PastAdjustment[]>> {
  const past = new Map<string, PastAdjustment[]>();
  for await (const entries of store.entries({ kind: "adjustment" })) {
    for (const { subjectId, occurredAt, evidence } of entries) {
      if (until !== null && occurredAt > until) continue;
      const { endsAt, plan }: AdjustmentEvidence = JSON.parse(evidence);
      const { expectedMultiplierMilli: fromMilli, wantedMultiplierMilli: toMilli, extraMinor } = plan;
      const one = { appliedAt: occurredAt, endsAt: Date.parse(endsAt), fromMilli, toMilli, extraMinor };
      past.set(subjectId, [...(past.get(subjectId) ?? []), one]);
    }
  }
  return past;
}

interface Kept {
  readonly rules: AdjustRules;
  readonly asOf: string;
  readonly marts: MartsSnapshot;
  readonly verdicts: readonly AdjustmentVerdict[];
}

async function keep({ store, runId }: AdjustDeps, { rules, asOf, marts, verdicts }: Kept): Promise<void> {
  const { content, ruleHash } = ruleOf(rules);
  const decidedAsOf = dayNumber(asOf) * 86_400_000;
  const decisions = verdicts.map(
    (verdict): StoredDecision => ({
      definitionId: adjustmentRule,
      subjectId: verdict.challengeId,
      periodId: verdict.week ?? "none",
      ruleHash,
      verdict: verdict.verdict,
      commitState: "final",
      decidedAsOf,
      evidence: JSON.stringify({ ...verdict, asOf, batches: marts.snapshot }),
    }),
  );
  const definition = { kind: "adjustment", definitionId: adjustmentRule, ruleHash, content, validFrom: 0, validTo: null } as const;
  await store.commit({
    runId,
    snapshots: [],
    definitions: [definition],
    entries: [],
    decisions,
    entitlements: [],
    flairVersions: [],
    messages: [],
  });
}

export function ruleOf(rules: AdjustRules): { readonly content: string; readonly ruleHash: string } {
  const content = canonicalRules(rules);
  return { content, ruleHash: createHash("sha256").update(content).digest("hex") };
}

export function proposedOf(verdict: AdjustmentVerdict, name: string | null): Proposed {
  return { ...verdict, name, proposalId: verdict.plan?.planHash.slice(0, 12) ?? null };
}
