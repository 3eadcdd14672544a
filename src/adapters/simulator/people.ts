import { dateText, dayMs, instantOf } from "../../domain/simulate/calendar.ts";
import { type Agent, isEnrolled, teamOn } from "../../domain/simulate/careers.ts";
import { type Site, sites, type Team } from "../../domain/simulate/organisation.ts";
import type { World } from "../../domain/simulate/world.ts";

/** An agent as a directory shows them at an instant. */
export interface Listed {
  readonly agent: Agent;
  readonly team: Team;
  readonly isActive: boolean;
  readonly hiredOn: string;
  /** Shown once the person has gone. */
  readonly leftOn: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly employeeId: string;
  readonly email: string;
}

const firstNames = ["Alex", "Sam", "Robin", "Kim", "Jo", "Noor", "Ira", "Toni", "Lou", "Max"] as const;

/** Everyone hired by then, in seat order. Names are invented. */
export function directoryAt(world: World, asOf: number): Listed[] {
  return world.agents.flatMap((agent) => {
    const zone = agent.stays[0].team.site.zone;
    if (Math.max(instantOf(zone, agent.hiredOn, 0), world.firstDay * dayMs) > asOf) return [];
    return [listed(agent, asOf)];
  });
}

const byNativeId = new WeakMap<World, ReadonlyMap<string, Agent>>();

export function findListed(world: World, nativeId: string, asOf: number): Listed | null {
  const index = byNativeId.get(world) ?? new Map(world.agents.map((agent) => [agent.nativeId, agent]));
  byNativeId.set(world, index);
  const agent = index.get(nativeId);
  return agent === undefined ? null : listed(agent, asOf);
}

function listed(agent: Agent, asOf: number): Listed {
  const day = localDayAt(agent, asOf);
  const hasLeft = agent.leftOn !== null && day > agent.leftOn;
  const name = agent.nativeId.slice(1);
  return {
    agent,
    team: teamOn(agent, day),
    isActive: !hasLeft,
    hiredOn: dateText(agent.hiredOn),
    leftOn: hasLeft && agent.leftOn !== null ? dateText(agent.leftOn) : null,
    firstName: firstNames[agent.subject % firstNames.length] ?? firstNames[0],
    lastName: `Example ${name}`,
    employeeId: `emp-${name}`,
    email: `agent.${name}@example.com`,
  };
}

/** The local day of an instant where the agent works then; clocks change by an hour at most, days by their date. */
export function localDayAt(agent: Agent, instant: number): number {
  const guess = Math.floor(instant / dayMs);
  for (const day of [guess + 1, guess, guess - 1]) {
    if (instantOf(teamOn(agent, day).site.zone, day, 0) <= instant) return day;
  }
  return guess - 1;
}

/** Who takes part in the programme at an instant, by site. */
export function membersAt(world: World, site: Site, asOf: number): Listed[] {
  return directoryAt(world, asOf).filter(({ agent, team }) => team.site.id === site.id && isEnrolled(agent, localDayAt(agent, asOf)));
}

export function siteById(id: string): Site | undefined {
  return sites.find((site) => site.id === id);
}
