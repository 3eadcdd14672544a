import type { CanonicalRecord } from "../../domain/records/record.ts";
import { agentDay, teamDay } from "../../domain/simulate/agent-day.ts";
import { dayMs } from "../../domain/simulate/calendar.ts";
import type { Agent } from "../../domain/simulate/careers.ts";
import type { Delivery } from "../../domain/simulate/delivery.ts";
import { unansweredRows } from "../../domain/simulate/interaction-rows.ts";
import { queues } from "../../domain/simulate/organisation.ts";
import type { World } from "../../domain/simulate/world.ts";
import { recentlyUsed } from "./recently-used.ts";

/** A row as it really was, and the instant from which the platform shows it. */
export interface Sighting {
  readonly record: CanonicalRecord;
  readonly at: number;
  readonly isRepeat: boolean;
}

/** One agent's part of a conversation; the later version corrects the earlier. */
export interface Leg {
  readonly versions: readonly [Sighting, ...Sighting[]];
}

export interface Conversation {
  readonly id: string;
  readonly enteredAt: number;
  /** The end of its last leg in its last version, after-call work included. */
  readonly endsAt: number;
  readonly knownAt: number;
  readonly legs: readonly Leg[];
  readonly evaluations: readonly Sighting[];
  readonly surveys: readonly Sighting[];
}

/** What is told by its own time, whatever day of work it belongs to. */
export type DatedStream = "evaluation" | "survey" | "gamification_event" | "shift" | "adherence";

/**
 * The simulated centre as a platform sees it: any UTC day by itself, made again when asked for again.
 * Only what was used last is kept, so that memory does not grow with the length of the simulation.
 */
export interface Centre {
  readonly world: World;
  /** First and one past the last UTC day on which anything happens. */
  readonly firstDay: number;
  readonly endDay: number;
  conversations(utcDay: number): readonly Conversation[];
  rows(stream: DatedStream, utcDay: number): readonly Sighting[];
  /** The events of one agent that belong to a local day of work. */
  eventsOf(agent: Agent, day: number): readonly Sighting[];
}

/** An evaluation, and the points it earns, may come 82 hours after a contact that began late on a long local day. */
const daysBehind = 5;
const keptRows = 200_000;
/** Local days whose conversations may enter on one UTC day. */
const daysAcross = 4;

export function openCentre(world: World): Centre {
  const conversationsOfWork = recentlyUsed<readonly Conversation[]>(daysAcross, keptRows);
  const sightingsOfWork = recentlyUsed<readonly Sighting[]>(4 * (daysBehind + 3), keptRows);
  const conversationBuckets = recentlyUsed<readonly Conversation[]>(4, keptRows / 4);
  const sightingBuckets = recentlyUsed<readonly Sighting[]>(12, keptRows / 4);

  const deliveriesOf = (day: number): Delivery[] => {
    if (day < world.firstDay || day > world.lastDay) return [];
    return [
      ...queues.flatMap((queue) => unansweredRows(world, queue, day)),
      ...world.teams.flatMap(({ index }) => teamDay(world, index, day).flatMap(({ deliveries }) => deliveries)),
    ];
  };
  const conversationsOn = (day: number) =>
    conversationsOfWork.get(
      String(day),
      () => groupConversations(deliveriesOf(day)),
      ({ length }) => length * 2,
    );
  const sightingsOn = (stream: DatedStream, day: number) =>
    sightingsOfWork.get(
      `${stream} ${day}`,
      () => sightingsOf(stream, deliveriesOf(day)),
      ({ length }) => length,
    );

  return {
    world,
    firstDay: world.firstDay - 1,
    endDay: world.lastDeliveryDay + 2,
    conversations(utcDay) {
      return conversationBuckets.get(
        String(utcDay),
        () =>
          daysFrom(utcDay - 2, utcDay + 1)
            .flatMap((day) => conversationsOn(day).filter(({ enteredAt }) => Math.floor(enteredAt / dayMs) === utcDay))
            .sort((one, other) => one.enteredAt - other.enteredAt || compare(one.id, other.id)),
        ({ length }) => length * 2,
      );
    },
    rows(stream, utcDay) {
      const timeOf = ownTimeOf(stream);
      return sightingBuckets.get(
        `${stream} ${utcDay}`,
        () =>
          daysFrom(utcDay - daysBehind, utcDay + 1)
            .flatMap((day) => sightingsOn(stream, day).filter(({ record }) => Math.floor(timeOf(record) / dayMs) === utcDay))
            .sort((one, other) => timeOf(one.record) - timeOf(other.record)),
        ({ length }) => length,
      );
    },
    eventsOf: (agent, day) =>
      day < world.firstDay || day > world.lastDay ? [] : sightingsOf("gamification_event", agentDay(world, agent, day).deliveries),
  };
}

function daysFrom(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, step) => first + step);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

const timeColumns = {
  evaluation: "evaluated_at",
  survey: "answered_at",
  gamification_event: "occurred_at",
  shift: "starts_at",
  adherence: "starts_at",
} as const;

/** Where a stream's rows stand in time. */
export function ownTimeOf(stream: DatedStream): (record: CanonicalRecord) => number {
  const column = timeColumns[stream];
  return (record) => Number(record[column]);
}

/** The instant the platform first shows a row; the feed of files knows only the day. */
function shownAt({ stream, record, day, cause }: Delivery): number {
  const at =
    stream === "interaction"
      ? Number(record.source_updated_at)
      : stream === "evaluation"
        ? Number(record.released_at)
        : stream === "survey"
          ? Number(record.answered_at)
          : stream === "gamification_event"
            ? Number(record.occurred_at) + 60_000
            : stream === "shift"
              ? Number(record.published_at)
              : Number(record.ends_at);
  return cause === "duplicate" ? Math.max(at, day * dayMs) : at;
}

function sightingOf(delivery: Delivery): Sighting {
  return { record: delivery.record, at: shownAt(delivery), isRepeat: delivery.cause === "duplicate" };
}

function sightingsOf(stream: DatedStream, deliveries: readonly Delivery[]): Sighting[] {
  return deliveries.filter((delivery) => delivery.stream === stream).map(sightingOf);
}

/** Both legs of a transferred contact, its evaluations and surveys begin on the same day of work. */
function groupConversations(deliveries: readonly Delivery[]): Conversation[] {
  const legs = new Map<string, Map<string, Sighting[]>>();
  const about = { evaluation: new Map<string, Sighting[]>(), survey: new Map<string, Sighting[]>() };
  for (const delivery of deliveries) {
    const id = String(delivery.record.interaction_id);
    if (delivery.stream === "evaluation" || delivery.stream === "survey") push(about[delivery.stream], id, sightingOf(delivery));
    if (delivery.stream !== "interaction" || delivery.cause === "duplicate") continue;
    const parts = legs.get(id) ?? new Map<string, Sighting[]>();
    legs.set(id, parts);
    push(parts, `${delivery.record.agent_native_id} ${delivery.record.segment_id}`, sightingOf(delivery));
  }
  return [...legs].map(([id, parts]) => conversationOf(id, [...parts.values()], about.evaluation.get(id), about.survey.get(id)));
}

function conversationOf(id: string, parts: readonly Sighting[][], evaluations: Sighting[] = [], surveys: Sighting[] = []): Conversation {
  const legs = parts
    .flatMap((part) => {
      const [first, ...later] = part.toSorted((one, other) => one.at - other.at);
      return first === undefined ? [] : [{ versions: [first, ...later] } as const];
    })
    .sort((one, other) => enteredAt(one) - enteredAt(other));
  return {
    id,
    legs,
    evaluations,
    surveys,
    enteredAt: Math.min(...legs.map(enteredAt)),
    endsAt: Math.max(...legs.flatMap(({ versions }) => versions.map(({ record }) => endOf(record)))),
    knownAt: Math.min(...legs.map(({ versions }) => versions[0].at)),
  };
}

function enteredAt({ versions }: Leg): number {
  return Number(versions[0].record.entered_at);
}

function endOf(record: CanonicalRecord): number {
  return Number(record.ended_at) + Number(record.after_call_ms ?? 0);
}

function push(into: Map<string, Sighting[]>, key: string, sighting: Sighting): void {
  const known = into.get(key);
  if (known === undefined) into.set(key, [sighting]);
  else known.push(sighting);
}

/** The records of a conversation's legs as the platform shows them at an instant. */
export function legsAt({ legs }: Conversation, asOf: number): CanonicalRecord[] {
  return legs.flatMap(({ versions }) => {
    const version = versions.findLast(({ at }) => at <= asOf);
    return version === undefined ? [] : [version.record];
  });
}

export function seenAt(sightings: readonly Sighting[], asOf: number): CanonicalRecord[] {
  return sightings.filter(({ at, isRepeat }) => at <= asOf && !isRepeat).map(({ record }) => record);
}
