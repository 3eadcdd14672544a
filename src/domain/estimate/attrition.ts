import { counted } from "../counted.ts";
import { type BootstrapInterval, bootstrapClusters } from "./cluster-bootstrap.ts";
import { type CoxFit, fitCox, type RiskInterval } from "./cox.ts";
import { tenureClass } from "./holdout.ts";
import { type Duration, estimateSurvival, type LogRank, survivalAt, testLogRank } from "./survival.ts";

/** One agent's employment, in days on one scale. */
export interface Employment {
  readonly agent: string;
  readonly cluster: string;
  readonly hired: number;
  /** The day observation ended: left, moved elsewhere, or the end of the data. */
  readonly until: number;
  /** Whether it ended because the agent left; a transfer is no leaving. */
  readonly hasLeft: boolean;
  /** The day of enrolment; null when never enrolled. */
  readonly enrolled: number | null;
  readonly stratum?: string;
}

export interface AttritionEffect {
  /** Change in the share that leaves within the horizon, treated against controls; negative is fewer. */
  readonly estimate: number;
  readonly interval: BootstrapInterval | null;
  readonly horizonDays: number;
  readonly enrolled: number;
  readonly leaversTreated: number;
  readonly leaversControl: number;
  /** Leavers in the cohorts less those their controls' rate implies. */
  readonly excessLeavers: number;
}

export type AttritionResult =
  | { readonly kind: "effect"; readonly effect: AttritionEffect }
  | { readonly kind: "refused"; readonly reason: string };

export interface AttritionOptions {
  readonly horizonDays: number;
  /** The last day of the data. */
  readonly dataEnd: number;
  readonly draws: number;
  readonly seed: number;
}

interface CohortDurations {
  readonly day: number;
  readonly treated: readonly Counted[];
  readonly control: readonly Counted[];
}

interface Counted extends Duration {
  readonly cluster: number;
  /** Class of tenure on the day the clock starts: newcomers leave faster. */
  readonly tenure: string;
}

/**
 * Difference in the share that leaves within the horizon, cohort by cohort and weighted by their sizes: share_g [F_g - F_C(g)].
 * The clock starts on the cohort's enrolment day, for its controls on the same day if they were employed then, so nobody
 * has time in which leaving was impossible. Controls enrolled later are cut off on that day. Cohorts share controls, so the
 * spread comes from drawing whole teams again, not from adding Greenwood variances.
 */
export function estimateAttrition(employments: readonly Employment[], options: AttritionOptions): AttritionResult {
  const { horizonDays, dataEnd, draws, seed } = options;
  const clusters = [...new Set(employments.map(({ cluster }) => cluster))].sort();
  const clusterIndex = new Map(clusters.map((cluster, index) => [cluster, index] as const));
  const dates = [...new Set(employments.map(({ enrolled }) => enrolled).filter((day) => day !== null))].sort((a, b) => a - b);
  const followed = dates.filter((day) => day + horizonDays <= dataEnd);
  if (dates.length === 0) return { kind: "refused", reason: "Nobody is enrolled." };
  if (followed.length === 0) {
    const days = dataEnd - (dates[0] ?? dataEnd);
    return { kind: "refused", reason: `No cohort has ${horizonDays} days of follow-up yet: the first has ${days}.` };
  }
  const cohorts = measureCohorts(employments, followed, clusterIndex);
  if (cohorts.length === 0) return { kind: "refused", reason: "No cohort has controls employed on its day of enrolment." };
  const once = new Int32Array(clusters.length).fill(1);
  const total = differenceOf(cohorts, once, horizonDays);
  if (total === null) return { kind: "refused", reason: "No cohort can be compared." };
  const strata = Int32Array.from(clusters, (cluster) => firstDateOf(employments, cluster, dates));
  const [interval = null] = bootstrapClusters(strata, (drawn) => [differenceOf(cohorts, drawn, horizonDays)], { draws, seed });
  const count = (pick: (cohort: CohortDurations) => readonly Counted[]) =>
    cohorts.reduce((sum, cohort) => sum + pick(cohort).filter(({ time, hasEvent }) => hasEvent && time <= horizonDays).length, 0);
  const enrolled = cohorts.reduce((sum, { treated }) => sum + treated.length, 0);
  return {
    kind: "effect",
    effect: {
      estimate: total,
      interval,
      horizonDays,
      enrolled,
      leaversTreated: count(({ treated }) => treated),
      leaversControl: count(({ control }) => control),
      excessLeavers: total * enrolled,
    },
  };
}

function measureCohorts(employments: readonly Employment[], days: readonly number[], clusterIndex: ReadonlyMap<string, number>) {
  return days
    .map((day) => measureCohort(employments, day, clusterIndex))
    .filter(({ treated, control }) => treated.length > 0 && control.length > 0);
}

/** One cohort of the estimate: it counts by its size. */
export interface ComparedCohort {
  readonly day: number;
  readonly enrolled: number;
  readonly controls: number;
  /** The shares that left within the horizon. */
  readonly leftEnrolled: number;
  readonly leftControls: number;
}

/** What `estimateAttrition` adds up, cohort by cohort. */
export function compareCohorts(
  employments: readonly Employment[],
  { horizonDays, dataEnd }: Pick<AttritionOptions, "horizonDays" | "dataEnd">,
): ComparedCohort[] {
  const clusters = new Map([...new Set(employments.map(({ cluster }) => cluster))].map((cluster, index) => [cluster, index] as const));
  const days = [...new Set(employments.flatMap(({ enrolled }) => enrolled ?? []))].sort((a, b) => a - b);
  const followed = days.filter((day) => day + horizonDays <= dataEnd);
  const once = new Int32Array(clusters.size).fill(1);
  return measureCohorts(employments, followed, clusters).flatMap(({ day, treated, control }) => {
    const [leftEnrolled, leftControls] = [leavingShare(treated, once, horizonDays), leavingShare(control, once, horizonDays)];
    if (leftEnrolled === null || leftControls === null) return [];
    return [{ day, enrolled: treated.length, controls: control.length, leftEnrolled, leftControls }];
  });
}

/**
 * Log-rank test of leaving within the horizon, the enrolled of a day against their controls of that day and tenure. Agents count as
 * independent and controls once per day, so it is a rough second opinion; the interval of the difference draws teams.
 */
export function testLeaving(
  employments: readonly Employment[],
  { horizonDays, dataEnd }: Pick<AttritionOptions, "horizonDays" | "dataEnd">,
): LogRank | null {
  const followed = [...new Set(employments.flatMap(({ enrolled }) => enrolled ?? []))].filter((day) => day + horizonDays <= dataEnd);
  const durations = measureCohorts(employments, followed, new Map()).flatMap(({ day, treated, control }) => {
    const cut = ({ time, hasEvent, tenure }: Counted, isFirst: boolean) => ({
      time: Math.min(time, horizonDays),
      hasEvent: hasEvent && time <= horizonDays,
      isFirst,
      stratum: `${day} ${tenure}`,
    });
    return [...treated.map((one) => cut(one, true)), ...control.map((one) => cut(one, false))];
  });
  return testLogRank(durations);
}

/** Teams are drawn again within the date of their first enrolment, so that every draw has every cohort. */
function firstDateOf(employments: readonly Employment[], cluster: string, dates: readonly number[]): number {
  const own = new Set(employments.filter((employment) => employment.cluster === cluster).map(({ enrolled }) => enrolled));
  return dates.findIndex((day) => own.has(day));
}

function measureCohort(employments: readonly Employment[], day: number, clusterIndex: ReadonlyMap<string, number>): CohortDurations {
  const treated: Counted[] = [];
  const control: Counted[] = [];
  for (const employment of employments) {
    const { hired, until, hasLeft, enrolled } = employment;
    if (hired > day || until <= day) continue;
    const cluster = clusterIndex.get(employment.cluster) ?? 0;
    const tenure = tenureClass(day - hired);
    if (enrolled === day) treated.push({ cluster, tenure, time: until - day, hasEvent: hasLeft });
    else if (enrolled === null) control.push({ cluster, tenure, time: until - day, hasEvent: hasLeft });
    else if (enrolled > day)
      control.push({ cluster, tenure, time: Math.min(until, enrolled) - day, hasEvent: hasLeft && until < enrolled });
  }
  return { day, treated, control };
}

function differenceOf(cohorts: readonly CohortDurations[], drawn: Int32Array, horizon: number): number | null {
  let sum = 0;
  let all = 0;
  for (const { treated, control } of cohorts) {
    const left = leavingShare(treated, drawn, horizon);
    const right = leavingShare(control, drawn, horizon);
    const share = treated.reduce((count, { cluster }) => count + (drawn[cluster] ?? 0), 0);
    if (left === null || right === null) continue;
    sum += share * (left - right);
    all += share;
  }
  return all > 0 ? sum / all : null;
}

/** F(horizon) = 1 - S(horizon); null without anybody. */
function leavingShare(durations: readonly Counted[], drawn: Int32Array, horizon: number): number | null {
  const weighted = durations.map((duration) => ({ ...duration, weight: drawn[duration.cluster] ?? 0 })).filter(({ weight }) => weight > 0);
  return weighted.length === 0 ? null : 1 - survivalAt(estimateSurvival(weighted), horizon).survival;
}

export type HazardResult =
  | { readonly kind: "fit"; readonly fit: CoxFit; readonly events: { enrolled: number; not: number } }
  | { readonly kind: "refused"; readonly reason: string };

const minEventsPerArm = 20;

/** The hazard ratio of leaving with enrolment as something that happens on a day, never before it; refused under 20 leavers per arm. */
export function estimateLeavingHazard(employments: readonly Employment[]): HazardResult {
  const intervals = employments.flatMap(splitAtEnrolment);
  const events = {
    enrolled: intervals.filter(({ hasEvent, covariates }) => hasEvent && covariates[0] === 1).length,
    not: intervals.filter(({ hasEvent, covariates }) => hasEvent && covariates[0] === 0).length,
  };
  if (Math.min(events.enrolled, events.not) < minEventsPerArm) {
    return {
      kind: "refused",
      reason: `${counted(events.enrolled, "leaver")} while enrolled and ${events.not} while not; ${minEventsPerArm} of each are the least.`,
    };
  }
  const fit = fitCox(intervals);
  return fit === null ? { kind: "refused", reason: "The hazard ratio has no finite estimate." } : { kind: "fit", fit, events };
}

/** Time runs in days since hiring, so that agents of equal tenure are compared. */
function splitAtEnrolment({ hired, until, hasLeft, enrolled, stratum = "" }: Employment): RiskInterval[] {
  const stop = until - hired;
  if (stop <= 0) return [];
  const from = enrolled === null ? Number.POSITIVE_INFINITY : enrolled - hired;
  if (from <= 0) return [{ start: 0, stop, hasEvent: hasLeft, covariates: [1], stratum }];
  if (from >= stop) return [{ start: 0, stop, hasEvent: hasLeft, covariates: [0], stratum }];
  return [
    { start: 0, stop: from, hasEvent: false, covariates: [0], stratum },
    { start: from, stop, hasEvent: hasLeft, covariates: [1], stratum },
  ];
}
