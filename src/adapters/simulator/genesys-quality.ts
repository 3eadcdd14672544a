import type { Slice } from "../../domain/extract/slices.ts";
import type { CanonicalRecord } from "../../domain/records/record.ts";
import { dayMs } from "../../domain/simulate/calendar.ts";
import { type Conversation, seenAt } from "./centre.ts";
import {
  type Asked,
  fieldOf,
  instantOfText,
  isoText,
  json,
  listField,
  numberField,
  type Reply,
  type Route,
  textField,
} from "./exchange.ts";
import { scoredAt } from "./genesys-conversation.ts";
import { numbered } from "./genesys-directory.ts";
import { badRequest, notFound } from "./genesys-errors.ts";
import { pageOf } from "./slice-pages.ts";
import type { SimulatorState } from "./state.ts";

type Json = Readonly<Record<string, unknown>>;

/** Evaluations: by time, by search, and scored again. */
export function genesysQuality(state: SimulatorState): Route[] {
  const route = (method: Route["method"], path: string, permission: string, answer: Route["answer"]): Route => ({
    method,
    path: `/api/v2/quality/${path}`,
    permission: `quality:evaluation:${permission}`,
    answer,
    platform: "genesys",
  });
  return [
    route("GET", "evaluations/query", "view", (asked) => query(state, asked)),
    route("POST", "evaluations/search", "searchAny", (asked) => search(state, asked)),
    route("PUT", "conversations/:conversationId/evaluations/:id", "editScore", (asked) => scoreAgain(state, asked)),
  ];
}

/** The day stands in a conversation's id; the clocks of its site may be a day off. */
export function findConversation({ centre }: SimulatorState, id: string): Conversation | null {
  const day = Number.parseInt(id.split("-")[2] ?? "", 36);
  if (Number.isNaN(day)) return null;
  for (const utcDay of [day, day + 1, day - 1, day + 2]) {
    const found = centre.conversations(utcDay).find((conversation) => conversation.id === id);
    if (found !== undefined) return found;
  }
  return null;
}

/** Evaluations as they stand now, by the instant they were scored at last. */
export function* scoredIn(state: SimulatorState, slice: Slice): Generator<CanonicalRecord> {
  const { centre, now, rescores } = state;
  const isIn = (record: CanonicalRecord) => Number(record.evaluated_at) >= slice.from && Number(record.evaluated_at) < slice.to;
  for (let day = Math.max(centre.firstDay, Math.floor(slice.from / dayMs)); day < Math.min(centre.endDay, slice.to / dayMs); day += 1) {
    for (const record of seenAt(centre.rows("evaluation", day), now)) {
      if (isIn(record) && scoredAt(record, now, rescores) === record) yield record;
    }
  }
  for (const { evaluationId, conversationId } of new Map(rescores.map((rescore) => [rescore.evaluationId, rescore])).values()) {
    const known = seenAt(findConversation(state, conversationId)?.evaluations ?? [], now).find(
      ({ evaluation_id }) => evaluation_id === evaluationId,
    );
    const scored = known === undefined ? null : scoredAt(known, now, rescores);
    if (scored !== null && isIn(scored)) yield scored;
  }
}

/** Finished evaluations submitted in an interval. */
function query(state: SimulatorState, asked: Asked): Reply {
  const from = instantOfText(asked.query.get("startTime")) ?? state.centre.firstDay * dayMs;
  const to = Math.min(instantOfText(asked.query.get("endTime")) ?? state.now, state.now);
  const agentId = asked.query.get("agentUserId");
  const conversationId = asked.query.get("conversationId");
  const found = [...scoredIn(state, { from, to })].filter(
    (record) =>
      (agentId === null || record.agent_native_id === agentId) && (conversationId === null || record.interaction_id === conversationId),
  );
  return json(numbered(asked, found.map(evaluationOf), 100));
}

const dateColumns = { submittedDate: "evaluated_at", releaseDate: "released_at" } as const;
const longestRangeMs = 93 * dayMs;
/** An evaluation is released within hours. */
const releasedWithinMs = dayMs / 2;

/** One range of time, as the platform demands, its end included; the centre has no evaluations but people's. */
function search(state: SimulatorState, { body }: Asked): Reply {
  const range = listField(body, "query").find((criterion) => textField(criterion, "type") === "DATE_RANGE");
  const field = textField(range, "field");
  const from = instantOfText(textField(range, "startValue"));
  const to = instantOfText(textField(range, "endValue"));
  if (from === null || to === null || to - from > longestRangeMs) return badRequest("query", "expected a DATE_RANGE of at most 3 months");
  if (field !== "submittedDate" && field !== "releaseDate") return badRequest("field", "expected submittedDate or releaseDate");
  const all = fieldOf(body, "systemSubmitted") === true ? [] : [...scoredIn(state, { from: from - releasedWithinMs, to: to + 1 })];
  const found = all.filter((record) => Number(record[dateColumns[field]]) >= from && Number(record[dateColumns[field]]) <= to);
  const pageSize = Math.min(100, Math.max(1, numberField(body, 25, "pageSize")));
  const pageNumber = Math.max(1, numberField(body, 1, "pageNumber"));
  const { page } = pageOf(found, pageNumber, pageSize);
  const results = page.map((record) => ({ ...evaluationOf(record), conversationDate: conversationDate(state, record) }));
  return json({ pageSize, pageNumber, results });
}

function conversationDate(state: SimulatorState, record: CanonicalRecord): string | null {
  const conversation = findConversation(state, String(record.interaction_id));
  return conversation === null ? null : isoText(conversation.enteredAt);
}

function scoreAgain(state: SimulatorState, { params, body }: Asked): Reply {
  const conversationId = params.conversationId ?? "";
  const known = seenAt(findConversation(state, conversationId)?.evaluations ?? [], state.now).find(
    ({ evaluation_id }) => evaluation_id === params.id,
  );
  const score = fieldOf(body, "answers", "totalScore");
  if (known === undefined) return notFound("evaluation");
  if (typeof score !== "number" || score < 0 || score > 100) return badRequest("answers.totalScore", "expected 0 to 100");
  state.rescores.push({ evaluationId: String(params.id), conversationId, scoreMilli: Math.round(score * 1_000), at: state.now });
  return json(evaluationOf(scoredAt(known, state.now, state.rescores)));
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
