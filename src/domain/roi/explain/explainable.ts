import type { OutcomeName } from "../programme/programme-facts.ts";
import type { DayRange, Figure, MoneyFigure } from "../report/figure.ts";
import type { ExplainedRow, Input } from "./explanation.ts";

/** A figure of a report that can be taken apart. */
export interface Explainable {
  /** `month.2026-03.gain`: what the reader types. */
  readonly name: string;
  readonly title: string;
  readonly figure: Figure | MoneyFigure;
  readonly origin: Origin;
  /** What it is one of many of: a terminal shows one member of each series. */
  readonly series: Series | null;
}

export interface Series {
  readonly of: "months" | "weeks" | "challenges" | "event weeks" | "cells";
  readonly member: string;
}

export function single(name: string, title: string, figure: Figure | MoneyFigure, origin: Origin): Explainable {
  return { name, title, figure, origin, series: null };
}

export type ActivityMeasure = "agents" | "interactions" | "handle-time" | "quality" | "engagement";
export type ChallengeMeasure = "gain" | "gain-weighted" | "cost" | "points-paid" | "points-unweighted" | "points-weighted";
export type PointsMeasure = Extract<ChallengeMeasure, `points-${string}`>;
export type CellChoice = "all" | "first-weeks" | number;

/** Months `YYYY-MM`, both inside. */
export interface MonthRange {
  readonly from: string;
  readonly to: string;
}

/** Where a figure's rows come from. */
export type Origin =
  | {
      readonly kind: "terms";
      readonly formula: string;
      readonly inputs: readonly Input[];
      readonly rows: readonly ExplainedRow[];
      readonly slack?: number;
    }
  | { readonly kind: "activity"; readonly measure: ActivityMeasure; readonly range: DayRange }
  | { readonly kind: "costs"; readonly months: MonthRange; readonly costKind: string | null }
  | { readonly kind: "own-past"; readonly months: MonthRange; readonly measure: "gain" | "handle-gain" | "quality-gain" | "change" }
  | { readonly kind: "points"; readonly month: string; readonly measure: PointsMeasure }
  | { readonly kind: "challenge"; readonly challengeId: string; readonly months: MonthRange; readonly measure: ChallengeMeasure }
  | { readonly kind: "effect"; readonly outcome: OutcomeName; readonly cells: CellChoice }
  | { readonly kind: "effect-gain"; readonly outcome: OutcomeName; readonly cells: "all" | "first-weeks" }
  | { readonly kind: "cell"; readonly outcome: OutcomeName; readonly cohort: string; readonly week: string }
  | { readonly kind: "draw"; readonly outcome: OutcomeName; readonly isAdjusted: boolean }
  | { readonly kind: "contacts" }
  | { readonly kind: "leavers"; readonly isGain: boolean }
  | { readonly kind: "horizon"; readonly amount: "operational-gain" | "operational-cost" | "stability-gain" | "stability-cost" }
  | { readonly kind: "turnover"; readonly thresholdPpm: number }
  | { readonly kind: "comparison"; readonly before: DayRange; readonly after: DayRange };
