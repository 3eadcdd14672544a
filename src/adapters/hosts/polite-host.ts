import { type HttpCounts, type PoliteClientOptions, usualFirstAnswerMs } from "../http/client.ts";

/** What a host needs of whoever runs it. */
export interface HostNeeds {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly onWarning: (text: string) => void;
}

export interface HostLimits {
  readonly name: string;
  readonly requestsPerMinute: number | null;
  readonly inFlight: number;
  readonly timeoutSeconds: number;
}

/** A turn that is further away is not waited for with a message in hand: the relay waits without one. */
const leastPatienceMs = 5_000;
/** The most requests one message takes: three rounds of read and write, a look at the result, a token in between. */
const mostRequests = 8;
/** Another process may be asking for the token. */
const longestTokenMs = 100_000;
const unlimited = 60_000_000;

/**
 * One attempt a request: the relay settles the message, and its next attempt is kept in the outbox, where it outlives this
 * process. Rate, Retry-After and circuit breaker are the client's, for all requests of the host together.
 */
export function hostClientOptions(limits: HostLimits, needs: HostNeeds): Omit<PoliteClientOptions, "origins" | "token"> {
  const perMinute = limits.requestsPerMinute ?? unlimited;
  return {
    platform: limits.name,
    limit: { requestsPerMinute: perMinute, floorPerMinute: Math.max(1, Math.floor(perMinute / 10)), burst: limits.inFlight },
    inFlight: limits.inFlight,
    timeoutMs: limits.timeoutSeconds * 1000,
    maxTurnMs: longestTurnMs(limits),
    maxBodyBytes: 8e6,
    retry: { baseMs: 1000, capMs: 60_000, maxAttempts: 1, maxElapsedMs: 0 },
    now: needs.now,
    random: needs.random,
    onWarning: needs.onWarning,
    sleep: needs.sleep,
  };
}

export function longestSendMs(limits: HostLimits): number {
  return mostRequests * (limits.timeoutSeconds * 1000 + longestTurnMs(limits)) + longestTokenMs;
}

/** As many requests as may be under way come before, at half the rate. */
function longestTurnMs({ requestsPerMinute, inFlight }: HostLimits): number {
  return Math.max(leastPatienceMs, (2 * inFlight * 60_000) / (requestsPerMinute ?? unlimited));
}

/** For reading what is shown: nothing is in hand that could be told twice, so it waits and asks again as any extraction does. */
export function readerClientOptions(limits: HostLimits, needs: HostNeeds): Omit<PoliteClientOptions, "origins" | "token"> {
  const { maxTurnMs, retry, ...options } = hostClientOptions(limits, needs);
  return { ...options, firstAnswerMs: usualFirstAnswerMs };
}

export function hostCounts({ requests, throttled, faults, pauses, waitedMs }: HttpCounts) {
  return { requests, throttled, faults, pauses, waitedMs };
}

/** Work on each item, a few at a time, the results in the items' order, a chunk at a time. */
export async function* inChunks<T, R>(items: readonly T[], size: number, work: (item: T) => Promise<R>): AsyncIterable<readonly R[]> {
  for (let start = 0; start < items.length; start += size) yield await Promise.all(items.slice(start, start + size).map(work));
}
