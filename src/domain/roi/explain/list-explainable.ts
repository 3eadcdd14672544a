import type { Comparison } from "../report/comparison.ts";
import { absent, type DayRange, type Figure, type MoneyFigure, measured } from "../report/figure.ts";
import { isCausal } from "../report/grade.ts";
import { overlapOf, parseMonth } from "../report/period.ts";
import type { ActivityFigures } from "../report/plan-activity.ts";
import { costNames } from "../report/plan-money.ts";
import type { ChallengeRow, MoneyPart, MonthRow, RoiReport } from "../report/report.ts";
import {
  type ActivityMeasure,
  type ChallengeMeasure,
  type Explainable,
  type MonthRange,
  type Origin,
  type PointsMeasure,
  type Series,
  single,
} from "./explainable.ts";
import { type ExplainedRow, moneyRounding, numberOf, rowOf } from "./explanation.ts";
import { listEffects } from "./list-effects.ts";

/** Everything in a report that can be taken apart, headline first. */
export function listExplainable(report: RoiReport): Explainable[] {
  if (report.window === null) return [];
  const { window } = report;
  const all = listFigures(report, window);
  return [...listHeadline(report, all), ...all];
}

function listFigures(report: RoiReport, window: DayRange): Explainable[] {
  return [
    ...listMoney(report, window),
    ...(report.comparison === null ? [] : [savedHoursOf(report.comparison)]),
    ...(report.effect === null ? [] : listEffects(report, report.effect)),
    ...listActivity("", "whole window", report.keyFigures, window),
    ...report.months.flatMap((month) => inSeries(listMonth(month, window), { of: "months", member: month.label })),
    ...report.weeks.flatMap((week) => {
      const figures = listActivity(`week.${week.label}.`, week.label, week, overlapOf(week.range, window));
      return inSeries(figures, { of: "weeks", member: week.label });
    }),
    ...report.challenges.flatMap((challenge) =>
      inSeries(listChallenge(challenge, monthsOf(window)), { of: "challenges", member: challenge.challengeId }),
    ),
    ...listHorizons(report),
    ...report.turnover.rows.map(({ threshold, riskCost }) =>
      single(`turnover.${threshold}`, `Cost of turnover risk below an engagement of ${threshold} (scenario)`, riskCost, {
        kind: "turnover",
        thresholdPpm: Math.round(threshold * 1_000_000),
      }),
    ),
  ];
}

/** The number the sentence is about; a bracket has two ends and is none. */
function listHeadline(report: RoiReport, all: readonly Explainable[]): Explainable[] {
  const [title, name] = [report.headline.text, "headline"];
  const about = headlineNumber(report);
  if (about !== null) return all.filter((figure) => figure.name === about).map((figure) => ({ ...figure, name, title }));
  const why = "a bracket is two estimates and no single number; 'gami roi explain effect.handle-time' takes one of them apart";
  const bracket = absent(why, "ratio", { n: 0, of: "agents", window: report.effect?.window ?? report.window });
  return [single(name, title, bracket, { kind: "terms", formula: "", inputs: [], rows: [] })];
}

function headlineNumber({ headline, comparison, effect, evidence, scope }: RoiReport): string | null {
  if (comparison !== null) return "saved-hours";
  if (headline.roiStated) return "roi";
  if (effect !== null && isCausal(evidence.grade)) return "effect.handle-time";
  if (effect?.bracket) return null;
  if (evidence.grade === "D") return "cost";
  return scope.challenge === null ? "change" : "gain";
}

function inSeries(figures: readonly Explainable[], series: Series): Explainable[] {
  return figures.map((figure) => ({ ...figure, series }));
}

export function monthsOf({ from, to }: DayRange): MonthRange {
  return { from: from.slice(0, 7), to: to.slice(0, 7) };
}

function listMoney(report: RoiReport, window: DayRange): Explainable[] {
  const { gain, cost, net, roi, benefitCostRatio, parts } = report.money;
  const isEffect = report.effect !== null && isCausal(report.evidence.grade);
  const benefits = parts.filter(({ kind }) => kind === "benefit");
  const costs = parts.filter(({ kind }) => kind === "cost");
  const [chosen] = report.scope.challenge === null ? [] : report.challenges;
  const months = monthsOf(window);
  const ofChallenge = (measure: ChallengeMeasure): Origin | null =>
    chosen === undefined ? null : { kind: "challenge", challengeId: chosen.challengeId, months, measure };
  const gains = benefits.map((part) => namedPart(part, "gain"));
  const spent = costs.map((part) => namedPart(part, "cost"));
  return [
    single("roi", "ROI: what came back on each unit of cost, less the unit", roi, overCost(gains, cost, -1)),
    single("benefit-cost-ratio", "Gain per unit of cost", benefitCostRatio, overCost(gains, cost, 0)),
    single("net", "Gain less cost", net, {
      kind: "terms",
      formula: "gain - cost",
      inputs: [],
      rows: [amountRow("gain", gain, 1, "gain"), amountRow("cost", cost, -1, "cost")],
    }),
    single("gain", "Gain, all components", gain, ofChallenge("gain") ?? addParts(gains, "sum of the components")),
    single("cost", "Cost", cost, ofChallenge("cost") ?? addParts(spent, "sum of the kinds of cost")),
    ...(isEffect || chosen !== undefined ? [] : listOwnPast(report, gains, months)),
    ...(chosen === undefined ? spent.map((part) => costOf(part, isEffect ? untilCompared(report, months) : months)) : []),
  ];
}

interface NamedPart {
  readonly name: string;
  readonly key: string;
  readonly part: MoneyPart;
}

function namedPart(part: MoneyPart, prefix: "gain" | "cost"): NamedPart {
  const kind = Object.entries(costNames).find(([, name]) => name === part.name)?.[0] ?? part.name;
  const key = prefix === "cost" ? kind : part.name.toLowerCase().replaceAll(" ", "-");
  return { name: `${prefix}.${key}`, key, part };
}

function amountRow(label: string, figure: MoneyFigure, weight: number, explain: string | null): ExplainedRow {
  return rowOf({ part: label }, weight, numberOf(figure) ?? 0, explain);
}

function addParts(parts: readonly NamedPart[], formula: string): Origin {
  const known = parts.filter(({ part }) => part.figure.amountMinor !== null);
  return { kind: "terms", formula, inputs: [], rows: known.map(({ name, part }) => amountRow(part.name, part.figure, 1, name)) };
}

/** Contributions of the components over one cost; they add up to the ratio. */
function overCost(gains: readonly NamedPart[], cost: MoneyFigure, last: number): Origin {
  const spent = numberOf(cost) ?? 0;
  const known = gains.filter(({ part }) => part.figure.amountMinor !== null && spent > 0);
  const rows = known.map(({ name, part }) => amountRow(part.name, part.figure, 1 / spent, name));
  const formula = last === 0 ? "sum of gains / cost" : "sum of gains / cost - 1";
  const inputs = [{ name: "cost in minor units", value: String(spent), explain: "cost" }];
  const slack = spent > 0 ? (moneyRounding * (rows.length + 1)) / spent : 0;
  return { kind: "terms", formula, inputs, rows: last === 0 ? rows : [...rows, rowOf({ part: "less the cost itself" }, 1, last)], slack };
}

/** The cost of an estimated effect ends with the month of the last week compared. */
function untilCompared({ effect }: RoiReport, months: MonthRange): MonthRange {
  return { ...months, to: effect?.window?.to.slice(0, 7) ?? months.to };
}

function costOf({ name, key, part }: NamedPart, months: MonthRange): Explainable {
  return single(name, `Cost: ${part.name}`, part.figure, { kind: "costs", months, costKind: key });
}

/** Without an effect the gain is the change against the agents' own past, and so is the change the headline names. */
function listOwnPast(report: RoiReport, gains: readonly NamedPart[], months: MonthRange): Explainable[] {
  const measures = { "handle-time": "handle-gain", quality: "quality-gain" } as const;
  const known = gains.flatMap(({ name, key, part }) =>
    key === "handle-time" || key === "quality"
      ? [single(name, `Gain: ${part.name} against the agents' own past`, part.figure, { kind: "own-past", months, measure: measures[key] })]
      : [],
  );
  return [...known, single("change", "Change of handle time against the agents' own past", wholeChange(report), changeOrigin(report))];
}

/** As the headline says it: months weighted by their interactions. */
function wholeChange({ months, window }: RoiReport): Figure {
  const known = months.flatMap(({ averageHandleTimeChange: { value, n } }) => (value === null ? [] : [{ value, n }]));
  const n = known.reduce((sum, month) => sum + month.n, 0);
  const evidence = { n, of: "interactions of agents with a baseline", window };
  if (n === 0) return absent(months[0]?.averageHandleTimeChange.reason ?? "nobody is recorded as enrolled", "seconds", evidence);
  return measured(known.reduce((sum, { value, n: own }) => sum + value * own, 0) / n, "seconds", evidence);
}

function changeOrigin({ months }: RoiReport): Origin {
  const known = months.flatMap(({ label, averageHandleTimeChange: { value, n } }) => (value === null ? [] : [{ label, value, n }]));
  const n = known.reduce((sum, month) => sum + month.n, 0);
  return {
    kind: "terms",
    formula: "mean of the months' changes, weighted by interactions",
    inputs: [],
    rows: known.map(({ label, value, n: own }) => rowOf({ month: label, interactions: own }, own / n, value, `month.${label}.change`)),
  };
}

function savedHoursOf({ before, after, savedHours }: Comparison): Explainable {
  const origin: Origin = { kind: "comparison", before: before.period, after: after.period };
  return single("saved-hours", `Hours saved in ${after.period.label} against ${before.period.label}`, savedHours, origin);
}

function listActivity(prefix: string, label: string, figures: ActivityFigures, range: DayRange): Explainable[] {
  const all: readonly (readonly [ActivityMeasure, string, Figure])[] = [
    ["agents", "Agents at work", figures.agents],
    ["interactions", "Handled interactions", figures.handledInteractions],
    ["handle-time", "Average handle time", figures.averageHandleTime],
    ["quality", "Average quality", figures.averageQuality],
    ["engagement", "Mean engagement", figures.meanEngagement],
  ];
  return all.map(([measure, title, figure]) =>
    single(`${prefix}${measure}`, `${title}, ${label}`, figure, { kind: "activity", measure, range }),
  );
}

function listMonth(month: MonthRow, window: DayRange): Explainable[] {
  const { label } = month;
  const name = (measure: string) => `month.${label}.${measure}`;
  const months = { from: label, to: label };
  const range = parseMonth(label);
  const points: readonly (readonly [PointsMeasure, string, Figure])[] = [
    ["points-paid", "Points paid", month.pointsPaid],
    ["points-unweighted", "Points credited, unweighted", month.pointsUnweighted],
    ["points-weighted", "Points credited, weighted", month.pointsWeighted],
  ];
  const gain: NamedPart = {
    name: name("gain"),
    key: "gain",
    part: { name: "gain", kind: "benefit", basis: "measured", figure: month.gain },
  };
  return [
    ...(range === null ? [] : listActivity(name(""), label, month, overlapOf(month.range, window))),
    single(name("gain"), `Gain against the agents' own past, ${label}`, month.gain, { kind: "own-past", months, measure: "gain" }),
    single(name("change"), `Change of handle time against the agents' own past, ${label}`, month.averageHandleTimeChange, {
      kind: "own-past",
      months,
      measure: "change",
    }),
    single(name("cost"), `Cost, ${label}`, month.cost, { kind: "costs", months, costKind: null }),
    single(name("roi"), `Gain and cost as a ratio, ${label} (associational)`, month.roi, overCost([gain], month.cost, -1)),
    ...points.map(([measure, title, figure]) =>
      single(name(measure), `${title}, ${label}`, figure, { kind: "points", month: label, measure }),
    ),
  ];
}

function listChallenge(challenge: ChallengeRow, months: MonthRange): Explainable[] {
  const { challengeId } = challenge;
  const measures: readonly (readonly [ChallengeMeasure, string, Figure | MoneyFigure])[] = [
    ["gain", "gain credited to it", challenge.gain],
    ["gain-weighted", "gain credited to it, by lifecycle weight", challenge.gainWeighted],
    ["cost", "cost, its own and its share", challenge.cost],
    ["points-paid", "points paid", challenge.pointsPaid],
    ["points-unweighted", "points credited, unweighted", challenge.pointsUnweighted],
    ["points-weighted", "points credited, weighted", challenge.pointsWeighted],
  ];
  return measures.map(([measure, title, figure]) =>
    single(`challenge.${challengeId}.${measure}`, `${challenge.name}: ${title}`, figure, {
      kind: "challenge",
      challengeId,
      months,
      measure,
    }),
  );
}

function listHorizons(report: RoiReport): Explainable[] {
  const isEffect = report.effect !== null && isCausal(report.evidence.grade);
  return report.horizons.flatMap(({ name, title, basis, gain, cost }) => [
    single(`horizon.${name}.gain`, `${title}: gain`, gain, horizonGain(name, isEffect, basis)),
    single(`horizon.${name}.cost`, `${title}: cost`, cost, {
      kind: "horizon",
      amount: name === "operational" ? "operational-cost" : "stability-cost",
    }),
  ]);
}

function horizonGain(name: "operational" | "stability", isEffect: boolean, basis: "measured" | "modelled"): Origin {
  if (name === "operational")
    return isEffect
      ? { kind: "effect-gain", outcome: "handle_time", cells: "first-weeks" }
      : { kind: "horizon", amount: "operational-gain" };
  return basis === "measured" ? { kind: "leavers", isGain: true } : { kind: "horizon", amount: "stability-gain" };
}
