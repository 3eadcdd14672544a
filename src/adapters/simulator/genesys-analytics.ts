import type { Slice } from "../../domain/extract/slices.ts";
import { dayMs } from "../../domain/simulate/calendar.ts";
import type { Conversation } from "./centre.ts";
import { type Asked, instantOfText, isoText, json, numberField, type Reply, type Route, textField, wholeParameter } from "./exchange.ts";
import { genesysConversation } from "./genesys-conversation.ts";
import { badRequest, notFound } from "./genesys-errors.ts";
import { findConversation } from "./genesys-quality.ts";
import { pageFaults } from "./page-faults.ts";
import { type Mark, markAt, rowsOf, takePage } from "./slice-pages.ts";
import { type SimulatorState, submitJob } from "./state.ts";

const permission = "analytics:conversationDetail:view";
/** The lake the jobs read lies behind the platform itself. */
const lakeLagMs = 6 * 3_600_000;
/** No conversation lasts longer, so an active one entered at most so many days before. */
const longestDays = 1;
const mostIds = 100;

export function genesysAnalytics(state: SimulatorState): Route[] {
  const jobsPath = "/api/v2/analytics/conversations/details/jobs";
  const of = (method: Route["method"], path: string, answer: Route["answer"], extra: Partial<Route> = {}): Route => ({
    method,
    path,
    answer,
    platform: "genesys",
    permission,
    ...extra,
  });
  return [
    of("GET", `${jobsPath}/availability`, () => json({ dataAvailabilityDate: isoText(state.now - lakeLagMs) })),
    of("POST", jobsPath, (asked) => submit(state, asked)),
    of("GET", `${jobsPath}/:id`, (asked) => jobStatus(state, asked)),
    of("DELETE", `${jobsPath}/:id`, ({ params }) => (state.jobs.delete(params.id ?? "") ? { status: 204 } : notFound("job"))),
    of("GET", `${jobsPath}/:id/results`, (asked) => jobResults(state, asked), { isCacheable: true }),
    of("POST", "/api/v2/analytics/conversations/details/query", (asked) => query(state, asked, true), { isCacheable: true }),
    of("GET", "/api/v2/analytics/conversations/details", (asked) => byId(state, asked.query)),
    // The guides' name for it, with a window that is what it says.
    of("POST", "/api/v2/analytics/conversations/queries", (asked) => query(state, asked, false), { isCacheable: true }),
  ];
}

function intervalOf(body: unknown): Slice | null {
  const [from = null, to = null] = (textField(body, "interval") ?? "").split("/").map(instantOfText);
  return from === null || to === null || from >= to ? null : { from, to };
}

function submit(state: SimulatorState, { body }: Asked): Reply {
  if (intervalOf(body) === null) return badRequest("interval", "expected ISO-8601/ISO-8601");
  const job = submitJob(state, "conversations", body);
  return json({ jobId: job.id }, {}, 202);
}

function jobStatus(state: SimulatorState, { path, params, attempt }: Asked): Reply {
  const job = state.jobs.get(params.id ?? "");
  if (job === undefined) return notFound("job");
  job.polls += 1;
  const times = { submissionDate: isoText(job.asOf), expirationDate: isoText(job.asOf + dayMs) };
  if (state.faults.strikes("expire-cursor", path, `status ${attempt}`)) {
    state.jobs.delete(job.id);
    return json({ state: "EXPIRED", ...times });
  }
  return json(
    job.polls < 2 ? { state: "PENDING", ...times } : { state: "FULFILLED", ...times, completionDate: isoText(job.asOf + 60_000) },
  );
}

function jobResults(state: SimulatorState, asked: Asked): Reply {
  const { params, query, attempt, path } = asked;
  const job = state.jobs.get(params.id ?? "");
  const interval = job === undefined ? null : intervalOf(job.request);
  if (job === undefined || interval === null) return notFound("job");
  const mark = markOf(query.get("cursor"));
  if (query.has("cursor") && (mark === null || state.faults.strikes("expire-cursor", path, `${query.get("cursor")} ${attempt}`)))
    return badRequest("cursor", "the cursor is invalid or has expired");
  // A job finds every conversation that was active in its interval.
  const isIn = (one: Conversation) => one.knownAt <= job.asOf && one.enteredAt < interval.to && one.endsAt >= interval.from;
  return conversationPage(state, asked, { interval, behind: longestDays, isIn, mark, asOf: job.asOf });
}

interface Wanted {
  readonly interval: Slice;
  readonly behind: number;
  readonly isIn: (conversation: Conversation) => boolean;
  readonly mark: Mark | null;
  readonly asOf: number;
}

function conversationPage({ centre, ...state }: SimulatorState, asked: Asked, { interval, behind, isIn, mark, asOf }: Wanted): Reply {
  const faults = pageFaults({ centre, ...state }, asked, `${interval.from}/${interval.to}`);
  const rows = rowsOf(
    interval,
    { behind, isBackwards: faults.isBackwards, limits: [centre.firstDay, centre.endDay] },
    centre.conversations,
    isIn,
  );
  const { page, next } = takePage(rows, faults.start(mark), wholeParameter(asked.query, "pageSize", 1_000, 10_000));
  const conversations = faults.rows(
    mark,
    page.map((conversation) => genesysConversation(conversation, asOf, state.rescores)),
    spoilConversation,
  );
  const cursor = faults.next(mark, next);
  return json({
    conversations,
    ...(cursor === null ? {} : { cursor: cursorText(cursor) }),
    dataAvailabilityDate: isoText(asOf - lakeLagMs),
  });
}

/** As a real export was once seen to write it: a date that is none, and no leading zero. */
function spoilConversation(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...row, conversationId: `${row.conversationId}-malformed`, conversationStart: "2026-1-5T08:00:00.000Z" };
}

/** The synchronous query answers whole UTC days that the interval touches; the guides' query answers the interval. */
function query(state: SimulatorState, asked: Asked, isByDay: boolean): Reply {
  const asked_ = intervalOf(asked.body);
  if (asked_ === null) return badRequest("interval", "expected ISO-8601/ISO-8601");
  const interval = isByDay ? { from: Math.floor(asked_.from / dayMs) * dayMs, to: Math.ceil(asked_.to / dayMs) * dayMs } : asked_;
  const pageSize = Math.min(100, numberField(asked.body, 25, "paging", "pageSize"));
  const pageNumber = Math.max(1, numberField(asked.body, 1, "paging", "pageNumber"));
  const { centre, now } = state;
  const isIn = (one: Conversation) => one.knownAt <= now && one.enteredAt >= interval.from && one.enteredAt < interval.to;
  const faults = pageFaults(state, asked, `${interval.from}/${interval.to}`);
  const rows = rowsOf(interval, { isBackwards: faults.isBackwards, limits: [centre.firstDay, centre.endDay] }, centre.conversations, isIn);
  const { mark, total } = markAt(rows, (pageNumber - 1) * pageSize);
  if (mark === null) return json({ totalHits: total });
  const { page } = takePage(rows, faults.start(mark), pageSize);
  const conversations = faults.rows(
    mark,
    page.map((conversation) => genesysConversation(conversation, now, state.rescores)),
    spoilConversation,
  );
  return json({ conversations, totalHits: total });
}

/** Those that exist, by `id=a&id=b`; no more than the platform gives at once. */
function byId(state: SimulatorState, asked: URLSearchParams): Reply {
  const ids = asked.getAll("id").flatMap((text) => text.split(","));
  if (ids.length === 0 || ids.length > mostIds) return badRequest("id", `expected 1 to ${mostIds}`);
  const found = ids.map((id) => findConversation(state, id)).filter((one) => one !== null && one.knownAt <= state.now);
  return json({ conversations: found.flatMap((one) => (one === null ? [] : [genesysConversation(one, state.now, state.rescores)])) });
}

export function cursorText({ day, offset }: Mark): string {
  return Buffer.from(`${day}.${offset}`).toString("base64url");
}

export function markOf(cursor: string | null): Mark | null {
  const [, day, offset] = /^(\d+)\.(\d+)$/.exec(Buffer.from(cursor ?? "", "base64url").toString("latin1")) ?? [];
  return day === undefined || offset === undefined ? null : { day: Number(day), offset: Number(offset) };
}
