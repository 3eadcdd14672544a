import { expect, test } from "vitest";
import { type Outcome, planSettlement, relayRetryPolicy } from "./outcome.ts";

const now = 1_000_000_000;
const throttled: Outcome = { kind: "retry", answer: "429", retryAfterMs: 42_000 };
const down: Outcome = { kind: "retry", answer: "503", retryAfterMs: null };
const settle = (outcome: Outcome, attempts: number, enqueuedAt = now, random = 0.999_999) =>
  planSettlement(outcome, { attempts, enqueuedAt, notBefore: null }, { now, random });

test("what the host took, had taken or shows newer is settled", () => {
  for (const kind of ["delivered", "duplicate", "superseded", "held"] as const) {
    expect(settle({ kind, answer: "201" }, 1)).toEqual({ kind, answer: "201" });
  }
});

test("[T106] waits double from a second to a minute with full jitter, and Retry-After wins", () => {
  const waits = [1, 2, 3, 7, 20].map((attempts) => {
    const settled = settle(down, attempts);
    return settled.kind === "retry" ? settled.nextAttemptAt - now : null;
  });
  expect(waits).toEqual([999, 1999, 3999, 59_999, 59_999]);
  expect(settle(down, 5, now, 0)).toMatchObject({ nextAttemptAt: now });
  expect(settle(throttled, 1)).toMatchObject({ kind: "retry", nextAttemptAt: now + 42_000 });
});

test("[T106] a message is dead after its last attempt, or when it is too old and was tried often enough", () => {
  expect(settle(down, relayRetryPolicy.maxAttempts)).toEqual({ kind: "dead", answer: "given up after 10000 attempts: 503" });
  const lastWeek = now - 7 * 86_400_000;
  expect(settle(down, 3, lastWeek).kind).toBe("retry");
  expect(settle(down, 12, lastWeek).kind).toBe("dead");
});

test("[T106] the 72 hours of a message with a time of its own begin there, not where it was written", () => {
  const ends = { attempts: 12, enqueuedAt: now - 7 * 86_400_000, notBefore: now - 180_000 };
  expect(planSettlement(down, ends, { now, random: 0.5 }).kind).toBe("retry");
  expect(planSettlement(down, { ...ends, notBefore: now - 73 * 3_600_000 }, { now, random: 0.5 }).kind).toBe("dead");
  // One that was replayed after its time has them again.
  const replayed = { attempts: 12, enqueuedAt: now - 180_000, notBefore: now - 7 * 86_400_000 };
  expect(planSettlement(down, replayed, { now, random: 0.5 }).kind).toBe("retry");
});

test("what a host refuses for good is dead at once", () => {
  expect(settle({ kind: "refused", answer: "400 bad body" }, 1)).toEqual({ kind: "dead", answer: "400 bad body" });
});
