/**
 * A circuit breaker that pauses instead of failing: after several faults in a row nobody calls for a while,
 * then one call tries whether the platform is back. The pause doubles while it is not.
 */
export interface BreakerPolicy {
  readonly faultsToOpen: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export interface BreakerState {
  readonly faultsInARow: number;
  readonly pauses: number;
  /** Epoch milliseconds; null while calls may pass. */
  readonly openUntil: number | null;
}

export const defaultBreakerPolicy: BreakerPolicy = { faultsToOpen: 5, firstPauseMs: 15_000, longestPauseMs: 300_000 };
export const closedBreaker: BreakerState = { faultsInARow: 0, pauses: 0, openUntil: null };

export function onSuccess(): BreakerState {
  return closedBreaker;
}

/** A fault is the platform's: 5xx, a cut connection, a timeout. A 429 or a 404 is an answer. */
export function onFault(policy: BreakerPolicy, state: BreakerState, now: number): BreakerState {
  const faultsInARow = state.faultsInARow + 1;
  // After a pause a single fault is enough: the call that failed was the one that tried.
  const opens = faultsInARow >= (state.pauses > 0 ? 1 : policy.faultsToOpen);
  if (!opens) return { ...state, faultsInARow };
  const pauseMs = Math.min(policy.longestPauseMs, policy.firstPauseMs * 2 ** state.pauses);
  return { faultsInARow: 0, pauses: state.pauses + 1, openUntil: now + pauseMs };
}
