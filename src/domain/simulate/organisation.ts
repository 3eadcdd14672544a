import type { SimulationParameters } from "./parameters.ts";
import { drawsOf, purposes, type Seed, share, shuffled, standardNormal, whole } from "./random.ts";

export interface Site {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  /** First of the two days off in a row, 0 = Monday. */
  readonly weekendFrom: number;
}

export interface Queue {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly channel: "voice" | "chat" | "email";
  /** 1000 = an average contact. */
  readonly complexityMilli: number;
}

/** Local minutes of the day; an end beyond 1440 is on the next day. */
export type ShiftPart = readonly [from: number, to: number];

export interface Team {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly site: Site;
  readonly queue: Queue;
  readonly shift: readonly ShiftPart[];
}

/** Sites on both sides of the equator, with and without daylight saving time, one with a Friday-Saturday weekend. */
export const sites: readonly [Site, ...Site[]] = [
  { id: "nyc", name: "New York", zone: "America/New_York", weekendFrom: 5 },
  { id: "ber", name: "Berlin", zone: "Europe/Berlin", weekendFrom: 5 },
  { id: "jrs", name: "Jerusalem", zone: "Asia/Jerusalem", weekendFrom: 4 },
  { id: "pnq", name: "Pune", zone: "Asia/Kolkata", weekendFrom: 5 },
  { id: "syd", name: "Sydney", zone: "Australia/Sydney", weekendFrom: 5 },
];

export const queues: readonly [Queue, ...Queue[]] = [
  { index: 0, id: "q-billing", name: "Billing", channel: "voice", complexityMilli: 1_000 },
  { index: 1, id: "q-support", name: "Technical support", channel: "voice", complexityMilli: 1_250 },
  { index: 2, id: "q-sales", name: "Sales", channel: "voice", complexityMilli: 900 },
  { index: 3, id: "q-retention", name: "Retention", channel: "voice", complexityMilli: 1_400 },
  { index: 4, id: "q-chat", name: "Chat care", channel: "chat", complexityMilli: 1_100 },
  { index: 5, id: "q-mail", name: "Mail care", channel: "email", complexityMilli: 800 },
];

const day: readonly ShiftPart[] = [[540, 1_020]];
const early: readonly ShiftPart[] = [[420, 900]];
const late: readonly ShiftPart[] = [[840, 1_320]];
const split: readonly ShiftPart[] = [
  [480, 720],
  [960, 1_200],
];
const night: readonly ShiftPart[] = [[1_320, 1_800]];
const shiftPatterns = [day, early, late, day, night, early, day, split, late] as const;

/** Small centres get small teams, so that treated and untreated teams are both several. */
export function teamCount(agents: number): number {
  return Math.max(5, Math.round(agents / (agents < 150 ? 4 : 10)));
}

export function teamsOf(agents: number): Team[] {
  return Array.from({ length: teamCount(agents) }, (_, index) => ({
    index,
    id: `t-${String(index + 1).padStart(3, "0")}`,
    name: `Team ${index + 1}`,
    site: sites[index % sites.length] ?? sites[0],
    queue: queues[(index * 5 + Math.floor(index / sites.length)) % queues.length] ?? queues[0],
    shift: shiftPatterns[index % shiftPatterns.length] ?? day,
  }));
}

/** What a person brings along; drawn once, never changed. */
export interface Person {
  /** Added to the centre's usual handle time, milliseconds. */
  readonly handleMs: number;
  /** Expected evaluation score, thousandths of a point. */
  readonly qualityMilli: number;
  /** Expected daily engagement in [0, 1]. */
  readonly engagement: number;
  readonly isPartTime: boolean;
  /** Days the two days off are moved from the site's weekend; 0 for most. */
  readonly weekendShift: number;
}

export function personOf(seed: Seed, subject: number): Person {
  const draw = drawsOf(seed, purposes.agent, subject);
  return {
    handleMs: Math.round(28_000 * standardNormal(draw)),
    qualityMilli: Math.round(80_000 + 4_000 * standardNormal(draw)),
    engagement: Math.min(0.95, Math.max(0.1, 0.6 + 0.14 * standardNormal(draw))),
    isPartTime: share(draw) < 0.15,
    weekendShift: share(draw) < 0.2 ? whole(draw, 1, 6) : 0,
  };
}

/** Seats are dealt out evenly: seat s sits in team s mod teams. */
export function teamOfSeat(seat: number, teams: readonly Team[]): Team {
  const team = teams[seat % teams.length];
  if (team === undefined) throw new RangeError(`seat ${seat} has no team`);
  return team;
}

/**
 * The launch wave of each team, by team index; null = never. About half of the teams stay out for comparison.
 * `performance` enrols single agents instead, so no team has a wave.
 */
export function wavesOf(seed: Seed, parameters: SimulationParameters, teams: readonly Team[], waves: number): (number | null)[] {
  if (parameters.allocation === "performance") return teams.map(() => null);
  const order =
    parameters.allocation === "random"
      ? shuffled(drawsOf(seed, purposes.rollOut), teams)
      : teams.toSorted((one, other) => (one.index % sites.length) - (other.index % sites.length));
  const treated = Math.ceil(teams.length / 2);
  const waveOf = new Map(order.slice(0, treated).map((team, place) => [team.index, Math.floor((place * waves) / treated)]));
  return teams.map((team) => waveOf.get(team.index) ?? null);
}
