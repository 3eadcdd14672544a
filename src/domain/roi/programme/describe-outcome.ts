import type { AssessedCell, Assessment } from "../../estimate/assess-panel.ts";
import type { Inference } from "../../estimate/effect.ts";
import { absent, type DayRange, type Evidence, type Figure, measured, roundFigure, type Unit } from "../report/figure.ts";
import type { AssessedOutcome } from "./assess-outcome.ts";
import type { EffectCell, EventWeek, HoldoutComparison, OutcomeEffect, Placebo, PreTest } from "./programme-assessment.ts";
import type { OutcomeName } from "./programme-facts.ts";

const units: Readonly<Record<OutcomeName, Unit>> = { handle_time: "seconds", quality: "points" };

const withoutFigure = "no comparison could be made; the reasons stand beside the grade";

/** An assessment in the report's own words, rounded as all figures are. */
export function describeOutcome({ name, design, assessment }: AssessedOutcome, window: DayRange | null): OutcomeEffect {
  const { panel, aggregates, grade, reasons, band, preTest, placebos, sensitivity, wildBootstrap } = assessment;
  const evidence: Evidence = { n: panel.units, of: "agents", window };
  const simple = aggregates?.simple ?? null;
  return {
    name,
    grade,
    reasons: reasons.map(withoutIds),
    controls: design.controls,
    baselineWeeks: design.preWindow,
    anticipationWeeks: design.anticipation,
    agents: panel.units,
    enrolledAgents: panel.treatedUnits,
    controlAgents: panel.untreatedUnits,
    teams: panel.isClustered ? panel.clusters : 0,
    weeks: panel.periods,
    cohorts: panel.cohorts,
    overall: effectFigure(simple, units[name], evidence),
    operational: effectFigure(aggregates?.operational ?? null, units[name], evidence),
    standardError: rounded(simple?.standardError),
    pValue: rounded(simple?.pValue),
    minimumDetectableEffect: rounded(simple?.minimumDetectableEffect),
    eventWeeks: describeEventWeeks(assessment),
    bandCritical: rounded(band.eventTime?.critical),
    preTest: preTest === null ? null : describePreTest(preTest),
    placebos: { inTime: describeInTime(placebos.inTime), inSpace: describeInSpace(placebos.inSpace) },
    sensitivity: (sensitivity?.effects ?? []).map(({ eventTime, breakdown }) => ({ eventWeek: eventTime, breakdown: rounded(breakdown) })),
    wildBootstrapP: rounded(wildBootstrap?.simple?.pValue),
    holdout: describeHoldout(assessment, units[name], window),
    cells: assessment.cells.map(describeCell),
  };
}

/** Keys of agents mean nothing to a reader, and no report names an agent. */
export function withoutIds(reason: string): string {
  return reason
    .replace(/ \([0-9a-f]{8}-[0-9a-f-]{27}[^)]*\)/g, "")
    .replace(/\b(u|U)nit(s?)\b/g, (_, first: string, plural: string) => `${first === "U" ? "A" : "a"}gent${plural}`)
    .replace(/\bperiod(s?)\b/g, "week$1");
}

export function rounded(value: number | null | undefined): number | null {
  return value === null || value === undefined || !Number.isFinite(value) ? null : roundFigure(value);
}

/** An estimate without an error is no figure of this report. */
export function effectFigure(inference: Inference | null, unit: Unit, evidence: Evidence): Figure {
  if (inference === null) return absent(withoutFigure, unit, evidence);
  const { estimate, low, high } = inference;
  if (low === null || high === null)
    return absent("the estimate has no error, so nothing is known about how far off it is", unit, evidence);
  return measured(estimate, unit, evidence, [low, high]);
}

const withoutError = "no error: fewer than two teams on a side, or no spread between them";

function describeEventWeeks({ aggregates, band, cells }: Assessment): EventWeek[] {
  const critical = band.eventTime?.critical ?? null;
  const observed = (week: number) => cells.reduce((sum, { eventTime, treated }) => sum + (eventTime === week ? treated : 0), 0);
  return (aggregates?.eventTime ?? []).map(({ eventTime, estimate, standardError, low, high }) => {
    const own = high === null ? 0 : high - estimate;
    // With few clusters a week's own interval can be the wider one, and what holds all weeks holds each.
    const reach = critical === null || standardError === null ? null : Math.max(critical * standardError, own);
    return {
      week: eventTime,
      n: observed(eventTime),
      estimate: roundFigure(estimate),
      standardError: rounded(standardError),
      low: rounded(low),
      high: rounded(high),
      bandLow: reach === null ? null : rounded(estimate - reach),
      bandHigh: reach === null ? null : rounded(estimate + reach),
      reason: standardError === null ? withoutError : null,
    };
  });
}

function describePreTest({ fStatistic, numeratorDegrees, denominatorDegrees, pValue, detectableSlope }: PreTest): PreTest {
  return {
    fStatistic: roundFigure(fStatistic),
    numeratorDegrees,
    denominatorDegrees,
    pValue: roundFigure(pValue),
    detectableSlope: roundFigure(detectableSlope),
  };
}

function describeInTime(placebo: Assessment["placebos"]["inTime"]): Placebo | null {
  if (placebo === null) return null;
  const what = `enrolment put ${placebo.shift} weeks earlier`;
  return { what, estimate: rounded(placebo.effect.estimate), pValue: rounded(placebo.effect.pValue) };
}

function describeInSpace(placebo: Assessment["placebos"]["inSpace"]): Placebo | null {
  if (placebo === null) return null;
  const what = `enrolment weeks dealt out anew ${placebo.draws} times${placebo.level === "cluster" ? ", team by team" : ""}`;
  return { what, estimate: null, pValue: rounded(placebo.pValue) };
}

const observed = "teams observed before and after";

function describeHoldout({ holdout }: Assessment, unit: Unit, window: DayRange | null): HoldoutComparison | null {
  if (holdout === null) return null;
  const { heldClusters, treatedClusters, sampleRatioP, cuped, unadjusted } = holdout;
  const describe = (found: typeof unadjusted): Figure =>
    found === null
      ? absent("fewer than two teams on a side were observed before and after", unit, { n: 0, of: observed, window })
      : measured(found.estimate, unit, { n: found.treated + found.control, of: observed, window }, [found.low, found.high]);
  return {
    teamsHeldOut: heldClusters,
    teamsEnrolled: treatedClusters,
    sampleRatioP: roundFigure(sampleRatioP),
    adjusted: describe(cuped),
    unadjusted: describe(unadjusted),
    varianceFactor: rounded(cuped?.varianceFactor),
  };
}

function describeCell({ cohort, period, treated, controls, estimate, standardError, low, high }: AssessedCell): EffectCell {
  return {
    cohort: String(cohort),
    week: String(period),
    enrolled: treated,
    controls,
    estimate: roundFigure(estimate),
    standardError: rounded(standardError),
    low: rounded(low),
    high: rounded(high),
    reason: standardError === null ? withoutError : null,
  };
}
