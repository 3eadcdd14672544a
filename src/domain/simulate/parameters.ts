import { dayOf } from "./calendar.ts";

/** How teams come into the programme: by lot, site after site, or the agents who just did worst. */
export type Allocation = "random" | "operational" | "performance";

/** Everything that decides what the simulated centre does. Equal parameters give equal bytes. */
export interface SimulationParameters {
  readonly seed: string;
  /** Seats; a seat whose agent leaves is filled again three weeks later, so more people than seats appear. */
  readonly agents: number;
  readonly days: number;
  /** First local day, `YYYY-MM-DD`. */
  readonly start: string;
  /** Contacts an agent is expected to take on a full working day. */
  readonly contactsPerDay: number;
  readonly allocation: Allocation;
  readonly effects: TrueEffects;
  readonly oddities: OddityRates;
}

/** What enrolment really does; the truth an estimator has to find. */
export interface TrueEffects {
  /** Added to the expected handle time of every contact from enrolment on, milliseconds. */
  readonly handleMs: number;
  /** Added to the expected score of an evaluation, thousandths of a point. */
  readonly qualityMilli: number;
  /** Multiplies the hazard of leaving. */
  readonly hazardRatio: number;
  /** Added to the expected daily engagement, millionths. */
  readonly engagementPpm: number;
  /** Added to the expected handle time on the 14 days after a campaign ended, milliseconds. */
  readonly dipHandleMs: number;
  /** Taken from engagement on the day after a campaign ended, fading to nothing on the 14th, millionths. */
  readonly dipEngagementPpm: number;
}

/** Shares of rows that are odd in a way real exports are odd. */
export interface OddityRates {
  /** The same row twice, equal to the last letter. */
  readonly duplicate: number;
  /** The same contact again with a later update time and nothing else changed. */
  readonly resend: number;
  /** The contact again a day later, after-call work now known. */
  readonly lateAfterCall: number;
  /** Evaluations that take more than 72 hours. */
  readonly lateEvaluation: number;
  /** Agent-days on which overlapping campaigns push engagement above 1. */
  readonly engagementOverflow: number;
}

export const defaultEffects: TrueEffects = {
  handleMs: -5_860,
  qualityMilli: 1_200,
  hazardRatio: 0.85,
  engagementPpm: 60_000,
  dipHandleMs: 1_500,
  dipEngagementPpm: 140_000,
};

export const defaultOddities: OddityRates = {
  duplicate: 0.004,
  resend: 0.004,
  lateAfterCall: 0.02,
  lateEvaluation: 0.06,
  engagementOverflow: 0.04,
};

export const limits = { agents: [20, 5_000], days: [7, 1_100], contactsPerDay: [1, 80] } as const;

/** One sentence per fault; empty when the parameters can be simulated. */
export function parameterFaults(parameters: SimulationParameters): string[] {
  const faults: string[] = [];
  for (const name of ["agents", "days"] as const) {
    const [least, most] = limits[name];
    const value = parameters[name];
    if (!Number.isInteger(value) || value < least || value > most)
      faults.push(`${name} ${value}: expected a whole number from ${least} to ${most}`);
  }
  const [least, most] = limits.contactsPerDay;
  if (!(parameters.contactsPerDay >= least && parameters.contactsPerDay <= most))
    faults.push(`${formatCount(parameters.contactsPerDay)} contacts per agent and day: expected ${least} to ${most}`);
  if (!isDate(parameters.start)) faults.push(`start ${parameters.start}: expected a date YYYY-MM-DD from 1990 to 2037`);
  if (!(parameters.effects.hazardRatio > 0)) faults.push(`hazard ratio ${parameters.effects.hazardRatio}: expected a number above 0`);
  for (const [name, value] of Object.entries(parameters.effects))
    if (!Number.isFinite(value)) faults.push(`effect ${name} ${value}: expected a number`);
  for (const [name, value] of Object.entries(parameters.oddities))
    if (!(value >= 0 && value <= 0.25)) faults.push(`rate ${name} ${value}: expected a share from 0 to 0.25`);
  return faults;
}

function isDate(text: string): boolean {
  try {
    return dayOf(text) >= dayOf("1990-01-01") && dayOf(text) <= dayOf("2037-12-31");
  } catch {
    return false;
  }
}

function formatCount(count: number): string {
  return String(Math.round(count * 100) / 100);
}

/** Rows of `interaction` and `gamification_event` together per contact taken, as the defaults make them; for sizing a run. */
export const rowsPerContact = 1.17;
/** Share of full working days in all days, after days off, leave and part time. */
export const workedShare = 0.62;

/** Contacts per agent and day that give about `rows` interaction and gamification rows in all. */
export function contactsForRows(rows: number, agents: number, days: number): number {
  return rows / (agents * days * workedShare * rowsPerContact);
}
