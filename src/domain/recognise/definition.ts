import { createHash } from "node:crypto";
import { type Better, type MetricUnit, metricNamed, type Volume } from "./metrics.ts";
import type { ResetCycle } from "./reset-period.ts";

/** A typed window (T34): never inferred from a name. All but `period` end with the day that is decided. */
export type MilestoneWindow =
  | { readonly unit: "days"; readonly last: number }
  /** `withinDays`: how far back the last n are looked for. */
  | { readonly unit: "interactions"; readonly last: number; readonly withinDays: number }
  /** From the beginning of the reset period. */
  | { readonly unit: "period" };

export interface Goal {
  readonly metric: string;
  readonly direction: Better;
  /** Thousandths of the unit. */
  readonly thresholdMilli: number;
  readonly unit: MetricUnit;
  /** True: equal is not enough. */
  readonly isStrict: boolean;
}

export const scopeFields = ["site", "team", "role", "employment", "queue"] as const;
export type ScopeField = (typeof scopeFields)[number];
/** All fields must match, one of the values each; an empty list asks nothing. */
export type Scope = Readonly<Record<ScopeField, readonly string[]>>;

export const changePolicies = ["prospective", "grant_only", "restate"] as const;
export type ChangePolicy = (typeof changePolicies)[number];

export interface FlairMapping {
  readonly badge: string;
  readonly variant: string;
  readonly priorityClass: number;
}

export interface MilestoneDefinition {
  readonly id: string;
  readonly name: string;
  readonly goal: Goal;
  readonly window: MilestoneWindow;
  /** At least so many, inclusive; a volume that is not named asks nothing. */
  readonly minimum: Readonly<Partial<Record<Volume, number>>>;
  /** A value below is too good to be honest (T73); thousandths of the goal's unit. */
  readonly floorMilli: number | null;
  /** Other metrics over the same window that must hold too. */
  readonly guards: readonly Goal[];
  readonly scope: Scope;
  readonly tier: { readonly name: string; readonly rank: number };
  readonly reset: ResetCycle;
  /** `YYYY-MM-DD`; `to` is exclusive, null without end. */
  readonly valid: { readonly from: string; readonly to: string | null };
  readonly onChange: ChangePolicy;
  readonly flair: FlairMapping | null;
  /** What one award costs, thousandths of the config's currency; left out where nobody said, so that a version's hash does not depend on it. */
  readonly costMilli?: number;
}

/** The content hash of everything a definition says: its version. */
export function ruleHashOf(definition: MilestoneDefinition): string {
  return createHash("sha256").update(canonicalContent(definition)).digest("hex");
}

/** Keys in one order, whatever order the file had. */
export function canonicalContent(definition: MilestoneDefinition): string {
  return JSON.stringify(sorted(definition));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}

/** Whether two versions say the same of every window: they may differ in what is shown, in the time they hold and in what a change does. */
export function decidesAlike(one: MilestoneDefinition, other: MilestoneDefinition): boolean {
  const ruleOf = ({ goal, window, minimum, floorMilli, guards, scope, reset }: MilestoneDefinition) =>
    JSON.stringify(sorted({ goal, window, minimum, floorMilli, guards, scope, reset }));
  return ruleOf(one) === ruleOf(other);
}

/** Whether a version is in force on a day. */
export function isInForce({ valid }: Pick<MilestoneDefinition, "valid">, date: string): boolean {
  return valid.from <= date && (valid.to === null || date < valid.to);
}

/** `< 240 s`. */
export function goalText({ direction, thresholdMilli, unit, isStrict }: Omit<Goal, "metric">): string {
  const sign = direction === "lower" ? "<" : ">";
  return `${sign}${isStrict ? "" : "="} ${amountText(thresholdMilli, unit)}`;
}

export function amountText(milli: number | bigint, unit: MetricUnit): string {
  return `${milliText(milli)}${unitSuffix[unit]}`;
}

const unitSuffix: Readonly<Record<MetricUnit, string>> = {
  seconds: " s",
  percent: " %",
  interactions: " interactions",
  points: " points",
  share: "",
  days: " days",
};

/** Thousandths as a decimal without trailing zeros. */
export function milliText(milli: number | bigint): string {
  const negative = milli < 0;
  const digits = String(negative ? -milli : milli).padStart(4, "0");
  const fraction = digits.endsWith("000") ? "" : digits.slice(-3).replace(/0+$/, "");
  return `${negative ? "-" : ""}${digits.slice(0, -3)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** `Handle time per interaction < 240 s over the last 30 days`. */
export function definitionText({ goal, window }: Pick<MilestoneDefinition, "goal" | "window">): string {
  return `${metricNamed(goal.metric).words} ${goalText(goal)} over ${windowText(window)}`;
}

export function windowText(window: MilestoneWindow): string {
  switch (window.unit) {
    case "days":
      return `the last ${window.last} days`;
    case "interactions":
      return `the last ${window.last} interactions (of at most ${window.withinDays} days)`;
    case "period":
      return "the period";
  }
}
