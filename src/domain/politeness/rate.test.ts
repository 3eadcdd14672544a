import fc from "fast-check";
import { expect, test } from "vitest";
import { onThrottle, type RateLimit, startRate, takeToken } from "./rate.ts";

const vendor: RateLimit = { requestsPerMinute: 300, floorPerMinute: 30, burst: 1 };

/** Sends `count` requests as fast as the bucket lets them; the instant of the last one. */
function send(
  limit: RateLimit,
  count: number,
  throttledAt: readonly number[] = [],
): { readonly endedAt: number; readonly perMinute: number } {
  let state = startRate(limit, 0);
  let now = 0;
  const throttles = [...throttledAt];
  for (let sent = 0; sent < count; ) {
    const taken = takeToken(limit, state, now);
    state = taken.state;
    if (taken.waitMs === 0) {
      sent += 1;
      if (throttles[0] !== undefined && now >= throttles[0]) {
        throttles.shift();
        state = onThrottle(limit, state, now, null);
      }
    } else now += taken.waitMs;
  }
  return { endedAt: now, perMinute: state.perMinute };
}

test("[G22] [T94] 5,000 updates at five a second take at least 1,000 seconds less the first", () => {
  const { endedAt } = send(vendor, 5001);
  expect(endedAt).toBeGreaterThanOrEqual(1_000_000);
  expect(endedAt).toBeLessThan(1_010_000);
});

test("[T95] after thirteen throttles the rate grows back to its ceiling", () => {
  let state = startRate(vendor, 0);
  for (let throttle = 0; throttle < 13; throttle += 1) state = onThrottle(vendor, state, throttle * 2000, null);
  expect(state.perMinute).toBe(30);
  const later = takeToken(vendor, state, 13 * 2000 + 5 * 60_000).state;
  expect(later.perMinute).toBe(300);
});

test("a burst of throttles slows down once", () => {
  let state = startRate(vendor, 0);
  for (let answer = 0; answer < 20; answer += 1) state = onThrottle(vendor, state, 10 + answer, 5000);
  expect(state.perMinute).toBe(240);
});

test("Retry-After wins over every token there is", () => {
  const state = onThrottle({ ...vendor, burst: 100 }, startRate({ ...vendor, burst: 100 }, 0), 1000, 42_000);
  expect(takeToken(vendor, state, 1000).waitMs).toBe(42_000);
  expect(takeToken(vendor, state, 43_000).waitMs).toBeGreaterThan(0);
});

test("never more than burst plus rate times time goes out, whatever the waits", () => {
  const waits = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 300 });
  fc.assert(
    fc.property(waits, fc.integer({ min: 1, max: 20 }), (steps, burst) => {
      const limit = { ...vendor, burst };
      let state = startRate(limit, 0);
      let now = 0;
      let sent = 0;
      for (const step of steps) {
        now += step;
        const taken = takeToken(limit, state, now);
        state = taken.state;
        if (taken.waitMs === 0) sent += 1;
      }
      expect(sent).toBeLessThanOrEqual(burst + (now * limit.requestsPerMinute) / 60_000 + 1e-6);
    }),
  );
});
