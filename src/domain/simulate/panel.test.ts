import { expect, test } from "vitest";
import { defaultPanel, type PanelWeek, simulatePanel } from "./panel.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Change of mean handle time from the weeks before the first launch to those after the last, treated less untreated, seconds. */
function simpleEstimate(rows: readonly PanelWeek[]): number {
  const last = defaultPanel.firstLaunch + defaultPanel.weeksBetweenWaves * (defaultPanel.waves - 1);
  const meanOf = (isTreated: boolean, isAfter: boolean): number =>
    mean(
      rows
        .filter(
          ({ treatedFrom, week }) => (treatedFrom !== null) === isTreated && (isAfter ? week >= last : week < defaultPanel.firstLaunch),
        )
        .map(({ y }) => y),
    );
  return meanOf(true, true) - meanOf(true, false) - (meanOf(false, true) - meanOf(false, false));
}

test("the panel has a row per agent and week, and the same seed gives the same rows", () => {
  const rows = simulatePanel(7);
  expect(rows.length).toBe(300 * 24);
  expect(rows).toEqual(simulatePanel("7"));
  expect(new Set(rows.map(({ team }) => team)).size).toBe(30);
  expect(new Set(rows.filter(({ treatedFrom }) => treatedFrom !== null).map(({ treatedFrom }) => treatedFrom))).toEqual(
    new Set([10, 12, 14]),
  );
  for (const { contacts, handleMs, y } of rows.slice(0, 500)) expect(y).toBe(handleMs / contacts / 1_000);
});

test("[T62] over fifty panels the true effect of -5.86 s is found without bias", () => {
  const estimates = Array.from({ length: 50 }, (_, seed) => simpleEstimate(simulatePanel(seed)));
  const deviation = Math.sqrt(mean(estimates.map((value) => (value - mean(estimates)) ** 2)));
  expect(deviation).toBeGreaterThan(1);
  expect(deviation).toBeLessThan(2.5);
  expect(Math.abs(mean(estimates) + 5.86)).toBeLessThan((3 * deviation) / Math.sqrt(50));
});

test("[T62] enrolling the slowest quarter makes doing nothing look like a success", () => {
  const drops = Array.from({ length: 20 }, (_, seed) => {
    const chosen = simulatePanel(seed, { allocation: "performance", effectMs: 0, centreWeekDeviationMs: 0 }).filter(
      ({ treatedFrom }) => treatedFrom !== null,
    );
    const level = (from: number, to: number): number => mean(chosen.filter(({ week }) => week >= from && week < to).map(({ y }) => y));
    return level(12, 16) - level(6, 10);
  });
  expect(mean(drops)).toBeLessThan(-4);
});

test("operational allocation goes team after team, and unseen weeks are left out", () => {
  const rows = simulatePanel(1, { allocation: "operational", missingShare: 0.2 });
  expect(rows.length / (300 * 24)).toBeCloseTo(0.8, 1);
  const first = rows.filter(({ team }) => team === "t-001");
  const last = rows.filter(({ team }) => team === "t-030");
  expect(first[0]?.treatedFrom).toBe(10);
  expect(last[0]?.treatedFrom).toBe(null);
});
