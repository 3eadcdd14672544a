import { noMeasures } from "../../src/app/roi/read-engagement.ts";
import { addDays, isoWeekOf } from "../../src/domain/calendar.ts";
import type {
  ActivityFacts,
  ChallengeFacts,
  ClusteredFacts,
  EngagementMeasureFacts,
  MonthFacts,
  PeriodFacts,
  RoiFacts,
  RoiSettings,
  StatusDay,
} from "../../src/domain/roi/report/facts.ts";
import { lengthInDays, parseMonth, parsePeriod } from "../../src/domain/roi/report/period.ts";

/** Facts of an invented contact centre: nine months, forty agents, a programme from the fourth month on. No chance in it. */

export const settings: RoiSettings = {
  zone: "Europe/Berlin",
  currency: "EUR",
  loadedRateMinorPerHour: 3_000n,
  realisationPpm: 600_000,
  replacementCostMinor: 800_000n,
  minorPerQualityPoint: null,
  monthlyAttritionPpm: 30_000,
  hazardRatioMilli: 3_200,
  riskThresholdPpm: 400_000,
  triggerThresholdPpm: 500_000,
  riskCostThresholdPpm: 600_000,
  decayHalfLifeDays: 7,
  decayWindowDays: 14,
  announcedOn: "2026-03-23",
  allocation: "operational",
  holdoutSharePpm: null,
};

export const noActivity: ActivityFacts = {
  agents: 0,
  agentDays: 0,
  handled: 0,
  timed: 0,
  handleMs: 0,
  qualitySumMilli: 0,
  qualityCount: 0,
  engagementPpm: null,
  engagementAgents: 0,
  engagementDays: 0,
};

const start = "2025-12-29";
const programmeStart = 14;

function wave(week: number, period: number): number {
  return Math.sin((week * 2 * Math.PI) / period);
}

function activityOf(week: number, days: number): ActivityFacts {
  const handled = Math.round((880 + 40 * wave(week, 9)) * days);
  const effect = week < programmeStart ? 0 : Math.min(9, 2 + (week - programmeStart));
  const seconds = 301 + 4 * wave(week, 13) - effect;
  return {
    agents: 40,
    agentDays: 36 * days,
    handled,
    timed: handled,
    handleMs: Math.round(handled * seconds) * 1000,
    qualitySumMilli: Math.round((81 + 0.06 * week + wave(week, 7)) * 210) * 1000,
    qualityCount: 210,
    engagementPpm:
      week < programmeStart ? null : Math.round(620_000 + 90_000 * Math.exp(-(week - programmeStart) / 9) + 20_000 * wave(week, 5)),
    engagementAgents: week < programmeStart ? 0 : 38,
    engagementDays: week < programmeStart ? 0 : 36 * days,
  };
}

function weekFacts(week: number): PeriodFacts {
  const from = addDays(start, week * 7);
  const daysUsed = week === 9 ? 5 : 7;
  return {
    label: isoWeekOf(from),
    range: { from, to: addDays(from, 6) },
    activity: activityOf(week, daysUsed),
    daysUsed,
    daysExpected: 7,
    isFinal: week < 37,
  };
}

function monthFacts(label: string, index: number): MonthFacts {
  const month = parseMonth(label);
  if (month === null) throw new Error(`${label} is no month`);
  const range = { from: month.from, to: month.to };
  const activity = activityOf(index * 4.35, lengthInDays(range));
  const isRunning = index >= 3;
  return {
    label,
    range,
    activity,
    daysUsed: lengthInDays(range),
    daysExpected: lengthInDays(range),
    isFinal: index < 8,
    employedAtStart: 40,
    pointsPaidMilli: isRunning ? 41_250_000 : 0,
    pointsUnweightedMilli: isRunning ? 38_000_000 : 0,
    pointsWeightedMilli: isRunning ? 33_500_000 : 0,
    costs: isRunning
      ? [
          { kind: "admin", amountMinor: 48_000n, entries: 4 },
          { kind: "licence", amountMinor: 120_000n, entries: 1 },
          { kind: "reward", amountMinor: 64_350n, entries: 143 },
        ]
      : [],
    handleTime: isRunning ? { agents: 24, contacts: 14_000, savedMs: 14_000 * (3_000 + 900 * (index - 3)) } : null,
    handleTimeReason: isRunning ? null : "nobody was enrolled yet",
    handleGainMinor: isRunning ? BigInt(14_000 * (3 + index - 3) * 5) : null,
    qualityPointMonths: isRunning ? 18.5 : null,
    qualityGainMinor: null,
  };
}

function challengeFacts(id: string, name: string, index: number): ChallengeFacts {
  return {
    challengeId: id,
    name,
    status: index === 0 ? "active" : "expired",
    startsOn: addDays("2026-04-06", index * 28),
    endsOn: addDays("2026-05-31", index * 28),
    participants: 24 - index * 5,
    actions: 5_200 - index * 1_100,
    pointsPaidMilli: 52_000_000 - index * 9_000_000,
    pointsUnweightedMilli: 49_000_000 - index * 9_000_000,
    pointsWeightedMilli: 42_000_000 - index * 8_000_000,
    gainMinor: 210_000n - BigInt(index) * 90_000n,
    gainWeightedMinor: 190_000n - BigInt(index) * 90_000n,
    costMinor: index === 2 ? 0n : 150_000n,
    reason: null,
    weeklyEngagement: Array.from({ length: 8 }, (_, week) => ({
      week,
      from: addDays(addDays("2026-04-06", index * 28), week * 7),
      meanPpm: Math.round(720_000 * Math.exp(-week / (10 + index))),
      agents: 20,
      workedDays: 100,
      pointsMilli: Math.round(6_500_000 * Math.exp(-week / (6 + index) + wave(week, 3) / 20)),
    })),
  };
}

const months = ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09"];

/** A slump of up to 19 points around day 6, in each of six teams a little different. */
function statusDay(offset: number, group: number): StatusDay {
  const deviation =
    offset < 0 ? 15_000 * wave(offset, 7) : -190_000 * Math.exp(-(((offset - 6) / 7) ** 2)) + 30_000 * wave(offset + group, 5);
  return {
    offset,
    group,
    agents: 4,
    engagementPpm: Math.round(4 * (665_000 + 10_000 * group + deviation)),
    comparedAgents: 4,
    deviationPpm: Math.round(4 * deviation),
  };
}

const clustered = (estimate: number | null, standardError: number | null, teams = 12): ClusteredFacts => ({
  estimate,
  standardError,
  teams,
});
const measuresWindow = { from: "2026-07-27", to: "2026-09-20" };

const measures: EngagementMeasureFacts = {
  velocity: { ...clustered(-0.004, 0.0015), agents: 38, agentWeeks: 296, window: measuresWindow },
  accrual: { agents: 22, window: measuresWindow, correlation: clustered(0.31, 0.17), slope: clustered(0.04, 0.022) },
  lags: [0.28, 0.12, -0.02, 0.01, -0.05].map((estimate, lagWeeks) => ({
    ...clustered(estimate, 0.05),
    lagWeeks,
    agents: 24,
    agentWeeks: 420 - 20 * lagWeeks,
    window: measuresWindow,
  })),
  shiftStarts: [
    { ...clustered(0.62, 0.02), fromHour: 4, agents: 10, agentDays: 480, window: measuresWindow },
    { ...clustered(0.66, 0.015), fromHour: 8, agents: 20, agentDays: 960, window: measuresWindow },
    { ...clustered(0.55, 0.03, 3), fromHour: 20, agents: 8, agentDays: 350, window: measuresWindow },
  ],
};

export function programmeFacts(): RoiFacts {
  const window = { from: start, to: addDays(start, 38 * 7 - 1) };
  return {
    asOf: window.to,
    window,
    settings,
    total: { ...activityOf(20, 266), engagementPpm: 648_000 },
    weeks: Array.from({ length: 38 }, (_, week) => weekFacts(week)),
    months: months.map(monthFacts),
    challenges: [
      challengeFacts("5e1f-1", "Quality sprint", 0),
      challengeFacts("5e1f-2", "First contact fix", 1),
      challengeFacts("5e1f-3", "Summer calm", 2),
    ],
    enrolment: { enrolledAgents: 24, withBaseline: 22, neverEnrolled: 16, firstOn: "2026-04-06", allocations: ["operational"] },
    horizons: [
      {
        days: 14,
        followUpDays: 168,
        change: { agents: 22, contacts: 6_400, savedMs: 6_400 * 3_100 },
        changeReason: null,
        gainMinor: 9_920n,
        costMinor: 6_200n,
        agents: 24,
        leavers: null,
        expectedLeavers: null,
      },
      {
        days: 90,
        followUpDays: 168,
        change: null,
        changeReason: null,
        gainMinor: 106_600n,
        costMinor: 69_705n,
        agents: 24,
        leavers: 2,
        expectedLeavers: 2.13325,
      },
    ],
    engagementBins: Array.from({ length: 20 }, (_, bin) => ({
      fromPpm: bin * 50_000,
      toPpm: (bin + 1) * 50_000,
      agents: Math.round(9 * Math.exp(-(((bin - 12.5) / 3) ** 2))),
      belowRisk: bin < 8 ? Math.round(9 * Math.exp(-(((bin - 12.5) / 3) ** 2))) : 0,
    })),
    measures,
    statusChanges: [
      {
        challengeId: "5e1f-2",
        name: "First contact fix",
        kind: "status",
        status: "expired",
        changedOn: "2026-06-29",
        daysLoaded: 28,
        days: Array.from({ length: 43 }, (_, index) => index - 14)
          .filter((offset) => offset % 7 !== 5)
          .flatMap((offset) => Array.from({ length: 6 }, (_, group) => statusDay(offset, group))),
      },
    ],
    risk: [
      { thresholdPpm: 400_000, yearMonth: "2026-09", agents: 38, atRiskPpm: 92_000, expectedLeavers: 1.14, riskCostMinor: 131_000n },
      { thresholdPpm: 500_000, yearMonth: "2026-09", agents: 38, atRiskPpm: 214_000, expectedLeavers: 1.14, riskCostMinor: 262_000n },
      { thresholdPpm: 600_000, yearMonth: "2026-09", agents: 38, atRiskPpm: 391_000, expectedLeavers: 1.14, riskCostMinor: 398_000n },
    ],
    quality: {
      eventsSent: 40_812,
      eventsRepeated: 12,
      events: 40_800,
      scoredEvents: 36_100,
      weakKeyEvents: 120,
      pointEvents: 31_400,
      overlappingEvents: 1_850,
      scoredAgentDays: 6_000,
      overflowAgentDays: 14,
      agentDays: 9_576,
      provisionalAgentDays: 120,
      interactions: 235_160,
      interactionsLeftOut: 1_240,
      answered: 231_000,
      answeredByNobody: 310,
      costsLeftOut: 0,
      quarantined: 31,
      received: 277_231,
      daysUsed: 264,
      days: Array.from({ length: 266 }, (_, day) => ({
        date: addDays(start, day),
        agents: day === 66 || day === 67 ? 0 : day % 7 >= 5 ? 14 : 36,
        handled: day === 66 || day === 67 ? 0 : day % 7 >= 5 ? 310 : 880,
      })),
    },
    comparison: null,
    programme: null,
  };
}

const bankWeeks = [
  [7_304, 1_244_805],
  [6_826, 1_149_277],
  [6_385, 1_177_892],
  [6_156, 1_203_060],
] as const;

/** The published totals of the bank log of February 1999: no programme, no engagement, no cost. */
export function bankFacts(): RoiFacts {
  const activity = bankWeeks.map(([handled, seconds]) => ({
    ...noActivity,
    agents: 24,
    agentDays: 96,
    handled,
    timed: handled,
    handleMs: seconds * 1000,
  }));
  const week = (index: number) => activity[index] ?? noActivity;
  const period = (label: string) => {
    const found = parsePeriod(label);
    if (found === null) throw new Error(`${label} is no period`);
    return found;
  };
  const labels = ["1999-W05", "1999-W06", "1999-W07", "1999-W08"];
  const window = { from: "1999-02-01", to: "1999-02-28" };
  return {
    ...programmeFacts(),
    asOf: window.to,
    window,
    settings: {
      ...settings,
      zone: "Asia/Jerusalem",
      currency: "USD",
      loadedRateMinorPerHour: null,
      monthlyAttritionPpm: null,
      replacementCostMinor: null,
      announcedOn: null,
      allocation: null,
    },
    total: { ...noActivity, agents: 24, agentDays: 385, handled: 26_671, timed: 26_671, handleMs: 4_775_034_000 },
    weeks: labels.map((label, index) => ({
      label,
      range: { from: period(label).from, to: period(label).to },
      activity: week(index),
      daysUsed: 7,
      daysExpected: 7,
      isFinal: true,
    })),
    months: [],
    challenges: [],
    enrolment: { enrolledAgents: 0, withBaseline: 0, neverEnrolled: 24, firstOn: null, allocations: [] },
    horizons: [],
    engagementBins: [],
    measures: noMeasures,
    statusChanges: [],
    risk: [],
    quality: {
      eventsSent: 0,
      eventsRepeated: 0,
      events: 0,
      scoredEvents: 0,
      weakKeyEvents: 0,
      pointEvents: 0,
      overlappingEvents: 0,
      scoredAgentDays: 0,
      overflowAgentDays: 0,
      agentDays: 385,
      provisionalAgentDays: 28,
      interactions: 33_344,
      interactionsLeftOut: 0,
      answered: 27_162,
      answeredByNobody: 491,
      costsLeftOut: 0,
      quarantined: 0,
      received: 33_344,
      daysUsed: 28,
      days: Array.from({ length: 28 }, (_, day) => ({ date: addDays("1999-02-01", day), agents: 14, handled: 950 })),
    },
    comparison: {
      before: period("1999-W05"),
      after: period("1999-W08"),
      activityBefore: week(0),
      activityAfter: week(3),
      daysBefore: 7,
      daysAfter: 7,
      provisionalDays: 2,
    },
  };
}

export const emptyFacts: RoiFacts = {
  ...bankFacts(),
  asOf: null,
  window: null,
  total: noActivity,
  weeks: [],
  comparison: null,
  programme: null,
  quality: {
    ...bankFacts().quality,
    agentDays: 0,
    provisionalAgentDays: 0,
    interactions: 0,
    answered: 0,
    answeredByNobody: 0,
    received: 0,
    daysUsed: 0,
    days: [],
  },
};
