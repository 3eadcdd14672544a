import { entry, factorise, invert, type Matrix, matrixOf } from "./cholesky.ts";
import { twoSidedNormal, z95 } from "./distributions.ts";

/**
 * One stretch of one unit's time, in (start, stop], over which its covariates stand still. A unit whose covariates change
 * (it enrols, its risk moves) has several: nothing is known before it happened.
 */
export interface RiskInterval {
  readonly start: number;
  readonly stop: number;
  readonly hasEvent: boolean;
  readonly covariates: readonly number[];
  /** Only intervals of one stratum are compared with each other. */
  readonly stratum?: string;
}

export interface HazardRatio {
  readonly logRatio: number;
  readonly standardError: number;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly pValue: number;
}

export interface CoxFit {
  readonly ratios: readonly HazardRatio[];
  readonly logLikelihood: number;
  readonly events: number;
  readonly iterations: number;
}

export type Ties = "efron" | "breslow";

/**
 * Proportional hazards by Newton's method. Null when there is no event, no spread in a covariate among those at risk, or
 * no finite maximum (every event on one side).
 */
export function fitCox(intervals: readonly RiskInterval[], ties: Ties = "efron"): CoxFit | null {
  const size = intervals[0]?.covariates.length ?? 0;
  const strata = [...new Set(intervals.map(({ stratum }) => stratum ?? ""))].sort();
  const groups = strata.map((stratum) => orderIntervals(intervals.filter((interval) => (interval.stratum ?? "") === stratum)));
  const events = intervals.filter(({ hasEvent }) => hasEvent).length;
  if (size === 0 || events === 0) return null;
  const reach = rangesOf(intervals, size);
  const beta = new Float64Array(size);
  let before = Number.NEGATIVE_INFINITY;
  for (let iteration = 1; iteration <= 50; iteration++) {
    const state = derive(groups, beta, ties);
    const lower = factorise(state.information);
    if (lower === null || beta.some((value, index) => Math.abs(value) * (reach[index] ?? 0) > farthest)) return null;
    const inverse = invert(lower);
    if (Math.abs(state.logLikelihood - before) < 1e-12 * (1 + Math.abs(before))) {
      return {
        ratios: Array.from(beta, (value, row) => describe(value, entry(inverse, row, row))),
        logLikelihood: state.logLikelihood,
        events,
        iterations: iteration,
      };
    }
    before = state.logLikelihood;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) beta[row] = (beta[row] ?? 0) + entry(inverse, row, column) * (state.score[column] ?? 0);
    }
  }
  return null;
}

/** A log hazard ratio this large between the ends of a covariate is on its way to infinity. */
const farthest = 15;

function rangesOf(intervals: readonly RiskInterval[], size: number): number[] {
  return Array.from({ length: size }, (_, index) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const { covariates } of intervals) {
      low = Math.min(low, covariates[index] ?? Number.NaN);
      high = Math.max(high, covariates[index] ?? Number.NaN);
    }
    return high - low;
  });
}

function describe(logRatio: number, variance: number): HazardRatio {
  const standardError = Math.sqrt(variance);
  return {
    logRatio,
    standardError,
    ratio: Math.exp(logRatio),
    low: Math.exp(logRatio - z95 * standardError),
    high: Math.exp(logRatio + z95 * standardError),
    pValue: twoSidedNormal(logRatio / standardError),
  };
}

interface OrderedIntervals {
  /** Descending by stop. */
  readonly byStop: readonly RiskInterval[];
  /** Descending by start: the order in which they leave the risk set as time runs backward. */
  readonly byStart: readonly RiskInterval[];
  /** Times of events, descending, with those that happen then. */
  readonly deaths: readonly (readonly [number, readonly RiskInterval[]])[];
}

function orderIntervals(intervals: readonly RiskInterval[]): OrderedIntervals {
  const deaths = new Map<number, RiskInterval[]>();
  for (const interval of intervals) {
    if (!interval.hasEvent) continue;
    const group = deaths.get(interval.stop);
    if (group === undefined) deaths.set(interval.stop, [interval]);
    else group.push(interval);
  }
  return {
    byStop: [...intervals].sort((a, b) => b.stop - a.stop),
    byStart: [...intervals].sort((a, b) => b.start - a.start),
    deaths: [...deaths].sort(([a], [b]) => b - a),
  };
}

/** Sums over a set of intervals: risk, risk times covariates, risk times their products. */
interface Sums {
  weight: number;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

function emptySums(size: number): Sums {
  return { weight: 0, first: new Float64Array(size), second: new Float64Array(size * size) };
}

function addTo(sums: Sums, { covariates }: RiskInterval, beta: Float64Array, sign: 1 | -1): void {
  const size = beta.length;
  const risk = sign * Math.exp(covariates.reduce((sum, value, index) => sum + value * (beta[index] ?? 0), 0));
  sums.weight += risk;
  for (let row = 0; row < size; row++) {
    const scaled = risk * (covariates[row] ?? 0);
    sums.first[row] = (sums.first[row] ?? 0) + scaled;
    for (let column = 0; column < size; column++) {
      sums.second[row * size + column] = (sums.second[row * size + column] ?? 0) + scaled * (covariates[column] ?? 0);
    }
  }
}

interface Derivatives {
  readonly logLikelihood: number;
  readonly score: Float64Array;
  readonly information: Matrix;
}

function derive(groups: readonly OrderedIntervals[], beta: Float64Array, ties: Ties): Derivatives {
  const size = beta.length;
  const score = new Float64Array(size);
  const information = new Float64Array(size * size);
  let logLikelihood = 0;
  for (const { byStop, byStart, deaths } of groups) {
    const atRisk = emptySums(size);
    let [entered, left] = [0, 0];
    for (const [time, dying] of deaths) {
      for (let next = byStop[entered]; next !== undefined && next.stop >= time; next = byStop[++entered]) addTo(atRisk, next, beta, 1);
      for (let next = byStart[left]; next !== undefined && next.start >= time; next = byStart[++left]) addTo(atRisk, next, beta, -1);
      const tied = emptySums(size);
      for (const interval of dying) addTo(tied, interval, beta, 1);
      for (let order = 0; order < dying.length; order++) {
        const share = ties === "efron" ? order / dying.length : 0;
        logLikelihood += takeOut(atRisk, tied, share, dying[order], beta, { score, information });
      }
    }
  }
  return { logLikelihood, score, information: matrixOf(size, (row, column) => information[row * size + column] ?? 0) };
}

/** One event against the risk set, of which Efron leaves `share` of the tied ones out. Returns its log likelihood. */
function takeOut(
  atRisk: Sums,
  tied: Sums,
  share: number,
  dying: RiskInterval | undefined,
  beta: Float64Array,
  { score, information }: { score: Float64Array; information: Float64Array },
): number {
  const size = beta.length;
  const weight = atRisk.weight - share * tied.weight;
  const mean = (row: number) => ((atRisk.first[row] ?? 0) - share * (tied.first[row] ?? 0)) / weight;
  let logRisk = 0;
  for (let row = 0; row < size; row++) {
    const value = dying?.covariates[row] ?? 0;
    logRisk += value * (beta[row] ?? 0);
    score[row] = (score[row] ?? 0) + value - mean(row);
    for (let column = 0; column < size; column++) {
      const place = row * size + column;
      const second = ((atRisk.second[place] ?? 0) - share * (tied.second[place] ?? 0)) / weight;
      information[place] = (information[place] ?? 0) + second - mean(row) * mean(column);
    }
  }
  return logRisk - Math.log(weight);
}
