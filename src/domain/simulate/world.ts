import { dayOf, weekOf } from "./calendar.ts";
import { type Campaign, campaignsOf, dipShare } from "./campaigns.ts";
import { type Agent, careersOf, isEnrolled, planRollOut, type RollOut, type Span, teamOn } from "./careers.ts";
import { agentWeekNoiseMs, centreWeekNoiseMs, teamWeekNoiseMs } from "./noise.ts";
import { type Team, teamsOf } from "./organisation.ts";
import { parameterFaults, type SimulationParameters } from "./parameters.ts";
import { type Seed, seedOf } from "./random.ts";

/** Name under which the simulated centre's rows are imported. */
export const simulatedSource = "csv:sim";
export const programme = "sim-programme";
/** Expected handle time of an average contact of an average agent. */
export const usualHandleMs = 300_000;

/** Everything about the centre that is decided before its first day; small, and the same for every slice. */
export interface World extends Span {
  readonly parameters: SimulationParameters;
  readonly seed: Seed;
  readonly teams: readonly Team[];
  readonly agents: readonly Agent[];
  /** Everyone who is ever in a team, by team index. */
  readonly membersOfTeam: readonly (readonly Agent[])[];
  readonly rollOut: RollOut;
  readonly campaigns: readonly Campaign[];
  /** Rows that a source would show on a later UTC day than this one are still in flight when the simulation ends. */
  readonly lastDeliveryDay: number;
}

/** @throws RangeError listing all faults when the parameters cannot be simulated. */
export function createWorld(parameters: SimulationParameters): World {
  const faults = parameterFaults(parameters);
  if (faults.length > 0) throw new RangeError(faults.join("; "));
  const seed = seedOf(parameters.seed);
  const firstDay = dayOf(parameters.start);
  const span = { firstDay, lastDay: firstDay + parameters.days - 1 };
  const teams = teamsOf(parameters.agents);
  const rollOut = planRollOut(seed, parameters, teams, span);
  const agents = careersOf(seed, parameters, teams, rollOut, span);
  return {
    ...span,
    parameters,
    seed,
    teams,
    agents,
    membersOfTeam: teams.map(({ index }) => agents.filter(({ stays }) => stays.some(({ team }) => team.index === index))),
    rollOut,
    campaigns: campaignsOf(rollOut.launchDays[0], span.lastDay),
    lastDeliveryDay: span.lastDay + 1,
  };
}

/** What an agent's contacts take on a day beyond what the queue asks for, and what part of it the programme caused. */
export interface HandleLevel {
  readonly shiftMs: number;
  readonly effectMs: number;
}

export function handleLevelOf(world: World, agent: Agent, day: number): HandleLevel {
  const week = weekOf(day);
  const effectMs = handleEffectMs(world, agent, day);
  const noiseMs =
    agentWeekNoiseMs(world.seed, agent.subject, week) +
    teamWeekNoiseMs(world.seed, teamOn(agent, day).index, week) +
    centreWeekNoiseMs(world.seed, week);
  return { effectMs, shiftMs: agent.person.handleMs + noiseMs + effectMs };
}

/** The true effect on the expected handle time of a contact; zero for who is not enrolled. */
export function handleEffectMs({ campaigns, parameters: { effects } }: World, agent: Agent, day: number): number {
  if (!isEnrolled(agent, day)) return 0;
  return effects.handleMs + (dipShare(campaigns, day) === null ? 0 : effects.dipHandleMs);
}
