import { expect, test } from "vitest";
import { openEvaluatedMarts } from "../../../test/support/evaluated-marts.ts";
import { openMemoryDecisions } from "../../../test/support/memory-decisions.ts";
import { agentOf, agentRows, builtRows, dayRows } from "../../../test/support/milestone-marts.ts";
import { aMilestone } from "../../../test/support/milestones.ts";
import type { MilestoneDefinition } from "../../domain/recognise/definition.ts";
import type { DecisionStore } from "../../ports/decision-store.ts";
import type { EvaluateRequest } from "./evaluate-milestones.ts";

const gold = aMilestone({ flair: { badge: "badge_aht_gold", variant: "avatar_gold_shield", priorityClass: 10 } });

/** Marts that are decided on by the gold milestone where nothing else is said. */
async function marts(rows: readonly string[]) {
  const { change, evaluate } = await openEvaluatedMarts(rows);
  return {
    change,
    evaluate: (store: DecisionStore, request: Partial<EvaluateRequest> = {}) => evaluate(store, { definitions: [gold], ...request }),
  };
}

const january = { from: "2024-01-01", until: "2024-02-03", finalDate: "2024-01-31" };
const built = builtRows(1, { lastDate: "2024-02-02", finalDate: "2024-01-31" });

test("[S3-R15] [S3-R17] [S3-R22] the whole roster is decided, the award is granted once, and a second run changes nothing", async () => {
  const centre = await marts([
    ...agentRows([
      { no: 1, zone: "UTC" },
      { no: 2, zone: "UTC" },
      { no: 3, zone: "UTC" },
    ]),
    dayRows({ no: 1, ...january, seconds: "228.4" }),
    dayRows({ no: 2, ...january, seconds: "240" }),
    dayRows({ no: 3, ...january, interactions: "1" }),
    ...built,
  ]);
  const store = openMemoryDecisions();
  const first = await centre.evaluate(store);
  expect(first).toMatchObject({ asOf: "2024-01-31", agents: 3, totals: { input: 3, granted: 1, no: 2, duplicate: 0, suppressed: 0 } });
  expect(first.milestones).toMatchObject([{ verdicts: { met: 1, not_met: 1, insufficient_data: 1, out_of_scope: 0 } }]);
  expect(store.ledger).toMatchObject([{ subjectId: agentOf(1), action: "grant", entryNo: 1, periodId: "2024-Q1", tier: "TIER_3" }]);
  expect(JSON.parse(store.ledger[0]?.evidence ?? "{}")).toMatchObject({
    window: "2024-01-01T00:00/2024-01-31T00:00",
    value: "228.4",
    n: 300,
    batches: { "csv:test.interaction": 1 },
  });
  const before = structuredClone(store.ledger);
  expect(await centre.evaluate(store)).toMatchObject({ totals: { input: 3, granted: 0, duplicate: 1, no: 2 } });
  expect(store.ledger).toEqual(before);
  expect([...store.latest.values()].map(({ verdict }) => verdict).toSorted()).toEqual(["insufficient_data", "met", "not_met"]);
});

test("[S3-R10] [S3-R11] interactions, handle time, quality and satisfaction of each agent come over the same fixed days, from one reading", async () => {
  const centre = await marts([
    ...agentRows([
      { no: 1, zone: "UTC" },
      { no: 2, zone: "UTC" },
    ]),
    dayRows({ no: 1, ...january, quality: "80", seconds: "200" }),
    dayRows({ no: 2, ...january, quality: "90", seconds: "300", interactions: "2" }),
    "update marts.fct_agent_day set csat_sum = 70 + handle_count, csat_count = 1, quality_state = 'final'",
    ...built,
  ]);
  const of = (metric: string, unit: "interactions" | "seconds" | "percent"): MilestoneDefinition => ({
    ...gold,
    id: metric,
    goal: { metric, direction: "higher", thresholdMilli: 1000, unit, isStrict: false },
    minimum: {},
    floorMilli: null,
  });
  const definitions = [of("interactions", "interactions"), of("handle_time", "seconds"), of("quality", "percent"), of("csat", "percent")];
  const store = openMemoryDecisions();
  await centre.evaluate(store, { definitions, asOf: "2024-01-31", since: "2024-01-31" });
  const found = [...store.latest.values()].map(({ subjectId, evidence }) => [subjectId, JSON.parse(evidence)]);
  const valuesOf = (no: number) => found.filter(([subjectId]) => subjectId === agentOf(no)).map(([, { value }]) => value);
  expect([valuesOf(1), valuesOf(2)]).toEqual([
    ["300", "200", "80", "80"],
    ["60", "300", "90", "72"],
  ]);
  expect(new Set(found.map(([, { window }]) => window))).toEqual(new Set(["2024-01-02T00:00/2024-02-01T00:00"]));
});

test("without apply nothing is written, and the plan says what would be", async () => {
  const centre = await marts([...agentRows([{ no: 1, zone: "UTC" }]), dayRows({ no: 1, ...january }), ...built]);
  const store = openMemoryDecisions();
  const report = await centre.evaluate(store, { apply: false });
  expect(report.changes).toMatchObject([{ agentId: agentOf(1), action: "grant", asOf: "2024-01-30" }]);
  expect([store.ledger, [...store.latest]]).toEqual([[], []]);
});

test("[T30] [D4] a window with an open day is provisional: suppressed tonight, granted once it is final", async () => {
  const centre = await marts([
    ...agentRows([{ no: 1, zone: "UTC" }]),
    dayRows({ no: 1, from: "2024-02-01", until: "2024-02-09", interactions: "60", finalDate: "2024-02-01" }),
    ...builtRows(1, { lastDate: "2024-02-08", finalDate: "2024-02-06" }),
  ]);
  const store = openMemoryDecisions();
  const weekly = { ...gold, window: { unit: "days", last: 2 } } as const;
  expect(await centre.evaluate(store, { definitions: [weekly], asOf: "2024-02-06" })).toMatchObject({
    totals: { suppressed: 1, granted: 0 },
  });
  await centre.change(
    "update marts.fct_agent_day set handle_state = 'final'",
    ...builtRows(2, { lastDate: "2024-02-08", finalDate: "2024-02-06" }),
  );
  expect(await centre.evaluate(store, { definitions: [weekly], asOf: "2024-02-06" })).toMatchObject({
    totals: { suppressed: 0, granted: 1 },
  });
});

test("late data of the award's own days reverses it with a reason, and a later day of the period grants it again", async () => {
  const centre = await marts([
    ...agentRows([{ no: 1, zone: "UTC" }]),
    dayRows({ no: 1, from: "2024-01-01", until: "2024-01-10", interactions: "60", seconds: "230", finalDate: "2024-12-31" }),
    ...builtRows(1, { lastDate: "2024-01-09", finalDate: "2024-01-07" }),
  ]);
  const store = openMemoryDecisions();
  const daily = { ...gold, window: { unit: "days", last: 1 } } as const;
  await centre.evaluate(store, { definitions: [daily], asOf: "2024-01-02" });
  expect(store.ledger).toMatchObject([{ action: "grant", occurredAt: Date.UTC(2024, 0, 2) }]);
  await centre.change(
    "update marts.fct_agent_day set handle_seconds = 60 * 250 where work_date <= date '2024-01-06'",
    `insert into meta.change_log values ('csv:test', 'interaction', 2, '${agentOf(1)}', timestamp '2024-01-01 10:00', timestamp '2024-01-06 10:00')`,
    ...builtRows(2, { lastDate: "2024-01-09", finalDate: "2024-01-07" }),
  );
  await centre.evaluate(store, { definitions: [daily], asOf: "2024-01-09" });
  expect(store.ledger.map(({ entryNo, action, reason }) => [entryNo, action, reason.split(":")[0]])).toEqual([
    [1, "grant", "Handle time per interaction < 240 s over the last 1 days, 2024-01-01 up to and without 2024-01-02, 60 interactions"],
    [2, "reverse", "late data"],
    [3, "grant", "met again"],
  ]);
  expect(JSON.parse(store.ledger[2]?.evidence ?? "{}")).toMatchObject({ asOf: "2024-01-07" });
  expect([...store.flairs.values()]).toMatchObject([{ revokedAt: null, validFrom: Date.UTC(2024, 0, 8) }]);
});

test("[G16] [T7] [S3-R41] [S3-R42] [S3-R43] agents at UTC-5 and UTC+9 are recognised at the end of their own day", async () => {
  const centre = await marts([
    ...agentRows([
      { no: 1, zone: "America/Lima" },
      { no: 2, zone: "Asia/Tokyo" },
    ]),
    dayRows({ no: 1, ...january }),
    dayRows({ no: 2, ...january }),
    // A night shift in Tokyo that ends on the next morning belongs to the day it starts on.
    `insert into intermediate.int_shifts values ('${agentOf(2)}', date '2024-01-31', false, timestamp '2024-01-31 13:00', timestamp '2024-01-31 21:30')`,
    ...built,
  ]);
  const store = openMemoryDecisions();
  await centre.evaluate(store, { since: "2024-01-31" });
  const ended = store.ledger.map(({ subjectId, occurredAt }) => [subjectId, new Date(occurredAt).toISOString()]);
  expect(ended).toEqual([
    [agentOf(1), "2024-02-01T05:00:00.000Z"],
    [agentOf(2), "2024-01-31T21:30:00.000Z"],
  ]);
});

test("[G15] a day of 25 hours ends an hour later by UTC than the day before", async () => {
  const centre = await marts([
    ...agentRows([{ no: 1, zone: "America/New_York" }]),
    dayRows({ no: 1, from: "2024-10-01", until: "2024-11-06", finalDate: "2024-11-04" }),
    ...builtRows(1, { lastDate: "2024-11-05", finalDate: "2024-11-03" }),
  ]);
  const ends = async (asOf: string) => {
    const store = openMemoryDecisions();
    await centre.evaluate(store, { asOf, since: asOf });
    return new Date(store.ledger[0]?.occurredAt ?? 0).toISOString();
  };
  expect([await ends("2024-11-02"), await ends("2024-11-03")]).toEqual(["2024-11-03T04:00:00.000Z", "2024-11-04T05:00:00.000Z"]);
});

test("[S3-R54] [T97] at a quarter's end the entitlement ends at the agent's own midnight, and the new quarter decides anew", async () => {
  const centre = await marts([
    ...agentRows([{ no: 1, zone: "America/New_York" }]),
    dayRows({ no: 1, from: "2024-02-01", until: "2024-04-06", finalDate: "2024-04-04" }),
    ...builtRows(1, { lastDate: "2024-04-05", finalDate: "2024-04-03" }),
  ]);
  const store = openMemoryDecisions();
  await centre.evaluate(store, { since: "2024-03-30", asOf: "2024-04-02" });
  expect(store.ledger.map(({ periodId }) => periodId)).toEqual(["2024-Q1", "2024-Q2"]);
  expect([...store.flairs.values()].map(({ validTo }) => new Date(validTo ?? 0).toISOString())).toEqual([
    "2024-04-01T04:00:00.000Z",
    "2024-07-01T04:00:00.000Z",
  ]);
});

test("[T56] an agent who changes team and zone is judged as of the day, not as of today", async () => {
  const centre = await marts([
    ...agentRows([{ no: 1, zone: "America/New_York" }]),
    "update marts.dim_agent set valid_to = timestamp '2024-01-20'",
    `insert into marts.dim_agent select '${agentOf(99)}', agent_id, source, agent_native_id, 'Asia/Tokyo', 't2', 'Team t2', site, role, employment, hired_on,
      left_on, is_active, is_inferred, timestamp '2024-01-20', timestamp '9999-01-01' from marts.dim_agent`,
    "update intermediate.int_agent_spans set ends_at = timestamp '2024-01-20'",
    `insert into intermediate.int_agent_spans values ('${agentOf(1)}', '${agentOf(1)}', 'Asia/Tokyo', 32400, timestamp '2024-01-20', timestamp '9999-01-01')`,
    dayRows({ no: 1, ...january, interactions: "60" }),
    ...built,
  ]);
  const ofTeam = { ...gold, window: { unit: "days", last: 1 }, scope: { ...gold.scope, team: ["t2"] } } as const;
  const store = openMemoryDecisions();
  expect(await centre.evaluate(store, { definitions: [ofTeam], asOf: "2024-01-19", since: "2024-01-18" })).toMatchObject({
    milestones: [{ verdicts: { out_of_scope: 1 } }],
  });
  await centre.evaluate(store, { definitions: [ofTeam], asOf: "2024-01-21", since: "2024-01-19" });
  expect(store.ledger).toMatchObject([{ occurredAt: Date.UTC(2024, 0, 20, 15), periodId: "2024-Q1" }]);
});

test("a person with several accounts is judged by the one that describes them on the day, in its zone", async () => {
  const centre = await marts([
    ...agentRows([{ no: 1, zone: "America/New_York" }]),
    `insert into marts.dim_agent select '${agentOf(99)}', agent_id, 'csv:zz', 'second', 'Asia/Tokyo', 't2', 'Team t2', site, role, employment, hired_on,
      left_on, is_active, is_inferred, valid_from, valid_to from marts.dim_agent`,
    `insert into intermediate.int_agent_spans values ('${agentOf(99)}', '${agentOf(1)}', 'Asia/Tokyo', 32400, timestamp '1900-01-01', timestamp '9999-01-01')`,
    `insert into intermediate.int_agent_links values ('${agentOf(99)}', '${agentOf(1)}', 'csv:zz', 'second', timestamp '1900-01-01', timestamp '9999-01-01')`,
    `create or replace view intermediate.int_agents_described as select agent_id, agent_key,
      case when source = 'csv:test' then timestamp '1900-01-01' else timestamp '2024-01-30' end as starts_at,
      case when source = 'csv:test' then timestamp '2024-01-30' else timestamp '9999-01-01' end as ends_at from marts.dim_agent`,
    dayRows({ no: 1, ...january }),
    ...built,
  ]);
  const ofTeam = (team: string) => ({ ...gold, scope: { ...gold.scope, team: [team] } });
  const grantedTo = async (team: string, since: string) => {
    const store = openMemoryDecisions();
    await centre.evaluate(store, { definitions: [ofTeam(team)], since });
    return store.ledger.map(({ subjectId, occurredAt }) => [subjectId, occurredAt]);
  };
  expect(await grantedTo("t2", "2024-01-31")).toEqual([[agentOf(1), Date.UTC(2024, 0, 31, 15)]]);
  expect(await grantedTo("t1", "2024-01-31")).toEqual([]);
});

test("an agent without a zone has the organisation's days, and is decided like everybody", async () => {
  const centre = await marts([
    ...agentRows([{ no: 1, zone: "UTC" }]),
    "update marts.dim_agent set zone = null",
    "delete from intermediate.int_agent_spans",
    dayRows({ no: 1, ...january }),
    ...built,
  ]);
  const store = openMemoryDecisions();
  expect(await centre.evaluate(store, { zone: "America/Lima", since: "2024-01-31" })).toMatchObject({ totals: { granted: 1 } });
  expect(store.ledger.map(({ occurredAt }) => new Date(occurredAt).toISOString())).toEqual(["2024-02-01T05:00:00.000Z"]);
});

test("[T34] the last 5 interactions are the last 5, whatever day they were on, and 4 decide nothing", async () => {
  const interactions = Array.from({ length: 6 }, (_, index) => {
    const day = `2024-01-${String(20 + index).padStart(2, "0")}`;
    return `insert into marts.fct_interaction values ('${agentOf(500 + index)}', '${agentOf(1)}', null, date '${day}', true, ${index === 0 ? 900 : 100}, timestamp '${day} 10:00')`;
  });
  const centre = await marts([
    ...agentRows([
      { no: 1, zone: "UTC" },
      { no: 2, zone: "UTC" },
    ]),
    dayRows({ no: 1, ...january, interactions: "1" }),
    dayRows({ no: 2, ...january }),
    ...interactions,
    ...built,
  ]);
  const lastFive = { ...gold, window: { unit: "interactions", last: 5, withinDays: 92 }, minimum: {} } as const;
  const store = openMemoryDecisions();
  await centre.evaluate(store, { definitions: [lastFive], since: "2024-01-20", asOf: "2024-01-31" });
  expect(store.ledger).toMatchObject([{ subjectId: agentOf(1), occurredAt: Date.UTC(2024, 0, 26) }]);
  expect(JSON.parse(store.ledger[0]?.evidence ?? "{}")).toMatchObject({ value: "100", n: 5 });
});

test("queues narrow the interactions, by their name or the platform's id", async () => {
  const rows = [
    "insert into marts.dim_queue values ('00000000-0000-0000-0000-0000000000c1', 'q-1', 'Sales'), ('00000000-0000-0000-0000-0000000000c2', 'q-2', 'Care')",
  ];
  for (const [index, queue] of ["c1", "c2", "c2"].entries()) {
    rows.push(
      `insert into marts.fct_interaction values ('${agentOf(600 + index)}', '${agentOf(1)}', '00000000-0000-0000-0000-0000000000${queue}', date '2024-01-30', true, 100, timestamp '2024-01-30 10:00')`,
    );
  }
  const centre = await marts([...agentRows([{ no: 1, zone: "UTC" }]), dayRows({ no: 1, ...january }), ...rows, ...built]);
  const calls = (queue: string[], threshold: number): MilestoneDefinition => ({
    ...gold,
    id: `calls-${queue.join("-")}`,
    goal: { metric: "interactions", direction: "higher", thresholdMilli: threshold * 1000, unit: "interactions", isStrict: false },
    minimum: {},
    floorMilli: null,
    scope: { ...gold.scope, queue },
  });
  const store = openMemoryDecisions();
  const report = await centre.evaluate(store, { definitions: [calls(["Sales"], 1), calls(["q-2"], 2), calls(["Sales", "q-2"], 4)] });
  expect(report.milestones.map(({ verdicts }) => verdicts.met)).toEqual([1, 1, 0]);
});

test("streaks: a silent day breaks a run of calendar days, a day off does not break a run of shifts", async () => {
  const centre = await marts([
    ...agentRows([{ no: 1, zone: "UTC" }]),
    dayRows({ no: 1, ...january, interactions: "case when dayofweek(day) in (0, 6) then 0 else 5 end" }),
    "update marts.fct_agent_day set is_scheduled = interactions > 0",
    ...built,
  ]);
  const streak = (metric: string): MilestoneDefinition => ({
    ...gold,
    id: metric,
    goal: { metric, direction: "higher", thresholdMilli: 6000, unit: "days", isStrict: false },
    window: { unit: "period" },
    minimum: {},
    floorMilli: null,
  });
  const store = openMemoryDecisions();
  await centre.evaluate(store, { definitions: [streak("day_streak"), streak("shift_streak")] });
  const found = Object.fromEntries(
    [...store.latest.values()].map(({ definitionId, verdict, evidence }) => [definitionId, [verdict, JSON.parse(evidence).value]]),
  );
  expect(found).toEqual({ day_streak: ["not_met", "5"], shift_streak: ["met", "23"] });
});

test("[S3-R13] half-built marts, failed tests, models that disagree are refused with 'try again', missing marts and an empty roster for good", async () => {
  const whole = [...agentRows([{ no: 1, zone: "UTC" }]), dayRows({ no: 1, ...january })];
  const refusedAs = async (rows: readonly string[]) =>
    (await marts(rows)).evaluate(openMemoryDecisions()).then(
      () => "decided",
      (error: { code: string; retry: string }) => `${error.code} ${error.retry}`,
    );
  expect(await refusedAs([...whole, ...built, "drop table marts.dim_queue"])).toBe("MARTS_MISSING never");
  expect(await refusedAs(whole)).toBe("MARTS_HALF_BUILT later");
  expect(await refusedAs([...whole, ...built, "update meta.build set failed = 2", "delete from meta.applied"])).toBe("BUILD_FAILED later");
  const failedSince = "insert into meta.build values ('build-9', 1, timestamp '2031-01-01'), ('build-10', 0, timestamp '2031-01-02')";
  expect(await refusedAs([...whole, ...built, failedSince])).toBe("BUILD_FAILED later");
  expect(await refusedAs([...whole, ...built, "delete from meta.applied"])).toBe("MARTS_HALF_BUILT later");
  const begun = "insert into meta.bound values ('build-9', 'csv:test', 'interaction', 2)";
  expect(await refusedAs([...whole, ...built, begun])).toBe("MARTS_DISAGREE later");
  const another = "insert into meta.bound values ('build-9', 'csv:test', 'survey', 1)";
  expect(await refusedAs([...whole, ...built, another])).toBe("MARTS_DISAGREE later");
  const own = "insert into meta.bound values ('build-9', 'gami', 'ledger_entry', 7), ('build-9', 'gami', 'invocation', 0)";
  expect(await refusedAs([...whole, ...built, own])).toBe("decided");
  expect(await refusedAs(built)).toBe("ROSTER_EMPTY never");
});

test("a warehouse that stands behind the last decisions is refused, and a day that is not loaded too", async () => {
  const whole = [...agentRows([{ no: 1, zone: "UTC" }]), dayRows({ no: 1, ...january })];
  const store = openMemoryDecisions();
  await (await marts([...whole, ...builtRows(2, { lastDate: "2024-02-02", finalDate: "2024-01-31" })])).evaluate(store);
  const restored = await marts([...whole, ...built]);
  await expect(restored.evaluate(store)).rejects.toMatchObject({ code: "SNAPSHOT_BEHIND", retry: "later" });
  await expect(restored.evaluate(openMemoryDecisions(), { asOf: "2024-03-01" })).rejects.toMatchObject({ code: "DAY_NOT_LOADED" });
});

test("a definition that leaves the files keeps its awards, and the run says so", async () => {
  const centre = await marts([...agentRows([{ no: 1, zone: "UTC" }]), dayRows({ no: 1, ...january }), ...built]);
  const store = openMemoryDecisions();
  await centre.evaluate(store);
  const report = await centre.evaluate(store, { definitions: [{ ...gold, id: "other" }] });
  expect(report.held).toMatchObject([{ definitionId: "aht_gold", liveAwards: 1 }]);
  expect(store.ledger.filter(({ definitionId }) => definitionId === "aht_gold")).toHaveLength(1);
});

test("[T87] what a changed definition does to standing awards is what it declares", async () => {
  const centre = await marts([...agentRows([{ no: 1, zone: "UTC" }]), dayRows({ no: 1, ...january, seconds: "230" }), ...built]);
  for (const [policy, actions] of [
    ["prospective", ["grant"]],
    ["grant_only", ["grant"]],
    ["restate", ["grant", "reverse"]],
  ] as const) {
    const store = openMemoryDecisions();
    await centre.evaluate(store);
    const tighter = { ...gold, onChange: policy, goal: { ...gold.goal, thresholdMilli: 200_000 } };
    await centre.evaluate(store, { definitions: [tighter] });
    expect(store.ledger.map(({ action }) => action)).toEqual(actions);
  }
});

test("grant_only also looks back to the beginning of the period, prospective does not", async () => {
  const seconds = "case when day <= date '2024-01-10' then 210 else 300 end";
  const centre = await marts([
    ...agentRows([{ no: 1, zone: "UTC" }]),
    dayRows({ no: 1, ...january, seconds, interactions: "60" }),
    ...built,
  ]);
  const hard: MilestoneDefinition = { ...gold, window: { unit: "days", last: 5 }, goal: { ...gold.goal, thresholdMilli: 200_000 } };
  for (const [policy, days] of [
    ["prospective", []],
    ["grant_only", ["2024-01-01"]],
  ] as const) {
    const store = openMemoryDecisions();
    await centre.evaluate(store, { definitions: [hard] });
    await centre.evaluate(store, { definitions: [{ ...hard, onChange: policy, goal: gold.goal }] });
    expect(store.ledger.map(({ evidence }) => JSON.parse(evidence).asOf)).toEqual(days);
  }
});

test("a night that was missed is caught up with: the same awards and verdicts as night by night", async () => {
  const seconds = "case when day = date '2024-01-10' then 100 else 300 end";
  const centre = await marts([
    ...agentRows([{ no: 1, zone: "UTC" }]),
    dayRows({ no: 1, ...january, seconds, interactions: "60" }),
    ...built,
  ]);
  const daily: MilestoneDefinition = { ...gold, window: { unit: "days", last: 1 } };
  const nightly = openMemoryDecisions();
  for (let day = 5; day <= 20; day++)
    await centre.evaluate(nightly, { definitions: [daily], asOf: `2024-01-${String(day).padStart(2, "0")}` });
  const paused = openMemoryDecisions();
  for (const day of ["05", "20"]) await centre.evaluate(paused, { definitions: [daily], asOf: `2024-01-${day}` });
  const content = ({ ledger }: typeof nightly) =>
    ledger.map(({ awardKey, entryNo, occurredAt, evidence }) => [awardKey, entryNo, occurredAt, evidence]);
  expect(content(paused)).toEqual(content(nightly));
  expect(nightly.ledger).toHaveLength(1);
  const history = (store: typeof nightly) => store.decisionHistory({ definitionIds: [daily.id], subjectId: agentOf(1) });
  expect(await history(paused)).toEqual(await history(nightly));
  expect((await history(nightly)).map(({ verdict, since }) => [verdict, new Date(since).toISOString().slice(0, 10)])).toEqual([
    ["not_met", "2024-01-04"],
    ["met", "2024-01-10"],
    ["not_met", "2024-01-11"],
  ]);
});
