import type { CanonicalRecord } from "../../domain/records/record.ts";
import { dayMs } from "../../domain/simulate/calendar.ts";
import type { Site } from "../../domain/simulate/organisation.ts";
import { type Centre, type DatedStream, seenAt } from "./centre.ts";
import {
  type Asked,
  fieldOf,
  instantOfText,
  isoText,
  json,
  listField,
  type Reply,
  type Route,
  textField,
  wholeParameter,
} from "./exchange.ts";
import { numbered, siteOfUnit } from "./genesys-directory.ts";
import { badRequest, notFound } from "./genesys-errors.ts";
import { findListed } from "./people.ts";
import { type SimulatorState, submitJob } from "./state.ts";

type Json = Readonly<Record<string, unknown>>;

/** Adherence, shifts and evaluations. */
export function genesysWorkforce(state: SimulatorState): Route[] {
  const wfm = "/api/v2/workforcemanagement";
  const route = (method: Route["method"], path: string, permission: string, answer: Route["answer"]): Route => ({
    method,
    path,
    permission,
    answer,
    platform: "genesys",
  });
  return [
    route("POST", `${wfm}/adherence/historical/bulk`, "wfm:historicalAdherence:view", ({ body }) => {
      if (listField(body, "items").length === 0) return badRequest("items", "expected at least one");
      const { id } = submitJob(state, "adherence", body);
      return json({ job: { id, status: "Processing" }, downloadUrls: [] }, {}, 202);
    }),
    route("GET", `${wfm}/adherence/historical/bulk/jobs/:id`, "wfm:historicalAdherence:view", (asked) => adherenceStatus(state, asked)),
    // A signed address: who has it may read it, without a token.
    { method: "GET", path: "/_download/adherence/:id", platform: null, answer: (asked) => adherenceResult(state, asked) },
    route("POST", `${wfm}/businessunits/:id/agentschedules/search`, "wfm:schedule:view", (asked) => schedules(state, asked)),
    route("POST", `${wfm}/managementunits/:id/agentschedules/search`, "wfm:schedule:view", (asked) => schedules(state, asked)),
    route("GET", "/api/v2/quality/evaluations/query", "quality:evaluation:view", (asked) => evaluations(state, asked)),
    route("POST", "/api/v2/quality/evaluations/search", "quality:evaluation:searchAny", (asked) => evaluations(state, asked)),
  ];
}

function adherenceStatus(state: SimulatorState, { params, origin }: Asked): Reply {
  const job = state.jobs.get(params.id ?? "");
  if (job === undefined) return notFound("job");
  job.polls += 1;
  if (job.polls < 2) return json({ job: { id: job.id, status: "Processing" }, downloadUrls: [] });
  return json({ job: { id: job.id, status: "Complete" }, downloadUrls: [`${origin}/_download/adherence/${job.id}`] });
}

/** Per agent and shift: what was planned and how much of it was kept, in seconds and per cent. */
function adherenceResult({ jobs, centre }: SimulatorState, { params }: Asked): Reply {
  const job = jobs.get(params.id ?? "");
  if (job === undefined) return notFound("job");
  const userResults = listField(job.request, "items").flatMap((item) => {
    const site = siteOfUnit(textField(item, "managementUnitId") ?? "");
    const from = instantOfText(textField(item, "startDate"));
    const to = instantOfText(textField(item, "endDate"));
    if (site === undefined || from === null || to === null) return [];
    const wanted = listField(item, "userIds");
    const rows = rowsAtSite(centre, "adherence", site, { from, to }, job.asOf).filter(
      ({ agent_native_id }) => wanted.length === 0 || wanted.includes(agent_native_id),
    );
    return [...Map.groupBy(rows, ({ agent_native_id }) => String(agent_native_id))].map(([userId, own]) =>
      userAdherence(userId, own, from),
    );
  });
  return json({ startDate: null, userResults });
}

function userAdherence(userId: string, own: readonly CanonicalRecord[], from: number): Json {
  const scheduled = sumOf(own, "scheduled_ms");
  const adherent = sumOf(own, "adherent_ms");
  return {
    userId,
    adherencePercentage: scheduled === 0 ? null : (100 * adherent) / scheduled,
    conformancePercentage: scheduled === 0 ? null : (100 * adherent) / scheduled,
    impact: "Neutral",
    exceptionInfo: [],
    dayMetrics: own.map((record) => ({
      dayStartOffsetSeconds: (Number(record.starts_at) - from) / 1_000,
      adherenceScheduleSeconds: Number(record.scheduled_ms) / 1_000,
      adherenceSeconds: Number(record.adherent_ms) / 1_000,
      adherencePercentage: (100 * Number(record.adherent_ms)) / Number(record.scheduled_ms),
      dayEndOffsetSeconds: (Number(record.ends_at) - from) / 1_000,
    })),
  };
}

function sumOf(rows: readonly CanonicalRecord[], column: string): number {
  return rows.reduce((sum, row) => sum + Number(row[column]), 0);
}

/** Rows that begin in an interval, of the agents who work at a site then. */
function rowsAtSite(
  centre: Centre,
  stream: DatedStream,
  site: Site,
  { from, to }: { from: number; to: number },
  asOf: number,
): CanonicalRecord[] {
  const found: CanonicalRecord[] = [];
  for (let day = Math.max(centre.firstDay, Math.floor(from / dayMs)); day < Math.min(centre.endDay, Math.ceil(to / dayMs)); day += 1) {
    for (const record of seenAt(centre.rows(stream, day), asOf)) {
      const startsAt = Number(record.starts_at);
      const listed = findListed(centre.world, String(record.agent_native_id), startsAt);
      if (startsAt >= from && startsAt < to && listed?.team.site.id === site.id) found.push(record);
    }
  }
  return found;
}

function schedules({ centre, now }: SimulatorState, { params, body }: Asked): Reply {
  const site = siteOfUnit(params.id ?? "");
  if (site === undefined) return notFound("unit");
  const from = instantOfText(textField(body, "startDate"));
  const to = instantOfText(textField(body, "endDate"));
  if (from === null || to === null) return badRequest("startDate, endDate", "expected ISO-8601");
  const wanted = listField(body, "userIds");
  const rows = rowsAtSite(centre, "shift", site, { from, to }, now).filter(
    ({ agent_native_id }) => wanted.length === 0 || wanted.includes(agent_native_id),
  );
  const agentSchedules = [...Map.groupBy(rows, ({ agent_native_id }) => String(agent_native_id))].map(([id, own]) => ({
    user: { id },
    shifts: own.filter(({ is_leave }) => is_leave !== true).map(shiftOf),
    fullDayTimeOffMarkers: own.filter(({ is_leave }) => is_leave === true).map(timeOffOf),
  }));
  return json({ status: "Complete", operationId: "sync", result: { agentSchedules, businessUnitTimeZone: site.zone } });
}

function shiftOf(record: CanonicalRecord): Json {
  const lengthMinutes = (Number(record.ends_at) - Number(record.starts_at)) / 60_000;
  const startDate = isoText(Number(record.starts_at));
  return {
    id: record.shift_native_id,
    startDate,
    lengthMinutes,
    activities: [{ startDate, lengthMinutes, activityCodeId: "0", paid: true }],
  };
}

/** Leave that takes the place of a shift. */
function timeOffOf(record: CanonicalRecord): Json {
  return {
    timeOffRequestId: record.shift_native_id,
    businessUnitDate: isoText(Number(record.starts_at)).slice(0, 10),
    startDate: isoText(Number(record.starts_at)),
    lengthMinutes: (Number(record.ends_at) - Number(record.starts_at)) / 60_000,
    activityCodeId: "4",
    paid: true,
  };
}

/** Finished evaluations submitted in an interval. */
function evaluations({ centre, now }: SimulatorState, asked: Asked): Reply {
  const { query, body } = asked;
  const from = instantOfText(query.get("startTime") ?? textField(body, "startTime")) ?? centre.firstDay * dayMs;
  const to = Math.min(instantOfText(query.get("endTime") ?? textField(body, "endTime")) ?? now, now);
  const agentId = query.get("agentUserId");
  const conversationId = query.get("conversationId");
  const all: Json[] = [];
  for (let day = Math.max(centre.firstDay, Math.floor(from / dayMs)); day < Math.min(centre.endDay, Math.ceil(to / dayMs)); day += 1) {
    for (const record of seenAt(centre.rows("evaluation", day), now)) {
      const at = Number(record.evaluated_at);
      if (at < from || at >= to || (agentId !== null && record.agent_native_id !== agentId)) continue;
      if (conversationId === null || record.interaction_id === conversationId) all.push(evaluationOf(record));
    }
  }
  const pageNumber = fieldOf(body, "pageNumber");
  if (typeof pageNumber === "number") query.set("pageNumber", String(pageNumber));
  return json(numbered(asked, all, Math.min(100, wholeParameter(query, "pageSize", 25, 100))));
}

function evaluationOf(record: CanonicalRecord): Json {
  return {
    id: record.evaluation_id,
    conversation: { id: record.interaction_id },
    evaluationForm: { id: record.form_id, name: "Quality", contextId: `${record.form_id}-context` },
    evaluator: { id: "quality-1" },
    agent: { id: record.agent_native_id },
    status: "FINISHED",
    answers: {
      totalScore: Number(record.score_milli) / 1_000,
      totalCriticalScore: Number(record.score_milli) / 1_000,
      anyFailedKillQuestions: false,
    },
    submittedDate: isoText(Number(record.evaluated_at)),
    releaseDate: isoText(Number(record.released_at)),
    changedDate: isoText(Number(record.released_at)),
  };
}
