import { type MilestoneDefinition, milliText } from "./definition.ts";
import { type Condition, conditionsOf, type JudgedDay, measuredMilli, spanText } from "./judge.ts";

/**
 * Why a decision came out as it did, as it is stored with it: `gami explain` shows this and computes nothing (D6).
 * The names are part of the record; extend, never rename.
 */
export interface Evidence {
  readonly asOf: string;
  readonly period: string;
  /** ISO 8601 interval in the agent's local time, half-open. */
  readonly window: string;
  readonly windowFrom: string | null;
  readonly windowUntil: string;
  readonly value: string | null;
  readonly valueMilli: string | null;
  readonly thresholdMilli: number;
  readonly unit: string;
  readonly n: number;
  readonly daysUsed: number;
  readonly openDays: number;
  readonly ruleHash: string;
  /** `source.stream` -> the batch the marts stood at. */
  readonly batches: Readonly<Record<string, number>>;
  readonly conditions: readonly Condition[];
}

export interface EvidenceContext {
  readonly definition: MilestoneDefinition;
  readonly ruleHash: string;
  readonly batches: Readonly<Record<string, number>>;
}

export function evidenceOf(day: JudgedDay, { definition, ruleHash, batches }: EvidenceContext): Evidence {
  const value = measuredMilli(definition, day);
  return {
    asOf: day.asOf,
    period: day.period.id,
    window: spanText(day.span),
    windowFrom: day.span.from,
    windowUntil: day.span.until,
    value: value === null ? null : milliText(value),
    valueMilli: value === null ? null : String(value),
    thresholdMilli: definition.goal.thresholdMilli,
    unit: definition.goal.unit,
    n: day.n,
    daysUsed: day.daysUsed,
    openDays: day.openDays,
    ruleHash,
    batches,
    conditions: conditionsOf(definition, day),
  };
}

/** What late data may have changed: when it is equal, an award needs no word about it. */
export function isSameFinding(one: Pick<Evidence, "valueMilli" | "n">, definition: MilestoneDefinition, day: JudgedDay): boolean {
  const value = measuredMilli(definition, day);
  return one.valueMilli === (value === null ? null : String(value)) && one.n === day.n;
}
