import type { ProgrammeAssessment } from "../programme/programme-assessment.ts";
import type { Comparison } from "./comparison.ts";
import type { DayRange, Figure, MoneyFigure } from "./figure.ts";
import type { EvidenceGrade } from "./grade.ts";

/** Raised whenever a field of the report changes its meaning, moves or goes away. */
export const reportSchemaVersion = 3;

export interface ReportScope {
  /** `2026-03`, or null for everything loaded. */
  readonly month: string | null;
  /** A challenge id or native id, or null for the whole programme. */
  readonly challenge: string | null;
  /** `1999-W05:1999-W08`, or null. */
  readonly compare: string | null;
  /** Whether the headline may name the modelled gain beside the measured one; left out means no. */
  readonly includeModelled?: true;
}

/** The whole report, complete in itself: every renderer reads this and nothing else. */
export interface RoiReport {
  readonly schemaVersion: typeof reportSchemaVersion;
  readonly scope: ReportScope;
  /** The latest day whose handle time is final; null when none is. */
  readonly asOf: string | null;
  readonly window: DayRange | null;
  readonly zone: string | null;
  readonly currency: string;
  /** Minor units in one unit of the currency: 2 for USD. */
  readonly currencyDigits: number;
  readonly headline: Headline;
  readonly evidence: EvidenceGrade;
  readonly keyFigures: KeyFigures;
  readonly comparison: Comparison | null;
  /** Against a comparison group, over the whole programme; null when the report is narrower or nobody is enrolled. */
  readonly effect: ProgrammeAssessment | null;
  readonly horizons: readonly Horizon[];
  readonly money: MoneyTable;
  readonly weeks: readonly PeriodRow[];
  readonly months: readonly MonthRow[];
  readonly challenges: readonly ChallengeRow[];
  readonly engagement: EngagementSection;
  readonly lifecycle: readonly StatusStudy[];
  readonly turnover: TurnoverSection;
  readonly dataQuality: DataQuality;
  readonly assumptions: readonly Assumption[];
}

export interface Headline {
  /** One sentence a finance person can quote. */
  readonly text: string;
  readonly roiStated: boolean;
  /** Why no ROI is stated. */
  readonly reason: string | null;
}

export interface KeyFigures {
  readonly agents: Figure;
  readonly handledInteractions: Figure;
  readonly averageHandleTime: Figure;
  readonly averageQuality: Figure;
  readonly meanEngagement: Figure;
  readonly gain: MoneyFigure;
  readonly cost: MoneyFigure;
  readonly roi: Figure;
}

/** One horizon with its own cost: the two are never added. */
export interface Horizon {
  readonly name: "operational" | "stability";
  readonly title: string;
  readonly days: number;
  readonly followUpDays: number;
  readonly state: "measured" | "not_yet" | "not_available";
  readonly reason: string | null;
  readonly averageHandleTimeChange: Figure;
  readonly savedHours: Figure;
  readonly leavers: Figure;
  readonly expectedLeavers: Figure;
  /** Whether the gain was measured or comes from the turnover model. */
  readonly basis: "measured" | "modelled";
  readonly gain: MoneyFigure;
  readonly cost: MoneyFigure;
  readonly roi: Figure;
}

export interface MoneyPart {
  readonly name: string;
  readonly kind: "benefit" | "cost";
  readonly basis: "measured" | "recorded";
  readonly figure: MoneyFigure;
}

export interface MoneyTable {
  readonly parts: readonly MoneyPart[];
  readonly gain: MoneyFigure;
  readonly cost: MoneyFigure;
  readonly net: MoneyFigure;
  /** (gain - cost) / cost over the window, or the reason there is none. */
  readonly roi: Figure;
  readonly benefitCostRatio: Figure;
  /** What the sums leave out, in words. */
  readonly notes: readonly string[];
  readonly rates: RateSensitivity;
}

/** The same seconds at other prices. */
export interface RateSensitivity {
  /** Why there are no rows. */
  readonly reason: string | null;
  readonly rows: readonly {
    readonly ratePerHourMinor: bigint;
    readonly realisation: number;
    readonly isConfigured: boolean;
    readonly gain: MoneyFigure;
    readonly roi: Figure;
  }[];
  /** Loaded rate x realisation at which gain and cost are equal. */
  readonly breakEvenPerHour: MoneyFigure;
}

export interface PeriodRow {
  readonly label: string;
  readonly range: DayRange;
  readonly agents: Figure;
  readonly handledInteractions: Figure;
  readonly averageHandleTime: Figure;
  readonly averageQuality: Figure;
  readonly meanEngagement: Figure;
  readonly daysUsed: number;
  readonly daysExpected: number;
  readonly isFinal: boolean;
}

export interface MonthRow extends PeriodRow {
  readonly employedAtStart: Figure;
  readonly pointsPaid: Figure;
  readonly pointsUnweighted: Figure;
  readonly pointsWeighted: Figure;
  readonly averageHandleTimeChange: Figure;
  readonly gain: MoneyFigure;
  readonly cost: MoneyFigure;
  readonly roi: Figure;
}

export interface ChallengeRow {
  readonly challengeId: string;
  readonly name: string;
  readonly status: string | null;
  readonly range: { readonly from: string | null; readonly to: string | null };
  readonly participants: Figure;
  readonly pointsPaid: Figure;
  readonly pointsUnweighted: Figure;
  readonly pointsWeighted: Figure;
  readonly gain: MoneyFigure;
  readonly gainWeighted: MoneyFigure;
  readonly cost: MoneyFigure;
  readonly roi: Figure;
  readonly roiWeighted: Figure;
  readonly engagementHalfLife: Figure;
  /** Of the points it pays per worked day, over the whole weeks in which it ran. */
  readonly pointHalfLife: Figure;
}

export interface EngagementSection {
  readonly distribution: readonly { readonly from: number; readonly to: number; readonly agents: number }[];
  readonly agents: Figure;
  readonly belowRisk: Figure;
  readonly thresholds: { readonly risk: number; readonly trigger: number; readonly riskCost: number };
  readonly measures: EngagementMeasures;
}

/** Defined in docs/roi-report.md. Shares are of the scale from 0 to 1. */
export interface EngagementMeasures {
  /** Change of engagement per week within agents. */
  readonly velocity: Figure;
  /** Change of points per worked day and week of a challenge, from its peak on, as a share of them. */
  readonly pointDecay: Figure;
  /** How the change of points per worked day goes with the change of quality, agent by agent. */
  readonly accrualToQuality: { readonly correlation: Figure; readonly slope: Figure };
  readonly triggerToQuality: {
    readonly lags: readonly { readonly lagWeeks: number; readonly correlation: Figure }[];
    readonly strongestLagWeeks: number | null;
    readonly reason: string | null;
  };
  readonly byShiftStart: {
    readonly bands: readonly { readonly fromHour: number; readonly toHour: number; readonly engagement: Figure }[];
    readonly reason: string | null;
  };
}

/** Measured engagement around one change of a challenge, not smoothed. */
export interface StatusStudy {
  readonly challengeId: string;
  readonly name: string;
  /** A new status, or new terms (multiplier, points, threshold). */
  readonly kind: "status" | "terms";
  readonly status: string;
  readonly changedOn: string;
  readonly daysLoaded: number;
  readonly before: Figure;
  readonly after: Figure;
  /** The two weeks after against the agents' own two weeks before. */
  readonly change: Figure;
  /** Days from the change until a dip is made up; absent without a dip. */
  readonly recoveryDay: Figure;
  /** Whether the interval of the recovery day ends only where the data does. */
  readonly isRecoveryOpen: boolean;
  readonly days: readonly StudyDay[];
}

export interface StudyDay {
  readonly offset: number;
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly agents: number;
}

/** A scenario, never a measured effect; stands outside every gain above. */
export interface TurnoverSection {
  readonly label: string;
  readonly reason: string | null;
  readonly rows: readonly TurnoverRow[];
}

export interface TurnoverRow {
  readonly threshold: number;
  readonly isConfigured: boolean;
  readonly atRiskShare: Figure;
  readonly expectedLeavers: Figure;
  readonly riskCost: MoneyFigure;
}

export interface DataQuality {
  readonly duplicateRate: Figure;
  readonly overlapRate: Figure;
  readonly weakKeyRate: Figure;
  readonly scoreCoverage: Figure;
  readonly overflowRate: Figure;
  readonly daysUsed: Figure;
  readonly leftOutRate: Figure;
  readonly namelessRate: Figure;
  readonly provisionalRate: Figure;
  readonly quarantineRate: Figure;
  readonly days: readonly { readonly date: string; readonly agents: number; readonly handled: number }[];
}

export interface Assumption {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}
