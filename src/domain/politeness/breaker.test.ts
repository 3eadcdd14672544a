import { expect, test } from "vitest";
import { type BreakerState, closedBreaker, onFault, onSuccess, defaultBreakerPolicy as policy } from "./breaker.ts";

const fail = (state: BreakerState, times: number, now = 0) =>
  Array.from({ length: times }).reduce<BreakerState>((before) => onFault(policy, before, now), state);

test("calls go on until the fifth fault in a row, then pause", () => {
  expect(fail(closedBreaker, 4).openUntil).toBeNull();
  expect(fail(closedBreaker, 5, 1000).openUntil).toBe(16_000);
});

test("a call that fails after the pause doubles it, up to five minutes", () => {
  const opened = fail(closedBreaker, 5);
  expect(fail(opened, 1, 20_000).openUntil).toBe(50_000);
  expect(fail(opened, 10, 0).openUntil).toBe(policy.longestPauseMs);
});

test("one success forgets all faults", () => {
  expect(onSuccess()).toEqual(closedBreaker);
});
