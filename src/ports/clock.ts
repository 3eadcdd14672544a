/** The only source of the current time outside the adapters. */
export interface Clock {
  /** Epoch milliseconds, UTC. */
  now(): number;
}
