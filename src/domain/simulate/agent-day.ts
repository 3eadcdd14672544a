import { evaluationsOf, surveysOf } from "./assessments.ts";
import { type Agent, teamOn } from "./careers.ts";
import { type Contact, contactsOf } from "./contacts.ts";
import { type Delivery, deliveryOf, hasArrived } from "./delivery.ts";
import { contactRows } from "./interaction-rows.ts";
import { drawsOf, purposes, standardNormal } from "./random.ts";
import { recognitionOf } from "./recognition.ts";
import { type Shift, shiftsOf } from "./roster.ts";
import { type Transfer, transfersOf } from "./transfers.ts";
import { type HandleLevel, handleLevelOf, type World } from "./world.ts";

/** Everything that begins with one agent's local day, and what it adds up to once all of it has arrived. */
export interface AgentDay {
  readonly agent: Agent;
  /** The local date on which the shift began. */
  readonly day: number;
  readonly deliveries: readonly Delivery[];
  /** What really happened, corrections included. */
  readonly contacts: readonly Contact[];
  readonly level: HandleLevel;
  readonly isScheduled: boolean;
  /** Scores that came more than 72 hours after the contact, of those that have arrived. */
  readonly lateEvaluations: number;
}

const shiftPublishedMs = 14 * 86_400_000;

/** One agent's day, made without making any other day. */
export function agentDay(world: World, agent: Agent, day: number): AgentDay {
  return dayWith(world, agent, day, transfersOf(world, teamOn(agent, day).index, day));
}

/** The days of all who are in a team on a local day; the same as asking for each of them, but transfers are found once. */
export function teamDay(world: World, teamIndex: number, day: number): AgentDay[] {
  const transfers = transfersOf(world, teamIndex, day);
  return (world.membersOfTeam[teamIndex] ?? [])
    .filter((agent) => teamOn(agent, day).index === teamIndex)
    .map((agent) => dayWith(world, agent, day, transfers));
}

function dayWith(world: World, agent: Agent, day: number, transfers: readonly Transfer[]): AgentDay {
  const shifts = shiftsOf(world, agent, day);
  const worked = shifts.filter(({ isLeave }) => !isLeave);
  const level = handleLevelOf(world, agent, day);
  const queue = teamOn(agent, day).queue;
  const own = worked.flatMap((shift, part) => contactsOf(world, agent, day, shift, { part, queue, shiftMs: level.shiftMs }));
  const passed = transfers.flatMap(({ from, to }) => [from, to].filter((side) => side.agent === agent).map(({ contact }) => contact));
  const draw = drawsOf(world.seed, purposes.contacts, agent.subject, day * 4 + 3);
  const rows = [...own, ...passed].map((contact) => contactRows(world, draw, agent, contact));
  const contacts = rows.map(({ final }) => final);
  const evaluations = evaluationsOf(world, agent, day, contacts);
  const others = [
    ...shiftRows(world, agent, shifts),
    ...evaluations.map(({ delivery }) => delivery),
    ...surveysOf(world, agent, day, contacts),
    ...recognitionOf(world, agent, { day, shifts: worked, contacts, evaluations }),
  ].filter((delivery) => hasArrived(world, delivery));
  return {
    agent,
    day,
    contacts,
    level,
    isScheduled: shifts.length > 0,
    lateEvaluations: evaluations.filter((evaluation) => evaluation.isLate && hasArrived(world, evaluation.delivery)).length,
    deliveries: [...rows.flatMap(({ deliveries }) => deliveries), ...others],
  };
}

function shiftRows(world: World, agent: Agent, shifts: readonly Shift[]): Delivery[] {
  return shifts.flatMap((shift) => {
    const record = {
      shift_native_id: shift.id,
      agent_native_id: agent.nativeId,
      starts_at: shift.startsAt,
      ends_at: shift.endsAt,
      zone: shift.zone,
      published_at: shift.startsAt - shiftPublishedMs,
      is_leave: shift.isLeave,
    };
    const planned = deliveryOf("shift", record, shift.startsAt);
    return shift.isLeave ? [planned] : [planned, adherenceRow(world, agent, shift)];
  });
}

function adherenceRow(world: World, agent: Agent, shift: Shift): Delivery {
  const draw = drawsOf(world.seed, purposes.roster, agent.subject, Math.floor(shift.startsAt / 60_000));
  const scheduledMs = shift.endsAt - shift.startsAt;
  const kept = Math.min(1, Math.max(0.5, 0.93 + 0.04 * standardNormal(draw)));
  const record = {
    agent_native_id: agent.nativeId,
    starts_at: shift.startsAt,
    ends_at: shift.endsAt,
    scheduled_ms: scheduledMs,
    adherent_ms: Math.floor((scheduledMs * kept) / 1_000) * 1_000,
  };
  return deliveryOf("adherence", record, shift.endsAt);
}
