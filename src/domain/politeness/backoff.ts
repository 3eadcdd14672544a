/** The one retry policy [T106]: full jitter from one second, doubled each time, at most a minute; Retry-After wins. */
export interface RetryPolicy {
  readonly baseMs: number;
  readonly capMs: number;
  readonly maxAttempts: number;
  /** Counted from the first attempt, waits included. */
  readonly maxElapsedMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { baseMs: 1000, capMs: 60_000, maxAttempts: 8, maxElapsedMs: 15 * 60_000 };

/**
 * How long to wait before the next attempt, or null to give up.
 * @param attempt number of attempts made, from 1. @param random in [0, 1).
 */
export function retryDelay(
  policy: RetryPolicy,
  attempt: number,
  elapsedMs: number,
  retryAfterMs: number | null,
  random: number,
): number | null {
  if (attempt >= policy.maxAttempts) return null;
  const delay = retryAfterMs ?? Math.floor(random * Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1)));
  return elapsedMs + delay > policy.maxElapsedMs ? null : delay;
}

/** `Retry-After` in whole or broken seconds, or as an HTTP date; null when it says nothing usable. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = Number(header);
  // "Retry at once" would make a tight loop of us.
  if (Number.isFinite(seconds)) return seconds < 0 ? null : Math.max(1000, Math.ceil(seconds * 1000));
  const instant = Date.parse(header);
  return Number.isNaN(instant) ? null : Math.max(1000, instant - now);
}
