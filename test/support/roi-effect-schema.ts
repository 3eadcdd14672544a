import { z } from "zod";

/** The JSON form of an effect against a comparison group. */
export function effectSchema(figure: z.ZodType, money: z.ZodType, range: z.ZodType) {
  const number = z.number().nullable();
  const grade = z.enum(["A", "B", "C", "D"]);
  const minor = z.string().regex(/^-?\d+$/);
  const span = z.strictObject({ fromMinor: minor, toMinor: minor }).nullable().describe("95 % interval in minor units.");
  const placebo = z.strictObject({ what: z.string(), estimate: number, pValue: number }).nullable();
  const outcome = z.strictObject({
    name: z.enum(["handle_time", "quality"]),
    grade,
    reasons: z.array(z.string()),
    controls: z.enum(["never", "not-yet"]),
    baselineWeeks: z.int(),
    anticipationWeeks: z.int(),
    agents: z.int(),
    enrolledAgents: z.int(),
    controlAgents: z.int(),
    teams: z.int(),
    weeks: z.int(),
    cohorts: z.int(),
    overall: figure,
    operational: figure,
    standardError: number,
    pValue: number,
    minimumDetectableEffect: number.describe("Found with 80 % power at the 5 % level."),
    eventWeeks: z.array(
      z.strictObject({
        week: z.int().describe("Weeks since enrolment; 0 is its first."),
        n: z.int().positive().describe("Enrolled agents observed in it."),
        estimate: z.number(),
        standardError: number,
        low: number,
        high: number,
        bandLow: number.describe("Simultaneous band: holds all weeks at once with 95 %."),
        bandHigh: number,
        reason: z.string().min(1).nullable().describe("Why there is no error."),
      }),
    ),
    bandCritical: number,
    preTest: z
      .strictObject({
        fStatistic: z.number(),
        numeratorDegrees: z.number(),
        denominatorDegrees: z.number(),
        pValue: z.number(),
        detectableSlope: z.number(),
      })
      .nullable(),
    placebos: z.strictObject({ inTime: placebo, inSpace: placebo }),
    sensitivity: z.array(z.strictObject({ eventWeek: z.int(), breakdown: number })),
    wildBootstrapP: number,
    holdout: z
      .strictObject({
        teamsHeldOut: z.int(),
        teamsEnrolled: z.int(),
        sampleRatioP: z.number(),
        adjusted: figure,
        unadjusted: figure,
        varianceFactor: number,
      })
      .nullable(),
    cells: z.array(
      z.strictObject({
        cohort: z.string(),
        week: z.string(),
        enrolled: z.int(),
        controls: z.int(),
        estimate: z.number(),
        standardError: number,
        low: number,
        high: number,
        reason: z.string().min(1).nullable().describe("Why there is no error."),
      }),
    ),
  });
  return z
    .strictObject({
      window: range.nullable(),
      launchedOn: z.string().nullable(),
      allocation: z.string().nullable(),
      grade,
      reasons: z.array(z.string()),
      outcomes: z.array(outcome),
      bracket: z
        .strictObject({
          low: z.number(),
          high: z.number(),
          widestLow: z.number(),
          widestHigh: z.number(),
          differenceInDifferences: z.number(),
          laggedOutcome: z.number(),
        })
        .nullable()
        .describe("Only where agents were enrolled because of their results; seconds per interaction."),
      attrition: z.strictObject({
        difference: figure,
        leaversEnrolled: z.int().nullable(),
        leaversControls: z.int().nullable(),
        logRankP: figure.describe(
          "Log-rank test of leaving within 90 days, stratified by enrolment day and tenure, agents taken as independent.",
        ),
        hazardRatio: figure,
      }),
      challenges: z
        .array(
          z.strictObject({
            challengeId: z.string(),
            launchedIn: z.string(),
            participants: z.int(),
            controls: z.int(),
            effect: figure,
          }),
        )
        .describe(
          "Handle time by challenge beside agents in no challenge meanwhile, from the launch to two weeks after the end; the latest 24.",
        ),
      money: z.strictObject({
        parts: z.array(
          z.strictObject({
            name: z.enum(["Handle time", "Quality", "Fewer leavers, 90 days"]),
            grade,
            isCounted: z.boolean(),
            reason: z.string().nullable(),
            gain: money,
            standardErrorMinor: minor.nullable(),
            range: span,
            contribution: figure,
          }),
        ),
        gain: money,
        standardErrorMinor: minor.nullable(),
        range: span,
        cost: money,
        net: money,
        roi: figure,
        probabilityPositive: figure,
        horizons: z.array(
          z.strictObject({
            name: z.enum(["operational", "stability"]),
            gain: money,
            cost: money,
            roi: figure,
            probabilityPositive: figure,
          }),
        ),
        modelled: z.strictObject({ label: z.string(), gain: money, roiWithModelled: figure }),
      }),
      seed: z.int(),
    })
    .nullable();
}
