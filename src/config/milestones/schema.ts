import * as z from "zod";
import { isDate } from "../../domain/calendar.ts";
import { changePolicies } from "../../domain/recognise/definition.ts";
import { findMetric, metricNames } from "../../domain/recognise/metrics.ts";
import { resetCycles } from "../../domain/recognise/reset-period.ts";
import { isDecimal } from "../decimal.ts";
import { nearest } from "../nearest.ts";

/**
 * The untrusted shape of a file of milestone definitions: what the JSON Schema for editors is generated from. Strict objects
 * only, so that a misspelt key is a fault and never a silent default. Rules between keys stand in rules.ts and in the linter.
 */
const word = (what: string) => z.string(what).min(1, what).max(200, "at most 200 characters");
const decimal = z
  .union([z.string(), z.number()], "a plain decimal with at most 3 places")
  .refine((value) => isDecimal(String(value), 3), "a plain decimal with at most 3 places");
const whole = (minimum: number, maximum: number) => {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return z.int(expected).gte(minimum, expected).lte(maximum, expected);
};
function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, `one of ${values.join(", ")}`);
}
const date = z.string("a date as YYYY-MM-DD").refine(isDate, "a date as YYYY-MM-DD");

function knownMetric(name: string): string {
  const near = nearest(name, metricNames);
  return `the name of a metric${near === null ? "" : `, did you mean ${near}?`} Known: ${metricNames.join(", ")}`;
}

/** Longer windows would make one evaluation read years of history. */
export const longestWindowDays = 400;
const typed = "a typed window: {last: 30, unit: days}, {last: 5, unit: interactions} or {unit: period}";
const window = z.discriminatedUnion(
  "unit",
  [
    z.strictObject({
      unit: z.literal("days"),
      last: whole(1, longestWindowDays).describe("Calendar days, the day that is decided included."),
    }),
    z.strictObject({
      unit: z.literal("interactions"),
      last: whole(1, 10_000).describe("The last n handled interactions up to the end of the day."),
      withinDays: whole(1, longestWindowDays).default(92).describe("How far back they are looked for."),
    }),
    z.strictObject({ unit: z.literal("period") }),
  ],
  typed,
);

const direction = oneOf(["lower", "higher"]).describe(
  "Which way is better. Must be the metric's own: lower for handle_time, higher for the rest.",
);
const goal = {
  metric: word("the name of a metric")
    .refine((name) => findMetric(name) !== null, { error: ({ input }) => knownMetric(String(input)) })
    .describe(`One of ${metricNames.join(", ")}.`),
  direction,
  threshold: decimal.describe("In the metric's unit."),
  unit: oneOf(["seconds", "percent", "interactions", "points", "share", "days"]).describe(
    "The metric's unit, so that 4 minutes are not taken for 4 seconds.",
  ),
  strict: z.boolean("true (equal is not enough) or false (equal is enough)").describe("true: equal is not enough."),
};
const values = z.array(word("a value"), "a list of values").optional();

const milestone = z.strictObject({
  id: z
    .string("an id")
    .regex(/^[a-z0-9][a-z0-9_.-]{0,99}$/, "an id of lower-case letters, digits and _ . -, at most 100")
    .describe("Stays the same over all versions: it is part of the key of every award."),
  name: word("a name").describe("Shown to people."),
  ...goal,
  aggregate: z
    .string()
    .max(40)
    .optional()
    .describe("Only to say it aloud: each metric has one way to be aggregated, and any other is refused."),
  window: window.describe("What the value is measured over."),
  minimum: z
    .strictObject({
      interactions: whole(1, 1_000_000).optional(),
      evaluations: whole(1, 1_000_000).optional(),
      surveys: whole(1, 1_000_000).optional(),
      days: whole(1, longestWindowDays).optional(),
    })
    .default({})
    .describe("At least so many in the window, inclusive; with fewer nothing is decided. 'More than 50' is 51."),
  floor: decimal.optional().describe("A value below it does not count: no handle time of 20 seconds is good work."),
  guards: z
    .array(z.strictObject(goal), "a list of goals")
    .max(5, "at most 5")
    .default([])
    .describe("Other metrics over the same window that must hold too."),
  scope: z
    .strictObject({ site: values, team: values, role: values, employment: values, queue: values })
    .default({})
    .describe("Whom it is for: all fields must match, one of the values each. Teams by id or name; queues narrow the interactions."),
  tier: z
    .strictObject({ name: word("a tier"), rank: whole(0, 1000) }, "a tier: {name: TIER_3, rank: 3}")
    .describe("Higher ranks show before lower ones."),
  reset: oneOf([...resetCycles]).describe("never: once for ever. Otherwise once in each calendar period."),
  valid: z
    .strictObject({ from: date, to: date.optional() }, "the days it decides: {from: YYYY-MM-DD} or {from: ..., to: ...}")
    .describe("Days on which this version decides; `to` is exclusive. A new version of an id begins where the old one ends."),
  onChange: oneOf([...changePolicies])
    .default("prospective")
    .describe(
      "What a change does: prospective (from now on), grant_only (also back to the period's beginning, takes nothing), restate (gives and takes).",
    ),
  flair: z
    .strictObject({
      badge: word("a badge"),
      variant: word("an avatar variant"),
      priority: whole(0, 1000).describe("Higher classes show first."),
    })
    .optional()
    .describe("What a profile shows while the award stands."),
  cost: decimal.optional().describe("What one award costs, in the config's currency: 'gami evaluate diff' adds it up."),
});
export type WrittenMilestone = z.output<typeof milestone>;
export type WrittenGoal = Pick<WrittenMilestone, "metric" | "direction" | "threshold" | "unit" | "strict">;

export const milestonesFileSchema = z.strictObject({
  version: z.literal(1, "1, the version of this file's format").default(1),
  milestones: z.array(milestone, "a list of milestones"),
});

/** The JSON Schema of definition files, for editors: `# yaml-language-server: $schema=...` as first line. */
export function milestonesJsonSchema(): string {
  const schema = z.toJSONSchema(milestonesFileSchema, { io: "input", target: "draft-2020-12" });
  return `${JSON.stringify({ ...schema, title: "gami milestone definitions" }, null, 2)}\n`;
}
