import { openSimulator } from "../../src/adapters/simulator/server.ts";
import { defaultEffects, defaultOddities, type SimulationParameters } from "../../src/domain/simulate/parameters.ts";
import type { RunningSimulator, SimulatorOptions } from "../../src/ports/simulator.ts";

export const smallCentre: SimulationParameters = {
  seed: "serve",
  agents: 24,
  days: 70,
  start: "2026-01-05",
  contactsPerDay: 10,
  allocation: "random",
  effects: defaultEffects,
  oddities: defaultOddities,
};

/** A small centre: 24 seats, 70 days from 5 January 2026, about 10,000 contacts. */
export async function openSmallSimulator(changes: Partial<SimulatorOptions> = {}): Promise<RunningSimulator> {
  return openSimulator({
    port: 0,
    faults: {},
    requestsPerMinute: null,
    now: null,
    tokenSeconds: 3_600,
    pageCacheBytes: 64e6,
    parameters: smallCentre,
    ...changes,
  });
}

export async function setFaults(url: string, faults: unknown, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await post(url, "faults", { faults, ...more });
}

export async function setClock(url: string, now: string): Promise<void> {
  await post(url, "clock", { now });
}

async function post(url: string, name: string, body: unknown): Promise<void> {
  const answer = await fetch(`${url}/_simulator/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

export type TruthRow = Readonly<Record<string, string | number | boolean | null>>;

/** What a flawless extraction of a stream would hold. */
export async function readTruth(url: string, source: string, stream: string, from?: string, to?: string): Promise<TruthRow[]> {
  const query = new URLSearchParams({ source, stream, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
  const text = await (await fetch(`${url}/_simulator/truth?${query}`)).text();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

export interface Counts {
  readonly requests: number;
  readonly jobsSubmitted: number;
  readonly tokensIssued: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
}

export async function readCounts(url: string): Promise<Counts> {
  return JSON.parse(await (await fetch(`${url}/_simulator/counts`)).text());
}
