import { z } from "zod";
import { effectSchema } from "./roi-effect-schema.ts";

/** The JSON form of the report, strict: a field that is added, moved or dropped shows in schema/roi-report.schema.json. */
const day = z.iso.date();
const range = z.strictObject({ from: day, to: day }).describe("Both days are inside.");
const reason = z.string().min(1);
/** What every number carries, be it there or not. */
const evidence = {
  n: z.number().nonnegative().describe("How many observations stand behind it; what they are says `of`."),
  of: z.string().min(1),
};
const unit = z.enum(["seconds", "hours", "days", "points", "ratio", "share", "count", "probability"]);
const present = { ...evidence, window: range, reason: z.null() };
const absent = {
  ...evidence,
  window: range.nullable(),
  interval: z.null(),
  intervalReason: z.null(),
  reason: reason.describe("Why the figure is absent."),
};
const withInterval = <Ends extends z.ZodType>(ends: Ends) => ({ interval: ends.describe("95 %."), intervalReason: z.null() });
const withoutInterval = { interval: z.null(), intervalReason: reason.describe("Why a figure that is there has no interval.") };
const amount = z.string().regex(/^-?\d+$/);
const figure = z
  .union([
    z.strictObject({ value: z.number(), unit, ...present, ...withInterval(z.tuple([z.number(), z.number()])) }),
    z.strictObject({ value: z.number(), unit, ...present, ...withoutInterval }),
    z.strictObject({ value: z.null(), unit, ...absent }),
  ])
  .meta({ id: "figure", description: "A number with what is needed to judge it: there with an interval, there without one, or absent." });
const money = z
  .union([
    z.strictObject({ amountMinor: amount, ...present, ...withInterval(z.strictObject({ fromMinor: amount, toMinor: amount })) }),
    z.strictObject({ amountMinor: amount, ...present, ...withoutInterval }),
    z.strictObject({ amountMinor: z.null(), ...absent }),
  ])
  .meta({ id: "money", description: "An amount in whole minor units of `currency`, as text, with what is needed to judge it." });

const activity = {
  agents: figure,
  handledInteractions: figure,
  averageHandleTime: figure,
  averageQuality: figure,
  meanEngagement: figure,
};
const period = { label: z.string(), range, ...activity, daysUsed: z.int(), daysExpected: z.int(), isFinal: z.boolean() };
const side = z.strictObject({
  period: z.strictObject({ label: z.string(), from: day, to: day }),
  daysUsed: z.int(),
  daysExpected: z.int(),
  handledInteractions: figure,
  handleHours: figure,
  averageHandleTime: figure,
  averageQuality: figure,
});

export const reportSchema = z
  .strictObject({
    schemaVersion: z.literal(3),
    scope: z.strictObject({
      month: z.string().nullable(),
      challenge: z.string().nullable(),
      compare: z.string().nullable(),
      includeModelled: z.literal(true).optional(),
    }),
    asOf: day.nullable().describe("The latest day whose handle time is final."),
    window: range.nullable(),
    zone: z.string().nullable(),
    currency: z.string(),
    currencyDigits: z.int(),
    headline: z.strictObject({ text: z.string(), roiStated: z.boolean(), reason: z.string().nullable() }),
    evidence: z.strictObject({
      grade: z.enum(["A", "B", "C", "D"]),
      meaning: z.string(),
      design: z.enum(["holdout", "staggered_roll_out", "failed_comparison", "own_past", "before_after", "none"]),
      reading: z.enum(["causal", "associational"]),
      reasons: z.array(z.string()),
      toImprove: z.string(),
    }),
    keyFigures: z.strictObject({ ...activity, gain: money, cost: money, roi: figure }),
    comparison: z
      .strictObject({
        before: side,
        after: side,
        averageHandleTimeChange: figure,
        savedHours: figure,
        value: money,
        provisionalDays: z.int(),
        verdict: z.enum(["gain", "loss", "no change", "unknown"]),
      })
      .nullable(),
    effect: effectSchema(figure, money, range),
    horizons: z.array(
      z.strictObject({
        name: z.enum(["operational", "stability"]),
        title: z.string(),
        days: z.int(),
        basis: z.enum(["measured", "modelled"]),
        followUpDays: z.int(),
        state: z.enum(["measured", "not_yet", "not_available"]),
        reason: z.string().nullable(),
        averageHandleTimeChange: figure,
        savedHours: figure,
        leavers: figure,
        expectedLeavers: figure,
        gain: money,
        cost: money,
        roi: figure,
      }),
    ),
    money: z.strictObject({
      parts: z.array(
        z.strictObject({ name: z.string(), kind: z.enum(["benefit", "cost"]), basis: z.enum(["measured", "recorded"]), figure: money }),
      ),
      gain: money,
      cost: money,
      net: money,
      roi: figure,
      benefitCostRatio: figure,
      notes: z.array(z.string()),
      rates: z
        .strictObject({
          reason: z.string().nullable().describe("Why there are no rows."),
          rows: z.array(
            z.strictObject({ ratePerHourMinor: amount, realisation: z.number(), isConfigured: z.boolean(), gain: money, roi: figure }),
          ),
          breakEvenPerHour: money.describe("Loaded rate x realisation at which gain and cost are equal."),
        })
        .describe("The same seconds at other prices."),
    }),
    weeks: z.array(z.strictObject(period)),
    months: z.array(
      z.strictObject({
        ...period,
        employedAtStart: figure,
        pointsPaid: figure,
        pointsUnweighted: figure,
        pointsWeighted: figure,
        averageHandleTimeChange: figure,
        gain: money,
        cost: money,
        roi: figure,
      }),
    ),
    challenges: z.array(
      z.strictObject({
        challengeId: z.string(),
        name: z.string(),
        status: z.string().nullable(),
        range: z.strictObject({ from: day.nullable(), to: day.nullable() }),
        participants: figure,
        pointsPaid: figure,
        pointsUnweighted: figure,
        pointsWeighted: figure,
        gain: money,
        gainWeighted: money,
        cost: money,
        roi: figure,
        roiWeighted: figure,
        engagementHalfLife: figure,
        pointHalfLife: figure,
      }),
    ),
    engagement: z.strictObject({
      distribution: z.array(z.strictObject({ from: z.number(), to: z.number(), agents: z.int() })),
      agents: figure,
      belowRisk: figure,
      thresholds: z.strictObject({ risk: z.number(), trigger: z.number(), riskCost: z.number() }),
      measures: z.strictObject({
        velocity: figure,
        pointDecay: figure,
        accrualToQuality: z.strictObject({ correlation: figure, slope: figure }),
        triggerToQuality: z.strictObject({
          lags: z.array(z.strictObject({ lagWeeks: z.int(), correlation: figure })),
          strongestLagWeeks: z.int().nullable(),
          reason: z.string().nullable(),
        }),
        byShiftStart: z.strictObject({
          bands: z.array(z.strictObject({ fromHour: z.int(), toHour: z.int(), engagement: figure })),
          reason: z.string().nullable(),
        }),
      }),
    }),
    lifecycle: z.array(
      z.strictObject({
        challengeId: z.string(),
        name: z.string(),
        kind: z.enum(["status", "terms"]),
        status: z.string(),
        changedOn: day,
        daysLoaded: z.int(),
        before: figure,
        after: figure,
        change: figure,
        recoveryDay: figure,
        isRecoveryOpen: z.boolean().describe("Whether the interval of the recovery day ends only where the data does."),
        days: z.array(
          z.strictObject({ offset: z.int(), mean: z.number(), low: z.number().nullable(), high: z.number().nullable(), agents: z.int() }),
        ),
      }),
    ),
    turnover: z.strictObject({
      label: z.string(),
      reason: z.string().nullable(),
      rows: z.array(
        z.strictObject({ threshold: z.number(), isConfigured: z.boolean(), atRiskShare: figure, expectedLeavers: figure, riskCost: money }),
      ),
    }),
    dataQuality: z.strictObject({
      duplicateRate: figure,
      overlapRate: figure,
      weakKeyRate: figure,
      scoreCoverage: figure,
      overflowRate: figure,
      daysUsed: figure,
      leftOutRate: figure,
      namelessRate: figure,
      provisionalRate: figure,
      quarantineRate: figure,
      days: z.array(z.strictObject({ date: day, agents: z.int(), handled: z.int() })),
    }),
    assumptions: z.array(z.strictObject({ name: z.string(), value: z.string(), meaning: z.string() })),
  })
  .meta({
    title: "gami ROI report",
    description: "What `gami roi report --json` prints beside command, runId, status, resultId, grade and file.",
  });
