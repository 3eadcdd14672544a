import type { Centre } from "./centre.ts";
import type { Faults } from "./faults.ts";
import type { Tokens } from "./tokens.ts";

/** A job a client has submitted: what it asked for, as of when, and how often it was looked at. */
export interface Job {
  readonly id: string;
  readonly kind: "conversations" | "adherence" | "extraction" | "feedback";
  readonly request: unknown;
  readonly asOf: number;
  polls: number;
}

/** An evaluation that was scored again. */
export interface Rescore {
  readonly evaluationId: string;
  readonly conversationId: string;
  readonly scoreMilli: number;
  readonly at: number;
}

/** Everything the simulator remembers between two requests. */
export interface SimulatorState {
  readonly centre: Centre;
  readonly faults: Faults;
  readonly tokens: Tokens;
  /** The virtual clock: what would be written later than this is not visible yet. */
  now: number;
  readonly jobs: Map<string, Job>;
  submitted: number;
  readonly rescores: Rescore[];
  /** Writes by idempotency key or by id, as text: awards, challenges, attributes, contests, metric data. */
  readonly written: Map<string, string>;
}

const keptJobs = 1_000;

export function submitJob(state: SimulatorState, kind: Job["kind"], request: unknown): Job {
  state.submitted += 1;
  const job: Job = { id: `job-${kind}-${state.submitted}`, kind, request, asOf: state.now, polls: 0 };
  state.jobs.set(job.id, job);
  const [oldest] = state.jobs.keys();
  if (state.jobs.size > keptJobs && oldest !== undefined) state.jobs.delete(oldest);
  return job;
}
