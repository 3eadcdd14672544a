import { expect, test } from "vitest";
import { handleTimeStability, qualitySlope } from "./gates.ts";
import { type AdjustRules, type ChallengeFacts, defaultRules, planAdjustment } from "./plan-adjustment.ts";

const rules: AdjustRules = { ...defaultRules, triggerPpm: 500_000 };
const day = 86_400_000;
const now = Date.UTC(2024, 1, 20);
const weekOf = (week: string, startsAt: number, engagementPpm: number | null, agents = 40) => ({ week, startsAt, engagementPpm, agents });

/** 20 agents over 28 days; quality rises by `slope` a day, with a saw-tooth of `noise`. */
const scoresOf = (slope: number, noise: number) =>
  Array.from({ length: 20 }, (_, agent) =>
    Array.from({ length: 28 }, (_, at) => ({
      agentId: `a${agent}`,
      day: 19_700 + at,
      score: 80 + slope * at + noise * (((agent * 7 + at * 13) % 11) - 5),
    })),
  ).flat();

/** Handle times whose variation gives a stability of about 0.85. */
const daysOf = (swing: number) =>
  Array.from({ length: 28 }, (_, at) => ({
    day: 19_700 + at,
    handleSeconds: 300 * (1 + (at % 2 === 0 ? swing : -swing)) * 400,
    contacts: 400,
  }));

const facts: ChallengeFacts = {
  challengeId: "c1",
  nativeId: "native-1",
  status: "active",
  multiplierMilli: 1_000,
  endsAt: null,
  budgetMinor: null,
  spentMinor: 0,
  dailyCostMinor: 0,
  weeks: [weekOf("2024-W06", Date.UTC(2024, 1, 5), 490_000), weekOf("2024-W07", Date.UTC(2024, 1, 12), 480_000)],
  scores: scoresOf(0.2, 0.5),
  days: daysOf(0.147),
  scheduled: { participants: 40, withShift: 36 },
};
const plan = (more: Partial<ChallengeFacts> = {}, past: Parameters<typeof planAdjustment>[1] = [], at = now) =>
  planAdjustment({ ...facts, ...more }, past, rules, at);

test("the vectors of the method: a slope of .607143 with an error of .148976, a stability of .955904", () => {
  const scores = [80, 81, 80, 82, 83, 82, 84].map((score, at) => ({ agentId: "a", day: at, score }));
  const found = qualitySlope(scores);
  expect(found?.slope).toBeCloseTo(0.607143, 6);
  expect(found?.standardError).toBeCloseTo(0.148976, 6);
  const days = [300, 310, 290, 305, 295, 320, 280].map((seconds, at) => ({ day: at, handleSeconds: seconds * 200, contacts: 200 }));
  expect(handleTimeStability(days)?.stability).toBeCloseTo(0.955904, 6);
});

test("[G25] [S4-R45] [S4-R49] [T67] .49 and .48 over two whole weeks, a trend above 0 and a stability of .85 are proposed", () => {
  const found = plan();
  expect(found).toMatchObject({ verdict: "proposed", week: "2024-W07", reasons: [] });
  expect(found.gates.find(({ name }) => name === "handle_time_stability")?.value).toMatch(/^0\.8[45]/);
  expect(found.plan).toMatchObject({ expectedMultiplierMilli: 1_000, wantedMultiplierMilli: 1_200, boostDays: 7 });
});

test("[G25] [T66] a trend of +.1 whose lower bound lies below 0 is held, and says so", () => {
  const noisy = scoresOf(0, 0).map((one, index) => ({
    ...one,
    score: 80 + 0.1 * (one.day - 19_700) + (index % 28 < 14 ? -1 : 1) * (Number(one.agentId.slice(1)) - 9.5),
  }));
  const found = plan({ scores: noisy });
  expect(found.verdict).toBe("held");
  expect(found.reasons).toEqual([expect.stringMatching(/^quality_trend: a slope above 0 .* found 0\.1\d* a day, lower bound -/)]);
});

test("[G25] [S4-R50] [T69] a second proposal within 10 days is held; after 10 whole days it is not the cooldown that holds it", () => {
  const past = (daysAgo: number) => [{ appliedAt: now - daysAgo * day, endsAt: now - daysAgo * day }];
  const cooldownOf = (daysAgo: number) => plan({}, past(daysAgo)).gates.find(({ name }) => name === "cooldown")?.pass;
  expect([cooldownOf(9.99), cooldownOf(10)]).toEqual([false, true]);
  expect(plan({}, past(9)).reasons).toEqual(expect.arrayContaining([expect.stringMatching(/^cooldown: 10 whole days/)]));
});

test("[T69] two boosts without a week of .55 since are not repeated; such a week makes the trigger sharp again", () => {
  const past = [-60, -40].map((days) => ({ appliedAt: now + days * day, endsAt: now + (days + 7) * day }));
  expect(plan({}, past).reasons).toEqual([expect.stringMatching(/^hysteresis/)]);
  const rearmed = [weekOf("2024-W03", Date.UTC(2024, 0, 15), 560_000), ...facts.weeks];
  expect(plan({ weeks: rearmed }, past).verdict).toBe("proposed");
});

test("a week of a boost is no evidence", () => {
  const past = [{ appliedAt: Date.UTC(2024, 1, 6), endsAt: Date.UTC(2024, 1, 13) }];
  expect(plan({}, past).reasons.join()).toContain("boosted");
});

test("[T57] missing data never passes: too few agents, evaluations or busy days", () => {
  const few = facts.weeks.map((week) => ({ ...week, agents: 9 }));
  for (const more of [
    { weeks: few },
    { weeks: facts.weeks.slice(1) },
    { scores: facts.scores.slice(0, 20) },
    { days: facts.days.slice(0, 4) },
  ])
    expect(plan(more).reasons).toEqual([expect.stringContaining("too little data")]);
});

test("[T68] nothing compounds and nothing is woken up: a boosted or paused challenge is held", () => {
  expect(plan({ multiplierMilli: 1_200 }).reasons).toEqual([expect.stringMatching(/^multiplier/)]);
  expect(plan({ status: "paused" }).reasons).toEqual([expect.stringMatching(/^status: active, found paused/)]);
});

test("[S4-R52] people without a shift in the days of the boost, or a budget that would be passed, hold it", () => {
  expect(plan({ scheduled: { participants: 40, withShift: 27 } }).reasons).toEqual([expect.stringMatching(/^shift_plan/)]);
  expect(plan({ budgetMinor: 10_000, spentMinor: 9_000, dailyCostMinor: 1_000 }).reasons).toEqual([expect.stringMatching(/^budget/)]);
  expect(plan({ budgetMinor: 10_400, spentMinor: 9_000, dailyCostMinor: 1_000 }).verdict).toBe("proposed");
});

test("[T68] the plan's hash is the same for the same plan, and another for another week or value", () => {
  expect(plan().plan?.planHash).toBe(plan({}, [], now + day).plan?.planHash);
  expect(plan({ multiplierMilli: 1_100 }).plan?.planHash).not.toBe(plan().plan?.planHash);
});
