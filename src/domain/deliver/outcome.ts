import { type RetryPolicy, retryDelay } from "../politeness/backoff.ts";

/** What became of a message at its host. */
export type Outcome =
  /** The host did it; or had done it already, or shows it already; or shows something newer. */
  | { readonly kind: "delivered" | "duplicate" | "superseded"; readonly answer: string }
  /** Not now: throttled, down, no answer. Whether it was done is not known. */
  | { readonly kind: "retry"; readonly answer: string; readonly retryAfterMs: number | null }
  /** Not before a person did something: the user is gone, the schema is full, the value on the platform is another. */
  | { readonly kind: "held"; readonly answer: string }
  /** The host says it never will. */
  | { readonly kind: "refused"; readonly answer: string };

export type PlannedSettlement =
  | { readonly kind: "delivered" | "duplicate" | "superseded"; readonly answer: string | null }
  | { readonly kind: "retry"; readonly nextAttemptAt: number; readonly answer: string }
  | { readonly kind: "dead" | "held"; readonly answer: string };

/**
 * Full jitter from a second, a minute at most [T106]; a message may outlive a weekend's outage before it is given up, with a
 * relay that tries all the time.
 */
export const relayRetryPolicy: RetryPolicy = { baseMs: 1000, capMs: 60_000, maxAttempts: 10_000, maxElapsedMs: 72 * 3_600_000 };
/** However long it lay there while no relay ran, a message gets this many attempts. */
const attemptsInAnyCase = 10;

export interface Attempted {
  /** The one that was just made included. */
  readonly attempts: number;
  /** When it was written, or replayed last. */
  readonly enqueuedAt: number;
  /** It was not to be sent before. */
  readonly notBefore: number | null;
}

/** @param random in [0, 1): full jitter. */
export function planSettlement(
  outcome: Outcome,
  { attempts, enqueuedAt, notBefore }: Attempted,
  at: { readonly now: number; readonly random: number; readonly policy?: RetryPolicy },
): PlannedSettlement {
  if (outcome.kind === "refused") return { kind: "dead", answer: outcome.answer };
  if (outcome.kind !== "retry") return outcome;
  const elapsed = attempts < attemptsInAnyCase ? 0 : at.now - Math.max(enqueuedAt, notBefore ?? enqueuedAt);
  const policy = at.policy ?? relayRetryPolicy;
  const delay = retryDelay(policy, attempts, elapsed, outcome.retryAfterMs, at.random);
  if (delay === null) return { kind: "dead", answer: `given up after ${attempts} attempts: ${outcome.answer}` };
  return { kind: "retry", nextAttemptAt: at.now + delay, answer: outcome.answer };
}
