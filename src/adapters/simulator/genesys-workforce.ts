import type { CanonicalRecord } from "../../domain/records/record.ts";
import { dateText, dayMs, instantOf } from "../../domain/simulate/calendar.ts";
import type { Site } from "../../domain/simulate/organisation.ts";
import { type Centre, type DatedStream, seenAt } from "./centre.ts";
import { type Asked, instantOfText, isoText, json, listField, type Reply, type Route, textField } from "./exchange.ts";
import { midnight, siteOfUnit } from "./genesys-directory.ts";
import { badRequest, notFound } from "./genesys-errors.ts";
import { findListed, localDayAt } from "./people.ts";
import { type SimulatorState, submitJob } from "./state.ts";

type Json = Readonly<Record<string, unknown>>;

/** Adherence and shifts. */
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
  ];
}

function adherenceStatus(state: SimulatorState, { params, origin }: Asked): Reply {
  const job = state.jobs.get(params.id ?? "");
  if (job === undefined) return notFound("job");
  job.polls += 1;
  if (job.polls < 2) return json({ job: { id: job.id, status: "Processing" }, downloadUrls: [] });
  return json({ job: { id: job.id, status: "Complete" }, downloadUrls: [`${origin}/_download/adherence/${job.id}`] });
}

/** One agent's local day of work: what was planned and how much of it was kept. */
export interface KeptDay {
  readonly agentNativeId: string;
  /** Local midnight. */
  readonly startsAt: number;
  readonly scheduledMs: number;
  readonly adherentMs: number;
}

/** Whole local days whose midnight lies in the interval, so that no cut of time splits one. */
export function keptDays(centre: Centre, site: Site, { from, to }: { from: number; to: number }, asOf: number): KeptDay[] {
  const days = new Map<string, KeptDay>();
  for (const record of rowsAtSite(centre, "adherence", site, { from, to: to + 2 * dayMs }, asOf)) {
    const agentNativeId = String(record.agent_native_id);
    const agent = findListed(centre.world, agentNativeId, asOf)?.agent;
    if (agent === undefined) continue;
    const startsAt = midnight(site, localDayAt(agent, Number(record.starts_at)));
    if (startsAt < from || startsAt >= to) continue;
    const known = days.get(`${agentNativeId} ${startsAt}`);
    days.set(`${agentNativeId} ${startsAt}`, {
      agentNativeId,
      startsAt,
      scheduledMs: (known?.scheduledMs ?? 0) + Number(record.scheduled_ms),
      adherentMs: (known?.adherentMs ?? 0) + Number(record.adherent_ms),
    });
  }
  return [...days.values()];
}

function adherenceResult({ jobs, centre }: SimulatorState, { params }: Asked): Reply {
  const job = jobs.get(params.id ?? "");
  if (job === undefined) return notFound("job");
  const userResults = listField(job.request, "items").flatMap((item) => {
    const site = siteOfUnit(textField(item, "managementUnitId") ?? "");
    const from = instantOfText(textField(item, "startDate"));
    const to = instantOfText(textField(item, "endDate"));
    if (site === undefined || from === null || to === null) return [];
    const wanted = listField(item, "userIds");
    const days = keptDays(centre, site, { from, to }, job.asOf).filter(
      ({ agentNativeId }) => wanted.length === 0 || wanted.includes(agentNativeId),
    );
    return [...Map.groupBy(days, ({ agentNativeId }) => agentNativeId)].map(([userId, own]) => userAdherence(userId, own, from));
  });
  return json({ userResults, lookupIdToSecondaryPresenceId: {} });
}

function userAdherence(userId: string, own: readonly KeptDay[], from: number): Json {
  const scheduledMs = own.reduce((sum, day) => sum + day.scheduledMs, 0);
  const adherentMs = own.reduce((sum, day) => sum + day.adherentMs, 0);
  return {
    userId,
    adherencePercentage: (100 * adherentMs) / scheduledMs,
    conformancePercentage: (100 * adherentMs) / scheduledMs,
    impact: "Neutral",
    exceptionInfo: [],
    dayMetrics: own.map((day) => ({
      dayStartOffsetSeconds: (day.startsAt - from) / 1_000,
      adherenceScheduleSeconds: day.scheduledMs / 1_000,
      conformanceScheduleSeconds: day.scheduledMs / 1_000,
      conformanceActualSeconds: day.adherentMs / 1_000,
      exceptionCount: day.scheduledMs > day.adherentMs ? 1 : 0,
      exceptionDurationSeconds: (day.scheduledMs - day.adherentMs) / 1_000,
      scheduleLengthSeconds: day.scheduledMs / 1_000,
      actualLengthSeconds: day.adherentMs / 1_000,
      adherencePercentage: (100 * day.adherentMs) / day.scheduledMs,
      conformancePercentage: (100 * day.adherentMs) / day.scheduledMs,
    })),
  };
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
    fullDayTimeOffMarkers: own.filter(({ is_leave }) => is_leave === true).map((record) => timeOffOf(site, record)),
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

/** Leave that takes the place of a shift, in minutes of the business unit's day. */
function timeOffOf({ zone }: Site, record: CanonicalRecord): Json {
  const [startsAt, endsAt] = [Number(record.starts_at), Number(record.ends_at)];
  const guess = Math.floor(startsAt / dayMs);
  const day = [guess + 1, guess, guess - 1].find((one) => instantOf(zone, one, 0) <= startsAt) ?? guess;
  const startOffsetMinutes = (startsAt - instantOf(zone, day, 0)) / 60_000;
  const lengthMinutes = (endsAt - startsAt) / 60_000;
  return {
    timeOffRequestId: record.shift_native_id,
    businessUnitDate: dateText(day),
    startOffsetMinutes,
    endOffsetMinutes: startOffsetMinutes + lengthMinutes,
    lengthMinutes,
    description: "Vacation",
    activityCodeId: "4",
    paid: true,
  };
}
