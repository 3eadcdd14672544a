import { counted } from "../counted.ts";
import type { PeriodLabel } from "./check-design.ts";
import { collapseToClusters } from "./collapse.ts";
import { weighDonors } from "./donor-weights.ts";
import { never, outcomesAt, type Panel, treatedFromOf, unitsWhere } from "./panel.ts";

/** With more treated clusters the difference in differences knows its error, and needs no copy of each (statistics.md 2.2). */
export const mostTreatedClusters = 3;
/** A donor that was right in fewer periods may have been so by chance. */
export const fewestPrePeriods = 4;
/** With fewer the lowest p there can be is above .25. */
export const fewestDonors = 3;
/** Each donor is rebuilt from all others for the placebo, which grows with the square of their number. */
export const mostDonors = 200;
/** A miss before treatment below this share of the farthest donor's distance is none: what is left of it is rounding. */
const exact = 1e-6;

/** One treated cluster beside its synthetic twin: a mixture of never treated clusters that ran alike before (statistics.md 2.4). */
export interface SyntheticControl {
  readonly cluster: string;
  readonly treatedFrom: string | number;
  readonly prePeriods: number;
  /** How many clusters it could be mixed from. */
  readonly donors: number;
  /** Never treated clusters that were not observed in all periods and so are no donors. */
  readonly donorsLeftOut: readonly string[];
  /** Donors that have a share, in the order of their names; the shares add up to 1. */
  readonly weights: readonly { readonly donor: string; readonly weight: number }[];
  /** Treated less synthetic, by period since treatment. */
  readonly effects: readonly { readonly period: string | number; readonly eventTime: number; readonly estimate: number }[];
  /** Their mean. */
  readonly estimate: number;
  /** Root mean squared difference of the two before and after treatment. */
  readonly preRmspe: number;
  readonly postRmspe: number;
  /** After over before; null where they are the same before. */
  readonly ratio: number | null;
  readonly placebo: SyntheticPlacebo | null;
  /** Why there is no ratio and no placebo. */
  readonly placeboReason: string | null;
}

/** Where the ratio stands among those of all donors, each taken for the treated one; 1 is the farthest out (statistics.md 2.4). */
export interface SyntheticPlacebo {
  readonly rank: number;
  /** The donors and the treated cluster itself. */
  readonly of: number;
  /** rank / of. */
  readonly pValue: number;
}

export interface SyntheticControls {
  readonly kind: "estimated";
  /** Mean over all treated clusters and periods since their treatment, clusters by weight, as the simple aggregate is. */
  readonly estimate: number;
  readonly clusters: readonly SyntheticControl[];
  /** Treated clusters without one, and why. */
  readonly leftOut: readonly { readonly cluster: string; readonly reason: string }[];
}

/** Why there is none at all. */
export interface NoSyntheticControls {
  readonly kind: "none";
  readonly reason: string;
}

export interface SyntheticOptions {
  /** Announced periods before treatment are neither before nor after. */
  readonly anticipation: number;
  readonly label: PeriodLabel;
}

/**
 * Synthetic controls for at most three treated clusters, where a difference in differences has too few of them for an error
 * (Abadie, Diamond and Hainmueller 2010; statistics.md 2.2 and 2.4). Donors are never treated, whatever the design's controls, and
 * observed in every period; clusters are weighted means of their units. A cross-check: it has a rank, no interval, and no say in the grade.
 */
export function estimateSyntheticControls(panel: Panel, options: SyntheticOptions): SyntheticControls | NoSyntheticControls {
  const noun = panel.isClustered ? "cluster" : "unit";
  const treatedUnits = unitsWhere(panel, (unit) => panel.cohortOf[unit] !== never);
  const treated = new Set(Array.from(treatedUnits, (unit) => panel.clusterOf[unit] ?? 0));
  if (treated.size > mostTreatedClusters) {
    return {
      kind: "none",
      reason: `${treated.size} ${noun}s are treated; a synthetic control is made for at most ${mostTreatedClusters}.`,
    };
  }
  const collapsed = collapseToClusters(panel);
  if (collapsed === null) {
    return {
      kind: "none",
      reason: "A cluster holds units with different first treated periods, or some never treated: it has no single before.",
    };
  }
  const tried = [...treated].sort((a, b) => a - b).map((own) => ({ own, made: imitate(collapsed, own, { ...options, noun }) }));
  const leftOut = tried.flatMap(({ own, made }) =>
    typeof made === "string" ? [{ cluster: collapsed.units[own] ?? "", reason: made }] : [],
  );
  const clusters = tried.flatMap(({ own, made }) => (typeof made === "string" ? [] : [{ made, weight: collapsed.weights[own] ?? 0 }]));
  if (clusters.length === 0) return { kind: "none", reason: leftOut.map(({ cluster, reason }) => `${cluster}: ${reason}`).join(" ") };
  const total = clusters.reduce((sum, { made, weight }) => sum + weight * made.effects.length, 0);
  const estimate = clusters.reduce((sum, { made, weight }) => sum + (weight * made.effects.length * made.estimate) / total, 0);
  return { kind: "estimated", estimate, clusters: clusters.map(({ made }) => made), leftOut };
}

/** Indices of the periods before and after one date of treatment. */
interface Span {
  readonly date: number;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** A cluster's outcomes in them. */
interface Path {
  readonly before: Float64Array;
  readonly after: Float64Array;
}

/** The synthetic control of one treated cluster of a collapsed panel, or why there is none. */
function imitate(panel: Panel, own: number, { anticipation, label, noun }: SyntheticOptions & { noun: string }): SyntheticControl | string {
  const span = spanOf(panel, own, anticipation);
  const { donors, leftOut } = findDonors(panel, span);
  const reason = reasonAgainst(panel, own, span, label) ?? reasonAgainstDonors(donors.length, noun);
  if (reason !== null) return reason;
  const paths = [own, ...donors].map((unit) => pathOf(panel, unit, span));
  const twin = fitTwin(paths, 0);
  const { gaps, preRmspe, postRmspe } = twin;
  const shares = donors.map((unit, place) => ({ donor: panel.units[unit] ?? "", weight: twin.weights[place] ?? 0 }));
  return {
    cluster: panel.units[own] ?? "",
    treatedFrom: label(span.date),
    prePeriods: span.before.length,
    donors: donors.length,
    donorsLeftOut: leftOut.map((unit) => panel.units[unit] ?? ""),
    weights: shares.filter(({ weight }) => weight > 0),
    effects: span.after.map((period, place) => {
      const time = panel.periods[period] ?? Number.NaN;
      return { period: label(time), eventTime: time - span.date, estimate: gaps[place] ?? 0 };
    }),
    estimate: gaps.reduce((sum, effect) => sum + effect, 0) / gaps.length,
    preRmspe,
    postRmspe,
    ...rankAmong(paths, twin),
  };
}

function spanOf(panel: Panel, own: number, anticipation: number): Span {
  const date = treatedFromOf(panel, own) ?? Number.NaN;
  const periods = Array.from(panel.periods.keys());
  const timeOf = (period: number) => panel.periods[period] ?? Number.NaN;
  return {
    date,
    before: periods.filter((period) => timeOf(period) < date - anticipation),
    after: periods.filter((period) => timeOf(period) >= date),
  };
}

function pathOf(panel: Panel, unit: number, { before, after }: Span): Path {
  const read = (periods: readonly number[]) => Float64Array.from(periods, (period) => outcomesAt(panel, period)[unit] ?? Number.NaN);
  return { before: read(before), after: read(after) };
}

/** The first period of the span without an outcome. */
function firstGap(panel: Panel, unit: number, { before, after }: Span): number | undefined {
  return [...before, ...after].find((period) => Number.isNaN(outcomesAt(panel, period)[unit] ?? Number.NaN));
}

function findDonors(panel: Panel, span: Span): { readonly donors: readonly number[]; readonly leftOut: readonly number[] } {
  const untreated = Array.from(unitsWhere(panel, (unit) => panel.cohortOf[unit] === never));
  const isWhole = (unit: number) => firstGap(panel, unit, span) === undefined;
  return { donors: untreated.filter(isWhole), leftOut: untreated.filter((unit) => !isWhole(unit)) };
}

function reasonAgainst(panel: Panel, own: number, span: Span, label: PeriodLabel): string | null {
  const { length } = span.before;
  if (length < fewestPrePeriods) {
    return `${counted(length, "period")} before treatment; ${fewestPrePeriods} are needed to tell who runs alike.`;
  }
  const gap = firstGap(panel, own, span);
  if (gap === undefined) return null;
  return `no outcome in ${label(panel.periods[gap] ?? Number.NaN)}; every period before and since treatment is needed.`;
}

function reasonAgainstDonors(donors: number, noun: string): string | null {
  if (donors < fewestDonors) {
    return `${donors} never treated ${noun}${donors === 1 ? "" : "s"} observed in all of its periods; ${fewestDonors} are needed.`;
  }
  return donors > mostDonors ? `${donors} donors; it is made for at most ${mostDonors}: put units together into clusters.` : null;
}

interface Twin {
  /** One per other path, in their order. */
  readonly weights: Float64Array;
  /** Own less mixed, by period after. */
  readonly gaps: Float64Array;
  readonly preRmspe: number;
  readonly postRmspe: number;
  /** A miss up to here is rounding. */
  readonly nothing: number;
}

/** One path rebuilt from all others. */
function fitTwin(paths: readonly Path[], own: number): Twin {
  const others = paths.filter((_, place) => place !== own);
  const { before, after } = paths[own] ?? { before: new Float64Array(0), after: new Float64Array(0) };
  const weights = weighDonors(
    before,
    others.map((other) => other.before),
  );
  const gapsOf = (side: "before" | "after", actual: Float64Array) =>
    actual.map(
      (value, period) => value - others.reduce((sum, other, place) => sum + (weights[place] ?? 0) * (other[side][period] ?? 0), 0),
    );
  const gaps = gapsOf("after", after);
  const preRmspe = rootMeanSquare(gapsOf("before", before));
  const farthest = Math.max(...others.map((other) => rootMeanSquare(other.before.map((value, period) => value - (before[period] ?? 0)))));
  return { weights, gaps, preRmspe, postRmspe: rootMeanSquare(gaps), nothing: exact * farthest };
}

/**
 * Each donor takes the place of the treated cluster, which joins the donors meanwhile, so that all are treated alike by the procedure
 * (Abadie, Diamond and Hainmueller 2010). A donor that is hit exactly before counts as far out unless it is hit afterwards too.
 */
function rankAmong(paths: readonly Path[], twin: Twin): Pick<SyntheticControl, "ratio" | "placebo" | "placeboReason"> {
  if (twin.preRmspe <= twin.nothing) {
    const placeboReason = "The donors match it exactly before treatment, so there is no usual miss to set the one afterwards against.";
    return { ratio: null, placebo: null, placeboReason };
  }
  const ratio = twin.postRmspe / twin.preRmspe;
  // Ratios that differ by rounding are equal, and equal ones count against the treated cluster.
  const isAsFar = (other: number) => other >= ratio * (1 - 1e-9);
  const others = paths.slice(1).filter((_, donor) => isAsFar(placeboRatio(fitTwin(paths, donor + 1))));
  const rank = 1 + others.length;
  return { ratio, placebo: { rank, of: paths.length, pValue: rank / paths.length }, placeboReason: null };
}

function placeboRatio({ preRmspe, postRmspe, nothing }: Twin): number {
  if (preRmspe > nothing) return postRmspe / preRmspe;
  return postRmspe <= nothing ? 0 : Number.POSITIVE_INFINITY;
}

function rootMeanSquare(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
