import { addDays, dayNumber } from "../calendar.ts";
import {
  amountText,
  type Goal,
  goalText,
  type MilestoneDefinition,
  type MilestoneWindow,
  milliText,
  type Scope,
  type ScopeField,
  scopeFields,
} from "./definition.ts";
import { type Metric, metricNamed, type SumName, type Volume, volumeSums, volumes } from "./metrics.ts";
import { type ResetPeriod, resetPeriodOf } from "./reset-period.ts";

/** A window of local days, half-open; `from` is null where it has no beginning. */
export interface WindowSpan {
  readonly from: string | null;
  readonly until: string;
}

/** The last 30 days as of 2024-01-31 are 2024-01-02 up to and without 2024-02-01 (T33, G13). */
export function windowSpan(window: MilestoneWindow, period: ResetPeriod, asOf: string): WindowSpan {
  const until = addDays(asOf, 1);
  switch (window.unit) {
    case "days":
      return { from: addDays(until, -window.last), until };
    case "interactions":
      return { from: addDays(until, -window.withinDays), until };
    case "period":
      return { from: period.from, until };
  }
}

/** ISO 8601, in the agent's local time: `2024-01-02T00:00/2024-02-01T00:00`. */
export function spanText({ from, until }: WindowSpan): string {
  return `${from === null ? ".." : `${from}T00:00`}/${until}T00:00`;
}

/** An agent on the day a window ends with: as of then, not as of today. */
export interface AgentThen {
  readonly agentId: string;
  readonly isEmployed: boolean;
  readonly site: string | null;
  readonly teamId: string | null;
  readonly teamName: string | null;
  readonly role: string | null;
  readonly employment: string | null;
  readonly zone: string;
  /** The end of the last shift of that day, else of the local day; epoch milliseconds. */
  readonly evaluatedAt: number;
}

/** What the marts say of one agent and one window. */
export interface Measures {
  /** A figure nobody has is null, never zero (T57). */
  readonly sums: Readonly<Record<SumName, number | null>>;
  /** Days of the window whose figures may still change. */
  readonly openDays: Readonly<Record<Metric["finality"], number>>;
  /** Days of the window on the roster. */
  readonly days: number;
}

export type ConditionKind = "scope" | "minimum" | "goal" | "floor" | "guard";

export interface Condition {
  readonly kind: ConditionKind;
  /** `handle_time < 240 s`. */
  readonly text: string;
  /** As shown; null when there is nothing to show. */
  readonly value: string | null;
  /** Null: unknown, since there is no data. */
  readonly pass: boolean | null;
  /** The smallest change that would have met it; null when it is met. */
  readonly missing: string | null;
}

export type MilestoneVerdict = "met" | "not_met" | "insufficient_data" | "out_of_scope";

/** One definition, one agent, one day: what it comes to and why. */
export interface JudgedDay {
  readonly asOf: string;
  readonly period: ResetPeriod;
  readonly span: WindowSpan;
  readonly verdict: MilestoneVerdict;
  readonly commitState: "provisional" | "final";
  readonly evaluatedAt: number;
  /** What was counted in the goal's volume. */
  readonly n: number;
  readonly daysUsed: number;
  readonly openDays: number;
  /** Why it is not judged at all; null when it is. */
  readonly outside: Condition | null;
  readonly measures: Measures;
}

export interface JudgeInput {
  readonly definition: MilestoneDefinition;
  readonly agent: AgentThen;
  readonly measures: Measures;
  readonly asOf: string;
}

/** Pure: same definition, same figures, same verdict. Someone out of scope or without enough data is never below the bar (T96). */
export function judge({ definition, agent, measures, asOf }: JudgeInput): JudgedDay {
  return prepareJudge(definition, asOf)(agent, measures);
}

/** What is the same for everybody is worked out once. Half a million verdicts a night have no words: `conditionsOf` makes them for those that are kept. */
export function prepareJudge(definition: MilestoneDefinition, asOf: string): (agent: AgentThen, measures: Measures) => JudgedDay {
  const { goal, guards, floorMilli, scope } = definition;
  const period = resetPeriodOf(definition.reset, asOf);
  const span = windowSpan(definition.window, period, asOf);
  const metric = metricNamed(goal.metric);
  const toCome = daysToCome(definition, period, asOf);
  const minimums = volumes.map((volume) => ({ volume, least: minimumOf(definition, volume) }));
  const goals = [goal, ...(floorMilli === null ? [] : [floorOf(goal, floorMilli)]), ...guards].map((one) => ({
    goal: one,
    metric: metricNamed(one.metric),
  }));
  const finalities = [...new Set([metric, ...guards.map((guard) => metricNamed(guard.metric))].map(({ finality }) => finality))];
  return (agent, measures) => {
    const { evaluatedAt } = agent;
    const common = { asOf, period, span, evaluatedAt, measures };
    const outside = outsideScope(scope, agent);
    if (outside !== null) return { ...common, verdict: "out_of_scope", commitState: "final", n: 0, daysUsed: 0, openDays: 0, outside };
    let openDays = toCome;
    for (const finality of finalities) openDays = Math.max(openDays, toCome + measures.openDays[finality]);
    const isEnough = minimums.every(({ volume, least }) => least === undefined || (measures.sums[volumeSums[volume]] ?? 0) >= least);
    return {
      ...common,
      verdict: isEnough ? verdictOf(goals.map((one) => passes(one.goal, one.metric, measures))) : "insufficient_data",
      commitState: openDays > 0 ? "provisional" : "final",
      n: measures.sums[volumeSums[metric.volume]] ?? 0,
      daysUsed: measures.sums.active_days ?? 0,
      openDays,
      outside: null,
    };
  };
}

/** Every condition with what was found and what would have met it. */
export function conditionsOf(definition: MilestoneDefinition, { outside, measures }: JudgedDay): readonly Condition[] {
  if (outside !== null) return [outside];
  const { goal, guards, floorMilli } = definition;
  return [
    ...volumes.flatMap((volume) => minimumCondition(volume, minimumOf(definition, volume), measures)),
    goalCondition("goal", goal, measures),
    ...(floorMilli === null ? [] : [goalCondition("floor", floorOf(goal, floorMilli), measures)]),
    ...guards.map((guard) => goalCondition("guard", guard, measures)),
  ];
}

/** Thousandths of the goal's unit, rounded; null when unknown. */
export function measuredMilli({ goal }: MilestoneDefinition, { outside, measures }: JudgedDay): bigint | null {
  return outside === null ? valueMilli(metricNamed(goal.metric), measures) : null;
}

function floorOf(goal: Goal, floorMilli: number): Goal {
  return { ...goal, direction: "higher", thresholdMilli: floorMilli, isStrict: false };
}

/** A count that is reached stays reached, but how fast or how good a period was is known at its end only: one good Monday is no good week. */
function daysToCome({ goal, guards, window }: MilestoneDefinition, { until }: ResetPeriod, asOf: string): number {
  if (window.unit !== "period" || until === null) return 0;
  const mayTurn = [goal, ...guards].some(({ metric }) => ["ratio", "mean_of_days"].includes(metricNamed(metric).aggregate));
  return mayTurn ? dayNumber(until) - dayNumber(asOf) - 1 : 0;
}

/** Too little volume decides nothing; then one clear failure outweighs what is unknown, and what is unknown is no success. */
function verdictOf(passed: readonly (boolean | null)[]): MilestoneVerdict {
  if (passed.includes(false)) return "not_met";
  return passed.includes(null) ? "insufficient_data" : "met";
}

function outsideScope(scope: Scope, agent: AgentThen): Condition | null {
  if (!agent.isEmployed) return outside("employed", "no", "not employed, or not active, on that day");
  const values: Readonly<Record<Exclude<ScopeField, "queue">, readonly (string | null)[]>> = {
    site: [agent.site],
    team: [agent.teamId, agent.teamName],
    role: [agent.role],
    employment: [agent.employment],
  };
  for (const field of scopeFields) {
    const wanted = scope[field];
    // Queues choose interactions, not agents.
    if (field === "queue" || wanted.length === 0) continue;
    const found = values[field];
    if (found.some((value) => value !== null && wanted.includes(value))) continue;
    const shown = found.find((value) => value !== null) ?? "unknown";
    return outside(`${field} in ${wanted.join(", ")}`, shown, `${field} is ${shown}`);
  }
  return null;
}

function outside(text: string, value: string, missing: string): Condition {
  return { kind: "scope", text, value, pass: false, missing };
}

/** The last 5 need 5: half a window decides nothing (T76). */
function minimumOf({ window, minimum }: MilestoneDefinition, volume: Volume): number | undefined {
  if (window.unit !== "interactions" || volume !== "interactions") return minimum[volume];
  return Math.max(window.last, minimum.interactions ?? 0);
}

function minimumCondition(volume: Volume, minimum: number | undefined, { sums }: Measures): Condition[] {
  if (minimum === undefined) return [];
  const found = sums[volumeSums[volume]] ?? 0;
  const pass = found >= minimum;
  return [
    {
      kind: "minimum",
      text: `at least ${minimum} ${volume}`,
      value: String(found),
      pass,
      missing: pass ? null : `${minimum - found} more ${volume}`,
    },
  ];
}

/** `numerator * scale` against `threshold * denominator * unitScale`, both whole: 240.000 is never 239.9999. */
interface Compared {
  readonly numerator: bigint;
  readonly scale: bigint;
  readonly denominator: bigint;
  readonly unitScale: bigint;
}

function compared(metric: Metric, { sums }: Measures): Compared | null {
  const { source } = metric;
  const numerator = sums[source.numerator];
  const denominator = source.denominator === null ? 1 : sums[source.denominator];
  if (numerator === null || denominator === null || denominator === 0) return null;
  return { numerator: BigInt(numerator), denominator: BigInt(denominator), scale: source.scale, unitScale: source.unitScale };
}

/** As the condition says it, without its words. In plain numbers where they are exact, which they nearly always are. */
function passes({ direction, thresholdMilli, isStrict }: Goal, { source }: Metric, { sums }: Measures): boolean | null {
  const numerator = sums[source.numerator];
  const denominator = source.denominator === null ? 1 : sums[source.denominator];
  if (numerator === null || denominator === null || denominator === 0) return null;
  const reached = numerator * Number(source.scale);
  const limit = thresholdMilli * denominator * Number(source.unitScale);
  const isExact = Number.isSafeInteger(reached) && Number.isSafeInteger(limit);
  const over = isExact
    ? reached - limit
    : Number(BigInt(numerator) * source.scale - BigInt(thresholdMilli) * BigInt(denominator) * source.unitScale);
  if (over === 0) return !isStrict;
  return direction === "lower" ? over < 0 : over > 0;
}

function valueMilli(metric: Metric, measures: Measures): bigint | null {
  const value = compared(metric, measures);
  if (value === null) return null;
  const [over, under] = [value.numerator * value.scale, value.denominator * value.unitScale];
  // Half away from zero; sums are never negative but for points taken back.
  return over < 0n ? -((-2n * over + under) / (2n * under)) : (2n * over + under) / (2n * under);
}

function goalCondition(kind: ConditionKind, goal: Goal, measures: Measures): Condition {
  const metric = metricNamed(goal.metric);
  const value = compared(metric, measures);
  const text = `${goal.metric} ${goalText(goal)}`;
  if (value === null) return { kind, text, value: null, pass: null, missing: "no data in the window" };
  const gap = gapOf(goal, value);
  const shown = amountText(valueMilli(metric, measures) ?? 0n, metric.unit);
  return { kind, text, value: shown, pass: gap <= 0n, missing: gap <= 0n ? null : missingText(metric, goal, gap, value) };
}

/** How far the numerator is from the nearest one that meets the goal over the same denominator; 0 or less when it is met. */
function gapOf({ direction, thresholdMilli, isStrict }: Goal, { numerator, scale, denominator, unitScale }: Compared): bigint {
  const limit = BigInt(thresholdMilli) * denominator * unitScale;
  const whole = floorDiv(limit, scale);
  const isExact = whole * scale === limit;
  if (direction === "lower") {
    const highest = isExact && isStrict ? whole - 1n : whole;
    return numerator - highest;
  }
  const lowest = isExact && !isStrict ? whole : whole + 1n;
  return lowest - numerator;
}

function floorDiv(over: bigint, under: bigint): bigint {
  const quotient = over / under;
  return over < 0n && quotient * under !== over ? quotient - 1n : quotient;
}

function missingText(metric: Metric, { direction }: Goal, gap: bigint, { denominator }: Compared): string {
  const word = direction === "lower" ? "less" : "more";
  const n = String(denominator);
  switch (metric.source.numerator) {
    case "handle_ms":
      return `${milliText(gap)} s ${word} in all, over the same ${n} interactions`;
    case "quality_sum_milli":
      return `${milliText(gap)} points of score ${word} in all, over the same ${n} evaluations`;
    case "csat_sum_milli":
      return `${milliText(gap)} points of score ${word} in all, over the same ${n} surveys`;
    case "adherent_ms":
      return `${milliText(gap)} s of adherence ${word}, in the same schedule`;
    case "engagement_sum_ppm":
      return `${milliText((gap + 999n) / 1000n)} of engagement ${word} in all, over the same ${n} days`;
    case "points_milli":
      return `${milliText(gap)} points ${word}`;
    default:
      return `${gap} ${metric.unit} ${word}`;
  }
}
