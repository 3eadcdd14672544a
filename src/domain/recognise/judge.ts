import { addDays } from "../calendar.ts";
import { amountText, type Goal, goalText, type MilestoneDefinition, type MilestoneWindow, milliText, type Scope } from "./definition.ts";
import { type MeasureRow, type Measures, rowOf, sumIn } from "./measures.ts";
import { type Metric, metricNamed, type Volume, volumeSums, volumes } from "./metrics.ts";
import { type ResetPeriod, resetPeriodOf } from "./reset-period.ts";
import {
  commitStateIn,
  compileVerdict,
  floorsOf,
  foundIn,
  type Mark,
  type MilestoneVerdict,
  minimumOf,
  outOfScope,
  type ScopedAgent,
  type ScopeFault,
  verdictIn,
} from "./verdict.ts";

export type { Measures } from "./measures.ts";
export type { MilestoneVerdict } from "./verdict.ts";

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
export interface AgentThen extends ScopedAgent {
  readonly agentId: string;
  readonly zone: string;
  /** The end of the last shift of that day, else of the local day; epoch milliseconds. */
  readonly evaluatedAt: number;
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

/** One definition, one agent, one day: what it comes to and why. */
export interface JudgedDay {
  readonly asOf: string;
  readonly period: ResetPeriod;
  readonly span: WindowSpan;
  readonly mark: Mark;
  readonly verdict: MilestoneVerdict;
  readonly commitState: "provisional" | "final";
  readonly evaluatedAt: number;
  /** What was counted in the goal's volume. */
  readonly n: number;
  readonly daysUsed: number;
  readonly openDays: number;
  /** Why it is not judged at all; null when it is. */
  readonly outside: Condition | null;
  readonly measures: MeasureRow;
}

export interface JudgeInput {
  readonly definition: MilestoneDefinition;
  readonly agent: AgentThen;
  readonly measures: Measures;
  readonly asOf: string;
}

/** Pure: same definition, same figures, same verdict. Someone out of scope or without enough data is never below the bar (T96). */
export function judge({ definition, agent, measures, asOf }: JudgeInput): JudgedDay {
  return prepareJudge(definition, asOf).judge(agent, rowOf(measures));
}

/** What is the same for everybody is worked out once. */
export interface Judge {
  readonly period: ResetPeriod;
  mark(agent: AgentThen, rows: Float64Array, at: number): Mark;
  /** The same with what is kept of it. It has no words yet: `conditionsOf` makes them. */
  judge(agent: AgentThen, measures: MeasureRow): JudgedDay;
}

export function prepareJudge(definition: MilestoneDefinition, asOf: string): Judge {
  const period = resetPeriodOf(definition.reset, asOf);
  const span = windowSpan(definition.window, period, asOf);
  const volume = volumeSums[metricNamed(definition.goal.metric).volume];
  const rule = compileVerdict(definition, asOf);
  return {
    period,
    mark: (agent, rows, at) => (rule.scopeFault(agent) === null ? rule.mark(rows, at) : outOfScope),
    judge(agent, measures) {
      const fault = rule.scopeFault(agent);
      const mark = fault === null ? rule.mark(measures.rows, measures.at) : outOfScope;
      return {
        asOf,
        period,
        span,
        mark,
        verdict: verdictIn(mark),
        commitState: commitStateIn(mark),
        evaluatedAt: agent.evaluatedAt,
        n: fault === null ? (sumIn(measures, volume) ?? 0) : 0,
        daysUsed: fault === null ? (sumIn(measures, "active_days") ?? 0) : 0,
        openDays: fault === null ? rule.openDays(measures.rows, measures.at) : 0,
        outside: fault === null ? null : outsideCondition(fault, definition.scope, agent),
        measures,
      };
    },
  };
}

/** Every condition with what was found and what would have met it. */
export function conditionsOf(definition: MilestoneDefinition, { outside, measures }: JudgedDay): readonly Condition[] {
  if (outside !== null) return [outside];
  const { goal, guards } = definition;
  return [
    ...volumes.flatMap((volume) => minimumCondition(volume, minimumOf(definition, volume), measures)),
    goalCondition("goal", goal, measures),
    ...floorsOf(definition).map((floor) => goalCondition("floor", floor, measures)),
    ...guards.map((guard) => goalCondition("guard", guard, measures)),
  ];
}

/** Thousandths of the goal's unit, rounded; null when unknown. */
export function measuredMilli({ goal }: MilestoneDefinition, { outside, measures }: JudgedDay): bigint | null {
  return outside === null ? valueMilli(metricNamed(goal.metric), measures) : null;
}

function outsideCondition(fault: ScopeFault, scope: Scope, agent: ScopedAgent): Condition {
  if (fault === "employed") return outside("employed", "no", "not employed, or not active, on that day");
  const shown = foundIn(agent, fault).find((value) => value !== null) ?? "unknown";
  return outside(`${fault} in ${scope[fault].join(", ")}`, shown, `${fault} is ${shown}`);
}

function outside(text: string, value: string, missing: string): Condition {
  return { kind: "scope", text, value, pass: false, missing };
}

function minimumCondition(volume: Volume, minimum: number | undefined, measures: MeasureRow): Condition[] {
  if (minimum === undefined) return [];
  const found = sumIn(measures, volumeSums[volume]) ?? 0;
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

function compared({ source }: Metric, measures: MeasureRow): Compared | null {
  const numerator = sumIn(measures, source.numerator);
  const denominator = source.denominator === null ? 1 : sumIn(measures, source.denominator);
  if (numerator === null || denominator === null || denominator === 0) return null;
  return { numerator: BigInt(numerator), denominator: BigInt(denominator), scale: source.scale, unitScale: source.unitScale };
}

function valueMilli(metric: Metric, measures: MeasureRow): bigint | null {
  const value = compared(metric, measures);
  if (value === null) return null;
  const [over, under] = [value.numerator * value.scale, value.denominator * value.unitScale];
  // Half away from zero; sums are never negative but for points taken back.
  return over < 0n ? -((-2n * over + under) / (2n * under)) : (2n * over + under) / (2n * under);
}

function goalCondition(kind: ConditionKind, goal: Goal, measures: MeasureRow): Condition {
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
