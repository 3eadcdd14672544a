import type { CanonicalRecord } from "../../domain/records/record.ts";
import { dayMs } from "../../domain/simulate/calendar.ts";
import { type Centre, legsAt, seenAt } from "./centre.ts";
import { cxoneError } from "./cxone-errors.ts";
import { agentIdOf, businessUnitId, contactIdOf, nativeAgentOf, teamIdOf, userIdOf } from "./cxone-ids.ts";
import { type Asked, instantOfText, isoText, json, type Reply, textField } from "./exchange.ts";
import { findListed } from "./people.ts";
import { type SimulatorState, submitJob } from "./state.ts";

type Json = Readonly<Record<string, unknown>>;

interface Span {
  readonly from: number;
  readonly to: number;
}

function spanOf(query: URLSearchParams): Span | null {
  const [from, to] = [instantOfText(query.get("startDate")), instantOfText(query.get("endDate"))];
  return from === null || to === null || from >= to ? null : { from, to };
}

function* daysOf(centre: Centre, { from, to }: Span, behind = 0): Generator<number> {
  for (
    let day = Math.max(centre.firstDay, Math.floor(from / dayMs) - behind);
    day < Math.min(centre.endDay, Math.floor(to / dayMs) + 1);
    day += 1
  )
    yield day;
}

/** One row per agent over the whole window; every value a text, every duration ISO 8601. */
export function agentsPerformance({ centre, now }: SimulatorState, { query }: Asked): Reply {
  const span = spanOf(query);
  if (span === null) return cxoneError(400, "InvalidDateRange", false);
  const sums = new Map<string, { handled: number; talkMs: number; holdMs: number; acwMs: number; outbound: number }>();
  for (const day of daysOf(centre, span, 1)) {
    for (const leg of centre.conversations(day).flatMap((conversation) => legsAt(conversation, now))) {
      const enteredAt = Number(leg.entered_at);
      if (leg.agent_native_id === null || enteredAt < span.from || enteredAt > span.to) continue;
      const id = String(leg.agent_native_id);
      const sum = sums.get(id) ?? { handled: 0, talkMs: 0, holdMs: 0, acwMs: 0, outbound: 0 };
      sums.set(id, sum);
      sum.handled += 1;
      sum.talkMs += Number(leg.talk_ms) + Number(leg.hold_ms ?? 0) + Number(leg.other_ms ?? 0);
      sum.acwMs += Number(leg.after_call_ms);
      sum.outbound += leg.direction === "outbound" ? 1 : 0;
    }
  }
  if (sums.size === 0) return { status: 204 };
  const agentPerformance = [...sums].map(([id, sum]) => ({
    agentId: String(agentIdOf(centre.world, id)),
    teamId: String(teamIdOf(findListed(centre.world, id, span.from)?.team.id ?? "t-0")),
    agentOffered: String(sum.handled),
    inboundHandled: String(sum.handled - sum.outbound),
    outboundHandled: String(sum.outbound),
    totalHandled: String(sum.handled),
    totalTalkTime: isoDuration(sum.talkMs),
    totalAvgTalkTime: isoDuration(Math.round(sum.talkMs / sum.handled)),
    totalAvgHandleTime: isoDuration(Math.round((sum.talkMs + sum.acwMs) / sum.handled)),
    acwTime: isoDuration(sum.acwMs),
    refused: "0",
    percentRefused: "0.00",
  }));
  return json({ businessUnitId, agentPerformance });
}

/** `P1DT2H3M4.005S`; zero is `PT0S`. */
export function isoDuration(milliseconds: number): string {
  const days = Math.floor(milliseconds / dayMs);
  const hours = Math.floor((milliseconds % dayMs) / 3_600_000);
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000);
  const seconds = (milliseconds % 60_000) / 1_000;
  const time = `${hours > 0 ? `${hours}H` : ""}${minutes > 0 ? `${minutes}M` : ""}${seconds > 0 ? `${seconds}S` : ""}`;
  if (milliseconds === 0) return "PT0S";
  return `P${days > 0 ? `${days}D` : ""}${time === "" ? "" : `T${time}`}`;
}

/** Raw states, no percentage: available while the plan was kept, then unavailable until the shift ended. */
export function scheduleAdherence({ centre, now }: SimulatorState, { query }: Asked): Reply {
  const span = spanOf(query);
  if (span === null) return cxoneError(400, "InvalidDateRange", false);
  const states = [...daysOf(centre, span)].flatMap((day) =>
    seenAt(centre.rows("adherence", day), now)
      .filter(({ starts_at }) => Number(starts_at) >= span.from && Number(starts_at) <= span.to)
      .flatMap((record) => statesOf(centre, record)),
  );
  return states.length === 0 ? { status: 204 } : json({ agentStateHistory: states });
}

function statesOf({ world }: Centre, record: CanonicalRecord): Json[] {
  const startsAt = Number(record.starts_at);
  const adherentMs = Number(record.adherent_ms);
  const missedMs = Number(record.scheduled_ms) - adherentMs;
  const shared = {
    businessUnitId,
    agentId: agentIdOf(world, record.agent_native_id),
    agentSessionId: Math.floor(startsAt / 60_000),
    skillId: null,
  };
  const available = {
    ...shared,
    stateIndex: 0,
    startDate: isoText(startsAt),
    agentStateId: 1,
    agentStateName: "Available",
    outStateId: 0,
    outStateDescription: null,
    duration: adherentMs / 1_000,
  };
  if (missedMs <= 0) return [available];
  const missed = {
    ...shared,
    stateIndex: 1,
    startDate: isoText(startsAt + adherentMs),
    agentStateId: 2,
    agentStateName: "Unavailable",
    outStateId: 7,
    outStateDescription: "Away",
    duration: missedMs / 1_000,
  };
  return [available, missed];
}

const longestSchedule = 7 * dayMs;

/** One agent, at most seven days. */
export function exportSchedule({ centre, now }: SimulatorState, { body }: Asked): Reply {
  const [from, to] = [instantOfText(textField(body, "startDate")), instantOfText(textField(body, "endDate"))];
  const agentId = /^0{8}-0{4}-4000-8000-0*(\d+)$/.exec(textField(body, "userID") ?? textField(body, "userId") ?? "")?.[1] ?? null;
  const nativeId = nativeAgentOf(centre.world, agentId);
  if (from === null || to === null || from >= to || to - from > longestSchedule)
    return { status: 400, json: { code: "InvalidDateRange", details: "expected at most 7 days" } };
  if (nativeId === null) return { status: 404, json: { code: "UserNotFound", details: "no such user" } };
  const shifts = [...daysOf(centre, { from, to })].flatMap((day) =>
    seenAt(centre.rows("shift", day), now).filter(
      (record) => record.agent_native_id === nativeId && Number(record.starts_at) >= from && Number(record.starts_at) < to,
    ),
  );
  if (shifts.length === 0) return { status: 204 };
  return json({
    agentSchedules: [
      {
        userId: userIdOf(Number(agentId)),
        timeZone: findListed(centre.world, nativeId, from)?.team.site.zone,
        shifts: shifts.map(shiftOf),
      },
    ],
  });
}

function shiftOf(record: CanonicalRecord): Json {
  const isLeave = record.is_leave === true;
  const [start, end] = [isoText(Number(record.starts_at)), isoText(Number(record.ends_at))];
  const code = { title: isLeave ? "Vacation" : "Open", open: !isLeave, work: !isLeave, overTime: false };
  return { id: record.shift_native_id, start, end, baseActivityCode: code, activityIntervals: [{ start, end, activityCode: code }] };
}

/** Jobs of the data-extraction API: CSV files behind addresses that end after 30 seconds. */
export function submitExtraction(state: SimulatorState, { body }: Asked): Reply {
  const isDate = (name: string) => /^\d{4}-\d{2}-\d{2}$/.test(textField(body, name) ?? "");
  const entity = textField(body, "entityName");
  if (entity !== "qm-workflows" || textField(body, "version") === null)
    return { status: 400, json: { message: `entity ${entity}: only qm-workflows is simulated, with a version` } };
  if (!isDate("startDate") || !isDate("endDate")) return { status: 400, json: { message: "startDate and endDate: expected YYYY-MM-DD" } };
  return { status: 202, json: submitJob(state, "extraction", body).id };
}

export const urlLifeMs = 30_000;

export function extractionStatus(state: SimulatorState, { params, origin, path, attempt }: Asked): Reply {
  const job = state.jobs.get(params.id ?? "");
  if (job === undefined) return { status: 404, json: { message: "job not found" } };
  job.polls += 1;
  if (state.faults.strikes("expire-cursor", path, `status ${attempt}`))
    return json({ jobStatus: { id: job.id, status: "EXPIRED", result: null } });
  if (job.polls < 2) return json({ jobStatus: { id: job.id, status: "RUNNING", result: null } });
  const url = `${origin}/_download/extraction/${job.id}?expires=${Date.now() + urlLifeMs}`;
  return json({ jobStatus: { id: job.id, status: "SUCCEEDED", result: { url, errorMessage: null } } });
}

const columns = [
  "Tenant_Name",
  "Agent_ID",
  "Type",
  "Workflow_Status",
  "Workflow_ID",
  "Form_Name",
  "Form_Version",
  "Start_Date",
  "Submission_Date",
  "Last_Updated",
  "Score_Percentage",
  "Score",
  "Maximum_Possible_Score",
  "ACD_ID",
  "Interaction_Type",
  "Team_ID",
  "Team_Name",
];

/** The file begins with a byte order mark; days are those of submission, UTC, both included. */
export function downloadExtraction(state: SimulatorState, { params, query, path, attempt }: Asked): Reply {
  const { centre } = state;
  const job = state.jobs.get(params.id ?? "");
  const isOver =
    Number(query.get("expires") ?? 0) < Date.now() || state.faults.strikes("expire-cursor", path, `url ${attempt} ${query.get("expires")}`);
  if (job === undefined || isOver)
    return {
      status: 403,
      headers: { "content-type": "application/xml" },
      text: "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
    };
  const from = Date.parse(`${textField(job.request, "startDate")}T00:00:00Z`);
  const to = Date.parse(`${textField(job.request, "endDate")}T00:00:00Z`) + dayMs - 1;
  const rows = [...daysOf(centre, { from, to })].flatMap((day) =>
    seenAt(centre.rows("evaluation", day), job.asOf).map((record) => evaluationLine(centre, record)),
  );
  return { status: 200, headers: { "content-type": "text/csv; charset=utf-8" }, text: `\uFEFF${columns.join(",")}\r\n${rows.join("")}` };
}

function evaluationLine({ world }: Centre, record: CanonicalRecord): string {
  const listed = findListed(world, String(record.agent_native_id), Number(record.evaluated_at));
  const leg = legOf(record);
  const percent = Number(record.score_milli) / 1_000;
  const values = [
    "Simulated, Inc.",
    agentIdOf(world, record.agent_native_id),
    "Evaluation",
    "Completed",
    record.evaluation_id,
    record.form_id,
    "1",
    isoText(Number(record.evaluated_at) - 1_200_000),
    isoText(Number(record.evaluated_at)),
    isoText(Number(record.released_at)),
    percent,
    percent,
    100,
    contactIdOf(world, leg),
    "Voice",
    listed === null ? "" : teamIdOf(listed.team.id),
    listed?.team.name ?? "",
  ];
  return `${values.map((value) => (/[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value))).join(",")}\r\n`;
}

/** The id of an evaluation or survey ends with the leg it is about. */
export function legOf(record: CanonicalRecord): CanonicalRecord {
  const [, leg] = /^[vy]-x-.*-([12])$/.exec(String(record.evaluation_id ?? record.survey_id)) ?? [];
  return { interaction_id: record.interaction_id ?? null, segment_id: leg ?? null };
}
