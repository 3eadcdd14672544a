import { type AgentDay, teamDay } from "./agent-day.ts";
import type { Delivery } from "./delivery.ts";
import { unansweredRows } from "./interaction-rows.ts";
import { queues } from "./organisation.ts";
import { standingRows } from "./standing-rows.ts";
import type { World } from "./world.ts";

/** A part of the feed small enough to hold in memory: one team's day, or what else arrives on a day. */
export interface FeedPart {
  readonly day: number;
  /** Rows to hand on now, in order. */
  readonly deliveries: readonly Delivery[];
  /** The agent-days that begin here; their late rows come in later parts. */
  readonly agentDays: readonly AgentDay[];
}

/**
 * All rows in the order in which a daily export would contain them: late ones on the day they arrive.
 * Only rows on their way are kept, a few days' worth, so memory does not grow with the length of the simulation.
 */
export function* feedOf(world: World): Generator<FeedPart> {
  const waiting = new Map<number, Delivery[]>();
  for (const delivery of standingRows(world)) postpone(waiting, delivery);
  for (let day = world.firstDay; day <= world.lastDeliveryDay; day += 1) {
    yield { day, deliveries: waiting.get(day) ?? [], agentDays: [] };
    waiting.delete(day);
    if (day > world.lastDay) continue;
    for (const queue of queues) yield part(waiting, day, unansweredRows(world, queue, day), []);
    for (const { index } of world.teams) {
      const agentDays = teamDay(world, index, day);
      yield part(
        waiting,
        day,
        agentDays.flatMap(({ deliveries }) => deliveries),
        agentDays,
      );
    }
  }
}

function part(waiting: Map<number, Delivery[]>, day: number, deliveries: readonly Delivery[], agentDays: readonly AgentDay[]): FeedPart {
  for (const delivery of deliveries) if (delivery.day > day) postpone(waiting, delivery);
  return { day, agentDays, deliveries: deliveries.filter((delivery) => delivery.day <= day) };
}

function postpone(waiting: Map<number, Delivery[]>, delivery: Delivery): void {
  const sameDay = waiting.get(delivery.day);
  if (sameDay === undefined) waiting.set(delivery.day, [delivery]);
  else sameDay.push(delivery);
}
