import type { SimulationParameters } from "../domain/simulate/parameters.ts";

/** A fault on demand: its name and how often it strikes, 0 to 1. */
export type FaultRates = Readonly<Record<string, number>>;

export interface SimulatorOptions {
  readonly parameters: SimulationParameters;
  /** 0: any free port. */
  readonly port: number;
  readonly faults: FaultRates;
  /** Requests a minute and token before 429 sets in; null for no limit. */
  readonly requestsPerMinute: number | null;
  /** The virtual clock at the start, epoch milliseconds; null for when everything has arrived. */
  readonly now: number | null;
  /** How long an access token lives, seconds. */
  readonly tokenSeconds: number;
  /** Rendered pages that may be kept in memory, bytes. */
  readonly pageCacheBytes: number;
  /** Most events on a page of the guides' export, whatever page size is asked for; null for the guides' own 10,000. */
  readonly eventsPerPage?: number | null;
}

/** Both platforms under both contracts, answering over HTTP on this machine only. */
export interface RunningSimulator {
  /** `http://127.0.0.1:4010`: the base URL of every contract. */
  readonly url: string;
  readonly requests: () => number;
  close(): Promise<void>;
}

/** @throws UsageError when a fault has no such name or the port is taken. */
export type OpenSimulator = (options: SimulatorOptions) => Promise<RunningSimulator>;
