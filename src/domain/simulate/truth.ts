import type { StreamName } from "../records/streams.ts";
import type { AgentDay } from "./agent-day.ts";
import { dateText, isoWeekText, weekOf } from "./calendar.ts";
import { isEnrolled } from "./careers.ts";
import { handleMsOf } from "./contacts.ts";
import type { Delivery } from "./delivery.ts";
import type { SimulationParameters } from "./parameters.ts";
import { simulatedSource, type World } from "./world.ts";

/** How often a stream's rows were sent, by cause: `first` = distinct keys, `changed` = new revisions of a key, `repeated` = equal rows. */
export interface StreamCounts {
  readonly rows: number;
  readonly keys: number;
  readonly changed: number;
  readonly repeated: number;
}

/** What an import and the marts must find again, counted while the rows were made. Sums are over the final revision of each key. */
export interface Truth {
  readonly kind: "gami-simulation";
  readonly version: 1;
  readonly source: string;
  readonly parameters: SimulationParameters;
  readonly span: { readonly from: string; readonly to: string; readonly seenUntil: string };
  readonly streams: Readonly<Partial<Record<StreamName, StreamCounts>>>;
  readonly interactions: Readonly<Record<string, number>>;
  readonly gamification: Readonly<Record<string, number>>;
  readonly quality: Readonly<Record<string, number>>;
  readonly surveys: Readonly<Record<string, number>>;
  /** Minor units of USD by kind of cost, as text. */
  readonly costs: Readonly<Record<string, string>>;
  readonly people: Readonly<Record<string, number>>;
  readonly rollOut: RollOutTruth;
  readonly effects: EffectTruth;
}

export interface RollOutTruth {
  readonly allocation: string;
  readonly launches: readonly { readonly date: string; readonly week: string; readonly teams: readonly string[] }[];
  readonly teamsNeverEnrolled: readonly string[];
}

export interface EffectTruth {
  readonly handleMs: number;
  readonly qualityMilli: number;
  readonly hazardRatio: number;
  readonly engagementPpm: number;
  readonly dipHandleMs: number;
  /** Mean true effect on handle time over the contacts of enrolled agents, slumps included; null when there are none. */
  readonly meanHandleMs: number | null;
  /** The same by week since enrolment. */
  readonly byEventWeek: readonly { readonly week: number; readonly contacts: number; readonly meanHandleMs: number }[];
}

/** Counts while rows pass by; holds sums only, whatever the size of the simulation. */
export interface TruthCounter {
  countDelivery(delivery: Delivery): void;
  countAgentDay(agentDay: AgentDay): void;
  finish(world: World): Truth;
}

type Sums = Record<string, number>;

export function createTruthCounter(): TruthCounter {
  const streams = new Map<StreamName, { rows: number; keys: number; changed: number; repeated: number }>();
  const interactions: Sums = { handled: 0, transferred: 0, abandoned: 0, phantom: 0, other: 0, corrected: 0 };
  const gamification: Sums = { pointsMilli: 0, actionsPaidTwice: 0, engagementAboveOne: 0 };
  const quality: Sums = { evaluations: 0, scoreMilli: 0, laterThan72Hours: 0 };
  const surveys: Sums = { answered: 0, scoreMilli: 0 };
  const costs: Sums = {};
  const eventWeeks = new Map<number, { contacts: number; effectMs: number }>();
  const paidActions = createRecentActions();

  const countFirst = ({ stream, record, day }: Delivery): void => {
    if (stream === "interaction" && record.agent_native_id === null) add(interactions, String(record.outcome), 1);
    if (stream === "gamification_event") {
      add(gamification, String(record.event_kind), 1);
      if (Number(record.engagement_ppm ?? 0) > 1_000_000) add(gamification, "engagementAboveOne", 1);
      if (record.event_kind === "points_earned") {
        add(gamification, "pointsMilli", Number(record.points_milli));
        const action = [record.agent_native_id, record.interaction_id, record.action_type, record.metric].join(" ");
        if (paidActions.has(action)) add(gamification, "actionsPaidTwice", 1);
        paidActions.remember(action, day);
      }
    }
    if (stream === "evaluation") {
      add(quality, "evaluations", 1);
      add(quality, "scoreMilli", Number(record.score_milli));
    }
    if (stream === "survey") {
      add(surveys, "answered", 1);
      add(surveys, "scoreMilli", Number(record.score_milli));
    }
    if (stream === "cost") add(costs, String(record.kind), Number(record.amount_minor));
  };

  return {
    countDelivery(delivery) {
      const counts = streams.get(delivery.stream) ?? { rows: 0, keys: 0, changed: 0, repeated: 0 };
      streams.set(delivery.stream, counts);
      counts.rows += 1;
      if (delivery.cause === "first") counts.keys += 1;
      else if (delivery.cause === "duplicate") counts.repeated += 1;
      else counts.changed += 1;
      if (delivery.stream === "interaction" && delivery.cause === "correction") add(interactions, "corrected", 1);
      if (delivery.cause === "first") countFirst(delivery);
    },
    countAgentDay({ agent, day, contacts, level, lateEvaluations }) {
      add(quality, "laterThan72Hours", lateEvaluations);
      for (const contact of contacts) {
        add(interactions, "handled", 1);
        if (contact.transferredTo !== null) add(interactions, "transferred", 1);
        add(interactions, "queueMs", contact.queueMs);
        add(interactions, "talkMs", contact.talkMs);
        add(interactions, "holdMs", contact.holdMs ?? 0);
        add(interactions, "afterCallMs", contact.afterCallMs);
        add(interactions, "otherMs", contact.otherMs ?? 0);
        add(interactions, "handleMs", handleMsOf(contact));
      }
      if (agent.enrolledOn === null || !isEnrolled(agent, day) || contacts.length === 0) return;
      const eventWeek = weekOf(day) - weekOf(agent.enrolledOn);
      const sums = eventWeeks.get(eventWeek) ?? { contacts: 0, effectMs: 0 };
      eventWeeks.set(eventWeek, { contacts: sums.contacts + contacts.length, effectMs: sums.effectMs + level.effectMs * contacts.length });
    },
    finish(world) {
      return {
        kind: "gami-simulation",
        version: 1,
        source: simulatedSource,
        parameters: world.parameters,
        span: { from: dateText(world.firstDay), to: dateText(world.lastDay), seenUntil: dateText(world.lastDeliveryDay) },
        streams: Object.fromEntries(streams),
        interactions,
        gamification,
        quality,
        surveys,
        costs: Object.fromEntries(Object.entries(costs).map(([kind, amountMinor]) => [kind, String(amountMinor)])),
        people: peopleOf(world),
        rollOut: rollOutOf(world),
        effects: effectsOf(world, eventWeeks),
      };
    },
  };
}

/** Both payments of one action lie less than a second apart, so yesterday's and today's actions are enough. */
function createRecentActions() {
  const days = new Map<number, Set<string>>();
  return {
    has: (action: string): boolean => [...days.values()].some((actions) => actions.has(action)),
    remember(action: string, day: number): void {
      for (const known of days.keys()) if (known < day - 1) days.delete(known);
      const actions = days.get(day) ?? new Set<string>();
      days.set(day, actions.add(action));
    },
  };
}

function add(sums: Sums, name: string, amount: number): void {
  sums[name] = (sums[name] ?? 0) + amount;
}

function peopleOf({ agents, parameters }: World): Truth["people"] {
  return {
    seats: parameters.agents,
    people: agents.length,
    left: agents.filter(({ leftOn }) => leftOn !== null).length,
    moved: agents.filter(({ stays }) => stays.length > 1).length,
    enrolled: agents.filter(({ enrolledOn }) => enrolledOn !== null).length,
  };
}

function rollOutOf({ parameters, rollOut, teams }: World): RollOutTruth {
  return {
    allocation: parameters.allocation,
    launches: rollOut.launchDays.map((day, wave) => ({
      date: dateText(day),
      week: isoWeekText(weekOf(day)),
      teams: teams.filter(({ index }) => rollOut.waveOfTeam[index] === wave).map(({ id }) => id),
    })),
    teamsNeverEnrolled: teams.filter(({ index }) => (rollOut.waveOfTeam[index] ?? null) === null).map(({ id }) => id),
  };
}

function effectsOf(
  { parameters: { effects } }: World,
  eventWeeks: ReadonlyMap<number, { contacts: number; effectMs: number }>,
): EffectTruth {
  const weeks = [...eventWeeks].sort(([one], [other]) => one - other);
  const contacts = weeks.reduce((sum, [, week]) => sum + week.contacts, 0);
  const effectMs = weeks.reduce((sum, [, week]) => sum + week.effectMs, 0);
  return {
    handleMs: effects.handleMs,
    qualityMilli: effects.qualityMilli,
    hazardRatio: effects.hazardRatio,
    engagementPpm: effects.engagementPpm,
    dipHandleMs: effects.dipHandleMs,
    meanHandleMs: contacts === 0 ? null : effectMs / contacts,
    byEventWeek: weeks.map(([week, sums]) => ({ week, contacts: sums.contacts, meanHandleMs: sums.effectMs / sums.contacts })),
  };
}
