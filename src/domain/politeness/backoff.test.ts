import { expect, test } from "vitest";
import { parseRetryAfter, defaultRetryPolicy as policy, retryDelay } from "./backoff.ts";

test("[T106] waits are drawn from zero to a second, doubled each time, a minute at most", () => {
  const longest = [1, 2, 3, 4, 5, 6, 7].map((attempt) => retryDelay(policy, attempt, 0, null, 0.999_999));
  expect(longest).toEqual([999, 1999, 3999, 7999, 15_999, 31_999, 59_999]);
  expect(retryDelay(policy, 3, 0, null, 0)).toBe(0);
});

test("Retry-After wins over the drawn wait", () => {
  expect(retryDelay(policy, 1, 0, 42_000, 0.1)).toBe(42_000);
});

test("it gives up after the last attempt, and before a wait that would end too late", () => {
  expect(retryDelay(policy, policy.maxAttempts, 0, null, 0)).toBeNull();
  expect(retryDelay(policy, 1, policy.maxElapsedMs - 1000, 42_000, 0)).toBeNull();
});

test.each([
  ["42", 42_000],
  ["0", 1000],
  ["1.5", 1500],
  ["Thu, 01 Jan 1970 00:01:00 GMT", 60_000],
  ["-3", null],
  ["soon", null],
  ["", null],
])("Retry-After %j means %s ms", (header, expected) => {
  expect(parseRetryAfter(header, 0)).toBe(expected);
});

test("a missing Retry-After says nothing", () => {
  expect(parseRetryAfter(null, 0)).toBeNull();
});
