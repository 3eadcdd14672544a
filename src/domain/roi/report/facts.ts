import type { ProgrammeAssessment } from "../programme/programme-assessment.ts";
import type { DayRange } from "./figure.ts";
import type { Period } from "./period.ts";

/**
 * What the warehouse says, already aggregated: the only input of `planReport`.
 * Sums keep their numerators and denominators; durations are milliseconds, shares and engagement ppm,
 * points and quality thousandths, money integer minor units. Null: the warehouse does not know.
 */
export interface RoiFacts {
  /** The latest day whose handle time is final; null when none is. */
  readonly asOf: string | null;
  /** The days the report covers. */
  readonly window: DayRange | null;
  readonly settings: RoiSettings;
  readonly total: ActivityFacts;
  readonly weeks: readonly PeriodFacts[];
  readonly months: readonly MonthFacts[];
  readonly challenges: readonly ChallengeFacts[];
  readonly enrolment: EnrolmentFacts;
  readonly horizons: readonly HorizonFacts[];
  readonly engagementBins: readonly BinFacts[];
  readonly measures: EngagementMeasureFacts;
  readonly statusChanges: readonly StatusChangeFacts[];
  readonly risk: readonly RiskFacts[];
  readonly quality: DataQualityFacts;
  readonly comparison: ComparisonFacts | null;
  /** Null when the report is about a part of the programme, or nobody is enrolled. */
  readonly programme: ProgrammeAssessment | null;
}

export interface RoiSettings {
  readonly zone: string | null;
  readonly currency: string;
  readonly loadedRateMinorPerHour: bigint | null;
  readonly realisationPpm: number;
  readonly replacementCostMinor: bigint | null;
  readonly minorPerQualityPoint: bigint | null;
  readonly monthlyAttritionPpm: number | null;
  readonly hazardRatioMilli: number;
  /** At risk below it (attrition). */
  readonly riskThresholdPpm: number;
  /** A challenge may be adjusted below it. */
  readonly triggerThresholdPpm: number;
  /** The guide's own cut-off for a risk cost. */
  readonly riskCostThresholdPpm: number;
  readonly decayHalfLifeDays: number;
  readonly decayWindowDays: number;
  readonly announcedOn: string | null;
  readonly allocation: string | null;
  /** The share of teams a random draw holds out; null without one. */
  readonly holdoutSharePpm: number | null;
}

export interface ActivityFacts {
  /** Agents with at least one handled interaction or one scheduled day. */
  readonly agents: number;
  readonly agentDays: number;
  /** Handled interactions, and those of them whose handle time is known. */
  readonly handled: number;
  readonly timed: number;
  readonly handleMs: number;
  readonly qualitySumMilli: number;
  readonly qualityCount: number;
  /** Mean over agents of each agent's mean over days. */
  readonly engagementPpm: number | null;
  readonly engagementAgents: number;
  readonly engagementDays: number;
}

export interface PeriodFacts {
  /** `2026-W07` or `2026-02`. */
  readonly label: string;
  readonly range: DayRange;
  readonly activity: ActivityFacts;
  /** Days of the period with at least one row loaded, and days it has. */
  readonly daysUsed: number;
  readonly daysExpected: number;
  readonly isFinal: boolean;
}

export interface CostFacts {
  readonly kind: string;
  readonly amountMinor: bigint;
  readonly entries: number;
}

/** Enrolled agents against their own weeks before enrolment, over those who have a baseline. */
export interface ChangeFacts {
  readonly agents: number;
  /** Interactions after enrolment: the weight. */
  readonly contacts: number;
  /** Sum of (baseline - handle time) over those interactions; negative is a loss. */
  readonly savedMs: number;
}

export interface MonthFacts extends PeriodFacts {
  readonly employedAtStart: number;
  readonly pointsPaidMilli: number;
  /** Each action once, at full weight. */
  readonly pointsUnweightedMilli: number;
  /** Each action once, at the weight its challenge's status gives it. */
  readonly pointsWeightedMilli: number;
  readonly costs: readonly CostFacts[];
  readonly handleTime: ChangeFacts | null;
  readonly handleTimeReason: string | null;
  /** What the warehouse makes of the change in money; null with `handleTimeReason`. */
  readonly handleGainMinor: bigint | null;
  /** Points of quality gained times agent-months; null where no quality was observed. */
  readonly qualityPointMonths: number | null;
  readonly qualityGainMinor: bigint | null;
}

export interface ChallengeFacts {
  readonly challengeId: string;
  readonly name: string | null;
  readonly status: string | null;
  readonly startsOn: string | null;
  readonly endsOn: string | null;
  readonly participants: number;
  readonly actions: number;
  readonly pointsPaidMilli: number;
  readonly pointsUnweightedMilli: number;
  readonly pointsWeightedMilli: number;
  /** Handle time gain credited to it, with every effect at weight 1, and by lifecycle weight. */
  readonly gainMinor: bigint | null;
  readonly gainWeightedMinor: bigint | null;
  readonly costMinor: bigint | null;
  readonly reason: string | null;
  /** Mean engagement of its participants per week since its start, week 0 first. */
  readonly weeklyEngagement: readonly WeeklyEngagement[];
}

/** A week since the first event of a challenge, over the agents who ever took part. */
export interface WeeklyEngagement {
  readonly week: number;
  /** Its first day. */
  readonly from: string;
  /** Null when nobody was scored. */
  readonly meanPpm: number | null;
  readonly agents: number;
  readonly workedDays: number;
  /** What the challenge itself paid in that week. */
  readonly pointsMilli: number;
}

export interface EnrolmentFacts {
  readonly enrolledAgents: number;
  /** Enrolled agents with at least four observed weeks in the eight before. */
  readonly withBaseline: number;
  /** Agents at work in the window who were never enrolled. */
  readonly neverEnrolled: number;
  readonly firstOn: string | null;
  /** The allocations the data states: random, operational, performance. */
  readonly allocations: readonly string[];
}

export interface HorizonFacts {
  readonly days: number;
  /** Days loaded since the first enrolment. */
  readonly followUpDays: number;
  readonly change: ChangeFacts | null;
  readonly changeReason: string | null;
  readonly gainMinor: bigint | null;
  readonly costMinor: bigint | null;
  /** Enrolled agents who reached the end of the horizon. */
  readonly agents: number;
  readonly leavers: number | null;
  /** What the turnover model expects without the programme. */
  readonly expectedLeavers: number | null;
}

/** Agents by mean engagement; `fromPpm` inclusive, `toPpm` exclusive except in the last bin. */
export interface BinFacts {
  readonly fromPpm: number;
  readonly toPpm: number;
  readonly agents: number;
  /** Those of them below the risk threshold, which may lie within the bin. */
  readonly belowRisk: number;
}

export interface StatusChangeFacts {
  readonly challengeId: string;
  readonly name: string | null;
  /** A new status, or new terms: multiplier, points or threshold. */
  readonly kind: "status" | "terms";
  /** `expired`, or `multiplier 1 to 1.2`. */
  readonly status: string;
  readonly changedOn: string;
  /** Days after the change that are loaded, 28 at most. */
  readonly daysLoaded: number;
  readonly days: readonly StatusDay[];
}

/** Measured engagement of a challenge's participants in one group of teams on one day from -14 to +28. Sums in ppm. */
export interface StatusDay {
  readonly offset: number;
  readonly group: number;
  readonly agents: number;
  readonly engagementPpm: number;
  /** Agents with 3 observed days in the 14 before, and how far they are off their mean of these days, summed. */
  readonly comparedAgents: number;
  readonly deviationPpm: number;
}

/** An estimate with an error clustered by team, as the warehouse computes it. */
export interface ClusteredFacts {
  readonly estimate: number | null;
  readonly standardError: number | null;
  readonly teams: number;
}

/** What docs/roi-report.md defines under "Engagement measures". */
export interface EngagementMeasureFacts {
  readonly velocity: ClusteredFacts & { readonly agents: number; readonly agentWeeks: number; readonly window: DayRange | null };
  readonly accrual: {
    readonly agents: number;
    readonly window: DayRange | null;
    readonly correlation: ClusteredFacts;
    /** Quality points per point a day. */
    readonly slope: ClusteredFacts;
  };
  readonly lags: readonly (ClusteredFacts & {
    readonly lagWeeks: number;
    readonly agents: number;
    readonly agentWeeks: number;
    readonly window: DayRange | null;
  })[];
  readonly shiftStarts: readonly (ClusteredFacts & {
    readonly fromHour: number;
    readonly agents: number;
    readonly agentDays: number;
    readonly window: DayRange | null;
  })[];
}

/** One threshold of the turnover model in the latest month it covers; a scenario computed in the warehouse. */
export interface RiskFacts {
  readonly thresholdPpm: number;
  readonly yearMonth: string;
  readonly agents: number;
  /** Mean over agents of their share of days under the threshold, weighted by the employed part of the month. */
  readonly atRiskPpm: number;
  readonly expectedLeavers: number | null;
  readonly riskCostMinor: bigint | null;
}

export interface DataQualityFacts {
  /** Events as received, those of them that were already known, and those left. */
  readonly eventsSent: number;
  readonly eventsRepeated: number;
  readonly events: number;
  readonly scoredEvents: number;
  readonly weakKeyEvents: number;
  /** Events that pay points, and those that pay an action another event already paid. */
  readonly pointEvents: number;
  readonly overlappingEvents: number;
  readonly scoredAgentDays: number;
  readonly overflowAgentDays: number;
  readonly agentDays: number;
  readonly provisionalAgentDays: number;
  readonly interactions: number;
  /** Kept out of the marts: nobody knows the agent, or no instant dates them. */
  readonly interactionsLeftOut: number;
  readonly answered: number;
  /** Answered by somebody the source does not name. */
  readonly answeredByNobody: number;
  /** Cost entries in another currency than the configured one, or without a kind, day or amount: kept, not counted. */
  readonly costsLeftOut: number;
  readonly quarantined: number;
  readonly received: number;
  /** Days of the window with work. */
  readonly daysUsed: number;
  /** One entry per day of the window (the latest 400 at most). */
  readonly days: readonly { readonly date: string; readonly agents: number; readonly handled: number }[];
}

export interface ComparisonFacts {
  readonly before: Period;
  readonly after: Period;
  readonly activityBefore: ActivityFacts;
  readonly activityAfter: ActivityFacts;
  /** Days with anything loaded, and those of them that may still change. */
  readonly daysBefore: number;
  readonly daysAfter: number;
  readonly provisionalDays: number;
}
