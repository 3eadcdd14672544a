import type { CanonicalRecord } from "../../../domain/records/record.ts";
import { emptyRecord } from "../../../domain/records/record.ts";
import type { StreamName } from "../../../domain/records/streams.ts";
import type { Conversation, Participant, Segment, Session } from "./conversation-schema.ts";
import { pseudonymPrefix } from "./scrub.ts";

export interface MappedRecord {
  readonly stream: StreamName;
  readonly record: CanonicalRecord;
}

export interface ConversationContext {
  /** A pseudonym of the customer's number or contact id, equal for equal customers; null drops it. */
  readonly customerKey: ((identity: string) => string) | null;
}

/**
 * One conversation gives an interaction for each agent participant, or one without an agent, and the evaluations and
 * surveys embedded in it. Durations come from the platform's own metrics where it sends them, else from segments:
 * handle = contacting + dialling + talk + hold + after-call work.
 */
export function mapConversation(conversation: Conversation, context: ConversationContext): MappedRecord[] {
  const agents = (conversation.participants ?? []).filter(({ purpose }) => purpose === "agent");
  const interactions =
    agents.length === 0
      ? [mapUnanswered(conversation, context)]
      : agents.map((agent) => mapAgentPart(conversation, agents, agent, context));
  return [
    ...interactions.map((record) => ({ stream: "interaction", record }) as const),
    ...mapEvaluations(conversation),
    ...mapSurveys(conversation),
  ];
}

function mapAgentPart(
  conversation: Conversation,
  agents: readonly Participant[],
  agent: Participant,
  context: ConversationContext,
): CanonicalRecord {
  const segments = segmentsOf(agent);
  const talking = segments.filter(({ segmentType }) => segmentType === "interact");
  const wrapUpCode = segments.findLast((segment) => segment.wrapUpCode !== undefined)?.wrapUpCode ?? null;
  const isSkipped = wrapUpCode === previewSkipped;
  const position = agents.indexOf(agent);
  const hasTalked = talking.length > 0;
  return {
    ...conversationPart(conversation, context),
    agent_native_id: agent.userId ?? null,
    segment_id: agent.participantId,
    queue_native_id: talking[0]?.queueId ?? segments.find(({ queueId }) => queueId !== undefined)?.queueId ?? null,
    channel: agent.sessions?.[0]?.mediaType ?? null,
    direction: agent.sessions?.[0]?.direction ?? conversation.originatingDirection ?? null,
    started_at: hasTalked ? earliest(talking) : null,
    ended_at: latest(segments),
    ...durations(agent),
    outcome: hasTalked && !isSkipped ? "answered" : "other",
    disposition_code: wrapUpCode,
    transferred_from: agents[position - 1]?.userId ?? null,
    transferred_to: agents[position + 1]?.userId ?? null,
    is_primary_agent: agents.length === 1 ? true : null,
    flags: flagsOf([
      [!hasTalked, "never_interacted"],
      [isSkipped, "preview_skipped"],
      [agent.userId === undefined, "agent_without_user"],
      [segments.some(({ segmentEnd }) => segmentEnd === undefined), "open_segment"],
    ]),
  };
}

/** The word the dialler writes where an agent declined to call: a contact, not handled work. */
const previewSkipped = "ININ-OUTBOUND-PREVIEW-SKIPPED";

function mapUnanswered(conversation: Conversation, context: ConversationContext): CanonicalRecord {
  const all = (conversation.participants ?? []).flatMap(segmentsOf);
  const queue = (conversation.participants ?? []).filter(({ purpose }) => purpose === "acd").flatMap(segmentsOf);
  const customer = conversation.participants?.find(isCustomer);
  return {
    ...conversationPart(conversation, context),
    segment_id: "0",
    queue_native_id: queue[0]?.queueId ?? null,
    channel: customer?.sessions?.[0]?.mediaType ?? conversation.participants?.[0]?.sessions?.[0]?.mediaType ?? null,
    direction: conversation.originatingDirection ?? customer?.sessions?.[0]?.direction ?? null,
    ended_at: conversation.conversationEnd === undefined ? latest(all) : Date.parse(conversation.conversationEnd),
    // Who left the queue before an agent took the contact abandoned it; who never reached a queue is none of ours.
    outcome: queue.length > 0 ? "abandoned" : "other",
  };
}

function conversationPart(conversation: Conversation, context: ConversationContext): Record<string, CanonicalRecord[string]> {
  return {
    ...emptyRecord("interaction"),
    interaction_id: conversation.conversationId,
    conversation_id: conversation.conversationId,
    entered_at: Date.parse(conversation.conversationStart),
    queue_ms: queueDuration(conversation),
    customer_key: customerKey(conversation, context),
  };
}

function queueDuration({ participants = [] }: Conversation): number | null {
  const queues = participants.filter(({ purpose }) => purpose === "acd");
  return sum(queues.map((queue) => metricSum(queue, "tAcd") ?? segmentSum(segmentsOf(queue), "interact")));
}

function durations(agent: Participant): Record<string, number | null> {
  const segments = segmentsOf(agent);
  const talk_ms = metricSum(agent, "tTalkComplete") ?? metricSum(agent, "tTalk") ?? segmentSum(segments, "interact");
  const hold_ms = metricSum(agent, "tHeldComplete") ?? metricSum(agent, "tHeld") ?? segmentSum(segments, "hold");
  const after_call_ms = metricSum(agent, "tAcw") ?? segmentSum(segments, "wrapup");
  const other_ms =
    sum([metricSum(agent, "tContacting"), metricSum(agent, "tDialing")]) ??
    sum([segmentSum(segments, "contacting"), segmentSum(segments, "dialing")]);
  const handle_ms = metricSum(agent, "tHandle") ?? sum([talk_ms, hold_ms, after_call_ms, other_ms]);
  return { talk_ms, hold_ms, after_call_ms, other_ms, handle_ms };
}

function mapEvaluations({ conversationId, evaluations = [] }: Conversation): MappedRecord[] {
  return (
    evaluations
      // One that was deleted may still be told of: as one that is no longer told, it is closed.
      .filter(({ oTotalScore, eventTime, deleted }) => oTotalScore !== undefined && eventTime !== undefined && deleted !== true)
      .map((evaluation) => ({
        stream: "evaluation",
        record: {
          evaluation_id: evaluation.evaluationId,
          interaction_id: conversationId,
          agent_native_id: evaluation.userId ?? null,
          form_id: evaluation.formId ?? null,
          score_milli: thousandths(evaluation.oTotalScore),
          max_score_milli: 100_000,
          evaluated_at: instantOf(evaluation.eventTime),
          released_at: evaluation.released === false ? null : instantOf(evaluation.releaseDate ?? evaluation.eventTime),
        },
      }))
  );
}

function mapSurveys({ conversationId, surveys = [] }: Conversation): MappedRecord[] {
  return surveys
    .filter(({ surveyStatus }) => surveyStatus === undefined || surveyStatus === "Finished")
    .map((survey) => ({
      stream: "survey",
      record: {
        survey_id: survey.surveyId,
        interaction_id: conversationId,
        agent_native_id: survey.userId ?? null,
        score_milli: thousandths(survey.oSurveyTotalScore),
        scale_min_milli: 0,
        scale_max_milli: 100_000,
        answered_at: instantOf(survey.surveyCompletedDate),
      },
    }));
}

/** The customer's own id where there is one, else the number, without the dialling scheme around it. */
function customerKey({ participants = [] }: Conversation, { customerKey }: ConversationContext): string | null {
  const customer = participants.find(isCustomer);
  if (customerKey === null || customer === undefined) return null;
  const identity = customer.externalContactId ?? phoneNumber(customer.sessions ?? []);
  return identity === null ? null : customerKey(identity);
}

function isCustomer({ purpose }: Participant): boolean {
  return purpose === "customer" || purpose === "external";
}

function phoneNumber(sessions: readonly Session[]): string | null {
  const [first] = sessions;
  const address = first?.direction === "outbound" ? (first.dnis ?? first.ani) : first?.ani;
  // A scrubbed number is its own pseudonym, and may hold digits in a row.
  if (address?.startsWith(pseudonymPrefix)) return address;
  return /\+?\d{5,15}/.exec(address ?? "")?.[0] ?? null;
}

function segmentsOf(participant: Participant): Segment[] {
  return (participant.sessions ?? []).flatMap(({ segments = [] }) => segments);
}

function metricSum(participant: Participant, name: string): number | null {
  const values = (participant.sessions ?? []).flatMap(({ metrics = [] }) => metrics.filter((metric) => metric.name === name));
  return values.length === 0 ? null : values.reduce((total, { value }) => total + value, 0);
}

function segmentSum(segments: readonly Segment[], type: string): number | null {
  const closed = segments.filter(({ segmentType, segmentEnd }) => segmentType === type && segmentEnd !== undefined);
  return sum(closed.map(({ segmentStart, segmentEnd }) => Date.parse(segmentEnd ?? segmentStart) - Date.parse(segmentStart)));
}

/** Null where nothing is known: a missing measure is not zero. */
function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

function earliest(segments: readonly Segment[]): number | null {
  return segments.length === 0 ? null : Math.min(...segments.map(({ segmentStart }) => Date.parse(segmentStart)));
}

function latest(segments: readonly Segment[]): number | null {
  const ends = segments.flatMap(({ segmentEnd }) => (segmentEnd === undefined ? [] : [Date.parse(segmentEnd)]));
  return ends.length === 0 ? null : ends.reduce((last, end) => Math.max(last, end));
}

function instantOf(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}

function thousandths(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1000);
}

function flagsOf(flags: readonly (readonly [isSet: boolean, name: string])[]): string | null {
  const names = flags.filter(([isSet]) => isSet).map(([, name]) => name);
  return names.length === 0 ? null : names.join(",");
}
