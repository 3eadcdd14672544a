import platformClient from "purecloud-platform-client-v2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { conversationSchema } from "../../src/adapters/sources/genesys/conversation-schema.ts";
import { mapConversation } from "../../src/adapters/sources/genesys/map-conversation.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { openSmallSimulator, readTruth, type TruthRow } from "./simulate.ts";

/** The vendor's own client, which knows nothing of gami, drives the simulator. */
let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await openSmallSimulator();
  const { port } = new URL(simulator.url);
  platformClient.ApiClient.instance.setGateway({ host: "127.0.0.1", protocol: "http", port: Number(port) });
  await platformClient.ApiClient.instance.loginClientCredentialsGrant("sim-client", "sim-secret");
});
afterAll(() => simulator.close());

const from = "2026-02-01T00:00:00.000Z";
const to = "2026-02-04T00:00:00.000Z";

test("the SDK reads a details job to its end, and the mapped conversations are the true ones", async () => {
  const analytics = new platformClient.AnalyticsApi();
  const availability = await analytics.getAnalyticsConversationsDetailsJobsAvailability();
  expect(Date.parse(availability.dataAvailabilityDate ?? "")).toBeGreaterThan(Date.parse(to));
  const { jobId = "" } = await analytics.postAnalyticsConversationsDetailsJobs({ interval: `${from}/${to}` });
  expect((await analytics.getAnalyticsConversationsDetailsJob(jobId)).state).toBe("PENDING");
  expect((await analytics.getAnalyticsConversationsDetailsJob(jobId)).state).toBe("FULFILLED");
  const conversations: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await analytics.getAnalyticsConversationsDetailsJobResults(jobId, {
      pageSize: 100,
      ...(cursor === undefined ? {} : { cursor }),
    });
    conversations.push(...(page.conversations ?? []));
    cursor = page.cursor;
  } while (cursor !== undefined);
  const mapped = conversations
    .map((conversation) => conversationSchema.parse(conversation))
    .filter(({ conversationStart }) => conversationStart >= from && conversationStart < to)
    .flatMap((conversation) => mapConversation(conversation, { customerKey: null }));
  const truth = await readTruth(simulator.url, "genesys", "interaction", from, to);
  expect(truth.length).toBeGreaterThan(300);
  const interactions = mapped.filter(({ stream }) => stream === "interaction").map(({ record }) => record);
  expect(byKey(interactions.map((record) => sameColumns(record, truth[0])))).toEqual(byKey(truth));
});

test("users come page by page, each with a team and an employee id", async () => {
  const users = new platformClient.UsersApi();
  const first = await users.getUsers({ pageSize: 10, pageNumber: 1, state: "any", expand: ["team", "employerInfo"] });
  const all = [...(first.entities ?? [])];
  for (let pageNumber = 2; pageNumber <= (first.pageCount ?? 0); pageNumber += 1) {
    all.push(...((await users.getUsers({ pageSize: 10, pageNumber, state: "any" })).entities ?? []));
  }
  const truth = await readTruth(simulator.url, "genesys", "agent");
  expect(new Set(all.map(({ id }) => id))).toEqual(new Set(truth.map(({ agent_native_id }) => agent_native_id)));
  expect(all.every(({ team, employerInfo, version }) => team?.id && employerInfo?.employeeId && version > 0)).toBe(true);
  const [, second] = all;
  const unit = await new platformClient.WorkforceManagementApi().getWorkforcemanagementAgentManagementunit(second?.id ?? "");
  const units = await new platformClient.WorkforceManagementApi().getWorkforcemanagementManagementunits({ pageSize: 100 });
  expect(units.entities?.find(({ id }) => id === unit.managementUnit?.id)?.timeZone).toBe(
    truth.find(({ agent_native_id }) => agent_native_id === second?.id)?.zone,
  );
});

test("teams by cursor, queues by page", async () => {
  const teams = await new platformClient.TeamsApi().getTeams({ pageSize: 4 });
  expect(teams.entities).toHaveLength(4);
  const after = new URL(teams.nextUri ?? "", simulator.url).searchParams.get("after") ?? "";
  const rest = await new platformClient.TeamsApi().getTeams({ pageSize: 4, after });
  expect(rest.entities?.map(({ id }) => id)).not.toContain(teams.entities?.[0]?.id);
  expect((await new platformClient.RoutingApi().getRoutingQueues({ pageSize: 100 })).total).toBe(6);
});

test("points of every member and day add up to what the events paid", async () => {
  const gamification = new platformClient.GamificationApi();
  const { entities: profiles = [] } = await gamification.getGamificationProfiles();
  let points = 0;
  for (const { id = "" } of profiles) {
    const { entities: members = [] } = await gamification.getGamificationProfileMembers(id);
    for (const member of members) {
      const trend = await gamification.getGamificationScorecardsUserPointsTrends(member.id ?? "", "2026-01-05", "2026-03-20");
      points += (trend.trend ?? []).reduce((sum, day) => sum + (day.points ?? 0), 0);
    }
  }
  const paid = (await readTruth(simulator.url, "genesys", "gamification_event")).filter(({ event_kind }) => event_kind === "points_earned");
  const members = new Set(
    (await readTruth(simulator.url, "genesys", "agent")).filter(({ is_active }) => is_active).map(({ agent_native_id }) => agent_native_id),
  );
  const expected = paid
    .filter(({ agent_native_id }) => members.has(agent_native_id ?? ""))
    .reduce((sum, { points_milli }) => sum + Number(points_milli), 0);
  expect(points * 1_000).toBe(expected);
  expect(expected).toBeGreaterThan(0);
});

test("a scorecard shows points per metric on a workday, and contests have their life", async () => {
  const gamification = new platformClient.GamificationApi();
  const [day] = await readTruth(simulator.url, "genesys", "points_day");
  const scorecard = await gamification.getGamificationScorecardsUser(String(day?.agent_native_id), String(day?.work_date));
  expect(scorecard.entities?.find(({ metric }) => metric?.name === day?.metric)?.points).toBe(Number(day?.points_milli) / 1_000);
  const contests = await gamification.getGamificationContests({ pageSize: 100 });
  expect(contests.entities?.map(({ status }) => status)).toContain("Upcoming");
});

test("external metric definitions come page by page, each with its unit and objective", async () => {
  const gamification = new platformClient.GamificationApi();
  const pages = [
    await gamification.getEmployeeperformanceExternalmetricsDefinitions({ pageSize: 1, pageNumber: 1 }),
    await gamification.getEmployeeperformanceExternalmetricsDefinitions({ pageSize: 1, pageNumber: 2 }),
  ];
  expect(pages.flatMap(({ entities }) => entities ?? [])).toMatchObject([
    { id: "em-points", name: "gami points", unit: "Number", defaultObjectiveType: "HigherIsBetter", enabled: true },
    { id: "em-quality", name: "gami quality points", precision: 0 },
  ]);
  expect(pages[0]).toMatchObject({ total: 2, pageCount: 2 });
});

test("evaluations by time, adherence by job, shifts by search", async () => {
  const evaluations = await new platformClient.QualityApi().getQualityEvaluationsQuery({ startTime: from, endTime: to, pageSize: 100 });
  expect(evaluations.total).toBe((await readTruth(simulator.url, "genesys", "evaluation", from, to)).length);
  const workforce = new platformClient.WorkforceManagementApi();
  const body = { items: [{ managementUnitId: "mu-nyc", startDate: from, endDate: to }], timeZone: "America/New_York" };
  const { job } = await workforce.postWorkforcemanagementAdherenceHistoricalBulk(body);
  await workforce.getWorkforcemanagementAdherenceHistoricalBulkJob(job?.id ?? "");
  const done = await workforce.getWorkforcemanagementAdherenceHistoricalBulkJob(job?.id ?? "");
  expect(done.job?.status).toBe("Complete");
  const result: unknown = await (await fetch(done.downloadUrls?.[0] ?? "")).json();
  expect(result).toMatchObject({ userResults: expect.arrayContaining([expect.objectContaining({ impact: "Neutral" })]) });
  const found = await workforce.postWorkforcemanagementManagementunitAgentschedulesSearch("mu-nyc", { startDate: from, endDate: to });
  expect(found.result?.agentSchedules?.length).toBeGreaterThan(2);
});

test("evaluations are found by the time they were submitted or released, and scored again; their conversations come by id", async () => {
  const quality = new platformClient.QualityApi();
  const inRange = async (field: string) => {
    const query = [{ type: "DATE_RANGE", field, startValue: from, endValue: "2026-02-03T23:59:59.999Z" }];
    return (
      (await quality.postQualityEvaluationsSearch({ query, pageSize: 100, pageNumber: 1, sortBy: field, sortOrder: "ASC" })).results ?? []
    );
  };
  const submitted = await inRange("submittedDate");
  const ids = (await readTruth(simulator.url, "genesys", "evaluation", from, to)).map(({ evaluation_id }) => evaluation_id);
  expect(submitted.map(({ id }) => id).sort()).toEqual(ids.sort());
  expect((await inRange("releaseDate")).length).toBeGreaterThan(5);
  const [first, second] = submitted;
  const wanted = [first?.conversation?.id ?? "", second?.conversation?.id ?? ""];
  const analytics = new platformClient.AnalyticsApi();
  const { conversations = [] } = await analytics.getAnalyticsConversationsDetails({ id: [...wanted, "i-none-0-0"] });
  expect(conversations.map(({ conversationId }) => conversationId)).toEqual(wanted);
  expect(Date.parse(conversations[0]?.conversationStart ?? "")).toBe(Date.parse(first?.conversationDate ?? ""));
  const form: platformClient.Models.Evaluation = { answers: { totalScore: 7.5 } };
  await quality.putQualityConversationEvaluation(wanted[0] ?? "", first?.id ?? "", form);
  const [again] = (await analytics.getAnalyticsConversationsDetails({ id: wanted.slice(0, 1) })).conversations ?? [];
  expect(again?.evaluations?.find(({ evaluationId }) => evaluationId === first?.id)?.oTotalScore).toBe(7.5);
  expect((await inRange("submittedDate")).map(({ id }) => id)).not.toContain(first?.id);
});

test("an error has the shape the SDK expects", async () => {
  const trouble = await new platformClient.UsersApi().getUser("nobody").catch((error: unknown) => error);
  expect(trouble).toMatchObject({ status: 404, code: "not.found", contextId: "sim-0000" });
});

function byKey(rows: readonly TruthRow[]): Map<string, TruthRow> {
  return new Map(rows.map((row) => [`${row.interaction_id} ${row.agent_native_id} ${row.segment_id}`, row]));
}

function sameColumns(record: Readonly<Record<string, string | number | boolean | null>>, like: TruthRow | undefined): TruthRow {
  return Object.fromEntries(Object.keys(like ?? {}).map((name) => [name, record[name] ?? null]));
}
