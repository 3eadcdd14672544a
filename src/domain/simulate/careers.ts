import { mondayOf, weekOf } from "./calendar.ts";
import { ln } from "./exact-math.ts";
import { agentWeekNoiseMs } from "./noise.ts";
import { type Person, personOf, type Team, teamOfSeat, wavesOf } from "./organisation.ts";
import type { SimulationParameters } from "./parameters.ts";
import { type Draw, drawsOf, happens, pick, purposes, type Seed, share, whole } from "./random.ts";

/** A stretch of time in one team. */
export interface Stay {
  readonly from: number;
  readonly team: Team;
}

export interface Agent {
  /** Number of the person in all random streams. */
  readonly subject: number;
  readonly nativeId: string;
  readonly person: Person;
  /** First and last day of employment, both worked; `leftOn` null = still there. */
  readonly hiredOn: number;
  readonly leftOn: number | null;
  readonly leftReason: "voluntary" | "involuntary" | "transfer" | null;
  /** In order; the first begins with `hiredOn`. */
  readonly stays: readonly [Stay, ...Stay[]];
  /** A Monday, or null: never in the programme. */
  readonly enrolledOn: number | null;
}

/** When the programme reaches whom. */
export interface RollOut {
  /** Monday of each wave. */
  readonly launchDays: readonly [number, ...number[]];
  readonly waveOfTeam: readonly (number | null)[];
}

export interface Span {
  readonly firstDay: number;
  readonly lastDay: number;
}

/** Attrition per month of a centre without a programme. */
export const monthlyAttrition = 0.03;
/** Hazard of people below 0.4 engagement against all others, an association the guides name. */
export const lowEngagementHazardRatio = 3.2;
const lowEngagement = 0.4;
const lowEngagementShare = 0.077; // of the normal law in personOf
const daysToReplace = 21;
const moverShare = 0.04;
const selectedShare = 0.25;
const firstSubjectOfNextGeneration = 8_192;

/** Eight full weeks before the first launch where there is room, later ones two weeks apart. */
export function planRollOut(seed: Seed, parameters: SimulationParameters, teams: readonly Team[], span: Span): RollOut {
  const firstWeek = weekOf(span.firstDay + 6);
  const weeks = weekOf(span.lastDay + 1) - firstWeek;
  const before = weeks < 12 ? Math.floor(weeks / 2) : Math.max(8, Math.min(16, Math.floor(weeks * 0.35)));
  const launch = firstWeek + before;
  const room = Math.max(1, Math.floor((weeks - before) / 3));
  const waves = parameters.allocation === "performance" ? 1 : Math.min(3, room, Math.max(1, Math.floor(teams.length / 4)));
  const later = Array.from({ length: waves - 1 }, (_, wave) => mondayOf(launch + 2 * (wave + 1)));
  return { launchDays: [mondayOf(launch), ...later], waveOfTeam: wavesOf(seed, parameters, teams, waves) };
}

/** Everyone who ever works in the span, seat by seat, each followed by who replaced them. */
export function careersOf(seed: Seed, parameters: SimulationParameters, teams: readonly Team[], rollOut: RollOut, span: Span): Agent[] {
  const selected =
    parameters.allocation === "performance" ? worstBefore(seed, parameters.agents, rollOut.launchDays[0]) : new Set<number>();
  return Array.from({ length: parameters.agents }, (_, seat) => seat).flatMap((seat) => {
    const agents: Agent[] = [];
    for (let generation = 0, from = span.firstDay; from <= span.lastDay; generation += 1) {
      const isSelected = generation === 0 && selected.has(seat);
      const agent = careerOf({ seed, parameters, teams, rollOut, span, seat, generation, from, isSelected });
      agents.push(agent);
      if (agent.leftOn === null) break;
      from = mondayOf(weekOf(agent.leftOn + daysToReplace) + 1);
    }
    return agents;
  });
}

/** The quarter of the seats whose last four weeks were slowest against their own norm: the classic way to fool a before-after comparison. */
function worstBefore(seed: Seed, seats: number, launchOn: number): Set<number> {
  const week = weekOf(launchOn);
  const recent = Array.from({ length: seats }, (_, seat) => ({
    seat,
    noiseMs: [1, 2, 3, 4].reduce((sum, back) => sum + agentWeekNoiseMs(seed, seat, week - back), 0),
  }));
  const slowest = recent.sort((one, other) => other.noiseMs - one.noiseMs || one.seat - other.seat);
  return new Set(slowest.slice(0, Math.round(seats * selectedShare)).map(({ seat }) => seat));
}

interface CareerPlan {
  readonly seed: Seed;
  readonly parameters: SimulationParameters;
  readonly teams: readonly Team[];
  readonly rollOut: RollOut;
  readonly span: Span;
  readonly seat: number;
  readonly generation: number;
  /** First day this person can be seen. */
  readonly from: number;
  readonly isSelected: boolean;
}

function careerOf(plan: CareerPlan): Agent {
  const { seed, seat, generation, span, from } = plan;
  const subject = seat + generation * firstSubjectOfNextGeneration;
  const draw = drawsOf(seed, purposes.career, subject);
  const person = personOf(seed, subject);
  const hiredOn = generation === 0 ? from - whole(draw, 20, 1_800) : from;
  const team = teamOfSeat(seat, plan.teams);
  const enrolment = enrolmentDay(plan, team);
  const leftOn = leavingDay(draw, person, {
    from,
    lastDay: span.lastDay,
    hiredOn,
    enrolledOn: enrolment,
    hazardRatio: plan.parameters.effects.hazardRatio,
  });
  const move = generation === 0 ? moveOf(drawsOf(seed, purposes.career, subject, 1), plan, team) : null;
  const isMoved = move !== null && (leftOn === null || leftOn > move.from + 1);
  return {
    subject,
    nativeId: `a${String(seat + 1).padStart(4, "0")}${generation === 0 ? "" : `-${generation + 1}`}`,
    person,
    hiredOn,
    leftOn,
    leftReason: leftOn === null ? null : leavingReason(drawsOf(seed, purposes.career, subject, 2)),
    stays: isMoved ? [{ from: hiredOn, team }, move] : [{ from: hiredOn, team }],
    enrolledOn: enrolment !== null && enrolment <= (leftOn ?? span.lastDay) ? enrolment : null,
  };
}

/** A team is enrolled on one Monday; who is hired into it later starts in the programme. Moving later changes nothing. */
function enrolmentDay({ rollOut, isSelected, from }: CareerPlan, team: Team): number | null {
  if (isSelected) return rollOut.launchDays[0];
  const wave = rollOut.waveOfTeam[team.index] ?? null;
  const launchOn = wave === null ? undefined : rollOut.launchDays[wave];
  return launchOn === undefined ? null : Math.max(launchOn, from);
}

interface Exposure {
  readonly from: number;
  readonly lastDay: number;
  readonly hiredOn: number;
  readonly enrolledOn: number | null;
  readonly hazardRatio: number;
}

/** One draw per day of exposure: newcomers leave half as often again, the disengaged 3.2 times as often. */
function leavingDay(draw: Draw, person: Person, exposure: Exposure): number | null {
  const calibrated = -ln(1 - monthlyAttrition) / (1 + (lowEngagementHazardRatio - 1) * lowEngagementShare);
  const daily = ((calibrated * 12) / 365.25) * (person.engagement < lowEngagement ? lowEngagementHazardRatio : 1);
  for (let day = exposure.from; day <= exposure.lastDay; day += 1) {
    const isNew = day - exposure.hiredOn < 90;
    const isEnrolled = exposure.enrolledOn !== null && day >= exposure.enrolledOn;
    if (happens(draw, daily * (isNew ? 1.5 : 1) * (isEnrolled ? exposure.hazardRatio : 1))) return day;
  }
  return null;
}

function leavingReason(draw: Draw): Agent["leftReason"] {
  const place = share(draw);
  if (place < 0.75) return "voluntary";
  return place < 0.95 ? "involuntary" : "transfer";
}

function moveOf(draw: Draw, { teams, span }: CareerPlan, team: Team): Stay | null {
  if (!happens(draw, moverShare)) return null;
  const margin = Math.floor((span.lastDay - span.firstDay) / 5);
  const from = whole(draw, span.firstDay + margin, span.lastDay - margin);
  const [first, ...others] = teams.filter(({ index }) => index !== team.index);
  return first === undefined ? null : { from, team: pick(draw, [first, ...others]) };
}

export function isEmployed(agent: Agent, day: number): boolean {
  return day >= agent.hiredOn && (agent.leftOn === null || day <= agent.leftOn);
}

export function isEnrolled(agent: Agent, day: number): boolean {
  return agent.enrolledOn !== null && day >= agent.enrolledOn && (agent.leftOn === null || day <= agent.leftOn);
}

export function teamOn(agent: Agent, day: number): Team {
  let team = agent.stays[0].team;
  for (const stay of agent.stays) if (day >= stay.from) team = stay.team;
  return team;
}
