import { describe, expect, test } from "vitest";
import { panelOf } from "../../../test/support/panels.ts";
import { combineCells, isPost } from "./aggregate.ts";
import { bootstrapClusters, reweigh } from "./cluster-bootstrap.ts";
import { defaultDesign, estimateGroupTime } from "./group-time.ts";
import type { Panel } from "./panel.ts";
import { placeboInSpace, placeboInTime } from "./placebo.ts";
import { quantileOf } from "./quantile.ts";
import { startRandom } from "./random.ts";
import { changeBeyondRegression } from "./regression-to-mean.ts";
import { standardErrorOf } from "./spread.ts";

function simulated(effect: number): Panel {
  const random = startRandom(11, 9);
  return panelOf(
    Array.from({ length: 30 }, (_, team) => {
      const treatedFrom = team < 18 ? 14 + 2 * (team % 3) : null;
      return Array.from({ length: 4 }, (_agent, agent) =>
        Array.from({ length: 24 }, (_week, period) => ({
          unit: `t${team}a${agent}`,
          cluster: `t${team}`,
          period,
          treatedFrom,
          outcome: 300 + 20 * (random.unit() + random.unit()) + (treatedFrom !== null && period >= treatedFrom ? effect : 0),
        })),
      ).flat();
    }).flat(),
  );
}

function simpleOf(panel: Panel): number | null {
  const groupTime = estimateGroupTime(panel, defaultDesign, (eventTime) => eventTime >= 0);
  return combineCells(groupTime, groupTime.cells.filter(isPost))?.estimate ?? null;
}

describe("resampling", () => {
  const panel = simulated(-5);

  test("the cluster bootstrap spreads as the analytic error says", () => {
    const groupTime = estimateGroupTime(panel, defaultDesign);
    const effect = combineCells(groupTime, groupTime.cells.filter(isPost));
    const strata = Int32Array.from(panel.clusters, (_, cluster) => panel.cohortOf[panel.clusterOf.indexOf(cluster)] ?? -1);
    const [interval] = bootstrapClusters(strata, (drawn) => [simpleOf(reweigh(panel, drawn))], { draws: 499, seed: 1 });
    const analytic = effect === null ? Number.NaN : standardErrorOf(panel, effect.influence);
    expect(Math.abs((interval?.standardError ?? 0) / analytic - 1)).toBeLessThan(0.2);
    expect((interval?.low ?? 0) < -5 && -5 < (interval?.high ?? -9)).toBe(true);
  });

  test("every draw keeps the number of clusters of each stratum", () => {
    const counts: number[] = [];
    bootstrapClusters(
      [0, 0, 1, 1, 1],
      (drawn) => {
        counts.push((drawn[0] ?? 0) + (drawn[1] ?? 0), (drawn[2] ?? 0) + (drawn[3] ?? 0) + (drawn[4] ?? 0));
        return [1];
      },
      { draws: 20, seed: 1 },
    );
    expect(new Set(counts.filter((_, index) => index % 2 === 0))).toEqual(new Set([2]));
    expect(new Set(counts.filter((_, index) => index % 2 === 1))).toEqual(new Set([3]));
  });

  test("a figure that often cannot be computed has no interval", () => {
    let draw = 0;
    expect(bootstrapClusters([0, 0], () => [draw++ % 10 === 0 ? null : draw], { draws: 50, seed: 1 })).toEqual([null]);
  });

  test("a placebo before the true date finds nothing where nothing was, and needs weeks to stand on", () => {
    const placebo = placeboInTime(panel, defaultDesign, 4);
    expect(Math.abs(placebo?.effect.estimate ?? 99)).toBeLessThan(3 * (placebo?.effect.standardError ?? 0));
    expect(placeboInTime(panel, defaultDesign, 20)).toBeNull();
  });

  test("shuffled dates find an effect that is there, and none that is not", () => {
    const options = { draws: 199, seed: 1, lastEventTime: Number.POSITIVE_INFINITY };
    expect(placeboInSpace(panel, defaultDesign, options)).toMatchObject({ level: "cluster", pValue: 1 / 200 });
    expect(placeboInSpace(simulated(0), defaultDesign, options)?.pValue).toBeGreaterThan(0.05);
  });

  test("dates that differ within a team are shuffled within it", () => {
    const byAgent = { ...panel, clusterOf: panel.clusterOf.map((_, unit) => unit % 30) };
    expect(placeboInSpace(byAgent, defaultDesign, { draws: 19, seed: 1, lastEventTime: 1 })?.level).toBe("unit-within-cluster");
  });
});

test("quantiles are R's type 7", () => {
  expect([0.1, 0.25, 0.9].map((probability) => quantileOf([10, 1, 3, 2, 4], probability))).toEqual([
    expect.closeTo(1.4, 12),
    2,
    expect.closeTo(7.6, 12),
  ]);
});

test("a change is what is left when the expected move back is taken off", () => {
  const selection = { mean: 60, standardDeviation: 15, cut: 40, correlation: 0.5 };
  expect(changeBeyondRegression(15, selection)).toBeCloseTo(15 - 13.486, 3);
  expect(changeBeyondRegression(15, { ...selection, standardDeviation: 0 })).toBeNull();
});
