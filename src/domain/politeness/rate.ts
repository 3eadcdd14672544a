/**
 * How fast we may call one platform: a token bucket whose rate falls by a fifth after a throttle and grows back
 * by one request per second for every clean minute (additive increase, multiplicative decrease).
 * A rate that only ever falls would creep for ever after one bad quarter of an hour [T95].
 * Requests per minute and requests in flight are two limits [T94]; the second lives with the queue that sends them.
 */
export interface RateLimit {
  readonly requestsPerMinute: number;
  /** The rate never falls below this. */
  readonly floorPerMinute: number;
  /** Requests that may go out at once after a pause. */
  readonly burst: number;
}

export interface RateState {
  readonly perMinute: number;
  readonly tokens: number;
  /** Epoch milliseconds up to which `tokens` has been counted. */
  readonly countedAt: number;
  /** Nothing goes out before this instant: a Retry-After, or an open circuit. */
  readonly pausedUntil: number;
  /** Start of the minute without a throttle that is running. */
  readonly cleanSince: number;
  /** Throttles until this instant belong to the burst that was already answered. */
  readonly burstUntil: number;
}

const decrease = 0.8;
const increasePerMinute = 60;
const minuteMs = 60_000;

export function startRate(limit: RateLimit, now: number): RateState {
  return { perMinute: limit.requestsPerMinute, tokens: limit.burst, countedAt: now, pausedUntil: now, cleanSince: now, burstUntil: 0 };
}

/** One request wants to go: either it may (`waitMs` 0, a token is spent), or nothing changes and it asks again after `waitMs`. */
export function takeToken(limit: RateLimit, before: RateState, now: number): { readonly state: RateState; readonly waitMs: number } {
  const state = refill(limit, recover(limit, before, now), now);
  if (now < state.pausedUntil) return { state, waitMs: state.pausedUntil - now };
  if (state.tokens >= 1) return { state: { ...state, tokens: state.tokens - 1 }, waitMs: 0 };
  return { state, waitMs: Math.ceil(((1 - state.tokens) * minuteMs) / state.perMinute) };
}

/** The platform said "too many". Several answers of one burst slow us down once. */
export function onThrottle(limit: RateLimit, before: RateState, now: number, retryAfterMs: number | null): RateState {
  const state = refill(limit, recover(limit, before, now), now);
  const pausedUntil = Math.max(state.pausedUntil, now + (retryAfterMs ?? 0));
  const paused = { ...state, pausedUntil, tokens: 0, countedAt: Math.max(now, pausedUntil), cleanSince: pausedUntil };
  if (now < state.burstUntil) return paused;
  const perMinute = Math.max(limit.floorPerMinute, state.perMinute * decrease);
  return { ...paused, perMinute, burstUntil: Math.max(pausedUntil, now + 1000) };
}

/** Nothing goes out until the instant: a circuit breaker pauses, it does not fail. */
export function pauseUntil(before: RateState, until: number): RateState {
  return { ...before, pausedUntil: Math.max(before.pausedUntil, until) };
}

function recover(limit: RateLimit, state: RateState, now: number): RateState {
  const cleanMinutes = Math.floor((now - state.cleanSince) / minuteMs);
  if (cleanMinutes < 1) return state;
  const perMinute = Math.min(limit.requestsPerMinute, state.perMinute + cleanMinutes * increasePerMinute);
  return { ...state, perMinute, cleanSince: state.cleanSince + cleanMinutes * minuteMs };
}

function refill(limit: RateLimit, state: RateState, now: number): RateState {
  if (now <= state.countedAt) return state;
  const tokens = Math.min(limit.burst, state.tokens + ((now - state.countedAt) * state.perMinute) / minuteMs);
  return { ...state, tokens, countedAt: now };
}
