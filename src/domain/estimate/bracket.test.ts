import { expect, test } from "vitest";
import { panelOf } from "../../../test/support/panels.ts";
import { estimateBracket } from "./bracket.ts";
import { startRandom } from "./random.ts";

/** 160 agents in 20 teams over 16 weeks; those slowest in weeks 6-9 are enrolled in week 10. */
function dippedPanel(seed: number) {
  const random = startRandom(seed, 8);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
  const agents = Array.from({ length: 160 }, (_, agent) => {
    let noise = 15 * normal();
    const outcomes = Array.from({ length: 16 }, () => {
      noise = 0.6 * noise + 12 * normal();
      return 300 + noise;
    });
    return { unit: `a${agent}`, cluster: `t${agent % 20}`, outcomes, recent: outcomes.slice(6, 10).reduce((sum, value) => sum + value, 0) };
  });
  const cut = agents.map(({ recent }) => recent).sort((a, b) => b - a)[39] ?? 0;
  return panelOf(
    agents.flatMap(({ unit, cluster, outcomes, recent }) =>
      outcomes.map((outcome, period) => {
        const treatedFrom = recent >= cut ? 10 : null;
        return { unit, cluster, period, treatedFrom, outcome: outcome + (treatedFrom !== null && period >= 10 ? -6 : 0) };
      }),
    ),
  );
}

test("after a dip the two ends err apart, and the bracket with its intervals holds the truth [T63]", () => {
  const brackets = Array.from({ length: 40 }, (_, seed) => estimateBracket(dippedPanel(seed + 1)));
  const mean = (pick: (bracket: NonNullable<(typeof brackets)[number]>) => number) =>
    brackets.reduce((sum, bracket) => sum + (bracket === null ? Number.NaN : pick(bracket)), 0) / brackets.length;
  expect(mean(({ differenceInDifferences }) => differenceInDifferences.estimate)).toBeLessThan(-6 - 5);
  expect(Math.abs(mean(({ laggedOutcome }) => laggedOutcome.estimate) + 6)).toBeLessThan(2);
  expect(mean(({ low, high }) => (low <= high ? 1 : 0))).toBe(1);
  expect(mean(({ widestLow, widestHigh }) => (widestLow <= -6 && -6 <= widestHigh ? 1 : 0))).toBeGreaterThanOrEqual(0.9);
});

test("without enough weeks before treatment there is no bracket", () => {
  const rows = Array.from({ length: 20 }, (_, agent) =>
    [0, 1, 2, 3].map((period) => ({
      unit: `a${agent}`,
      period,
      treatedFrom: agent < 10 ? 2 : null,
      outcome: (agent * 7 + period * 3) % 11,
    })),
  ).flat();
  expect(estimateBracket(panelOf(rows))).toBeNull();
});
