import { never, outcomesAt, type Panel, unitsWhere } from "./panel.ts";

/** How the untreated outcome of a cohort is imagined. */
export interface Design {
  /** Controls: units never treated, or also those not treated yet. */
  readonly controls: "never" | "not-yet";
  /** What a period is compared with: each unit's mean before treatment, or the last period before it. */
  readonly baseline: "mean" | "last";
  /** Periods before treatment in the mean. */
  readonly preWindow: number;
  /** How many of them a unit must have been observed in. */
  readonly minPre: number;
  /** Periods before treatment in which it was already announced; the baseline ends before them. */
  readonly anticipation: number;
}

export const defaultDesign: Design = { controls: "never", baseline: "mean", preWindow: 8, minPre: 4, anticipation: 0 };

/** One arm of a cell: the units observed in both periods, their total weight and weighted mean change. */
export interface Arm {
  readonly count: number;
  readonly clusters: number;
  readonly weight: number;
  readonly mean: number;
}

/** The effect on one cohort in one period: mean change of the cohort minus mean change of its controls. */
export interface Cell {
  /** Index into `panel.cohorts`. */
  readonly cohort: number;
  /** Index into `panel.periods`. */
  readonly period: number;
  readonly eventTime: number;
  readonly base: "mean" | "last";
  readonly estimate: number;
  readonly treated: Arm;
  readonly control: Arm;
  readonly source: CellSource;
}

/** Where a cell's changes come from, to walk them a second time for the influence function. */
interface CellSource {
  readonly treatedUnits: Int32Array;
  readonly controlUnits: Int32Array;
  readonly now: Float64Array;
  readonly before: Float64Array;
}

export interface GroupTime {
  readonly panel: Panel;
  readonly design: Design;
  readonly cells: readonly Cell[];
}

/**
 * Group-time difference in differences without covariates (Callaway and Sant'Anna 2021).
 * Before treatment a period is always compared with the one before it, whatever the baseline: those cells are the pre-trend test.
 * A cell that lacks units on one side is left out.
 */
export function estimateGroupTime(panel: Panel, design: Design, wants: (eventTime: number) => boolean = () => true): GroupTime {
  const controlsOf = findControls(panel, design);
  const marks = { lastArm: new Int32Array(panel.clusters.length), arm: 0 };
  const cells: Cell[] = [];
  panel.cohorts.forEach((date, cohort) => {
    const treatedUnits = unitsWhere(panel, (unit) => panel.cohortOf[unit] === cohort);
    const lastBefore = lastPeriodBefore(panel, date - design.anticipation);
    const meanBefore = design.baseline === "mean" ? meanBeforeOf(panel, design, date) : null;
    panel.periods.forEach((time, period) => {
      if (!wants(time - date)) return;
      const isPost = time >= date;
      const basePeriod = isPost ? lastBefore : period - 1;
      if (basePeriod < 0) return;
      const isMean = isPost && meanBefore !== null;
      const source = {
        treatedUnits,
        controlUnits: controlsOf(cohort, Math.max(time, panel.periods[basePeriod] ?? time)),
        now: outcomesAt(panel, period),
        before: isPost && meanBefore !== null ? meanBefore : outcomesAt(panel, basePeriod),
      };
      const treated = measureArm(panel, source, treatedUnits, marks);
      const control = measureArm(panel, source, source.controlUnits, marks);
      if (!(treated.weight > 0 && control.weight > 0)) return;
      const base = isMean ? "mean" : "last";
      const estimate = treated.mean - control.mean;
      cells.push({ cohort, period, eventTime: time - date, base, estimate, treated, control, source });
    });
  });
  return { panel, design, cells };
}

/** Index of the last period before `date`, -1 when there is none. */
function lastPeriodBefore(panel: Panel, date: number): number {
  let last = -1;
  panel.periods.forEach((time, period) => {
    if (time < date) last = period;
  });
  return last;
}

/** Each unit's mean over the `preWindow` periods before a cohort's date; NaN where fewer than `minPre` were observed. */
function meanBeforeOf(panel: Panel, design: Design, date: number): Float64Array {
  const end = date - design.anticipation;
  const sums = new Float64Array(panel.units.length);
  const counts = new Int32Array(panel.units.length);
  panel.periods.forEach((time, period) => {
    if (time < end - design.preWindow || time >= end) return;
    const outcomes = outcomesAt(panel, period);
    for (let unit = 0; unit < sums.length; unit++) {
      const outcome = outcomes[unit] ?? Number.NaN;
      if (Number.isNaN(outcome)) continue;
      sums[unit] = (sums[unit] ?? 0) + outcome;
      counts[unit] = (counts[unit] ?? 0) + 1;
    }
  });
  return sums.map((sum, unit) => ((counts[unit] ?? 0) >= design.minPre ? sum / (counts[unit] ?? 0) : Number.NaN));
}

/** Controls of a cohort as of the later of its two periods; lists are made once and shared between cells. */
function findControls(panel: Panel, design: Design): (cohort: number, latest: number) => Int32Array {
  const untreated = unitsWhere(panel, (unit) => panel.cohortOf[unit] === never);
  if (design.controls === "never") return () => untreated;
  const known = new Map<string, Int32Array>();
  return (cohort, latest) => {
    const firstLater = panel.cohorts.findIndex((date) => date > latest + design.anticipation);
    const key = `${cohort} ${firstLater}`;
    const units =
      known.get(key) ??
      unitsWhere(panel, (unit) => {
        const code = panel.cohortOf[unit] ?? never;
        return code === never || (firstLater !== -1 && code >= firstLater && code !== cohort);
      });
    known.set(key, units);
    return units;
  };
}

/** Marks clusters as seen by the arm in hand, without a fresh array for each of many thousand arms. */
interface ClusterMarks {
  readonly lastArm: Int32Array;
  arm: number;
}

function measureArm(panel: Panel, { now, before }: CellSource, units: Int32Array, marks: ClusterMarks): Arm {
  marks.arm += 1;
  let count = 0;
  let weight = 0;
  let sum = 0;
  let clusters = 0;
  for (let index = 0; index < units.length; index++) {
    const unit = units[index] ?? 0;
    const change = (now[unit] ?? 0) - (before[unit] ?? 0);
    if (Number.isNaN(change)) continue;
    const unitWeight = panel.weights[unit] ?? 0;
    count += 1;
    weight += unitWeight;
    sum += unitWeight * change;
    const cluster = panel.clusterOf[unit] ?? 0;
    if (marks.lastArm[cluster] !== marks.arm) clusters += 1;
    marks.lastArm[cluster] = marks.arm;
  }
  return { count, clusters, weight, mean: sum / weight };
}

/**
 * Adds `factor` times the cell's influence function, divided by the number of units, to `target` (one number per unit).
 * The sum of its squares is the variance of the estimate.
 */
export function addInfluence(panel: Panel, cell: Cell, factor: number, target: Float64Array): void {
  addArm(panel, cell.source, cell.source.treatedUnits, cell.treated, factor, target);
  addArm(panel, cell.source, cell.source.controlUnits, cell.control, -factor, target);
}

function addArm(panel: Panel, { now, before }: CellSource, units: Int32Array, arm: Arm, factor: number, target: Float64Array): void {
  const scale = factor / arm.weight;
  for (let index = 0; index < units.length; index++) {
    const unit = units[index] ?? 0;
    const change = (now[unit] ?? 0) - (before[unit] ?? 0);
    if (Number.isNaN(change)) continue;
    target[unit] = (target[unit] ?? 0) + scale * (panel.weights[unit] ?? 0) * (change - arm.mean);
  }
}

/** One unit in a cell: its change counts `share` of its arm, and the shares of an arm add up to 1. */
export interface UnitChange {
  readonly unit: number;
  readonly isTreated: boolean;
  readonly before: number;
  readonly now: number;
  readonly share: number;
}

/** Who a cell's estimate is made of: the sum of share x (now - before) over the treated less that over the controls. */
export function changesOf(panel: Panel, { source, treated, control }: Cell): UnitChange[] {
  const arm = (units: Int32Array, { weight }: Arm, isTreated: boolean): UnitChange[] =>
    Array.from(units, (unit) => {
      const [before, now] = [source.before[unit] ?? Number.NaN, source.now[unit] ?? Number.NaN];
      return { unit, isTreated, before, now, share: (panel.weights[unit] ?? 0) / weight };
    }).filter(({ before, now }) => !Number.isNaN(now - before));
  return [...arm(source.treatedUnits, treated, true), ...arm(source.controlUnits, control, false)];
}

/** The share of all weight in each cohort. */
export function cohortShares(panel: Panel): Float64Array {
  const shares = new Float64Array(panel.cohorts.length);
  let total = 0;
  panel.weights.forEach((weight, unit) => {
    total += weight;
    const cohort = panel.cohortOf[unit] ?? never;
    if (cohort !== never) shares[cohort] = (shares[cohort] ?? 0) + weight;
  });
  return shares.map((share) => share / total);
}
