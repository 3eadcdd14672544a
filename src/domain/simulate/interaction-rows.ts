import type { CanonicalRecord } from "../records/record.ts";
import type { Agent } from "./careers.ts";
import { type Contact, customerKeyOf, handleMsOf } from "./contacts.ts";
import { type Delivery, type DeliveryCause, deliveryOf, hasArrived } from "./delivery.ts";
import { ln } from "./exact-math.ts";
import { type Queue, queues } from "./organisation.ts";
import { workedShare } from "./parameters.ts";
import { type Draw, drawsOf, eventCount, pick, purposes, share, whole } from "./random.ts";
import type { World } from "./world.ts";

const hourMs = 3_600_000;
const abandonedShare = 0.06;

/** The rows one contact causes, and the after-call work that is known once all of them have arrived. */
export interface ContactRows {
  readonly deliveries: readonly Delivery[];
  readonly final: Contact;
}

/** At most one oddity per contact: sent twice, sent again, or after-call work that comes a day late. */
export function contactRows(world: World, draw: Draw, agent: Agent, contact: Contact): ContactRows {
  const { duplicate, resend, lateAfterCall } = world.parameters.oddities;
  const knownAt = contact.startedAt + handleMsOf(contact) + 60_000;
  const first = delivered(agent, contact, knownAt);
  const place = share(draw);
  if (place < duplicate)
    return { final: contact, deliveries: arrived(world, [first, again(first, knownAt + whole(draw, 0, 1) * 24 * hourMs)]) };
  if (place < duplicate + resend)
    return {
      final: contact,
      deliveries: arrived(world, [first, delivered(agent, contact, knownAt + whole(draw, 2, 12) * hourMs, "resend")]),
    };
  if (place >= duplicate + resend + lateAfterCall) return { final: contact, deliveries: arrived(world, [first]) };
  const unfinished = { ...contact, afterCallMs: 0 };
  const corrected = delivered(agent, contact, knownAt + whole(draw, 20, 30) * hourMs, "correction");
  const deliveries = arrived(world, [delivered(agent, unfinished, knownAt), corrected]);
  return { deliveries, final: deliveries.includes(corrected) ? contact : unfinished };
}

function delivered(agent: Agent, contact: Contact, updatedAt: number, cause: DeliveryCause = "first"): Delivery {
  return deliveryOf("interaction", interactionRecord(agent.nativeId, contact, updatedAt), updatedAt, cause);
}

function again(delivery: Delivery, at: number): Delivery {
  return deliveryOf(delivery.stream, delivery.record, at, "duplicate");
}

function arrived(world: World, deliveries: readonly Delivery[]): Delivery[] {
  return deliveries.filter((delivery) => hasArrived(world, delivery));
}

function interactionRecord(agentNativeId: string, contact: Contact, updatedAt: number): CanonicalRecord {
  const contactMs = contact.talkMs + (contact.holdMs ?? 0) + (contact.otherMs ?? 0);
  return {
    interaction_id: contact.interactionId,
    agent_native_id: agentNativeId,
    segment_id: contact.segmentId,
    conversation_id: contact.interactionId,
    queue_native_id: contact.queue.id,
    channel: contact.queue.channel,
    direction: contact.direction,
    entered_at: contact.startedAt - contact.queueMs,
    queue_ms: contact.queueMs,
    started_at: contact.startedAt,
    ended_at: contact.startedAt + contactMs,
    talk_ms: contact.talkMs,
    hold_ms: contact.holdMs,
    after_call_ms: contact.afterCallMs,
    other_ms: contact.otherMs,
    handle_ms: contactMs + contact.afterCallMs,
    outcome: "answered",
    disposition_code: contact.disposition,
    transferred_from: contact.transferredFrom,
    transferred_to: contact.transferredTo,
    is_primary_agent: contact.isPrimaryAgent,
    customer_key: contact.customerKey,
    sentiment_ppm: contact.sentimentPpm,
    source_updated_at: updatedAt,
    priority: contact.priority,
    flags: null,
  };
}

/** Contacts nobody answered, on one UTC day of one queue: hung up, phantom, or lost for another reason. */
export function unansweredRows(world: World, queue: Queue, day: number): Delivery[] {
  const { agents, contactsPerDay } = world.parameters;
  const draw = drawsOf(world.seed, purposes.abandoned, queue.index, day);
  const expected = (agents * contactsPerDay * workedShare * abandonedShare) / queues.length;
  const opensAt = day * 24 * hourMs + 6 * hourMs;
  const entered = Array.from({ length: eventCount(draw, expected) }, () => whole(draw, 0, 16 * 3_600 - 1)).sort(
    (one, other) => one - other,
  );
  const rows = entered.map((second, number) => {
    const enteredAt = opensAt + second * 1_000;
    const record = unansweredRecord(draw, queue, `u-${queue.index}-${day.toString(36)}-${number.toString(36)}`, enteredAt);
    return deliveryOf("interaction", record, enteredAt + hourMs);
  });
  return arrived(world, rows);
}

function unansweredRecord(draw: Draw, queue: Queue, id: string, enteredAt: number): CanonicalRecord {
  const queueMs = Math.round(-60 * ln(share(draw) + 2 ** -33)) * 1_000;
  const endedAt = enteredAt + queueMs;
  const kind = share(draw);
  return {
    interaction_id: id,
    agent_native_id: null,
    segment_id: null,
    conversation_id: id,
    queue_native_id: queue.id,
    channel: queue.channel,
    direction: "inbound",
    entered_at: enteredAt,
    queue_ms: queueMs,
    started_at: null,
    ended_at: endedAt,
    talk_ms: null,
    hold_ms: null,
    after_call_ms: null,
    other_ms: null,
    handle_ms: null,
    outcome: kind < 0.93 ? "abandoned" : kind < 0.98 ? "phantom" : "other",
    disposition_code: null,
    transferred_from: null,
    transferred_to: null,
    is_primary_agent: null,
    customer_key: kind < 0.5 ? null : customerKeyOf(whole(draw, 0, 999)),
    sentiment_ppm: null,
    source_updated_at: endedAt + 60_000,
    priority: pick(draw, [0, 0, 0, 1, 1, 2]),
    flags: null,
  };
}
