import { businessKey } from "../business-key.ts";
import { type ChallengeFacts, extraOf, multiplierOf, type PastAdjustment } from "./challenge-facts.ts";
import { type Gate, judgeGates } from "./judge-gates.ts";
import { type AdjustRules, canonicalRules } from "./rules.ts";

export interface Adjustment {
  /** What the platform has to show still when it is told. */
  readonly expectedMultiplierMilli: number;
  readonly wantedMultiplierMilli: number;
  readonly boostDays: number;
  readonly extraMinor: number;
  /** What an approval is bound to: it changes with the challenge, the week, the values, the days and the rules. */
  readonly planHash: string;
}

export interface AdjustmentVerdict {
  readonly challengeId: string;
  readonly nativeId: string;
  /** The second of the two weeks. */
  readonly week: string | null;
  readonly verdict: "proposed" | "held";
  /** Held although interest is lost, because boosts did not help: somebody has to have a look. */
  readonly isForPeople: boolean;
  readonly gates: readonly Gate[];
  /** Why it is held, in words; empty for a proposal. */
  readonly reasons: readonly string[];
  readonly plan: Adjustment | null;
}

const forPeople: readonly string[] = ["hysteresis", "effect"];

/** A proposal with its evidence, or a hold with its reason. Pure: the same facts give the same plan and the same hash. */
export function planAdjustment(facts: ChallengeFacts, past: readonly PastAdjustment[], rules: AdjustRules, now: number): AdjustmentVerdict {
  const gates = judgeGates({ facts, past, rules, now });
  const failed = gates.filter(({ pass }) => pass !== true);
  const week = facts.weeks.at(-1)?.week ?? null;
  const { challengeId, nativeId } = facts;
  const plan = failed.length === 0 && week !== null ? adjustmentOf(facts, rules, week) : null;
  const reasons = failed.map(
    ({ name, text, value, pass }) => `${name}: ${text}, found ${value}${pass === null ? " (too little data)" : ""}`,
  );
  const isLow = gates.some(({ name, pass }) => name === "engagement" && pass === true);
  const isForPeople = isLow && failed.some(({ name }) => forPeople.includes(name));
  return { challengeId, nativeId, week, verdict: plan === null ? "held" : "proposed", isForPeople, gates, reasons, plan };
}

function adjustmentOf(facts: ChallengeFacts, rules: AdjustRules, week: string): Adjustment {
  const { challengeId } = facts;
  const [before, after] = [multiplierOf(facts), rules.multiplierMilli];
  const values = [before, after, rules.boostDays].map(String);
  const planHash = businessKey("adjustment", "gami", challengeId, week, ...values, canonicalRules(rules));
  return {
    expectedMultiplierMilli: before,
    wantedMultiplierMilli: after,
    boostDays: rules.boostDays,
    extraMinor: extraOf(facts, rules),
    planHash,
  };
}
