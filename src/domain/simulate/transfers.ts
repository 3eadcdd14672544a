import { type Agent, teamOn } from "./careers.ts";
import { type Contact, contactOf, handleMsOf, handleTimeMs } from "./contacts.ts";
import { type Draw, drawsOf, happens, pick, purposes, whole } from "./random.ts";
import { type Shift, workedShifts } from "./roster.ts";
import { handleLevelOf, type World } from "./world.ts";

/** A contact that one colleague began and another ended: two parts of one interaction. */
export interface Transfer {
  readonly from: { readonly agent: Agent; readonly contact: Contact };
  readonly to: { readonly agent: Agent; readonly contact: Contact };
}

const transferShare = 0.25;
const roomMs = 3_600_000;
const handOverMs = 20_000;

interface Presence {
  readonly agent: Agent;
  readonly shift: Shift;
}

/** The transfers inside one team on one local day; each agent on shift passes on at most one contact. */
export function transfersOf(world: World, teamIndex: number, day: number): Transfer[] {
  const present = (world.membersOfTeam[teamIndex] ?? [])
    .filter((agent) => teamOn(agent, day).index === teamIndex)
    .flatMap((agent) =>
      workedShifts(world, agent, day)
        .slice(0, 1)
        .map((shift) => ({ agent, shift })),
    );
  return present.flatMap((giver) => {
    const draw = drawsOf(world.seed, purposes.transfers, giver.agent.subject, day);
    if (!happens(draw, transferShare)) return [];
    const [first, ...others] = present.filter((taker) => taker.agent !== giver.agent && sharedMs(giver, taker) > roomMs);
    return first === undefined ? [] : [transferBetween(world, day, draw, giver, pick(draw, [first, ...others]))];
  });
}

function sharedMs(one: Presence, other: Presence): number {
  return Math.min(one.shift.endsAt, other.shift.endsAt) - Math.max(one.shift.startsAt, other.shift.startsAt);
}

/** The first part may last up to an hour less the hand-over, so the second always starts inside the taker's shift. */
function transferBetween(world: World, day: number, draw: Draw, giver: Presence, taker: Presence): Transfer {
  const queue = teamOn(giver.agent, day).queue;
  const earliest = Math.max(giver.shift.startsAt, taker.shift.startsAt);
  const startedAt = earliest + whole(draw, 0, (sharedMs(giver, taker) - roomMs) / 1_000) * 1_000;
  const interactionId = `x-${giver.agent.subject.toString(36)}-${day.toString(36)}`;
  const customers = world.parameters.agents * 150;
  const firstMs = Math.min(roomMs - 2 * handOverMs, handleTimeMs(draw, queue, handleLevelOf(world, giver.agent, day).shiftMs));
  const first = contactOf(draw, { interactionId, queue, startedAt, customers, handleMs: firstMs });
  const secondMs = handleTimeMs(draw, queue, handleLevelOf(world, taker.agent, day).shiftMs);
  const second = contactOf(draw, {
    interactionId,
    queue,
    startedAt: startedAt + handleMsOf(first) - first.afterCallMs + handOverMs,
    customers,
    handleMs: secondMs,
  });
  const shared = { direction: first.direction, customerKey: first.customerKey, priority: first.priority };
  return {
    from: {
      agent: giver.agent,
      contact: { ...first, segmentId: "1", disposition: "transferred", transferredTo: taker.agent.nativeId, isPrimaryAgent: false },
    },
    to: {
      agent: taker.agent,
      contact: { ...second, ...shared, segmentId: "2", queueMs: handOverMs, transferredFrom: giver.agent.nativeId },
    },
  };
}
