import { instantOf, weekdayOf, weekOf } from "./calendar.ts";
import { type Agent, isEmployed, teamOn } from "./careers.ts";
import { drawsOf, happens, purposes } from "./random.ts";
import type { World } from "./world.ts";

/** Planned work, or leave, of one agent; belongs to the local day it starts on, however long it runs. */
export interface Shift {
  readonly id: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly zone: string;
  readonly isLeave: boolean;
  /** Share of a full working day. */
  readonly fullDayShare: number;
}

const fullDayMinutes = 480;
const leaveWeekShare = 0.05;
const sickDayShare = 0.02;

/** The shifts that start on an agent's local day, in order; none on days off. */
export function shiftsOf(world: World, agent: Agent, day: number): Shift[] {
  if (!isEmployed(agent, day) || isDayOff(agent, day)) return [];
  const { site, shift } = teamOn(agent, day);
  const isLeave =
    happens(drawsOf(world.seed, purposes.roster, agent.subject, -1 - weekOf(day)), leaveWeekShare) ||
    happens(drawsOf(world.seed, purposes.roster, agent.subject, day), sickDayShare);
  return shift.map(([from, to], part) => {
    const until = agent.person.isPartTime ? from + (to - from) / 2 : to;
    return {
      id: `s-${agent.nativeId}-${day}-${part}`,
      startsAt: instantOf(site.zone, day, from),
      endsAt: instantOf(site.zone, day, until),
      zone: site.zone,
      isLeave,
      fullDayShare: (until - from) / fullDayMinutes,
    };
  });
}

/** Two days off in a row, and two days to move between teams, so that no shift runs across a change of team or zone. */
function isDayOff(agent: Agent, day: number): boolean {
  const { site } = teamOn(agent, day);
  const sinceWeekend = (weekdayOf(day) - site.weekendFrom - agent.person.weekendShift + 21) % 7;
  return sinceWeekend < 2 || agent.stays.slice(1).some(({ from }) => day === from || day === from - 1);
}

/** The shifts that are really worked. */
export function workedShifts(world: World, agent: Agent, day: number): Shift[] {
  return shiftsOf(world, agent, day).filter(({ isLeave }) => !isLeave);
}
