import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { recordKey } from "../records/record.ts";
import { streamDefinition } from "../records/streams.ts";
import { type AgentDay, agentDay, teamDay } from "./agent-day.ts";
import { dateText, dayMs, instantOf, mondayOf, weekOf } from "./calendar.ts";
import { isEmployed, teamOn } from "./careers.ts";
import { handleMsOf } from "./contacts.ts";
import { csvLine } from "./csv-text.ts";
import type { Delivery } from "./delivery.ts";
import { feedOf } from "./feed.ts";
import { defaultEffects, defaultOddities, parameterFaults, type SimulationParameters } from "./parameters.ts";
import { workedShifts } from "./roster.ts";
import { createWorld, handleLevelOf, type World } from "./world.ts";

const base: SimulationParameters = {
  seed: "42",
  agents: 20,
  days: 21,
  start: "2026-03-02",
  contactsPerDay: 12,
  allocation: "random",
  effects: defaultEffects,
  oddities: defaultOddities,
};

function linesOf(deliveries: readonly Delivery[]): string {
  return deliveries.map(({ stream, record }) => `${stream},${csvLine(streamDefinition(stream).columns, record)}`).join("");
}

function allDeliveries(world: World): Delivery[] {
  return [...feedOf(world)].flatMap(({ deliveries }) => deliveries);
}

test("the same seed gives the same bytes, here and on every machine", () => {
  const hash = createHash("sha256")
    .update(linesOf(allDeliveries(createWorld(base))))
    .digest("hex");
  expect(hash).toBe("59334c0907ef02d8abd374eda27c74a81f10c2defe5b52b5f35c265f16eff65e");
});

test("another seed gives another centre", () => {
  expect(linesOf(allDeliveries(createWorld({ ...base, seed: "43" })))).not.toBe(linesOf(allDeliveries(createWorld(base))));
});

test("any agent's day made alone equals that day of the whole", () => {
  const whole = new Map<string, AgentDay>();
  const world = createWorld(base);
  for (const { agentDays } of feedOf(world)) for (const made of agentDays) whole.set(`${made.agent.nativeId} ${made.day}`, made);
  const fresh = createWorld(base);
  const agents = fc.integer({ min: 0, max: fresh.agents.length - 1 });
  const days = fc.integer({ min: fresh.firstDay, max: fresh.lastDay });
  fc.assert(
    fc.property(agents, days, (index, day) => {
      const agent = fresh.agents[index];
      if (agent === undefined) throw new Error("no such agent");
      const alone = agentDay(fresh, agent, day);
      expect(linesOf(alone.deliveries)).toBe(linesOf(whole.get(`${agent.nativeId} ${day}`)?.deliveries ?? []));
    }),
    { numRuns: 60 },
  );
});

test("keys are distinct, and only corrections, resends and duplicates repeat one", () => {
  const seen = new Set<string>();
  for (const { stream, record, cause } of allDeliveries(createWorld({ ...base, agents: 60, days: 90 }))) {
    const key = `${stream} ${recordKey(streamDefinition(stream), "csv:sim", record)}`;
    expect(seen.has(key)).toBe(cause !== "first");
    seen.add(key);
  }
});

const worlds = fc.record({
  seed: fc.string({ maxLength: 12 }),
  agents: fc.integer({ min: 20, max: 60 }),
  start: fc.constantFrom("2025-10-13", "2026-02-23", "2026-03-16", "1999-12-20"),
  contactsPerDay: fc.integer({ min: 1, max: 60 }),
  allocation: fc.constantFrom("random", "operational", "performance"),
});

test("[T81] handle time is the sum of its parts, contacts end after they start, scores are in scale, work happens in employment and shift", () => {
  fc.assert(
    fc.property(worlds, (changes) => {
      const world = createWorld({ ...base, days: 28, ...changes });
      for (const { deliveries, agentDays } of feedOf(world)) {
        for (const delivery of deliveries) checkRecord(delivery);
        for (const made of agentDays) checkAgentDay(world, made);
      }
    }),
    { numRuns: 12 },
  );
});

function checkRecord({ stream, record }: Delivery): void {
  const amount = (column: string): number => Number(record[column] ?? 0);
  if (stream === "interaction" && record.outcome === "answered") {
    if (amount("handle_ms") !== amount("talk_ms") + amount("hold_ms") + amount("after_call_ms") + amount("other_ms"))
      throw new Error("parts");
    if (amount("talk_ms") <= 0) throw new Error(`no talk in ${JSON.stringify(record)}`);
    if (!(amount("entered_at") <= amount("started_at") && amount("started_at") <= amount("ended_at"))) throw new Error("order");
    if (amount("source_updated_at") < amount("ended_at")) throw new Error("updated before its end");
  }
  if (stream === "interaction" && record.outcome !== "answered" && record.agent_native_id !== null) throw new Error("agent without answer");
  if (stream === "evaluation" && !(amount("score_milli") >= 0 && amount("score_milli") <= amount("max_score_milli")))
    throw new Error("score");
  if (stream === "survey" && !(amount("score_milli") >= 1_000 && amount("score_milli") <= 5_000)) throw new Error("survey");
  if (stream === "adherence" && amount("adherent_ms") > amount("scheduled_ms")) throw new Error("adherence");
  if (stream === "gamification_event" && amount("engagement_ppm") < 0) throw new Error("engagement");
}

function checkAgentDay(world: World, { agent, day, contacts }: AgentDay): void {
  if (contacts.length === 0) return;
  if (!isEmployed(agent, day)) throw new Error(`${agent.nativeId} works on ${dateText(day)} without being employed`);
  const shifts = workedShifts(world, agent, day);
  for (const { startedAt } of contacts)
    if (!shifts.some(({ startsAt, endsAt }) => startedAt >= startsAt && startedAt < endsAt)) throw new Error("outside the shift");
}

test("agents hold one contact at a time, but for those that a colleague passes on", () => {
  const world = createWorld(base);
  for (let day = world.firstDay; day <= world.lastDay; day += 1)
    for (const { index } of world.teams)
      for (const { contacts } of teamDay(world, index, day)) {
        const own = contacts.filter(({ segmentId }) => segmentId === null);
        for (const [place, contact] of own.slice(1).entries()) {
          const before = own[place];
          expect(contact.startedAt).toBeGreaterThanOrEqual(
            (before?.startedAt ?? 0) + (before === undefined ? 0 : handleMsOf(before)) - 1e-9,
          );
        }
      }
});

test("[T79] both parts of a transfer name each other, the second begins 20 seconds after the first ended", () => {
  const parts = new Map<string, Delivery["record"][]>();
  for (const { record, stream, cause } of allDeliveries(createWorld(base)))
    if (stream === "interaction" && cause === "first" && record.segment_id !== null)
      parts.set(String(record.interaction_id), [...(parts.get(String(record.interaction_id)) ?? []), record]);
  expect(parts.size).toBeGreaterThan(20);
  for (const found of parts.values()) {
    const [first, second] = found.toSorted((one, other) => Number(one.segment_id) - Number(other.segment_id));
    expect(found.length).toBe(2);
    expect([first?.transferred_to, second?.transferred_from]).toEqual([second?.agent_native_id, first?.agent_native_id]);
    expect([first?.is_primary_agent, second?.is_primary_agent]).toEqual([false, true]);
    expect(Number(second?.started_at) - Number(first?.ended_at)).toBe(20_000);
  }
});

test("rows arrive in the order of their days, and what is still on its way at the end is left out", () => {
  const world = createWorld(base);
  for (const { day, deliveries } of feedOf(world))
    for (const delivery of deliveries) {
      expect(delivery.day).toBeLessThanOrEqual(day);
      expect(delivery.day).toBeLessThanOrEqual(world.lastDeliveryDay);
    }
});

test("[T56] a move between teams is a new version of the agent from local midnight on, with days off around it", () => {
  const world = createWorld({ ...base, agents: 400, days: 60 });
  const movers = world.agents.filter(({ stays }) => stays.length > 1);
  expect(movers.length).toBeGreaterThan(5);
  const versions = allDeliveries({ ...world, teams: [] }).filter(({ stream }) => stream === "agent");
  for (const agent of movers) {
    const [, move] = agent.stays;
    if (move === undefined) throw new Error("no move");
    const version = versions.find(({ record }) => record.agent_native_id === agent.nativeId && record.team_id === move.team.id);
    expect(version?.record.effective_at).toBe(instantOf(move.team.site.zone, move.from, 0));
    expect([move.from - 1, move.from].flatMap((day) => workedShifts(world, agent, day))).toEqual([]);
    expect(teamOn(agent, move.from - 1)).not.toBe(teamOn(agent, move.from));
  }
});

test("[T38] evaluations come two days late, some after 72 hours", () => {
  const world = createWorld({ ...base, agents: 60 });
  const started = new Map(
    allDeliveries(world).flatMap(({ stream, record }) =>
      stream === "interaction" ? [[record.interaction_id, Number(record.ended_at)]] : [],
    ),
  );
  const waits = allDeliveries(world).flatMap(({ stream, record }) =>
    stream === "evaluation" ? [(Number(record.evaluated_at) - (started.get(record.interaction_id) ?? 0)) / 3_600_000] : [],
  );
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(47.9);
  expect(waits.filter((hours) => hours > 72).length / waits.length).toBeGreaterThan(0.02);
  expect(waits.filter((hours) => hours > 72).length / waits.length).toBeLessThan(0.12);
});

test("[T53] two campaigns pay one action less than a second apart, under different event ids", () => {
  const world = createWorld({ ...base, agents: 100, days: 70, contactsPerDay: 25 });
  const paid = new Map<string, Delivery["record"][]>();
  for (const { stream, record, cause } of allDeliveries(world))
    if (stream === "gamification_event" && cause === "first" && record.event_kind === "points_earned")
      paid.set(`${record.agent_native_id} ${record.interaction_id} ${record.action_type}`, [
        ...(paid.get(`${record.agent_native_id} ${record.interaction_id} ${record.action_type}`) ?? []),
        record,
      ]);
  const twice = [...paid.values()].filter((records) => records.length > 1);
  expect(twice.length).toBeGreaterThan(0);
  for (const [one, other] of twice) {
    expect(one?.challenge_native_id).not.toBe(other?.challenge_native_id);
    expect(one?.event_id).not.toBe(other?.event_id);
    expect(Math.abs(Number(one?.occurred_at) - Number(other?.occurred_at))).toBeLessThan(1_000);
  }
});

test("enrolment begins on Mondays, team by team, never within the first eight full weeks of a long run", () => {
  const world = createWorld({ ...base, agents: 200, days: 182, start: "2026-01-05" });
  for (const launch of world.rollOut.launchDays) expect(launch).toBe(mondayOf(weekOf(launch)));
  expect(world.rollOut.launchDays[0] - world.firstDay).toBeGreaterThanOrEqual(56);
  expect(world.rollOut.launchDays.length).toBe(3);
  const early = world.agents.filter(({ enrolledOn }) => enrolledOn !== null && enrolledOn < world.rollOut.launchDays[0]);
  expect(early).toEqual([]);
});

/** Mean handle time per agent before the first and after the last launch, seconds, straight from the contacts. */
function beforeAndAfter(world: World) {
  const last = world.rollOut.launchDays.at(-1) ?? 0;
  const sums = new Map<
    number,
    { enrolledOn: number | null; hiredOn: number; leftOn: number | null; pre: number[]; post: number[]; effect: number[] }
  >();
  for (const { agentDays } of feedOf(world))
    for (const { agent, day, contacts, level } of agentDays) {
      const own = sums.get(agent.subject) ?? { ...agent, pre: [], post: [], effect: [] };
      sums.set(agent.subject, own);
      const side = day < world.rollOut.launchDays[0] ? own.pre : day >= last ? own.post : null;
      for (const contact of contacts) side?.push(handleMsOf(contact) / 1_000);
      if (side === own.post && contacts.length > 0) own.effect.push(level.effectMs / 1_000);
    }
  return [...sums.values()].filter(({ pre, post }) => pre.length > 100 && post.length > 50);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const errorOfMean = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length * (values.length - 1)));

test("[T62] a comparison with the teams that never came in finds the true effect within three standard errors", () => {
  const effects = { ...defaultEffects, handleMs: -15_000, dipHandleMs: 0 };
  const world = createWorld({ ...base, agents: 240, days: 140, start: "2026-01-05", contactsPerDay: 10, effects });
  const agents = beforeAndAfter(world);
  const changeOf = ({ pre, post }: { pre: number[]; post: number[] }): number => mean(post) - mean(pre);
  const treated = agents.filter(({ enrolledOn }) => enrolledOn !== null);
  const untreated = agents.filter(({ enrolledOn }) => enrolledOn === null);
  const estimate = mean(treated.map(changeOf)) - mean(untreated.map(changeOf));
  const error = Math.hypot(errorOfMean(treated.map(changeOf)), errorOfMean(untreated.map(changeOf)));
  expect(mean(treated.flatMap(({ effect }) => effect))).toBe(-15);
  expect(error).toBeLessThan(4);
  expect(Math.abs(estimate + 15)).toBeLessThan(3 * error);
});

test("enrolment by performance picks agents in a dip, who recover without any programme", () => {
  const effects = { ...defaultEffects, handleMs: 0, dipHandleMs: 0 };
  const world = createWorld({ ...base, agents: 800, days: 120, start: "2026-01-05", allocation: "performance", effects });
  const launch = weekOf(world.rollOut.launchDays[0]);
  const chosen = world.agents.filter(({ enrolledOn }) => enrolledOn !== null);
  expect(chosen.length).toBeGreaterThan(170);
  const slowness = (week: number): number =>
    mean(chosen.map((agent) => handleLevelOf(world, agent, mondayOf(week)).shiftMs - agent.person.handleMs)) -
    mean(world.agents.map((agent) => handleLevelOf(world, agent, mondayOf(week)).shiftMs - agent.person.handleMs));
  expect(mean([1, 2, 3, 4].map((back) => slowness(launch - back)))).toBeGreaterThan(5_000);
  expect(Math.abs(mean([5, 6, 7].map((ahead) => slowness(launch + ahead))))).toBeLessThan(2_000);
});

test("attrition is near 3 % a month, and lower among the enrolled when the effect is strong", () => {
  const effects = { ...defaultEffects, hazardRatio: 0.3 };
  const world = createWorld({ ...base, agents: 3_000, days: 360, start: "2026-01-05", effects });
  let [days, leavers, enrolledDays, enrolledLeavers] = [0, 0, 0, 0];
  for (const agent of world.agents) {
    const from = Math.max(agent.hiredOn, world.firstDay);
    const to = agent.leftOn ?? world.lastDay;
    const enrolledFrom = agent.enrolledOn ?? to + 1;
    days += enrolledFrom - from;
    enrolledDays += to + 1 - enrolledFrom;
    if (agent.leftOn === null) continue;
    if (agent.leftOn >= enrolledFrom) enrolledLeavers += 1;
    else leavers += 1;
  }
  const monthly = 1 - (1 - leavers / days) ** (365.25 / 12);
  expect(monthly).toBeGreaterThan(0.025);
  expect(monthly).toBeLessThan(0.036);
  expect(enrolledLeavers / enrolledDays / (leavers / days)).toBeCloseTo(0.3, 1);
});

test("parameters that cannot be simulated are refused with every fault at once", () => {
  const faults = parameterFaults({ ...base, agents: 5, days: 0, start: "2026-02-30", contactsPerDay: 500 });
  expect(faults.length).toBe(4);
  expect(() => createWorld({ ...base, agents: 19 })).toThrow("agents 19: expected a whole number from 20 to 5000");
});

test("an instant of a delivery lies on its day", () => {
  for (const { stream, record, day, cause } of allDeliveries(createWorld(base)))
    if (stream === "interaction" && cause !== "duplicate" && record.outcome === "answered")
      expect(Math.floor(Number(record.source_updated_at) / dayMs)).toBe(day);
});
