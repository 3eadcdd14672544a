import { dayNumber } from "../calendar.ts";
import type { Goal, MilestoneDefinition, Scope, ScopeField } from "./definition.ts";
import { openDaysPlace, placeInRow } from "./measures.ts";
import { type MetricSource, metricNamed, type Volume, volumeSums, volumes } from "./metrics.ts";
import { type ResetPeriod, resetPeriodOf } from "./reset-period.ts";

export const milestoneVerdicts = ["met", "not_met", "insufficient_data", "out_of_scope"] as const;
export type MilestoneVerdict = (typeof milestoneVerdicts)[number];

/** A verdict and whether it may still change, as one number: what half a million of them a night are while nothing of them is kept. */
export type Mark = number;
const notMet = milestoneVerdicts.indexOf("not_met");
const insufficient = milestoneVerdicts.indexOf("insufficient_data");
export const metAndFinal: Mark = milestoneVerdicts.indexOf("met");
export const outOfScope: Mark = milestoneVerdicts.indexOf("out_of_scope");
const provisional = milestoneVerdicts.length;

export function verdictIn(mark: Mark): MilestoneVerdict {
  return milestoneVerdicts[mark % provisional] ?? "out_of_scope";
}

export function commitStateIn(mark: Mark): "provisional" | "final" {
  return mark >= provisional ? "provisional" : "final";
}

/** What says whether somebody is within the scope. */
export interface ScopedAgent {
  readonly isEmployed: boolean;
  readonly site: string | null;
  readonly teamId: string | null;
  readonly teamName: string | null;
  readonly role: string | null;
  readonly employment: string | null;
}

export type ScopeFault = Exclude<ScopeField, "queue"> | "employed";

/** A definition as of a day, worked out once for everybody: the one home of when a milestone is met. */
export interface VerdictRule {
  /** Why somebody is not judged at all; null when they are. */
  scopeFault(agent: ScopedAgent): ScopeFault | null;
  /** Of somebody in scope, from the row of measures that begins at a place. */
  mark(rows: Float64Array, at: number): Mark;
  openDays(rows: Float64Array, at: number): number;
}

export function compileVerdict(definition: MilestoneDefinition, asOf: string): VerdictRule {
  const { goal, guards, scope } = definition;
  const toCome = daysToCome(definition, resetPeriodOf(definition.reset, asOf), asOf);
  const minimums = volumes.flatMap((volume) => {
    const least = minimumOf(definition, volume);
    return least === undefined ? [] : [{ at: placeInRow(volumeSums[volume]), least }];
  });
  const checks = [goal, ...floorsOf(definition), ...guards].map(compileGoal);
  const open = [...new Set([goal, ...guards].map(({ metric }) => openDaysPlace[metricNamed(metric).finality]))];
  const fields = scopedFields(scope);
  const openDays = (rows: Float64Array, at: number) => {
    let most = 0;
    for (const place of open) most = Math.max(most, rows[at + place] || 0);
    return toCome + most;
  };
  return {
    openDays,
    scopeFault(agent) {
      if (!agent.isEmployed) return "employed";
      for (const { field, wanted } of fields)
        if (!foundIn(agent, field).some((value) => value !== null && wanted.includes(value))) return field;
      return null;
    },
    mark(rows, at) {
      const state = openDays(rows, at) > 0 ? provisional : 0;
      // NaN is null, and nothing at all is less than a minimum.
      for (const { at: place, least } of minimums) if (!((rows[at + place] || 0) >= least)) return state + insufficient;
      let isUnknown = false;
      for (const check of checks) {
        const isReached = passes(check, rows, at);
        // Too little volume decides nothing; then one clear failure outweighs what is unknown, and what is unknown is no success.
        if (isReached === false) return state + notMet;
        if (isReached === null) isUnknown = true;
      }
      return state + (isUnknown ? insufficient : metAndFinal);
    },
  };
}

/** Queues choose interactions, not agents. */
function scopedFields(scope: Scope): { readonly field: Exclude<ScopeField, "queue">; readonly wanted: readonly string[] }[] {
  const fields = ["site", "team", "role", "employment"] as const;
  return fields.flatMap((field) => (scope[field].length === 0 ? [] : [{ field, wanted: scope[field] }]));
}

/** What somebody is known as in a field. */
export function foundIn(agent: ScopedAgent, field: Exclude<ScopeField, "queue">): readonly (string | null)[] {
  return field === "team" ? [agent.teamId, agent.teamName] : [agent[field]];
}

/** A value below is too good to be honest (T73). */
export function floorsOf({ goal, floorMilli }: MilestoneDefinition): Goal[] {
  return floorMilli === null ? [] : [{ ...goal, direction: "higher", thresholdMilli: floorMilli, isStrict: false }];
}

/** The last 5 need 5: half a window decides nothing (T76). */
export function minimumOf({ window, minimum }: MilestoneDefinition, volume: Volume): number | undefined {
  if (window.unit !== "interactions" || volume !== "interactions") return minimum[volume];
  return Math.max(window.last, minimum.interactions ?? 0);
}

/** A count that is reached stays reached, but how fast or how good a period was is known at its end only: one good Monday is no good week. */
function daysToCome({ goal, guards, window }: MilestoneDefinition, { until }: ResetPeriod, asOf: string): number {
  if (window.unit !== "period" || until === null) return 0;
  const mayTurn = [goal, ...guards].some(({ metric }) => ["ratio", "mean_of_days"].includes(metricNamed(metric).aggregate));
  return mayTurn ? dayNumber(until) - dayNumber(asOf) - 1 : 0;
}

interface CompiledGoal extends Pick<MetricSource, "scale" | "unitScale"> {
  readonly numeratorAt: number;
  /** Null: the numerator is the value. */
  readonly denominatorAt: number | null;
  readonly scaleNumber: number;
  /** The threshold with the denominator's own scale. */
  readonly limitNumber: number;
  readonly threshold: bigint;
  readonly isLower: boolean;
  readonly isStrict: boolean;
}

function compileGoal({ metric, direction, thresholdMilli, isStrict }: Goal): CompiledGoal {
  const { numerator, denominator, scale, unitScale } = metricNamed(metric).source;
  return {
    numeratorAt: placeInRow(numerator),
    denominatorAt: denominator === null ? null : placeInRow(denominator),
    scale,
    unitScale,
    scaleNumber: Number(scale),
    limitNumber: thresholdMilli * Number(unitScale),
    threshold: BigInt(thresholdMilli),
    isLower: direction === "lower",
    isStrict,
  };
}

/** `numerator * scale` against `threshold * denominator * unitScale`, in plain numbers where they are exact, which they nearly always are. */
function passes(goal: CompiledGoal, rows: Float64Array, at: number): boolean | null {
  const numerator = rows[at + goal.numeratorAt] ?? Number.NaN;
  const denominator = goal.denominatorAt === null ? 1 : (rows[at + goal.denominatorAt] ?? Number.NaN);
  if (Number.isNaN(numerator) || Number.isNaN(denominator) || denominator === 0) return null;
  const reached = numerator * goal.scaleNumber;
  const limit = goal.limitNumber * denominator;
  const isExact = Number.isSafeInteger(reached) && Number.isSafeInteger(limit);
  const over = isExact ? reached - limit : Number(BigInt(numerator) * goal.scale - goal.threshold * BigInt(denominator) * goal.unitScale);
  if (over === 0) return !goal.isStrict;
  return goal.isLower ? over < 0 : over > 0;
}
