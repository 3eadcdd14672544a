import type { Agent } from "./careers.ts";
import { exp, ln } from "./exact-math.ts";
import { type Queue, queues } from "./organisation.ts";
import { type Draw, drawsOf, eventCount, happens, pick, purposes, share, standardNormal, whole } from "./random.ts";
import type { Shift } from "./roster.ts";
import { usualHandleMs, type World } from "./world.ts";

/** One agent's part of one contact, as it really was. Durations in milliseconds, whole seconds; null = not measured on this channel. */
export interface Contact {
  readonly interactionId: string;
  readonly segmentId: string | null;
  readonly queue: Queue;
  readonly direction: "inbound" | "outbound";
  readonly startedAt: number;
  readonly queueMs: number;
  readonly talkMs: number;
  readonly holdMs: number | null;
  readonly afterCallMs: number;
  readonly otherMs: number | null;
  readonly disposition: string;
  readonly transferredFrom: string | null;
  readonly transferredTo: string | null;
  readonly isPrimaryAgent: boolean;
  readonly customerKey: string;
  readonly sentimentPpm: number | null;
  readonly priority: number;
}

/** Coefficient of variation of single handle times: sqrt(ln(1 + 0.5 ** 2)) is the log's standard deviation. */
const logDeviation = 0.472380727077439;
const ownQueueShare = 0.8;
const leastHandleSeconds = 6;
const lastStartBeforeEndMs = 60_000;

/** The contacts of one shift, one after the other, the last begun before the shift ends. */
export function contactsOf(world: World, agent: Agent, day: number, shift: Shift, place: ContactPlace): Contact[] {
  const draw = drawsOf(world.seed, purposes.contacts, agent.subject, day * 4 + place.part);
  const wanted = eventCount(draw, world.parameters.contactsPerDay * shift.fullDayShare);
  const spanMs = shift.endsAt - shift.startsAt - lastStartBeforeEndMs;
  const planned: { queue: Queue; handleMs: number }[] = [];
  let busyMs = 0;
  for (let number = 0; number < wanted && busyMs < spanMs; number += 1) {
    const queue = happens(draw, ownQueueShare) ? place.queue : pick(draw, queues);
    const handleMs = handleTimeMs(draw, queue, place.shiftMs);
    planned.push({ queue, handleMs });
    busyMs += handleMs;
  }
  const gaps = Array.from({ length: planned.length + 1 }, () => share(draw));
  const idleMs = Math.max(0, spanMs - busyMs);
  const gapMs = idleMs / gaps.reduce((sum, gap) => sum + gap, 1e-9);
  let at = shift.startsAt;
  return planned.map(({ queue, handleMs }, number) => {
    at += Math.floor(((gaps[number] ?? 0) * gapMs) / 1_000) * 1_000;
    const interactionId = interactionIdOf(agent, day, place.part, number);
    const contact = contactOf(draw, { interactionId, queue, handleMs, startedAt: at, customers: world.parameters.agents * 150 });
    at += handleMs;
    return contact;
  });
}

export interface ContactPlace {
  /** Which shift of the day. */
  readonly part: number;
  readonly queue: Queue;
  /** What this agent's contacts take beyond the queue's usual time. */
  readonly shiftMs: number;
}

function interactionIdOf(agent: Agent, day: number, part: number, number: number): string {
  return `i-${agent.subject.toString(36)}-${day.toString(36)}-${part}${number.toString(36)}`;
}

/** Log-normal around the expected value; the expectation itself moves with agent, week and programme, so effects are additive in seconds. */
export function handleTimeMs(draw: Draw, queue: Queue, shiftMs: number): number {
  const expectedMs = Math.max(60_000, (usualHandleMs * queue.complexityMilli) / 1_000 + shiftMs);
  const factor = exp(logDeviation * standardNormal(draw) - (logDeviation * logDeviation) / 2);
  return Math.max(leastHandleSeconds, Math.round((expectedMs * factor) / 1_000)) * 1_000;
}

export interface ContactFrame {
  readonly interactionId: string;
  readonly queue: Queue;
  readonly handleMs: number;
  readonly startedAt: number;
  /** How many different customers there are. */
  readonly customers: number;
}

/** Fills in everything about a contact but its time and length. */
export function contactOf(draw: Draw, { interactionId, queue, handleMs, startedAt, customers }: ContactFrame): Contact {
  const isVoice = queue.channel === "voice";
  const afterCallMs = partOf(handleMs, 0.08 + 0.12 * share(draw));
  const holdMs = isVoice ? (happens(draw, 0.25) ? partOf(handleMs, 0.05 + 0.2 * share(draw)) : 0) : null;
  const otherMs = isVoice ? partOf(handleMs, 0.03 * share(draw)) : null;
  return {
    interactionId,
    queue,
    startedAt,
    afterCallMs,
    holdMs,
    otherMs,
    segmentId: null,
    direction: isVoice && happens(draw, 0.08) ? "outbound" : "inbound",
    queueMs: Math.round(-40 * ln(share(draw) + 2 ** -33)) * 1_000,
    talkMs: handleMs - afterCallMs - (holdMs ?? 0) - (otherMs ?? 0),
    disposition: pick(draw, ["resolved", "resolved", "resolved", "follow_up", "callback"]),
    transferredFrom: null,
    transferredTo: null,
    isPrimaryAgent: true,
    customerKey: customerKeyOf(whole(draw, 0, customers - 1)),
    sentimentPpm: happens(draw, 0.6) ? sentimentOf(draw) : null,
    priority: pick(draw, [0, 0, 0, 1, 1, 2]),
  };
}

export function handleMsOf({ talkMs, holdMs, afterCallMs, otherMs }: Contact): number {
  return talkMs + (holdMs ?? 0) + afterCallMs + (otherMs ?? 0);
}

function partOf(handleMs: number, part: number): number {
  return Math.floor((handleMs * part) / 1_000) * 1_000;
}

function sentimentOf(draw: Draw): number {
  return Math.round(Math.min(1, Math.max(-1, 0.15 + 0.35 * standardNormal(draw))) * 1_000_000);
}

/** Looks like the keyed hash a real export would carry; invented customers need no secret. */
export function customerKeyOf(customer: number): string {
  const high = Math.imul(customer + 1, 0x9e3779b1) >>> 0;
  const low = Math.imul(customer ^ 0x7feb352d, 0x846ca68b) >>> 0;
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}
