import { describe, expect, test } from "vitest";
import type { StatusChangeFacts, StatusDay } from "./facts.ts";
import { describeStatusChange } from "./study-change.ts";

/** A dip of `depth` that fades with every day, in teams that differ by their own small wave. */
function facts(depth: number, fade: number, changes: Partial<StatusChangeFacts> = {}, teams = 12, unequal = 0): StatusChangeFacts {
  const daysLoaded = changes.daysLoaded ?? 28;
  const days = Array.from({ length: 15 + daysLoaded }, (_, index) => index - 14).flatMap((offset) =>
    Array.from({ length: teams }, (_, group): StatusDay => {
      const own = 0.02 * Math.sin(group * 2.3 + offset * 1.7);
      const deviation = own - (offset < 0 ? 0 : depth * Math.exp(-offset / (fade * (1 + unequal * Math.sin(group)))));
      return {
        offset,
        group,
        agents: 5,
        engagementPpm: Math.round(5e6 * (0.7 + deviation)),
        comparedAgents: 5,
        deviationPpm: Math.round(5e6 * deviation),
      };
    }),
  );
  return { challengeId: "c", name: "Sprint", kind: "status", status: "expired", changedOn: "2026-03-02", daysLoaded, days, ...changes };
}

describe("the days after a change", () => {
  test("[S4-R38] [S4-R41] a dip that fades is over when nine tenths are made up, with an interval that holds the true day", () => {
    const { change, recoveryDay, isRecoveryOpen } = describeStatusChange(facts(0.2, 6), 1);
    expect(change.value).toBeLessThan(-0.05);
    expect(change.interval?.[1]).toBeLessThan(0);
    // The week around day 0 is .79 of the depth, later weeks are 1.05 of their day: 1.05 exp(-d/6) = .079 at d = 15.5.
    expect(recoveryDay.value).toBe(16);
    expect(recoveryDay.interval?.[0]).toBeLessThanOrEqual(16);
    expect(recoveryDay.interval?.[1]).toBeGreaterThanOrEqual(16);
    expect(isRecoveryOpen).toBe(false);
    const [low = 0, high = 0] = describeStatusChange(facts(0.2, 6, {}, 12, 0.4), 1).recoveryDay.interval ?? [];
    expect(high - low, "teams that recover at different speeds").toBeGreaterThanOrEqual(2);
  });

  test("what stays down is not over, and the words say from which day on it might have been", () => {
    const { recoveryDay, isRecoveryOpen } = describeStatusChange(facts(0.2, 500), 1);
    expect(recoveryDay).toMatchObject({ value: null, interval: null, reason: expect.stringContaining("not over within the 28 days") });
    expect(isRecoveryOpen).toBe(true);
  });

  test("without a dip there is nothing to recover from", () => {
    const { change, recoveryDay } = describeStatusChange(facts(0, 6), 1);
    expect(change.interval?.[0]).toBeLessThan(0);
    expect(recoveryDay).toMatchObject({ value: null, reason: expect.stringContaining("no dip to recover from") });
  });

  test("days that are not loaded yet and too few teams are told in words", () => {
    expect(describeStatusChange(facts(0.2, 6, { daysLoaded: 5 }), 1)).toMatchObject({
      change: { value: null, reason: "not yet: 6 of 14 days after the change are loaded" },
      recoveryDay: { value: null },
    });
    expect(describeStatusChange(facts(0.2, 6, {}, 4), 1)).toMatchObject({
      change: { interval: null, intervalReason: "fewer than 5 teams were observed" },
      recoveryDay: { value: null, reason: expect.stringContaining("fewer than 5 teams") },
    });
    expect(describeStatusChange(facts(0.2, 6, { days: [] }), 1).recoveryDay.reason).toBe("nobody was observed both before and after");
  });

  test("the same data and seed give the same bytes", () => {
    expect(JSON.stringify(describeStatusChange(facts(0.2, 6), 1))).toBe(JSON.stringify(describeStatusChange(facts(0.2, 6), 1)));
  });
});
