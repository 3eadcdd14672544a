import { combineCells, isPost } from "./aggregate.ts";
import { type Coefficient, regress } from "./clustered-ols.ts";
import { type Inference, inferFrom } from "./effect.ts";
import { type Design, estimateGroupTime } from "./group-time.ts";
import { outcomesAt, type Panel, treatedFromOf } from "./panel.ts";

/**
 * What can be said when units were enrolled after a dip: difference in differences and a regression on the lagged outcome
 * err to opposite sides, so the truth lies between (Ding and Li 2019). A bracket, never a point, and no ROI.
 */
export interface Bracket {
  readonly differenceInDifferences: Inference;
  readonly laggedOutcome: Coefficient;
  /** Between the two point estimates. */
  readonly low: number;
  readonly high: number;
  /** From the lower end of either 95 % interval to the higher one. */
  readonly widestLow: number;
  readonly widestHigh: number;
}

export interface BracketOptions {
  /** Periods of one lagged mean; two of them are taken, and the difference in differences starts from the nearer one. */
  readonly lag: number;
  /** Event times 0 .. last are the outcome. */
  readonly lastEventTime: number;
}

export const defaultBracket: BracketOptions = { lag: 4, lastEventTime: 1 };

/** Controls are not-yet-treated units in both. Null when either cannot be estimated. */
export function estimateBracket(panel: Panel, { lag, lastEventTime }: BracketOptions = defaultBracket): Bracket | null {
  const design: Design = { controls: "not-yet", baseline: "mean", preWindow: lag, minPre: lag, anticipation: 0 };
  const groupTime = estimateGroupTime(panel, design, (eventTime) => eventTime >= 0 && eventTime <= lastEventTime);
  const effect = combineCells(groupTime, groupTime.cells.filter(isPost));
  const laggedOutcome = regressOnLags(panel, { lag, lastEventTime });
  if (effect === null || laggedOutcome === null) return null;
  const differenceInDifferences = inferFrom(panel, effect);
  const ends = [differenceInDifferences.estimate, laggedOutcome.estimate];
  return {
    differenceInDifferences,
    laggedOutcome,
    low: Math.min(...ends),
    high: Math.max(...ends),
    widestLow: Math.min(differenceInDifferences.low ?? ends[0] ?? Number.NaN, laggedOutcome.low),
    widestHigh: Math.max(differenceInDifferences.high ?? ends[0] ?? Number.NaN, laggedOutcome.high),
  };
}

interface StackedRow {
  readonly cohort: number;
  readonly cluster: number;
  readonly isTreated: boolean;
  readonly outcome: number;
  readonly recent: number;
  readonly earlier: number;
}

/** Each cohort beside its controls as of its date, one constant per cohort, slopes shared. */
function regressOnLags(panel: Panel, options: BracketOptions): Coefficient | null {
  const rows = Array.from(panel.cohorts.keys()).flatMap((cohort) => stackCohort(panel, cohort, options));
  const cohorts = [...new Set(rows.filter(({ isTreated }) => isTreated).map(({ cohort }) => cohort))];
  const used = rows.filter(({ cohort }) => cohorts.includes(cohort));
  const column = (value: (row: StackedRow) => number) => Float64Array.from(used, value);
  const columns = [
    column(({ isTreated }) => (isTreated ? 1 : 0)),
    column(({ recent }) => recent),
    column(({ earlier }) => earlier),
    ...cohorts.map((own) => column(({ cohort }) => (cohort === own ? 1 : 0))),
  ];
  const clusterOf = Int32Array.from(used, ({ cluster }) => cluster);
  return (
    regress(
      column(({ outcome }) => outcome),
      columns,
      clusterOf,
    )?.coefficients[0] ?? null
  );
}

function stackCohort(panel: Panel, cohort: number, { lag, lastEventTime }: BracketOptions): StackedRow[] {
  const date = panel.cohorts[cohort] ?? Number.NaN;
  return panel.units.flatMap((_, unit) => {
    const own = treatedFromOf(panel, unit);
    const isTreated = own === date;
    if (!isTreated && own !== null && own <= date + lastEventTime) return [];
    const outcome = meanBetween(panel, unit, date, date + lastEventTime);
    const recent = meanBetween(panel, unit, date - lag, date - 1);
    const earlier = meanBetween(panel, unit, date - 2 * lag, date - lag - 1);
    if (outcome === null || recent === null || earlier === null) return [];
    return [{ cohort, cluster: panel.clusterOf[unit] ?? 0, isTreated, outcome, recent, earlier }];
  });
}

/** Mean of a unit over periods from..to; null when nothing was observed there. */
function meanBetween(panel: Panel, unit: number, from: number, to: number): number | null {
  let sum = 0;
  let count = 0;
  panel.periods.forEach((time, period) => {
    const outcome = outcomesAt(panel, period)[unit] ?? Number.NaN;
    if (time < from || time > to || Number.isNaN(outcome)) return;
    sum += outcome;
    count += 1;
  });
  return count === 0 ? null : sum / count;
}
