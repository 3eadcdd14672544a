import { weekCorrelation } from "./noise.ts";
import type { Allocation } from "./parameters.ts";
import { type Draw, drawsOf, happens, purposes, seedOf, shuffled, standardNormal } from "./random.ts";
import { usualHandleMs } from "./world.ts";

/** The simulated centre seen only as an estimator sees it: one row per agent and week. For many thousand runs. */
export interface PanelParameters {
  readonly agents: number;
  readonly teams: number;
  readonly weeks: number;
  /** Week of the first launch, counted from 0; later waves follow `weeksBetweenWaves` apart. */
  readonly firstLaunch: number;
  readonly waves: number;
  readonly weeksBetweenWaves: number;
  /** Share of teams that never come in; with `performance` allocation a quarter of the agents comes in at once instead. */
  readonly neverShare: number;
  readonly allocation: Allocation;
  /** True effect on handle time from the enrolment week on, milliseconds. */
  readonly effectMs: number;
  /** Standard deviations, milliseconds: between agents, of an agent's AR(1) weeks, of a team's weeks, of the centre's weeks. */
  readonly agentDeviationMs: number;
  readonly weekDeviationMs: number;
  readonly teamWeekDeviationMs: number;
  readonly centreWeekDeviationMs: number;
  /** Correlation of an agent's deviation with that of the week before. */
  readonly correlation: number;
  readonly contactsPerWeek: number;
  /** Standard deviation of a single contact's handle time, milliseconds. */
  readonly contactDeviationMs: number;
  /** Share of agent-weeks nobody saw. */
  readonly missingShare: number;
}

/** Noise as large as gives a standard error near 1.8 s (mean baseline, eight weeks) to 2.8 s (last week) with 300 agents. */
export const defaultPanel: PanelParameters = {
  agents: 300,
  teams: 30,
  weeks: 24,
  firstLaunch: 10,
  waves: 3,
  weeksBetweenWaves: 2,
  neverShare: 1 / 3,
  allocation: "random",
  effectMs: -5_860,
  agentDeviationMs: 28_000,
  weekDeviationMs: 15_000,
  teamWeekDeviationMs: 3_000,
  centreWeekDeviationMs: 4_000,
  correlation: weekCorrelation,
  contactsPerWeek: 125,
  contactDeviationMs: 300_000,
  missingShare: 0,
};

export interface PanelWeek {
  /** `a0001`, `t-001`. */
  readonly agent: string;
  readonly team: string;
  /** Number of the week, from 0. */
  readonly week: number;
  readonly contacts: number;
  readonly handleMs: number;
  /** Mean handle time of the week, seconds. */
  readonly y: number;
  /** Week number of enrolment; null = never. */
  readonly treatedFrom: number | null;
}

interface Series {
  readonly agent: number;
  readonly team: number;
  /** Expected handle time by week without the programme, milliseconds. */
  readonly expectedMs: Float64Array;
  /** Noise of the mean over a week's contacts, by week, milliseconds. */
  readonly samplingMs: Float64Array;
  readonly contacts: Int32Array;
}

/** Rows ordered by agent, then week. Equal seed and parameters give equal rows. */
export function simulatePanel(seed: string | number, changes: Partial<PanelParameters> = {}): PanelWeek[] {
  const parameters = { ...defaultPanel, ...changes };
  const words = seedOf(String(seed));
  const draw = drawsOf(words, purposes.panel);
  const centre = Array.from({ length: parameters.weeks }, () => parameters.centreWeekDeviationMs * standardNormal(draw));
  const teams = Array.from({ length: parameters.teams }, () =>
    centre.map((common) => common + parameters.teamWeekDeviationMs * standardNormal(draw)),
  );
  const series = Array.from({ length: parameters.agents }, (_, agent) => {
    const team = agent % parameters.teams;
    return seriesOf(drawsOf(words, purposes.panel, agent + 1), parameters, { agent, team, shared: teams[team] ?? [] });
  });
  const treatedFrom = enrolments(drawsOf(words, purposes.rollOut), parameters, series);
  const missing = drawsOf(words, purposes.panel, 0, 1);
  return series.flatMap((one, index) =>
    weeksOf(one, parameters, treatedFrom[index] ?? null).filter(() => !happens(missing, parameters.missingShare)),
  );
}

function seriesOf(draw: Draw, parameters: PanelParameters, place: { agent: number; team: number; shared: readonly number[] }): Series {
  const { weeks, correlation, weekDeviationMs, contactsPerWeek } = parameters;
  const norm = usualHandleMs + parameters.agentDeviationMs * standardNormal(draw);
  const [expectedMs, samplingMs, contacts] = [new Float64Array(weeks), new Float64Array(weeks), new Int32Array(weeks)];
  let deviation = weekDeviationMs * standardNormal(draw);
  for (let week = 0; week < weeks; week += 1) {
    const count = Math.max(10, Math.round(contactsPerWeek + Math.sqrt(contactsPerWeek) * standardNormal(draw)));
    contacts[week] = count;
    expectedMs[week] = norm + deviation + (place.shared[week] ?? 0);
    samplingMs[week] = (parameters.contactDeviationMs * standardNormal(draw)) / Math.sqrt(count);
    deviation = correlation * deviation + Math.sqrt(1 - correlation * correlation) * weekDeviationMs * standardNormal(draw);
  }
  return { agent: place.agent, team: place.team, expectedMs, samplingMs, contacts };
}

/** By lot or in order of team number, wave by wave; or the quarter of the agents that was slowest in the last four weeks. */
function enrolments(draw: Draw, parameters: PanelParameters, series: readonly Series[]): (number | null)[] {
  const { allocation, teams, neverShare, waves, firstLaunch, weeksBetweenWaves } = parameters;
  if (allocation === "performance") return slowestQuarter(series, firstLaunch);
  const numbers = Array.from({ length: teams }, (_, team) => team);
  const order = allocation === "random" ? shuffled(draw, numbers) : numbers;
  const treated = teams - Math.round(teams * neverShare);
  const launchOf = new Map(
    order.slice(0, treated).map((team, place) => [team, firstLaunch + weeksBetweenWaves * Math.floor((place * waves) / treated)]),
  );
  return series.map(({ team }) => launchOf.get(team) ?? null);
}

function slowestQuarter(series: readonly Series[], launch: number): (number | null)[] {
  const recent = series.map(({ agent, expectedMs, samplingMs }) => {
    let sum = 0;
    for (let week = Math.max(0, launch - 4); week < launch; week += 1) sum += (expectedMs[week] ?? 0) + (samplingMs[week] ?? 0);
    return { agent, sum };
  });
  const slowest = recent.sort((one, other) => other.sum - one.sum || one.agent - other.agent).slice(0, Math.round(series.length / 4));
  const chosen = new Set(slowest.map(({ agent }) => agent));
  return series.map(({ agent }) => (chosen.has(agent) ? launch : null));
}

function weeksOf(series: Series, { effectMs }: PanelParameters, treatedFrom: number | null): PanelWeek[] {
  const agent = `a${String(series.agent + 1).padStart(4, "0")}`;
  const team = `t-${String(series.team + 1).padStart(3, "0")}`;
  return Array.from(series.expectedMs, (expectedMs, week) => {
    const contacts = series.contacts[week] ?? 0;
    const effect = treatedFrom !== null && week >= treatedFrom ? effectMs : 0;
    const handleMs = Math.round((expectedMs + (series.samplingMs[week] ?? 0) + effect) * contacts);
    return { agent, team, week, contacts, handleMs, treatedFrom, y: handleMs / contacts / 1_000 };
  });
}
