import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openGenesys } from "../../src/adapters/sources/genesys/open-genesys.ts";
import { reportGaps } from "../../src/app/ingest/extract-gaps.ts";
import { checkPlatform } from "../../src/app/project/check-platforms.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { askGenesys } from "../simulator/genesys-client.ts";
import { setClock } from "../simulator/simulate.ts";
import {
  dayMs,
  endDay,
  firstDay,
  genesysAt,
  genesysSettings,
  openProject,
  type Project,
  setFaults,
  simulatorCounts,
  smallParameters,
  startCentre,
  truthOf,
} from "../support/extraction.ts";

vi.setConfig({ testTimeout: 120_000 });

let centre: RunningSimulator;
let project: Project;
const everything = ["users", "queues", "contests", "external-metrics", "shifts", "adherence", "conversations", "points"];

beforeAll(async () => {
  centre = await startCentre();
  project = await openProject();
  await project.extract(genesysAt(centre.url), everything);
});

afterAll(async () => {
  await project.close();
  await centre.close();
});

/** Jobs bring what was active in a slice, so the day before the first slice reaches in. */
const inSlices = `entered_at >= '${new Date(firstDay).toISOString()}' and entered_at < '${new Date(endDay).toISOString()}'`;

test("[T15] interactions, agents and queues are the simulated truth, row for row", async () => {
  for (const [stream, where] of [
    ["interaction", inSlices],
    ["agent", "true"],
    ["queue", "true"],
  ] as const) {
    const truth = await truthOf(centre.url, stream);
    expect(truth.rows.length).toBeGreaterThan(5);
    expect(await project.rows(stream, truth.columns, where)).toEqual(truth.rows);
  }
});

test("evaluations and surveys come with their conversations", async () => {
  for (const stream of ["evaluation", "survey"] as const) {
    const truth = await truthOf(centre.url, stream, firstDay, endDay + 7 * dayMs);
    const known = new Set(truth.rows);
    const rows = await project.rows(stream, truth.columns);
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter((row) => !known.has(row))).toEqual([]);
  }
});

test("shifts, adherence and points are the simulated truth, row for row", async () => {
  for (const stream of ["shift", "adherence", "points_day"] as const) {
    const truth = await truthOf(centre.url, stream);
    expect(truth.rows.length, stream).toBeGreaterThan(5);
    expect(await project.rows(stream, truth.columns), stream).toEqual(truth.rows);
  }
});

test("contests become challenges, whose status follows from their dates", async () => {
  const truth = await truthOf(centre.url, "challenge");
  expect(await project.rows("challenge", truth.columns)).toEqual(truth.rows);
  const turns = await project.rows("challenge_status", ["challenge_native_id", "effective_at", "status"]);
  const known = new Set((await truthOf(centre.url, "challenge_status")).rows);
  expect(turns.filter((turn) => known.has(turn)).length).toBeGreaterThan(truth.rows.length - 1);
});

test("external metrics take the place of the badges the platform does not have, unit and objective as their criteria", async () => {
  const rows = await project.warehouse.rows("select badge_native_id, name, tier, criteria from raw.genesys_badge order by 1");
  expect(rows.map(({ badge_native_id, name, tier }) => [badge_native_id, name, tier])).toEqual([
    ["em-points", "gami points", null],
    ["em-quality", "gami quality points", null],
  ]);
  expect(JSON.parse(String(rows[0]?.criteria))).toEqual({
    kind: "external_metric",
    unit: "Number",
    unit_definition: null,
    precision: 0,
    objective: "HigherIsBetter",
    is_enabled: true,
  });
  const read = genesysAt(centre.url).reads.find(({ name }) => name === "external-metrics");
  expect(read).toMatchObject({ streams: ["badge"], permission: "employeePerformance:externalMetricDefinition:view" });
});

test("a second reading changes nothing, and says so in its totals", async () => {
  const before = await project.warehouse.contentHash({ versions: true });
  const again = await project.extract(genesysAt(centre.url), everything, { since: null });
  expect(again.totals).toMatchObject({ new: 0, changed: 0, quarantined: 0 });
  expect(again.totals.unchanged).toBeGreaterThan(100);
  expect(await project.warehouse.contentHash({ versions: true })).toBe(before);
});

test("a full refresh and a reset read everything again and change nothing; a reset forgets what was read", async () => {
  const platform = genesysAt(centre.url);
  const own = await openProject();
  const coverage = async () => (await reportGaps(own.warehouse, platform, null)).find(({ read }) => read === "conversations");
  await own.extract(platform, ["conversations"]);
  const before = await own.warehouse.contentHash({ versions: true });
  const refreshed = await own.extract(platform, ["conversations"], { since: null, isFullRefresh: true });
  expect(refreshed.reads[0]).toMatchObject({ from: firstDay, to: endDay, isBackfill: false, totals: { new: 0, changed: 0 } });
  expect(await own.warehouse.contentHash({ versions: true })).toBe(before);
  const secondDay = firstDay + dayMs;
  const reset = await own.extract(platform, ["conversations"], { since: secondDay, until: null, isReset: true });
  expect(reset.reads[0]).toMatchObject({ from: secondDay, totals: { new: expect.any(Number), changed: 0 } });
  expect((await coverage())?.covered[0]?.from).toBe(secondDay);
  const interactions = (since: number, until: number) =>
    own.rows(
      "interaction",
      ["interaction_id"],
      `entered_at >= '${new Date(since).toISOString()}' and entered_at < '${new Date(until).toISOString()}'`,
    );
  expect((await interactions(firstDay, endDay)).length).toBe((await project.rows("interaction", ["interaction_id"], inSlices)).length);
  await own.close();
});

test("[T31] [T32] days around a change of the clocks bring their shifts, adherence and points like any other", async () => {
  const start = "2026-03-02";
  const spring = await startCentre({ parameters: { ...smallParameters, start, days: 10 }, now: Date.parse("2026-03-20T00:00:00Z") });
  const own = await openProject();
  const [since, until] = [Date.parse("2026-03-06T00:00:00Z"), Date.parse("2026-03-11T00:00:00Z")];
  await own.extract(genesysAt(spring.url), ["shifts", "adherence", "points"], { since, until });
  for (const stream of ["shift", "adherence", "points_day"] as const) {
    const truth = await truthOf(spring.url, stream, since, until);
    expect(truth.rows.length, stream).toBeGreaterThan(5);
    expect(await own.rows(stream, truth.columns), stream).toEqual(truth.rows);
  }
  await own.close();
  await spring.close();
});

test.each(["conversations", "adherence"])(
  "[T35] %s: a run that breaks inside a job that takes long goes on with the same job",
  async (name) => {
    const broken = await openProject();
    const { jobsSubmitted } = await simulatorCounts(centre.url);
    const { settings, open } = genesysSettings(centre.url);
    // Each look at the clock is six seconds after the one before.
    let looks = 0;
    const platform = openGenesys({ ...open, settings, now: () => Date.now() + 6_000 * looks++ });
    const read = platform.reads.filter((read) => read.name === name);
    const once = {
      ...platform,
      async *pages(...asked: Parameters<typeof platform.pages>) {
        for await (const page of platform.pages(...asked)) {
          yield page;
          // Behind the checkpoint of the first job.
          throw new Error("the machine stops");
        }
      },
    };
    await expect(broken.extract({ ...once, reads: read }, [name], { until: firstDay + dayMs })).rejects.toThrow("the machine stops");
    await broken.extract(platform, [name], { until: firstDay + dayMs });
    expect((await simulatorCounts(centre.url)).jobsSubmitted - jobsSubmitted).toBe(1);
    await broken.close();
  },
);

test("an expired job or cursor starts the slice over", async () => {
  const expiring = await openProject();
  await setFaults(centre.url, [{ name: "expire-cursor", rate: 1, times: 2 }]);
  await expiring.extract(genesysAt(centre.url), ["conversations"]);
  await setFaults(centre.url, []);
  const truth = await truthOf(centre.url, "interaction");
  expect(await expiring.rows("interaction", truth.columns, inSlices)).toEqual(truth.rows);
  await expiring.close();
});

test("names, numbers and addresses reach neither raw tables nor the archive", async () => {
  const archived = (await project.archive.committed()).filter(({ stream }) => stream === "agent" || stream === "interaction");
  let payloads = "";
  for (const manifest of archived)
    for await (const rows of project.archive.rows(manifest)) for (const { payload } of rows) payloads += payload;
  expect(payloads.length).toBeGreaterThan(10_000);
  expect(payloads).not.toMatch(/\+1555|@example\.com|Example 0/);
  const [customers] = await project.warehouse.rows(
    "select count(distinct customer_key) as n, min(length(customer_key)) as l from raw.genesys_interaction",
  );
  expect(customers).toMatchObject({ l: 32 });
  expect(Number(customers?.n)).toBeGreaterThan(10);
});

test("what vanishes from a conversation is closed as deleted, and nothing else is", async () => {
  const shrinking = await openProject();
  await shrinking.extract(genesysAt(centre.url), ["conversations"]);
  const columns = ["interaction_id", "segment_id"];
  const [victim = "[]", ...others] = await shrinking.rows("interaction", columns, "agent_native_id is not null");
  const [conversation, segment] = JSON.parse(victim);
  const platform = genesysAt(centre.url);
  const withoutVictim: typeof platform = {
    ...platform,
    async *pages(...asked) {
      for await (const page of platform.pages(...asked)) {
        const isVictim = (item: (typeof page.items)[number]) =>
          item.kind === "record" && item.record.interaction_id === conversation && item.record.segment_id === segment;
        yield { ...page, items: page.items.filter((item) => !isVictim(item)) };
      }
    },
  };
  const { totals } = await shrinking.extract(withoutVictim, ["conversations"]);
  expect(totals).toMatchObject({ new: 0, changed: 1 });
  expect(await shrinking.rows("interaction", columns, "agent_native_id is not null")).toEqual(others);
  // And comes back when the platform says it again.
  await shrinking.extract(platform, ["conversations"]);
  expect(await shrinking.rows("interaction", columns, "agent_native_id is not null")).toEqual([victim, ...others]);
  await shrinking.close();
});

test("[T36] throttled bursts leave no gap; an interval that was left out is one until it is read", async () => {
  const gapped = await openProject();
  const platform = genesysAt(centre.url);
  const gaps = async () => {
    const coverage = await reportGaps(gapped.warehouse, platform, null);
    return coverage.find(({ read }) => read === "conversations");
  };
  await setFaults(centre.url, [
    { name: "throttle", rate: 1, path: "/results", times: 2 },
    { name: "throttle-bare", rate: 1, path: "/details/jobs", times: 1 },
  ]);
  const { reads } = await gapped.extract(platform, ["conversations"], { until: firstDay + 2 * dayMs });
  await setFaults(centre.url, []);
  expect(reads[0]?.counts.throttled).toBe(3);
  expect(reads[0]?.counts.waitedMs).toBeGreaterThan(1_000);
  expect(await gaps()).toMatchObject({ watermark: firstDay + 2 * dayMs, gaps: [] });
  const [from, to] = [firstDay + 3 * dayMs, firstDay + 4 * dayMs];
  const later = await gapped.extract(platform, ["conversations"], { since: from, until: to });
  expect(later.reads[0]).toMatchObject({ isBackfill: true, slices: 1 });
  expect(await gaps()).toMatchObject({ watermark: firstDay + 2 * dayMs, gaps: [{ from: firstDay + 2 * dayMs, to: from }] });
  await gapped.extract(platform, ["conversations"], { since: null, until: to });
  expect(await gaps()).toMatchObject({ watermark: to, gaps: [] });
  const truth = await truthOf(centre.url, "interaction");
  expect(await gapped.rows("interaction", truth.columns, inSlices)).toEqual(truth.rows);
  await gapped.close();
});

test("a day that is not over, one that lies ahead and an empty position are refused before the first request", async () => {
  const platform = genesysAt(centre.url);
  const tomorrow = Date.now() + dayMs;
  const fresh = await openProject();
  for (const [wish, code] of [
    [{ until: tomorrow }, "DAY_NOT_OVER"],
    [{ since: tomorrow, until: null }, "SINCE_AHEAD"],
    [{ since: null, until: null }, "SINCE_MISSING"],
  ] as const) {
    // The listing of queues needs no day, and would be read before conversations are looked at.
    await expect(fresh.extract(platform, ["queues", "conversations"], wish), code).rejects.toMatchObject({ code });
  }
  expect(platform.counts().requests).toBe(0);
  expect(await fresh.warehouse.batches()).toEqual([]);
  await fresh.close();
});

test("[S2-R1] an organisation without workforce management still has its agents: doctor says what is missing, a setting leaves zones out", async () => {
  const { settings, open } = genesysSettings(centre.url);
  const modest = openGenesys({ ...open, settings: { ...settings, agentZones: "organisation" } });
  const own = await openProject();
  await setFaults(centre.url, [{ name: "forbidden", rate: 1, path: "/workforcemanagement/" }]);
  const { detail } = await checkPlatform(genesysAt(centre.url), firstDay + 2 * dayMs);
  const { totals } = await own.extract(modest, ["users"]);
  await setFaults(centre.url, []);
  expect([...detail.matchAll(/^(\w+) needs/gm)].map(([, name]) => name)).toEqual(["users", "shifts", "adherence"]);
  const truth = await truthOf(centre.url, "agent");
  expect(totals).toMatchObject({ new: truth.rows.length, quarantined: 0 });
  const columns = truth.columns.filter((name) => name !== "zone");
  expect(await own.rows("agent", columns)).toEqual(await project.rows("agent", columns));
  expect(await own.rows("agent", ["zone"], "zone is not null")).toEqual([]);
  await own.close();
});

test("[S0-R1] [S1-R1] [S3-R1] [S4-R1] [T108] no licence is asked for: without the gamification add-on doctor names what is missing, and all else is read", async () => {
  const own = await openProject();
  await setFaults(centre.url, [{ name: "forbidden", rate: 1, path: "/gamification/" }]);
  const { state, detail } = await checkPlatform(genesysAt(centre.url), firstDay + 2 * dayMs);
  const { totals } = await own.extract(genesysAt(centre.url), ["queues", "external-metrics"]);
  await setFaults(centre.url, []);
  expect(state).toBe("fail");
  expect([...detail.matchAll(/^(\w+) needs (.*)$/gm)].map(([line]) => line)).toEqual([
    "contests needs gamification:contest:viewAll",
    "points needs gamification:profile:view, gamification:scorecard:viewAll",
  ]);
  expect(totals.new).toBeGreaterThan(5);
  expect(totals.quarantined).toBe(0);
  await own.close();
});

test("[S2-R17] each row names its platform, its batch and a key made of what it is: another warehouse gives it the same key", async () => {
  const own = await openProject();
  await own.extract(genesysAt(centre.url), ["conversations"], { until: firstDay + dayMs });
  const keys = (of: Project) =>
    of.warehouse.rows(`
      select event.business_key::text as key, event.source, batch.archive_path is not null as is_archived
      from raw.genesys_interaction as event inner join meta.batch as batch on event.batch_id = batch.batch_id
      where event.entered_at < '${new Date(firstDay + dayMs / 2).toISOString()}'::timestamp and event.superseded_seq is null order by 1`);
  const rows = await keys(own);
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.every(({ source, is_archived }) => source === "genesys" && is_archived === true)).toBe(true);
  expect(await keys(project)).toEqual(rows);
  await own.close();
});

test("doctor says that the search for late evaluations is not allowed", async () => {
  await setFaults(centre.url, [{ name: "forbidden", rate: 1, path: "/quality/evaluations/search" }]);
  const { state, detail } = await checkPlatform(genesysAt(centre.url), firstDay + 2 * dayMs);
  await setFaults(centre.url, []);
  expect(state).toBe("fail");
  expect(detail).toContain("1 of 8 reads not allowed\nconversations needs analytics:conversationDetail:view, quality:evaluation:searchAny");
});

test("an evaluation scored again long after the trailing window is found by its own search, or by the backfill that is documented", async () => {
  const [found, left] = [await openProject(), await openProject()];
  const { settings, open } = genesysSettings(centre.url);
  const withoutSearch = openGenesys({ ...open, settings: { ...settings, lateEvaluations: "backfill" } });
  const since = firstDay + dayMs;
  const before = { since, until: firstDay + 10 * dayMs };
  await found.extract(genesysAt(centre.url), ["conversations"], before);
  await left.extract(withoutSearch, ["conversations"], before);
  const evaluatedIn = async (into: Project, from: number) => {
    const [first] = await into.warehouse.rows(
      `select e.evaluation_id, e.interaction_id from raw.genesys_evaluation as e
      join raw.genesys_interaction as i on e.interaction_id = i.interaction_id
      where i.entered_at >= $1::timestamp order by i.entered_at`,
      [new Date(from).toISOString()],
    );
    return first;
  };
  const [asked, unasked] = [await evaluatedIn(found, since), await evaluatedIn(project, firstDay)];
  const ask = await askGenesys(centre.url);
  for (const rescored of [asked, unasked]) {
    const path = `/api/v2/quality/conversations/${rescored?.interaction_id}/evaluations/${rescored?.evaluation_id}`;
    expect((await ask("PUT", path, { answers: { totalScore: 12.5 } })).status).toBe(200);
  }
  await setClock(centre.url, new Date(firstDay + 13 * dayMs + 7 * 3_600_000).toISOString());
  const score = async (into: Project) =>
    (await into.rows("evaluation", ["score_milli", "evaluated_at"], `evaluation_id = '${asked?.evaluation_id}'`))[0];
  const goOn = { since: null, until: null };
  const late = await found.extract(genesysAt(centre.url), ["conversations"], goOn);
  await left.extract(withoutSearch, ["conversations"], goOn);
  expect(late.reads[0]).toMatchObject({ from: firstDay + 6 * dayMs, totals: { changed: 1, quarantined: 0 } });
  const rescored = JSON.stringify(["12500", new Date(firstDay + 12 * dayMs).toISOString()]);
  expect(await score(found)).toBe(rescored);
  expect(await score(left)).not.toBe(rescored);
  // Its conversation is of a day nobody asked for.
  expect(await found.rows("evaluation", ["evaluation_id"], `evaluation_id = '${unasked?.evaluation_id}'`)).toEqual([]);
  await left.extract(withoutSearch, ["conversations"], { since, until: since + dayMs });
  expect(await score(left)).toBe(rescored);
  await found.close();
  await left.close();
});
