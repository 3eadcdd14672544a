import {
  type Allocation,
  contactsForRows,
  defaultEffects,
  defaultOddities,
  type SimulationParameters,
} from "../../domain/simulate/parameters.ts";

/** The flags that decide what the simulated centre does: the same for its files and for its platform. */
export interface CentreInput {
  readonly seed: string;
  readonly agents: number;
  readonly days: number;
  readonly start: string;
  /** About how many interaction and gamification rows to make; sets the contacts per agent and day. */
  readonly eventsTarget?: number;
  readonly contactsPerDay?: number;
  readonly allocation?: Allocation;
  /** True effect on handle time, seconds per contact. */
  readonly effectSeconds?: number;
  /** True effect on evaluations, points out of 100. */
  readonly effectPoints?: number;
  /** True hazard ratio of leaving. */
  readonly hazardRatio?: number;
}

const usualContactsPerDay = 25;

export function parametersOf(input: CentreInput): SimulationParameters {
  const { seed, agents, days, start, eventsTarget, contactsPerDay, effectSeconds, effectPoints, hazardRatio } = input;
  return {
    seed,
    agents,
    days,
    start,
    contactsPerDay: contactsPerDay ?? (eventsTarget === undefined ? usualContactsPerDay : contactsForRows(eventsTarget, agents, days)),
    allocation: input.allocation ?? "random",
    effects: {
      ...defaultEffects,
      ...(effectSeconds === undefined ? {} : { handleMs: Math.round(effectSeconds * 1_000) }),
      ...(effectPoints === undefined ? {} : { qualityMilli: Math.round(effectPoints * 1_000) }),
      ...(hazardRatio === undefined ? {} : { hazardRatio }),
    },
    oddities: defaultOddities,
  };
}
