import type { Grade } from "../../estimate/grade.ts";
import type { DayRange, Figure, MoneyFigure, MoneyRange } from "../report/figure.ts";
import type { OutcomeName } from "./programme-facts.ts";

/** What the programme brought against a comparison group, complete for every output. */
export interface ProgrammeAssessment {
  readonly window: DayRange | null;
  readonly launchedOn: string | null;
  /** How agents came to be enrolled, by the weakest word in settings and data. */
  readonly allocation: string | null;
  /** The grade of the headline: that of handle time. */
  readonly grade: Grade;
  readonly reasons: readonly string[];
  readonly outcomes: readonly OutcomeEffect[];
  /** Only where agents were chosen by their results, instead of a point. */
  readonly bracket: EffectBracket | null;
  readonly attrition: AttritionSection;
  /** Handle time by challenge, the latest ones; each beside agents in no challenge at all in its weeks. */
  readonly challenges: readonly ChallengeEffectRow[];
  readonly money: EffectMoney;
  readonly seed: number;
}

export interface OutcomeEffect {
  readonly name: OutcomeName;
  readonly grade: Grade;
  readonly reasons: readonly string[];
  readonly controls: "never" | "not-yet";
  /** Weeks of the baseline, and weeks before enrolment it leaves out because of the announcement. */
  readonly baselineWeeks: number;
  readonly anticipationWeeks: number;
  readonly agents: number;
  readonly enrolledAgents: number;
  readonly controlAgents: number;
  readonly teams: number;
  readonly weeks: number;
  readonly cohorts: number;
  readonly overall: Figure;
  /** Event weeks 0 and 1. */
  readonly operational: Figure;
  readonly standardError: number | null;
  readonly pValue: number | null;
  readonly minimumDetectableEffect: number | null;
  readonly eventWeeks: readonly EventWeek[];
  /** Multiplier of the error that holds all weeks at once with 95 %. */
  readonly bandCritical: number | null;
  readonly preTest: PreTest | null;
  readonly placebos: { readonly inTime: Placebo | null; readonly inSpace: Placebo | null };
  readonly sensitivity: readonly { readonly eventWeek: number; readonly breakdown: number | null }[];
  readonly wildBootstrapP: number | null;
  /** Where teams were held out at random. */
  readonly holdout: HoldoutComparison | null;
  readonly cells: readonly EffectCell[];
}

/** Weeks since enrolment; before it the change to the week before, afterwards to the mean of the baseline. */
export interface EventWeek {
  readonly week: number;
  /** Enrolled agents observed in it. */
  readonly n: number;
  readonly estimate: number;
  readonly standardError: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly bandLow: number | null;
  readonly bandHigh: number | null;
  /** Why there is no error. */
  readonly reason: string | null;
}

export interface PreTest {
  readonly fStatistic: number;
  readonly numeratorDegrees: number;
  readonly denominatorDegrees: number;
  readonly pValue: number;
  /** Per week, found with 80 % power. */
  readonly detectableSlope: number;
}

export interface Placebo {
  readonly what: string;
  readonly estimate: number | null;
  readonly pValue: number | null;
}

/** The drawn teams against each other, a team as one observation. */
export interface HoldoutComparison {
  readonly teamsHeldOut: number;
  readonly teamsEnrolled: number;
  /** Whether the arms still have the sizes drawn; below .001 the draw was not kept. */
  readonly sampleRatioP: number;
  /** With the teams' own weeks before taken out (CUPED). */
  readonly adjusted: Figure;
  readonly unadjusted: Figure;
  /** What is left of the variance: 1 - rho^2. */
  readonly varianceFactor: number | null;
}

export interface EffectCell {
  readonly cohort: string;
  readonly week: string;
  readonly enrolled: number;
  readonly controls: number;
  readonly estimate: number;
  readonly standardError: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Why there is no error. */
  readonly reason: string | null;
}

export interface EffectBracket {
  readonly low: number;
  readonly high: number;
  readonly widestLow: number;
  readonly widestHigh: number;
  readonly differenceInDifferences: number;
  readonly laggedOutcome: number;
}

export interface ChallengeEffectRow {
  readonly challengeId: string;
  /** ISO week of the first event. */
  readonly launchedIn: string;
  readonly participants: number;
  readonly controls: number;
  /** Mean from the launch to two weeks after the end, so that a slump afterwards is in it. */
  readonly effect: Figure;
}

export interface AttritionSection {
  /** Change of the share that leaves within 90 days; negative is fewer. */
  readonly difference: Figure;
  readonly leaversEnrolled: number | null;
  readonly leaversControls: number | null;
  /** p of the log-rank test, by enrolment day and tenure, agents taken as independent. */
  readonly logRankP: Figure;
  /** Hazard of leaving, enrolled to not enrolled. */
  readonly hazardRatio: Figure;
}

export interface EffectPart {
  readonly name: "Handle time" | "Quality" | "Fewer leavers, 90 days";
  readonly grade: Grade;
  /** Whether it is part of the sum; the reason when it is not. */
  readonly isCounted: boolean;
  readonly reason: string | null;
  readonly gain: MoneyFigure;
  readonly standardErrorMinor: bigint | null;
  readonly range: MoneyRange | null;
  /** Gain over cost: the contributions of what is counted add up to the ROI plus one. */
  readonly contribution: Figure;
}

/** Money against a comparison group: measured only. */
export interface EffectMoney {
  readonly parts: readonly EffectPart[];
  readonly gain: MoneyFigure;
  readonly standardErrorMinor: bigint | null;
  readonly range: MoneyRange | null;
  readonly cost: MoneyFigure;
  readonly net: MoneyFigure;
  readonly roi: Figure;
  readonly probabilityPositive: Figure;
  readonly horizons: readonly EffectHorizon[];
  /** What the turnover model makes of engagement; stands beside the measured gain, never in it. */
  readonly modelled: { readonly label: string; readonly gain: MoneyFigure; readonly roiWithModelled: Figure };
}

/** One horizon over the cost of its own days. */
export interface EffectHorizon {
  readonly name: "operational" | "stability";
  readonly gain: MoneyFigure;
  readonly cost: MoneyFigure;
  readonly roi: Figure;
  readonly probabilityPositive: Figure;
}
