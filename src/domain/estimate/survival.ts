import { upperChiSquare, z95 } from "./distributions.ts";

/** Time under observation, and whether it ended with the event or was cut off. */
export interface Duration {
  readonly time: number;
  readonly hasEvent: boolean;
  /** How often this one counts (resampling); 1 by default. */
  readonly weight?: number;
}

export interface SurvivalStep {
  readonly time: number;
  readonly survival: number;
  /** Greenwood. */
  readonly standardError: number;
  readonly atRisk: number;
  readonly events: number;
}

/** Kaplan and Meier: one step per time with an event, ascending. */
export function estimateSurvival(durations: readonly Duration[]): SurvivalStep[] {
  const sorted = [...durations].sort((a, b) => a.time - b.time);
  let atRisk = sorted.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let survival = 1;
  let spread = 0;
  const steps: SurvivalStep[] = [];
  for (let index = 0; index < sorted.length; ) {
    const time = sorted[index]?.time ?? 0;
    let events = 0;
    let leaving = 0;
    for (; index < sorted.length && sorted[index]?.time === time; index++) {
      const { hasEvent, weight = 1 } = sorted[index] ?? { hasEvent: false };
      leaving += weight;
      if (hasEvent) events += weight;
    }
    if (events > 0) {
      survival *= 1 - events / atRisk;
      spread += events === atRisk ? 0 : events / (atRisk * (atRisk - events));
      steps.push({ time, survival, standardError: survival * Math.sqrt(spread), atRisk, events });
    }
    atRisk -= leaving;
  }
  return steps;
}

/** Survival beyond `time`: the last step at or before it. */
export function survivalAt(steps: readonly SurvivalStep[], time: number): { survival: number; standardError: number } {
  const step = steps.filter((candidate) => candidate.time <= time).at(-1);
  return { survival: step?.survival ?? 1, standardError: step?.standardError ?? 0 };
}

/** The first time at which at most half survive; null when it was not reached. */
export function medianSurvival(steps: readonly SurvivalStep[]): number | null {
  // Products of exact halves come out a hair above .5.
  return steps.find(({ survival }) => survival <= 0.5 + 1e-12)?.time ?? null;
}

/** Restricted mean survival time: the area under the curve up to `horizon`. */
export function restrictedMean(steps: readonly SurvivalStep[], horizon: number): number {
  let area = 0;
  let from = 0;
  let survival = 1;
  for (const step of steps) {
    if (step.time >= horizon) break;
    area += survival * (step.time - from);
    from = step.time;
    survival = step.survival;
  }
  return area + survival * (horizon - from);
}

export interface LogRank {
  /** Events in the first group, seen and expected if both were alike. */
  readonly observed: number;
  readonly expected: number;
  readonly variance: number;
  readonly statistic: number;
  readonly pValue: number;
}

/** One duration of a two-group comparison; only units of one stratum are compared with each other. */
export interface GroupedDuration extends Duration {
  readonly isFirst: boolean;
  readonly stratum?: string;
}

/** Log-rank test, stratified where strata are given. Null without events or with one group only. */
export function testLogRank(durations: readonly GroupedDuration[]): LogRank | null {
  const strata = [...new Set(durations.map(({ stratum }) => stratum ?? ""))].sort();
  const parts = strata.map((stratum) => scoreStratum(durations.filter((duration) => (duration.stratum ?? "") === stratum)));
  const sum = (pick: (part: { observed: number; expected: number; variance: number }) => number) =>
    parts.reduce((total, part) => total + pick(part), 0);
  const [observed, expected, variance] = [sum((part) => part.observed), sum((part) => part.expected), sum((part) => part.variance)];
  if (!(variance > 0)) return null;
  const statistic = (observed - expected) ** 2 / variance;
  return { observed, expected, variance, statistic, pValue: upperChiSquare(statistic, 1) };
}

function scoreStratum(durations: readonly GroupedDuration[]): { observed: number; expected: number; variance: number } {
  const times = [...new Set(durations.filter(({ hasEvent }) => hasEvent).map(({ time }) => time))];
  let [observed, expected, variance] = [0, 0, 0];
  for (const time of times) {
    const atRisk = durations.filter((duration) => duration.time >= time);
    const first = atRisk.filter(({ isFirst }) => isFirst);
    const events = (group: readonly Duration[]) => group.filter((duration) => duration.time === time && duration.hasEvent).length;
    const all = events(atRisk);
    observed += events(first);
    expected += (all * first.length) / atRisk.length;
    if (atRisk.length < 2) continue;
    const share = first.length / atRisk.length;
    variance += (all * share * (1 - share) * (atRisk.length - all)) / (atRisk.length - 1);
  }
  return { observed, expected, variance };
}

/** (1.960 + 0.842)^2: 5 % two-sided, 80 % power. */
const powerFactor = 7.849;

/** Events needed to tell a hazard ratio from 1 with 80 % power (Schoenfeld), `share` of them in one arm. Whole events. */
export function eventsNeeded(hazardRatio: number, share: number): number {
  return Math.ceil(powerFactor / (share * (1 - share) * Math.log(hazardRatio) ** 2));
}

/** A 95 % interval for survival on the log-log scale, which stays inside 0 and 1. */
export function survivalInterval({ survival, standardError }: { survival: number; standardError: number }): { low: number; high: number } {
  if (!(survival > 0 && survival < 1)) return { low: survival, high: survival };
  const reach = (z95 * standardError) / (survival * Math.abs(Math.log(survival)));
  return { low: survival ** Math.exp(reach), high: survival ** Math.exp(-reach) };
}
