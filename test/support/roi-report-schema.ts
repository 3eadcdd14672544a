import { z } from "zod";
import { effectSchema } from "./roi-effect-schema.ts";

/** The JSON form of the report, strict: a field that is added, moved or dropped shows in schema/roi-report.schema.json. */
const day = z.iso.date();
const range = z.strictObject({ from: day, to: day }).describe("Both days are inside.");
const evidence = {
  n: z.number().nullable().describe("How many observations stand behind it; what they are says `of`."),
  of: z.string(),
  window: range.nullable(),
  reason: z.string().nullable().describe("Why the figure is absent; null where it is present."),
};
const figure = z
  .strictObject({
    value: z.number().nullable(),
    unit: z.enum(["seconds", "hours", "days", "points", "ratio", "share", "count", "probability"]),
    ...evidence,
    interval: z.tuple([z.number(), z.number()]).nullable().describe("95 % interval."),
  })
  .meta({ id: "figure", description: "A number with what is needed to judge it." });
const money = z
  .strictObject({
    amountMinor: z
      .string()
      .regex(/^-?\d+$/)
      .nullable()
      .describe("Whole minor units of `currency`, as text."),
    ...evidence,
  })
  .meta({ id: "money", description: "An amount with what is needed to judge it." });

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
    schemaVersion: z.literal(2),
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
      }),
    ),
    engagement: z.strictObject({
      distribution: z.array(z.strictObject({ from: z.number(), to: z.number(), agents: z.int() })),
      agents: figure,
      belowRisk: figure,
      thresholds: z.strictObject({ risk: z.number(), trigger: z.number(), riskCost: z.number() }),
    }),
    lifecycle: z.array(
      z.strictObject({
        challengeId: z.string(),
        name: z.string(),
        status: z.string(),
        changedOn: day,
        before: figure,
        after: figure,
        days: z.array(z.strictObject({ offset: z.int(), mean: z.number(), agents: z.int() })),
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
