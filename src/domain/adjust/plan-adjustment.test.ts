import fc from "fast-check";
import { expect, test } from "vitest";
import { boostRules as rules } from "../../../test/support/boost-rules.ts";
import { type ChallengeFacts, extraOf, type PastAdjustment } from "./challenge-facts.ts";
import { handleTimeStability, qualitySlope } from "./gates.ts";
import { elasticityOf } from "./judge-gates.ts";
import { planAdjustment } from "./plan-adjustment.ts";

const day = 86_400_000;
const now = Date.UTC(2024, 1, 20);
const weekOf = (week: string, startsAt: number, engagementPpm: number | null, agents = 40) => ({
  week,
  startsAt,
  engagementPpm,
  agents,
  participants: 40,
});
/** Approved some days ago, for 7 days. */
const boosted = (daysAgo: number, more: Partial<PastAdjustment> = {}): PastAdjustment => ({
  appliedAt: now - daysAgo * day,
  endsAt: now - (daysAgo - 7) * day,
  fromMilli: 1_000,
  toMilli: 1_200,
  extraMinor: 0,
  ...more,
});

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
  costsUntil: now - day,
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

test("[G25] [S4-R51] [T66] a trend of +.1 whose lower bound lies below 0 is held, and says so", () => {
  const noisy = scoresOf(0, 0).map((one, index) => ({
    ...one,
    score: 80 + 0.1 * (one.day - 19_700) + (index % 28 < 14 ? -1 : 1) * (Number(one.agentId.slice(1)) - 9.5),
  }));
  const found = plan({ scores: noisy });
  expect(found.verdict).toBe("held");
  expect(found.reasons).toEqual([expect.stringMatching(/^quality_trend: a slope above 0 .* found 0\.1\d* a day, lower bound -/)]);
});

test("[G25] [S4-R50] [T69] a second proposal within 10 days is held; after 10 whole days it is not the cooldown that holds it", () => {
  const cooldownOf = (daysAgo: number) => plan({}, [boosted(daysAgo)]).gates.find(({ name }) => name === "cooldown")?.pass;
  expect([cooldownOf(9.99), cooldownOf(10)]).toEqual([false, true]);
  expect(plan({}, [boosted(9)]).reasons).toEqual(expect.arrayContaining([expect.stringMatching(/^cooldown: 10 whole days/)]));
});

test("[T69] two boosts without a week of .55 since are not repeated; such a week makes the trigger sharp again", () => {
  const past = [boosted(60), boosted(40)];
  expect(plan({}, past)).toMatchObject({ reasons: [expect.stringMatching(/^hysteresis/)], isForPeople: true });
  const rearmed = [weekOf("2024-W03", Date.UTC(2024, 0, 15), 560_000), ...facts.weeks];
  expect(plan({ weeks: rearmed }, past).verdict).toBe("proposed");
});

test("a week of a boost is no evidence", () => {
  expect(plan({}, [boosted(14)]).reasons.join()).toContain("boosted");
});

test("[T57] missing data never passes: too few agents, evaluations or busy days", () => {
  const few = facts.weeks.map((week) => ({ ...week, agents: 9, participants: 9 }));
  const uncovered = facts.weeks.map((week) => ({ ...week, agents: 27 }));
  for (const more of [{ weeks: few }, { weeks: uncovered }, { scores: facts.scores.slice(0, 20) }, { days: facts.days.slice(0, 4) }])
    expect(plan(more).reasons).toEqual([expect.stringContaining("too little data")]);
});

test("[T69] two weeks are two that follow each other, and evidence of last month says nothing about today", () => {
  const [, second = weekOf("", 0, null)] = facts.weeks;
  const apart = [weekOf("2024-W05", Date.UTC(2024, 0, 29), 490_000), second];
  expect(plan({ weeks: apart }).reasons).toEqual([expect.stringMatching(/^weeks: two whole weeks one after the other/)]);
  expect(plan({ weeks: facts.weeks.slice(1) }).reasons).toEqual(
    expect.arrayContaining([expect.stringMatching(/^weeks: .*found 1 whole weeks/)]),
  );
  expect([14.99, 15].map((days) => plan({}, [], Date.UTC(2024, 1, 19) + days * day).gates[1]?.pass)).toEqual([false, false]);
  expect([0, 14].map((days) => plan({}, [], Date.UTC(2024, 1, 19) + days * day).gates[1]?.pass)).toEqual([true, true]);
  // A clock that was moved back: the weeks would lie ahead.
  expect(plan({}, [], Date.UTC(2024, 1, 18)).verdict).toBe("held");
});

test("[T68] nothing compounds and nothing is woken up: a boosted, a paused and an ending challenge are held", () => {
  expect(plan({ multiplierMilli: 1_200 }).reasons).toEqual([expect.stringMatching(/^multiplier/)]);
  for (const status of ["paused", "expired", "retired", "draft"])
    expect(plan({ status }).reasons).toEqual([expect.stringMatching(new RegExp(`^status: active, .*found ${status}`))]);
  expect(plan({ endsAt: now + 7 * day - 1 }).reasons).toEqual([expect.stringMatching(/^status: .*found active until 2024-02-26T23:59/)]);
  expect(plan({ endsAt: now + 7 * day }).verdict).toBe("proposed");
});

test("[S4-R48] a boost that moved nothing twice is for people to look at; at most three in 90 days", () => {
  // .45 before and .48 within a boost of 1.2.
  const weeks = [weekOf("2023-W50", now - 71 * day, 450_000), weekOf("2023-W51", now - 64 * day, 480_000)];
  expect(elasticityOf(boosted(64), weeks)).toBeCloseTo(0.354, 4);
  expect(elasticityOf(boosted(20), weeks)).toBeNull();
  const flat = Array.from({ length: 11 }, (_, at) => weekOf(`w${at}`, Date.UTC(2023, 10, 27) + at * 7 * day, at === 9 ? 560_000 : 470_000));
  const past = [boosted(60), boosted(40)];
  expect(plan({ weeks: [...flat.slice(0, 10), ...facts.weeks] }, past)).toMatchObject({
    reasons: [expect.stringMatching(/^effect: .*found 0.000, 0.000/)],
    isForPeople: true,
  });
  const often = [80, 60, 40].map((daysAgo) => boosted(daysAgo));
  expect(plan({}, often).reasons).toEqual(expect.arrayContaining([expect.stringMatching(/^frequency: at most 3 boosts in 90 days/)]));
});

test("[S4-R52] people without a shift in the days of the boost hold it", () => {
  expect(plan({ scheduled: { participants: 40, withShift: 27 } }).reasons).toEqual([expect.stringMatching(/^shift_plan/)]);
});

test("a budget that would be passed holds it, with what the ledger committed and no cost shows yet; a cost nobody knows too", () => {
  const money = { budgetMinor: 10_400, spentMinor: 9_000, dailyCostMinor: 1_000 };
  expect(plan(money)).toMatchObject({ verdict: "proposed", plan: { extraMinor: 1_400 } });
  expect(plan({ ...money, budgetMinor: 10_399 }).reasons).toEqual([expect.stringMatching(/^budget/)]);
  // Approved 12 days ago: the loaded costs end within it, or behind it.
  const past = [boosted(12, { extraMinor: 1 })];
  const reasonsOf = (costsUntil: number | null) =>
    plan({ ...money, costsUntil, weeks: facts.weeks }, past).gates.find(({ name }) => name === "budget");
  expect([now - 6 * day, now - 5 * day, null].map((until) => reasonsOf(until)?.pass)).toEqual([false, true, false]);
  expect(plan({ ...money, spentMinor: null }).reasons).toEqual([expect.stringMatching(/^budget: .*no cost is loaded.*too little data/)]);
});

test("[T68] the plan's hash is the same for the same plan, and another for another week, value or rule", () => {
  const hash = plan().plan?.planHash;
  expect(plan({}, [], now + day).plan?.planHash).toBe(hash);
  const others = [
    plan({ multiplierMilli: 1_100 }),
    plan({ weeks: facts.weeks.map((week) => ({ ...week, week: `${week.week}x` })) }),
    planAdjustment(facts, [], { ...rules, mostMultiplierMilli: 1_400 }, now),
    planAdjustment(facts, [], { ...rules, boostDays: 6 }, now),
  ];
  for (const { plan: other } of others) expect(other?.planHash).not.toBe(hash);
});

test("[S4-R70] [T68] [T69] run twice it says the same, and whatever interest does over a year, nothing compounds and no boost follows too soon", () => {
  const first = Date.UTC(2024, 0, 1);
  const week = fc.record({
    engagementPpm: fc.option(fc.integer({ min: 380_000, max: 600_000 }), { freq: 10 }),
    status: fc.constantFrom("active", "active", "active", "paused"),
  });
  // Four scores of each, seven days: as good, and computed thousands of times.
  const light = { ...facts, scores: facts.scores.filter((_, at) => at % 7 === 0), days: facts.days.slice(0, 7) };
  let proposals = 0;
  fc.assert(
    fc.property(fc.array(week, { minLength: 30, maxLength: 52 }), (weeks) => {
      const past: PastAdjustment[] = [];
      for (let at = first + 14 * day; at < first + weeks.length * 7 * day; at += day) {
        const isBoosted = past.some(({ appliedAt, endsAt }) => appliedAt <= at && at < endsAt);
        const done = Math.floor((at - first) / day / 7);
        const known = weeks.slice(0, done).map((one, no) => weekOf(`w${no}`, first + no * 7 * day, one.engagementPpm));
        const status = weeks[done]?.status ?? "active";
        const today: ChallengeFacts = { ...light, status, multiplierMilli: isBoosted ? 1_200 : 1_000, weeks: known };
        const found = planAdjustment(today, past, rules, at);
        expect(planAdjustment(today, past, rules, at)).toEqual(found);
        if (found.plan === null) continue;
        proposals += 1;
        // Approved at once: the same day, and each of the next ten, holds.
        const { expectedMultiplierMilli: fromMilli, wantedMultiplierMilli: toMilli } = found.plan;
        expect([status, fromMilli, toMilli]).toEqual(["active", 1_000, 1_200]);
        past.push({ appliedAt: at, endsAt: at + 7 * day, fromMilli, toMilli, extraMinor: extraOf(today, rules) });
        expect(planAdjustment(today, past, rules, at).verdict).toBe("held");
        expect(planAdjustment({ ...today, multiplierMilli: 1_200 }, past, rules, at).verdict).toBe("held");
      }
      const starts = past.map(({ appliedAt }) => appliedAt);
      for (const [no, start] of starts.entries()) {
        expect(start - (starts[no - 1] ?? 0)).toBeGreaterThanOrEqual(10 * day);
        expect(starts.filter((other) => other <= start && start - other < 90 * day).length).toBeLessThanOrEqual(3);
      }
    }),
    { numRuns: 40, seed: 25 },
  );
  expect(proposals).toBeGreaterThan(40);
});
