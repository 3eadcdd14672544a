import type { CanonicalRecord } from "../../domain/records/record.ts";
import { type Conversation, legsAt, seenAt } from "./centre.ts";
import { isoText } from "./exchange.ts";
import type { Rescore } from "./state.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * A conversation as the details query and job deliver it: customer, queue, and one participant for each agent.
 * Measures that are zero or were not taken are left out, as the platform does.
 */
export function genesysConversation(conversation: Conversation, asOf: number, rescores: readonly Rescore[]): Json {
  const legs = legsAt(conversation, asOf);
  const [first] = legs;
  const endsAt = Math.max(...legs.map(wrappedUpAt));
  const evaluations = seenAt(conversation.evaluations, asOf).map((record) => evaluationOf(scoredAt(record, asOf, rescores)));
  const surveys = seenAt(conversation.surveys, asOf).map(surveyOf);
  return {
    conversationId: conversation.id,
    conversationStart: isoText(conversation.enteredAt),
    conversationEnd: isoText(endsAt),
    originatingDirection: first?.direction ?? "inbound",
    divisionIds: ["division-home"],
    participants: first === undefined ? [] : [customerOf(first, endsAt), queueOf(first), ...legs.flatMap((leg) => agentOf(leg))],
    ...(evaluations.length === 0 ? {} : { evaluations }),
    ...(surveys.length === 0 ? {} : { surveys }),
  };
}

/** An evaluation as it stands at an instant. */
export function scoredAt(record: CanonicalRecord, asOf: number, rescores: readonly Rescore[]): CanonicalRecord {
  const last = rescores.findLast(({ evaluationId, at }) => evaluationId === record.evaluation_id && at <= asOf);
  return last === undefined ? record : { ...record, score_milli: last.scoreMilli, evaluated_at: last.at, released_at: last.at };
}

/** The end of a leg's last segment: after-call work counts. */
export function wrappedUpAt(leg: CanonicalRecord): number {
  return Number(leg.ended_at) + Number(leg.after_call_ms ?? 0);
}

/** The last seven digits of an invented number, equal for equal customers. */
export function phoneOf(customerKey: CanonicalRecord[string] | undefined): string {
  return `+1555${String(Number.parseInt(String(customerKey).slice(0, 8), 16) % 10_000_000).padStart(7, "0")}`;
}

function customerOf(first: CanonicalRecord, endsAt: number): Json {
  const isOutbound = first.direction === "outbound";
  const number =
    first.customer_key === null
      ? {}
      : isOutbound
        ? { dnis: `tel:${phoneOf(first.customer_key)}` }
        : { ani: `tel:${phoneOf(first.customer_key)}` };
  return {
    participantId: `${first.interaction_id}.customer`,
    purpose: isOutbound ? "external" : "customer",
    sessions: [
      {
        sessionId: `${first.interaction_id}.customer.s`,
        mediaType: first.channel,
        direction: first.direction,
        ...number,
        segments: [
          { segmentType: "interact", segmentStart: isoText(Number(first.entered_at)), segmentEnd: isoText(endsAt), conference: false },
        ],
      },
    ],
  };
}

/** The queue of the first leg; a colleague who takes over is called directly. */
function queueOf(first: CanonicalRecord): Json {
  const from = Number(first.entered_at);
  const queueMs = Number(first.queue_ms ?? 0);
  return {
    participantId: `${first.interaction_id}.acd`,
    purpose: "acd",
    participantName: first.queue_native_id,
    sessions: [
      {
        sessionId: `${first.interaction_id}.acd.s`,
        mediaType: first.channel,
        direction: first.direction,
        metrics: [
          { emitDate: isoText(from), name: "nOffered", value: 1 },
          { emitDate: isoText(from + queueMs), name: "tAcd", value: queueMs },
        ],
        segments: [
          {
            segmentType: "interact",
            segmentStart: isoText(from),
            segmentEnd: isoText(from + queueMs),
            queueId: first.queue_native_id,
            disconnectType: first.agent_native_id === null ? "peer" : "transfer",
            conference: false,
          },
        ],
      },
    ],
  };
}

function agentOf(leg: CanonicalRecord): Json[] {
  if (leg.agent_native_id === null) return [];
  const id = `${leg.interaction_id}.${leg.segment_id ?? "0"}`;
  const [startedAt, talkMs, holdMs, otherMs, afterCallMs] = [leg.started_at, leg.talk_ms, leg.hold_ms, leg.other_ms, leg.after_call_ms].map(
    Number,
  );
  const at = segmentsFrom(Number(startedAt), [
    ["interact", Number(talkMs)],
    ["hold", Number(holdMs)],
    ["contacting", Number(otherMs)],
    ["wrapup", Number(afterCallMs)],
  ]);
  const endsAt = isoText(wrappedUpAt(leg));
  const metrics = [
    ["tContacting", leg.other_ms],
    ["tTalkComplete", leg.talk_ms],
    ["tHeldComplete", leg.hold_ms],
    ["tAcw", leg.after_call_ms],
    ["tHandle", leg.handle_ms],
  ] as const;
  return [
    {
      participantId: id,
      purpose: "agent",
      userId: leg.agent_native_id,
      sessions: [
        {
          sessionId: `${id}.s`,
          mediaType: leg.channel,
          direction: leg.direction,
          usedRouting: leg.transferred_from === null ? "Standard" : "Direct",
          metrics: [
            ...metrics.filter(([, value]) => Number(value ?? 0) > 0).map(([name, value]) => ({ emitDate: endsAt, name, value })),
            ...(leg.transferred_to === null ? [] : [{ emitDate: endsAt, name: "nTransferred", value: 1 }]),
          ],
          segments: at.map((segment) => ({
            ...segment,
            queueId: leg.queue_native_id,
            conference: false,
            ...(segment.segmentType === "wrapup" ? { wrapUpCode: leg.disposition_code } : {}),
          })),
        },
      ],
    },
  ];
}

/** One after the other; empty ones are left out, but for the talk itself and the wrap-up that carries the code. */
function segmentsFrom(startedAt: number, parts: readonly (readonly [segmentType: string, lengthMs: number])[]) {
  let at = startedAt;
  return parts
    .filter(([segmentType, lengthMs]) => lengthMs > 0 || segmentType === "interact" || segmentType === "wrapup")
    .map(([segmentType, lengthMs]) => {
      const segmentStart = isoText(at);
      at += lengthMs;
      return { segmentType, segmentStart, segmentEnd: isoText(at) };
    });
}

function evaluationOf(record: CanonicalRecord): Json {
  return {
    evaluationId: record.evaluation_id,
    formId: record.form_id,
    formName: "Quality",
    contextId: `${record.form_id}-context`,
    userId: record.agent_native_id,
    evaluatorId: "quality-1",
    evaluationStatus: "Finished",
    released: true,
    oTotalScore: Number(record.score_milli) / 1_000,
    eventTime: isoText(Number(record.evaluated_at)),
  };
}

/** The centre asks for 1 to 5; the platform turns any form into 0 to 100. */
export function surveyPercent(scoreMilli: CanonicalRecord[string] | undefined): number {
  return ((Number(scoreMilli) / 1_000 - 1) / 4) * 100;
}

function surveyOf(record: CanonicalRecord): Json {
  return {
    surveyId: record.survey_id,
    surveyFormName: "CSAT",
    surveyStatus: "Finished",
    surveyCompletedDate: isoText(Number(record.answered_at)),
    oSurveyTotalScore: surveyPercent(record.score_milli),
    userId: record.agent_native_id,
  };
}
