import { weekOf } from "./calendar.ts";
import { type Agent, isEnrolled } from "./careers.ts";
import { type Contact, handleMsOf } from "./contacts.ts";
import { type Delivery, deliveryOf } from "./delivery.ts";
import { type Draw, drawsOf, happens, pick, purposes, share, standardNormal } from "./random.ts";
import type { World } from "./world.ts";

const hourMs = 3_600_000;
const evaluatedShare = 0.04;
const surveyShareVoice = 0.08;
const surveyShareWritten = 0.03;

export interface Evaluation {
  readonly contact: Contact;
  readonly scoreMilli: number;
  readonly evaluatedAt: number;
  /** Came more than 72 hours after the contact. */
  readonly isLate: boolean;
  readonly delivery: Delivery;
}

/** A few contacts are scored by quality staff two days later, some only after the third day has passed. */
export function evaluationsOf(world: World, agent: Agent, day: number, contacts: readonly Contact[]): Evaluation[] {
  const draw = drawsOf(world.seed, purposes.evaluations, agent.subject, day);
  const weekNoise = standardNormal(drawsOf(world.seed, purposes.evaluations, agent.subject, -1 - weekOf(day)));
  const effectMilli = isEnrolled(agent, day) ? world.parameters.effects.qualityMilli : 0;
  const expectedMilli = agent.person.qualityMilli + 1_500 * weekNoise + effectMilli;
  return contacts.filter(() => happens(draw, evaluatedShare)).map((contact) => evaluationOf(world, draw, agent, contact, expectedMilli));
}

function evaluationOf(world: World, draw: Draw, agent: Agent, contact: Contact, expectedMilli: number): Evaluation {
  const exact = expectedMilli + 5_000 * standardNormal(draw);
  const scoreMilli = Math.min(100_000, Math.max(0, Math.round(exact / 100) * 100));
  const isLate = happens(draw, world.parameters.oddities.lateEvaluation);
  const waitMs = isLate ? 73 * hourMs + wholeMinutes(share(draw) * 5) : 48 * hourMs + wholeMinutes(share(draw) * 3);
  const evaluatedAt = contact.startedAt + handleMsOf(contact) + waitMs;
  const releasedAt = evaluatedAt + wholeMinutes(0.5 + 2.5 * share(draw));
  const record = {
    evaluation_id: `v-${partId(contact)}`,
    interaction_id: contact.interactionId,
    agent_native_id: agent.nativeId,
    form_id: `form-${contact.queue.channel}`,
    score_milli: scoreMilli,
    max_score_milli: 100_000,
    evaluated_at: evaluatedAt,
    released_at: releasedAt,
  };
  return { contact, scoreMilli, evaluatedAt, isLate, delivery: deliveryOf("evaluation", record, releasedAt) };
}

/** A transferred contact has two parts under one interaction id. */
function partId({ interactionId, segmentId }: Contact): string {
  return segmentId === null ? interactionId : `${interactionId}-${segmentId}`;
}

function wholeMinutes(hours: number): number {
  return Math.floor(hours * 60) * 60_000;
}

/** Few customers answer; those who do use a scale of 1 to 5. */
export function surveysOf(world: World, agent: Agent, day: number, contacts: readonly Contact[]): Delivery[] {
  const draw = drawsOf(world.seed, purposes.surveys, agent.subject, day);
  return contacts
    .filter(
      ({ queue, isPrimaryAgent }) => happens(draw, queue.channel === "voice" ? surveyShareVoice : surveyShareWritten) && isPrimaryAgent,
    )
    .map((contact) => surveyOf(draw, agent, contact));
}

function surveyOf(draw: Draw, agent: Agent, contact: Contact): Delivery {
  const answeredAt = contact.startedAt + handleMsOf(contact) + wholeMinutes(0.1 + 20 * share(draw));
  const scoreMilli = pick(draw, [1, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5]) * 1_000;
  const record = {
    survey_id: `y-${partId(contact)}`,
    interaction_id: contact.interactionId,
    agent_native_id: agent.nativeId,
    score_milli: scoreMilli,
    scale_min_milli: 1_000,
    scale_max_milli: 5_000,
    answered_at: answeredAt,
  };
  return deliveryOf("survey", record, answeredAt);
}
