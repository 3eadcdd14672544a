import { t95, twoSidedT } from "./distributions.ts";

/** One unit of a randomised holdout: its outcome, and the same metric before anybody was treated. */
export interface HoldoutUnit {
  readonly outcome: number;
  readonly before: number;
  readonly isTreated: boolean;
}

export interface Cuped {
  readonly estimate: number;
  /** Welch: the arms need not spread alike. */
  readonly standardError: number;
  readonly degrees: number;
  readonly low: number;
  readonly high: number;
  readonly pValue: number;
  /** Slope of the outcome on the period before, over both arms. */
  readonly theta: number;
  /** 1 - rho^2: what is left of the variance of an unadjusted comparison. */
  readonly varianceFactor: number;
  readonly treated: number;
  readonly control: number;
}

/**
 * Difference of means of a randomised holdout after the part known beforehand is taken out (CUPED; Deng et al. 2013).
 * Where whole teams were drawn, a unit here is a team. Null with fewer than two units per arm or no spread at all.
 */
export function estimateCuped(units: readonly HoldoutUnit[]): Cuped | null {
  const meanBefore = meanOf(units.map(({ before }) => before));
  const meanOutcome = meanOf(units.map(({ outcome }) => outcome));
  let squares = 0;
  let products = 0;
  let outcomes = 0;
  for (const { before, outcome } of units) {
    squares += (before - meanBefore) ** 2;
    products += (before - meanBefore) * (outcome - meanOutcome);
    outcomes += (outcome - meanOutcome) ** 2;
  }
  const theta = squares > 0 ? products / squares : 0;
  const adjusted = (isTreated: boolean) =>
    units.filter((unit) => unit.isTreated === isTreated).map(({ outcome, before }) => outcome - theta * (before - meanBefore));
  const welch = compareMeans(adjusted(true), adjusted(false));
  if (welch === null) return null;
  const varianceFactor = squares > 0 && outcomes > 0 ? 1 - products ** 2 / (squares * outcomes) : 1;
  return { ...welch, theta, varianceFactor };
}

export type MeanDifference = Omit<Cuped, "theta" | "varianceFactor">;

/** Welch's comparison of two means; null with fewer than two values on a side or no spread. */
export function compareMeans(treated: readonly number[], control: readonly number[]): MeanDifference | null {
  if (treated.length < 2 || control.length < 2) return null;
  const left = varianceOf(treated) / treated.length;
  const right = varianceOf(control) / control.length;
  const standardError = Math.sqrt(left + right);
  if (!(standardError > 0)) return null;
  const degrees = (left + right) ** 2 / (left ** 2 / (treated.length - 1) + right ** 2 / (control.length - 1));
  const estimate = meanOf(treated) - meanOf(control);
  const reach = t95(degrees) * standardError;
  const pValue = twoSidedT(estimate / standardError, degrees);
  return {
    estimate,
    standardError,
    degrees,
    low: estimate - reach,
    high: estimate + reach,
    pValue,
    treated: treated.length,
    control: control.length,
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
