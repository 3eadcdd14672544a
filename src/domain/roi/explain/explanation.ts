import type { Figure, MoneyFigure } from "../report/figure.ts";

/** One number of the report taken apart: what it is the sum of, and whether it is. */
export interface Explanation {
  readonly name: string;
  readonly title: string;
  readonly reported: Figure | MoneyFigure;
  /** How the figure comes about, in words. */
  readonly formula: string;
  readonly inputs: readonly Input[];
  readonly rows: readonly ExplainedRow[];
  /** Sum of the contributions; null where the figure is absent. */
  readonly total: number | null;
  /** Sum less figure; rounding, or a fault. */
  readonly difference: number | null;
  readonly addsUp: boolean;
}

/** A number the formula needs and the rows do not show; `explain` names what takes it apart further. */
export interface Input {
  readonly name: string;
  readonly value: string;
  readonly explain: string | null;
}

/** `contribution = weight x value`. */
export interface ExplainedRow {
  readonly of: Readonly<Record<string, string | number | null>>;
  readonly weight: number;
  readonly value: number;
  readonly contribution: number;
  readonly explain: string | null;
}

/** What explaining found, before it is held against the report. */
export interface Decomposition {
  readonly formula: string;
  readonly inputs: readonly Input[];
  readonly rows: readonly ExplainedRow[];
  /** How often the report rounded on the way to the figure. */
  readonly roundings?: number;
  /** What rounded amounts in the rows may be off on top. */
  readonly slack?: number;
}

export function rowOf(of: ExplainedRow["of"], weight: number, value: number, explain: string | null = null): ExplainedRow {
  return { of, weight, value, contribution: weight * value, explain };
}

/** Figures carry five decimals, amounts whole minor units. */
const figureRounding = 0.6e-5;
export const moneyRounding = 0.51;

export function isMoney(figure: Figure | MoneyFigure): figure is MoneyFigure {
  return "amountMinor" in figure;
}

export function numberOf(figure: Figure | MoneyFigure): number | null {
  if (!isMoney(figure)) return figure.value;
  return figure.amountMinor === null ? null : Number(figure.amountMinor);
}

/** Holds the rows against the figure: a sum that is off by more than rounding is told, never papered over. */
export function holdAgainst(
  { name, title, figure }: { readonly name: string; readonly title: string; readonly figure: Figure | MoneyFigure },
  { formula, inputs, rows, roundings = 1, slack = 0 }: Decomposition,
): Explanation {
  const value = numberOf(figure);
  const common = { name, title, reported: figure, formula, inputs };
  if (value === null) return { ...common, rows: [], total: null, difference: null, addsUp: true };
  const total = rows.reduce((sum, { contribution }) => sum + contribution, 0);
  const allowed = (isMoney(figure) ? moneyRounding : figureRounding) * roundings + slack + 1e-12 * Math.abs(value);
  return { ...common, rows, total, difference: total - value, addsUp: Math.abs(total - value) <= allowed };
}
