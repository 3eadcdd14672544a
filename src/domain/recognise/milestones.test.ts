import fc from "fast-check";
import { expect, test } from "vitest";
import { aMilestone } from "../../../test/support/milestones.ts";
import { type Goal, type MilestoneDefinition, ruleHashOf } from "./definition.ts";
import {
  type AgentThen,
  type Condition,
  conditionsOf,
  type JudgedDay,
  type JudgeInput,
  judge,
  type Measures,
  measuredMilli,
  spanText,
  windowSpan,
} from "./judge.ts";
import { type SumName, sumNames } from "./metrics.ts";
import { awardKeyOf, type LastEntry, planAwards } from "./plan-awards.ts";
import { resetPeriodOf } from "./reset-period.ts";

const goal: Goal = { metric: "handle_time", direction: "lower", thresholdMilli: 240_000, unit: "seconds", isStrict: true };
const definition = aMilestone({ goal });
const agent: AgentThen = {
  agentId: "00000000-0000-0000-0000-000000000001",
  isEmployed: true,
  site: "North",
  teamId: "t1",
  teamName: "Team 1",
  role: null,
  employment: "full",
  zone: "UTC",
  evaluatedAt: Date.UTC(2024, 0, 31, 22),
};

function measures(sums: Partial<Record<SumName, number>>, openDays: Partial<Measures["openDays"]> = {}): Measures {
  const all = Object.fromEntries(sumNames.map((name) => [name, sums[name] ?? null]));
  return { sums: { ...noSums, ...all }, openDays: { handle: 0, quality: 0, ...openDays }, days: 30 };
}
const noSums: Record<SumName, number | null> = {
  handle_ms: null,
  handle_count: null,
  interactions: null,
  quality_sum_milli: null,
  quality_count: null,
  csat_sum_milli: null,
  csat_count: null,
  adherent_ms: null,
  scheduled_ms: null,
  points_milli: null,
  engagement_sum_ppm: null,
  engagement_days: null,
  active_days: null,
  longest_run: null,
  longest_shift_run: null,
};

/** `calls` interactions of `seconds` each. */
const handled = (calls: number, seconds: number, openDays: Partial<Measures["openDays"]> = {}) =>
  measures({ handle_ms: Math.round(calls * seconds * 1000), handle_count: calls, interactions: calls, active_days: 20 }, openDays);

/** With the words. */
function judged(input: Partial<JudgeInput>) {
  const asked = { definition, agent, measures: handled(60, 228.4), asOf: "2024-01-31", ...input };
  const day = judge(asked);
  return { ...day, valueMilli: measuredMilli(asked.definition, day), conditions: conditionsOf(asked.definition, day) };
}

test("[G13] [S3-R6] [S3-R58] [T33] the last 30 days as of 31 January are 30 dates, half-open, in local time", () => {
  const span = windowSpan(definition.window, resetPeriodOf("quarter", "2024-01-31"), "2024-01-31");
  expect(spanText(span)).toBe("2024-01-02T00:00/2024-02-01T00:00");
});

test("[G14] [S3-R12] [T83] 50 interactions are too few to decide, 51 are enough", () => {
  expect(judged({ measures: handled(50, 228.4) })).toMatchObject({ verdict: "insufficient_data" });
  expect(judged({ measures: handled(50, 228.4) }).conditions[0]).toMatchObject({ pass: false, missing: "1 more interactions" });
  expect(judged({ measures: handled(51, 228.4) })).toMatchObject({ verdict: "met" });
});

test("[G14] [S3-R55] a handle time of 240.0 does not meet < 240, 228.4 does, and 240.0 meets <= 240", () => {
  expect(judged({ measures: handled(60, 240) }).verdict).toBe("not_met");
  expect(judged({ measures: handled(60, 228.4) })).toMatchObject({ verdict: "met", valueMilli: 228_400n });
  const inclusive = { ...definition, goal: { ...goal, isStrict: false } };
  expect(judged({ definition: inclusive, measures: handled(60, 240) }).verdict).toBe("met");
});

test("[S3-R57] each condition says what the smallest change that meets it is, to the millisecond", () => {
  const [, goalFound] = judged({ measures: handled(60, 240) }).conditions;
  expect(goalFound).toEqual({
    kind: "goal",
    text: "handle_time < 240 s",
    value: "240 s",
    pass: false,
    missing: "0.001 s less in all, over the same 60 interactions",
  });
});

test("[T73] a handle time below the floor is not met, however low", () => {
  const found = judged({ measures: handled(60, 45) });
  expect(found.verdict).toBe("not_met");
  expect(found.conditions.find(({ kind }) => kind === "floor")).toMatchObject({ pass: false, value: "45 s" });
});

test("how fast a period was is final at its end only; a count that was reached in it stays reached", () => {
  const weekly = { ...definition, window: { unit: "period" }, reset: "iso_week" } as const;
  const state = (asOf: string, of: MilestoneDefinition) => {
    const { commitState, openDays } = judged({ definition: of, asOf });
    return [commitState, openDays];
  };
  expect(state("2024-01-29", weekly)).toEqual(["provisional", 6]);
  expect(state("2024-02-04", weekly)).toEqual(["final", 0]);
  const counted: MilestoneDefinition = {
    ...weekly,
    goal: { metric: "interactions", direction: "higher", thresholdMilli: 50_000, unit: "interactions", isStrict: false },
    floorMilli: null,
  };
  expect(state("2024-01-29", counted)).toEqual(["final", 0]);
  expect(state("2024-01-29", { ...counted, guards: [goal] })).toEqual(["provisional", 6]);
});

test("[T57] what is unknown is neither met nor failed, and a clear failure beside it is still a failure", () => {
  const guarded = {
    ...definition,
    guards: [{ metric: "quality", direction: "higher", thresholdMilli: 80_000, unit: "percent", isStrict: false } as const],
  };
  expect(judged({ definition: guarded }).verdict).toBe("insufficient_data");
  expect(judged({ definition: guarded, measures: handled(60, 250) }).verdict).toBe("not_met");
  const withQuality = measures({ ...handled(60, 228.4).sums, quality_sum_milli: 400_000, quality_count: 5 } as Partial<
    Record<SumName, number>
  >);
  expect(judged({ definition: guarded, measures: withQuality }).verdict).toBe("met");
});

test("[T29] [T38] a window is provisional while a day of it is open; quality stays open longer than handle time", () => {
  expect(judged({ measures: handled(60, 228.4, { handle: 1, quality: 3 }) }).commitState).toBe("provisional");
  expect(judged({ measures: handled(60, 228.4, { handle: 0, quality: 3 }) }).commitState).toBe("final");
});

test("[T96] somebody outside the scope is out of scope, with the reason, not below the bar", () => {
  const scoped = { ...definition, scope: { ...definition.scope, team: ["t2"] } };
  expect(judged({ definition: scoped })).toMatchObject({ verdict: "out_of_scope", conditions: [{ missing: "team is t1" }] });
  expect(judged({ agent: { ...agent, isEmployed: false } }).verdict).toBe("out_of_scope");
  expect(judged({ definition: { ...scoped, scope: { ...scoped.scope, team: ["Team 1"] } } }).verdict).toBe("met");
});

test("the verdict is what its conditions say, for any figures, also beyond what plain numbers hold exactly", () => {
  const amount = fc.oneof(fc.integer({ min: 0, max: 400_000 }), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
  const figures = fc.record({ handle_ms: fc.option(amount), handle_count: fc.option(fc.integer({ min: 0, max: 2_000_000 })) });
  const verdictIn = ({ conditions }: { readonly conditions: readonly Condition[] }) => {
    const passes = (kinds: readonly string[]) => conditions.filter(({ kind }) => kinds.includes(kind)).map(({ pass }) => pass);
    if (passes(["minimum"]).some((pass) => pass !== true)) return "insufficient_data";
    if (passes(["goal", "floor", "guard"]).includes(false)) return "not_met";
    return passes(["goal", "floor", "guard"]).includes(null) ? "insufficient_data" : "met";
  };
  const seen = new Set<string>();
  fc.assert(
    fc.property(figures, fc.integer({ min: 1, max: 500_000 }), fc.boolean(), fc.boolean(), (found, thresholdMilli, isStrict, isLower) => {
      const direction = isLower ? "lower" : "higher";
      const goal = { ...definition.goal, direction, thresholdMilli, isStrict } as const;
      const sums = { ...handled(0, 0).sums, ...found, interactions: found.handle_count };
      const day = judged({ definition: { ...definition, goal, minimum: { interactions: 1 } }, measures: { ...handled(0, 0), sums } });
      seen.add(day.verdict);
      expect(day.verdict).toBe(verdictIn(day));
    }),
    { seed: 7, numRuns: 400 },
  );
  expect(seen).toEqual(new Set(["met", "not_met", "insufficient_data"]));
});

test("shares and percents are compared exactly", () => {
  const adherence = {
    ...definition,
    minimum: {},
    floorMilli: null,
    goal: { metric: "adherence", direction: "higher", thresholdMilli: 95_000, unit: "percent", isStrict: false } as const,
  };
  expect(judged({ definition: adherence, measures: measures({ adherent_ms: 95, scheduled_ms: 100 }) })).toMatchObject({
    verdict: "met",
    valueMilli: 95_000n,
  });
  expect(judged({ definition: adherence, measures: measures({ adherent_ms: 94_999, scheduled_ms: 100_000 }) }).verdict).toBe("not_met");
  const engagement = {
    ...adherence,
    goal: { metric: "engagement", direction: "higher", thresholdMilli: 600, unit: "share", isStrict: false } as const,
  };
  expect(judged({ definition: engagement, measures: measures({ engagement_sum_ppm: 1_800_000, engagement_days: 3 }) })).toMatchObject({
    verdict: "met",
    valueMilli: 600n,
  });
});

test("[G8] [T8] [T11] the key names agent, milestone and reset period, and never two of them alike", () => {
  expect(awardKeyOf("a:b", "c", "lifetime")).not.toBe(awardKeyOf("a", "b:c", "lifetime"));
  expect(awardKeyOf("a", "m", "2024-Q1")).not.toBe(awardKeyOf("a", "m", "2025-Q1"));
  expect(awardKeyOf("a", "m", "2024-Q1")).toMatch(/^[0-9a-f]{64}$/);
});

test("[T10] [T40] [S3-R16] reset periods carry their year; the last days of December may be in the next ISO year", () => {
  expect(resetPeriodOf("quarter", "2024-03-31")).toEqual({ id: "2024-Q1", from: "2024-01-01", until: "2024-04-01" });
  expect(resetPeriodOf("quarter", "2024-12-31")).toEqual({ id: "2024-Q4", from: "2024-10-01", until: "2025-01-01" });
  expect(resetPeriodOf("iso_week", "2024-12-30")).toEqual({ id: "2025-W01", from: "2024-12-30", until: "2025-01-06" });
  expect(resetPeriodOf("month", "2024-02-29")).toEqual({ id: "2024-02", from: "2024-02-01", until: "2024-03-01" });
  expect(resetPeriodOf("year", "2024-02-29")).toEqual({ id: "2024", from: "2024-01-01", until: "2025-01-01" });
  expect(resetPeriodOf("never", "2024-02-29")).toEqual({ id: "lifetime", from: null, until: null });
});

const ruleHash = ruleHashOf(definition);
const day = (asOf: string, seconds: number, openDays: Partial<Measures["openDays"]> = {}) =>
  judged({ asOf, measures: handled(60, seconds, openDays) });

function plan(
  days: ReturnType<typeof day>[],
  last?: LastEntry,
  changes: Partial<MilestoneDefinition> = {},
  awardDays: ReturnType<typeof day>[] = [],
) {
  const changed = { ...definition, ...changes };
  const judgedBy = (day: JudgedDay) => ({ day, definition: changed, ruleHash: ruleHashOf(changed) });
  return planAwards({
    definitionId: changed.id,
    agentId: agent.agentId,
    batches: { "csv:a.interaction": 3 },
    days: days.map(judgedBy),
    awardDays: awardDays.map((one) => ({ day: one, definition, ruleHash })),
    lastEntry: () => last,
    definitionOf: () => definition,
  });
}

const standing: LastEntry = {
  awardKey: awardKeyOf(agent.agentId, definition.id, "2024-Q1"),
  entryNo: 1,
  action: "grant",
  ruleHash,
  tier: "TIER_3",
  occurredAt: agent.evaluatedAt,
  finding: { asOf: "2024-01-30", valueMilli: "228400", n: 60 },
};

test("[S3-R17] the first final day on which it is met grants the award, once", () => {
  const [decision] = plan([day("2024-01-29", 250), day("2024-01-30", 230), day("2024-01-31", 228.4)]);
  expect(decision).toMatchObject({
    outcome: "granted",
    entries: [{ action: "grant", entryNo: 1, periodId: "2024-Q1", evidence: { asOf: "2024-01-30" } }],
  });
  expect(decision?.entries[0]?.reason).toBe(
    "Handle time per interaction < 240 s over the last 30 days, 2024-01-01 up to and without 2024-01-31, 60 interactions",
  );
  expect(plan([day("2024-01-31", 228.4)], standing)).toMatchObject([{ outcome: "duplicate", entries: [] }]);
});

test("[T30] [S3-R8] nothing provisional is granted; it counts as suppressed", () => {
  expect(plan([day("2024-01-31", 228.4, { handle: 1 })])).toMatchObject([
    { outcome: "suppressed", commitState: "provisional", entries: [] },
  ]);
});

test("late data on the award's own day confirms it with the new value, or reverses it, and a later day grants it again", () => {
  expect(plan([day("2024-01-30", 228.4)], standing)).toMatchObject([{ outcome: "duplicate", entries: [] }]);
  expect(plan([day("2024-01-30", 231)], standing)).toMatchObject([
    { outcome: "duplicate", entries: [{ action: "confirm", entryNo: 2, reason: "late data: 228.4 became 231, still met" }] },
  ]);
  expect(plan([day("2024-01-30", 251)], standing)).toMatchObject([{ outcome: "no", entries: [{ action: "reverse", entryNo: 2 }] }]);
  expect(plan([day("2024-01-30", 251), day("2024-01-31", 239)], standing)).toMatchObject([
    {
      outcome: "granted",
      entries: [
        { action: "reverse", entryNo: 2 },
        { action: "grant", entryNo: 3, isAgain: true },
      ],
    },
  ]);
  const reversed: LastEntry = { ...standing, entryNo: 2, action: "reverse" };
  expect(plan([day("2024-01-31", 239)], reversed)).toMatchObject([
    { outcome: "granted", entries: [{ action: "grant", entryNo: 3, isAgain: true }] },
  ]);
});

test("[T96] missing data, an open day or a move out of scope takes nothing away", () => {
  const few = judged({ asOf: "2024-01-30", measures: handled(10, 251) });
  const moved = judged({ asOf: "2024-01-30", agent: { ...agent, isEmployed: false } });
  for (const found of [few, moved, day("2024-01-30", 251, { handle: 1 })]) expect(plan([found], standing)[0]?.entries).toEqual([]);
});

test("a later day below the bar does not take away what was met before: it lasts to the end of its period", () => {
  expect(plan([day("2024-02-20", 260)], standing)).toMatchObject([{ outcome: "duplicate", verdict: "not_met", entries: [] }]);
});

test("[T87] a changed definition keeps the awards of the old one, unless it says restate", () => {
  const tighter = { goal: { ...goal, thresholdMilli: 200_000 } };
  const seen = [judged({ asOf: "2024-01-30", definition: { ...definition, ...tighter } })];
  expect(plan(seen, standing, { ...tighter, onChange: "prospective" })[0]?.entries).toEqual([]);
  expect(plan(seen, standing, { ...tighter, onChange: "grant_only" })[0]?.entries).toEqual([]);
  const [restated] = plan(seen, standing, { ...tighter, onChange: "restate" });
  expect(restated?.entries).toMatchObject([{ action: "reverse", reason: expect.stringContaining("the definition changed") }]);
});

test("[S3-R54] a new quarter is a new entitlement: days of both sides of the end are decided apart", () => {
  const decisions = plan([day("2024-03-31", 228.4), day("2024-04-01", 228.4)], standing);
  expect(decisions.map(({ periodId, outcome }) => [periodId, outcome])).toEqual([
    ["2024-Q1", "duplicate"],
    ["2024-Q2", "duplicate"],
  ]);
  const fresh = plan([day("2024-03-31", 228.4), day("2024-04-01", 228.4)]);
  expect(new Set(fresh.flatMap(({ entries }) => entries.map(({ awardKey }) => awardKey))).size).toBe(2);
});
