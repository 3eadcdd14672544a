import type { AgentDayScore, CohortDay } from "./gates.ts";
import type { AdjustRules } from "./rules.ts";

export interface ChallengeWeek {
  /** `2024-W07`, complete and final. */
  readonly week: string;
  /** Epoch milliseconds of its Monday, midnight. */
  readonly startsAt: number;
  /** Mean over agents of their own mean; null when nobody had enough days. */
  readonly engagementPpm: number | null;
  /** Those with enough days. */
  readonly agents: number;
  readonly participants: number;
}

/** One adjustment that was approved, from the ledger. */
export interface PastAdjustment {
  readonly appliedAt: number;
  readonly endsAt: number;
  readonly fromMilli: number;
  readonly toMilli: number;
  /** What it was reckoned to cost. */
  readonly extraMinor: number;
}

export interface ChallengeFacts {
  readonly challengeId: string;
  /** As the platform knows it. */
  readonly nativeId: string;
  readonly status: string;
  readonly multiplierMilli: number | null;
  readonly endsAt: number | null;
  readonly budgetMinor: number | null;
  /** What it has cost by itself, by the costs that are loaded; null when none are. */
  readonly spentMinor: number | null;
  /** What its points cost is loaded until then (epoch milliseconds); null when none of it is. */
  readonly costsUntil: number | null;
  /** What it cost a day lately. */
  readonly dailyCostMinor: number;
  /** The latest last. */
  readonly weeks: readonly ChallengeWeek[];
  readonly scores: readonly AgentDayScore[];
  readonly days: readonly CohortDay[];
  /** Of the participants, how many have a shift in the days of the boost; null where no shift was ever loaded. */
  readonly scheduled: { readonly participants: number; readonly withShift: number } | null;
}

/** A challenge that says nothing of a multiplier has none: 1. */
export function multiplierOf({ multiplierMilli }: ChallengeFacts): number {
  return multiplierMilli ?? 1_000;
}

/** What the boost costs beyond what the same days cost without it. */
export function extraOf(facts: ChallengeFacts, { multiplierMilli, boostDays }: AdjustRules): number {
  const before = multiplierOf(facts);
  return Math.max(0, Math.ceil((facts.dailyCostMinor * boostDays * (multiplierMilli - before)) / before));
}
