import { type Aggregates, aggregate, effectOfCell, type KeyedEffect } from "./aggregate.ts";
import { type Band, drawBand } from "./band.ts";
import { checkCells, checkControls, type PeriodLabel, usableCohorts } from "./check-design.ts";
import { type Effect, type Inference, inferFrom } from "./effect.ts";
import type { Finding } from "./finding.ts";
import { type Allocation, decideGrade, type Evidence, type Grade } from "./grade.ts";
import { type Cell, type Design, estimateGroupTime, type GroupTime } from "./group-time.ts";
import { estimateHoldout, type HoldoutEffect } from "./holdout-effect.ts";
import { never, type Panel, unitsWhere } from "./panel.ts";
import { placeboInSpace, placeboInTime, type SpacePlacebo, type TimePlacebo } from "./placebo.ts";
import { type CellTest, defaultPreTrend, type PreTrend, testPreCells, testPreTrend } from "./pre-trend.ts";
import { measureSensitivity, type Sensitivity } from "./sensitivity.ts";
import { fewClusters } from "./spread.ts";
import { type WildBootstrap, wildBootstrap } from "./wild-bootstrap.ts";

export interface AssessOptions {
  readonly design: Design;
  readonly allocation: Allocation | null;
  /** The share of clusters a random draw was to hold out; null when there was no such draw. */
  readonly holdoutShare: number | null;
  readonly seed: number;
  readonly bandDraws: number;
  readonly placeboDraws: number;
  /** Periods a placebo treatment is put before the true one. */
  readonly placeboShift: number;
  readonly label: PeriodLabel;
}

export const defaultDraws = { seed: 1, bandDraws: 999, placeboDraws: 499, placeboShift: 4 } as const;

export interface AssessedCell extends Inference {
  readonly cohort: string | number;
  readonly period: string | number;
  readonly eventTime: number;
  readonly base: "mean" | "last";
  readonly n: number;
  readonly treated: number;
  readonly controls: number;
}

/** One panel, one outcome, everything that can be said about the effect. */
export interface Assessment {
  readonly panel: PanelSummary;
  readonly cells: readonly AssessedCell[];
  readonly aggregates: AssessedAggregates | null;
  readonly preTest: (PreTrend & { readonly cells: CellTest | null }) | null;
  readonly sensitivity: Sensitivity | null;
  readonly band: { readonly eventTime: Band | null; readonly cells: Band | null };
  readonly placebos: { readonly inTime: TimePlacebo | null; readonly inSpace: SpacePlacebo | null };
  /** Where a random draw held clusters out. */
  readonly holdout: HoldoutEffect | null;
  /** Below 20 clusters only. */
  readonly wildBootstrap: { readonly simple: WildBootstrap | null; readonly operational: WildBootstrap | null } | null;
  readonly grade: Grade;
  readonly reasons: readonly string[];
  readonly findings: readonly Finding[];
}

export interface PanelSummary {
  readonly units: number;
  readonly treatedUnits: number;
  readonly untreatedUnits: number;
  readonly periods: number;
  readonly cohorts: number;
  readonly clusters: number;
  readonly isClustered: boolean;
}

export interface AssessedAggregates {
  readonly simple: Inference | null;
  readonly operational: Inference | null;
  readonly cohort: readonly (Inference & { readonly cohort: string | number })[];
  readonly groupOverall: Inference | null;
  readonly eventTime: readonly (Inference & { readonly eventTime: number })[];
  readonly dynamicOverall: Inference | null;
  readonly calendar: readonly (Inference & { readonly period: string | number })[];
  readonly calendarOverall: Inference | null;
}

/** Bands over more cells than this say little and cost much. */
const mostCellsInBand = 200;

export function assessPanel(panel: Panel, found: readonly Finding[], options: AssessOptions): Assessment {
  const controls = checkControls(panel, options.design);
  if (controls.some(({ severity }) => severity === "refuses")) return refuse(panel, [...found, ...controls]);
  const groupTime = estimateGroupTime(panel, options.design);
  const findings = [...found, ...controls, ...checkCells(groupTime, options.label)];
  if (findings.some(({ severity }) => severity === "refuses")) return refuse(panel, findings);
  const aggregates = aggregate(groupTime);
  const preTest = describePreTest(groupTime, aggregates, options);
  const placebos = {
    inTime: placeboInTime(panel, options.design, options.placeboShift),
    inSpace: placeboInSpace(panel, options.design, {
      draws: options.placeboDraws,
      seed: options.seed,
      lastEventTime: Number.POSITIVE_INFINITY,
    }),
  };
  const wild = panel.clusters.length < fewClusters ? bootstrapBoth(panel, options) : null;
  const { design, holdoutShare } = options;
  const holdout = holdoutShare === null ? null : estimateHoldout(panel, design, holdoutShare);
  const assessed = describeAggregates(panel, aggregates, wild, options.label);
  return {
    panel: summarise(panel),
    cells: groupTime.cells.map((cell) => describeCell(groupTime, cell, options.label)),
    aggregates: assessed,
    preTest,
    sensitivity: measureSensitivity(panel, aggregates.eventTime, preTest?.eventTimes ?? []),
    band: drawBands(groupTime, aggregates, options),
    placebos,
    holdout,
    wildBootstrap: wild,
    ...decideGrade({
      comparison: "controls",
      allocation: options.allocation,
      holdout,
      ...countArms(groupTime),
      preTrendP: preTest?.pValue ?? null,
      placeboP: placebos.inTime?.effect.pValue ?? null,
      hasInterval: assessed.simple?.standardError !== null,
      findings,
    }),
    findings,
  };
}

/** An assessment without a figure, and why. */
export function refuse(panel: Panel | null, findings: readonly Finding[]): Assessment {
  return {
    panel:
      panel === null
        ? { units: 0, treatedUnits: 0, untreatedUnits: 0, periods: 0, cohorts: 0, clusters: 0, isClustered: false }
        : summarise(panel),
    cells: [],
    aggregates: null,
    preTest: null,
    sensitivity: null,
    band: { eventTime: null, cells: null },
    placebos: { inTime: null, inSpace: null },
    holdout: null,
    wildBootstrap: null,
    grade: "D",
    reasons: [...findings].sort((a, b) => rank(a) - rank(b)).map(({ text }) => text),
    findings,
  };
}

function rank({ severity }: Finding): number {
  return ["refuses", "lowers", "notes"].indexOf(severity);
}

function summarise(panel: Panel): PanelSummary {
  const treatedUnits = panel.cohortOf.filter((cohort) => cohort !== never).length;
  return {
    units: panel.units.length,
    treatedUnits,
    untreatedUnits: panel.units.length - treatedUnits,
    periods: panel.periods.length,
    cohorts: panel.cohorts.length,
    clusters: panel.clusters.length,
    isClustered: panel.isClustered,
  };
}

function describeCell(groupTime: GroupTime, cell: Cell, label: PeriodLabel): AssessedCell {
  const { panel } = groupTime;
  return {
    cohort: label(panel.cohorts[cell.cohort] ?? Number.NaN),
    period: label(panel.periods[cell.period] ?? Number.NaN),
    eventTime: cell.eventTime,
    base: cell.base,
    n: cell.treated.count + cell.control.count,
    treated: cell.treated.count,
    controls: cell.control.count,
    ...inferFrom(panel, effectOfCell(groupTime, cell)),
  };
}

/** With few clusters the more cautious of Student's interval and the wild bootstrap's. */
function inferWild(panel: Panel, effect: Effect, wild: WildBootstrap | null): Inference {
  const inference = inferFrom(panel, effect);
  const { standardError, high, pValue } = inference;
  if (wild === null || standardError === null || high === null) return inference;
  const reach = wild.critical * standardError;
  const isWider = reach > high - effect.estimate;
  return {
    ...inference,
    pValue: Math.max(pValue ?? 0, wild.pValue),
    ...(isWider ? { low: effect.estimate - reach, high: effect.estimate + reach, method: "wild-bootstrap" as const, degrees: null } : {}),
  };
}

type BothWild = { readonly simple: WildBootstrap | null; readonly operational: WildBootstrap | null };

function bootstrapBoth(panel: Panel, { design, bandDraws, seed }: AssessOptions): BothWild {
  return {
    simple: wildBootstrap(panel, design, { draws: bandDraws, seed, lastEventTime: Number.POSITIVE_INFINITY }),
    operational: wildBootstrap(panel, design, { draws: bandDraws, seed, lastEventTime: 1 }),
  };
}

function describeAggregates(panel: Panel, aggregates: Aggregates, wild: BothWild | null, label: PeriodLabel): AssessedAggregates {
  const one = (effect: Effect | null) => (effect === null ? null : inferFrom(panel, effect));
  const byPeriod = (parts: readonly KeyedEffect[]) =>
    parts.map(({ key, effect }) => ({ key: label(key), inference: inferFrom(panel, effect) }));
  return {
    simple: aggregates.simple && inferWild(panel, aggregates.simple, wild?.simple ?? null),
    operational: aggregates.operational && inferWild(panel, aggregates.operational, wild?.operational ?? null),
    cohort: byPeriod(aggregates.cohort).map(({ key, inference }) => ({ cohort: key, ...inference })),
    groupOverall: one(aggregates.cohortOverall),
    eventTime: aggregates.eventTime.map(({ key, effect }) => ({ eventTime: key, ...inferFrom(panel, effect) })),
    dynamicOverall: one(aggregates.dynamicOverall),
    calendar: byPeriod(aggregates.calendar).map(({ key, inference }) => ({ period: key, ...inference })),
    calendarOverall: one(aggregates.calendarOverall),
  };
}

function describePreTest(groupTime: GroupTime, aggregates: Aggregates, { design }: AssessOptions): Assessment["preTest"] {
  const { anticipation } = design;
  const preTrend = testPreTrend(groupTime.panel, aggregates.eventTime, { ...defaultPreTrend, anticipation });
  if (preTrend === null) return null;
  const before = groupTime.cells.filter((cell) => cell.eventTime < -anticipation);
  const isFew = before.length < groupTime.panel.clusters.length && before.length <= 100;
  return {
    ...preTrend,
    cells: isFew
      ? testPreCells(
          groupTime.panel,
          before.map((cell) => effectOfCell(groupTime, cell)),
        )
      : null,
  };
}

function drawBands(groupTime: GroupTime, aggregates: Aggregates, { bandDraws, seed }: AssessOptions): Assessment["band"] {
  const { panel, cells } = groupTime;
  const draw = (effects: readonly Effect[]) => drawBand(panel, effects, { draws: bandDraws, seed });
  return {
    eventTime: draw(aggregates.eventTime.map(({ effect }) => effect)),
    cells: cells.length > mostCellsInBand ? null : draw(cells.map((cell) => effectOfCell(groupTime, cell))),
  };
}

/** Units and clusters that are compared; with not-yet-treated controls every unit treated later counts as a control too. */
function countArms({ panel, design, cells }: GroupTime): Pick<Evidence, "units" | "clusters"> {
  const usable = usableCohorts(cells);
  const first = Math.min(...usable);
  const isTreated = (cohort: number) => usable.has(cohort);
  const isControl = (cohort: number) => cohort === never || (design.controls === "not-yet" && cohort > first);
  const count = (isWanted: (cohort: number) => boolean) => {
    const units = unitsWhere(panel, (unit) => isWanted(panel.cohortOf[unit] ?? never));
    return { units: units.length, clusters: new Set(Array.from(units, (unit) => panel.clusterOf[unit])).size };
  };
  const [treated, control] = [count(isTreated), count(isControl)];
  return { units: { treated: treated.units, control: control.units }, clusters: { treated: treated.clusters, control: control.clusters } };
}
