import chiSquareCdf from "@stdlib/stats-base-dists-chisquare-cdf";
import fCdf from "@stdlib/stats-base-dists-f-cdf";
import normalCdfOf from "@stdlib/stats-base-dists-normal-cdf";
import normalPdfOf from "@stdlib/stats-base-dists-normal-pdf";
import tCdf from "@stdlib/stats-base-dists-t-cdf";
import tQuantileOf from "@stdlib/stats-base-dists-t-quantile";

/** The half-width of a 95 % normal interval in standard errors. */
export const z95 = 1.959963984540054;

/**
 * How many standard errors an effect must measure to be found with 80 % power at the 5 % level, two-sided
 * (1.960 + 0.842, by convention cut to two decimals).
 */
export const detectableInErrors = 2.8;

export function normalCdf(x: number): number {
  return normalCdfOf(x, 0, 1);
}

export function normalPdf(x: number): number {
  return normalPdfOf(x, 0, 1);
}

/** The half-width of a 95 % interval in standard errors; `degrees` is clusters - 1. */
export function t95(degrees: number): number {
  return tQuantileOf(0.975, degrees);
}

/** Two-sided p of a studentised estimate. */
export function twoSidedT(ratio: number, degrees: number): number {
  return 2 * tCdf(-Math.abs(ratio), degrees);
}

export function twoSidedNormal(ratio: number): number {
  return 2 * normalCdf(-Math.abs(ratio));
}

export function upperF(statistic: number, numerator: number, denominator: number): number {
  return 1 - fCdf(statistic, numerator, denominator);
}

export function upperChiSquare(statistic: number, degrees: number): number {
  return 1 - chiSquareCdf(statistic, degrees);
}
