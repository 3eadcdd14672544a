import { describe, expect, test } from "vitest";
import { panelOf } from "../../../test/support/panels.ts";
import { type AssessOptions, assessPanel, defaultDraws } from "./assess-panel.ts";
import type { PanelRow } from "./build-panel.ts";
import { compareMeans, estimateCuped } from "./cuped.ts";
import { defaultDesign } from "./group-time.ts";
import { estimateHoldout } from "./holdout-effect.ts";
import { startRandom } from "./random.ts";

const random = startRandom(7, 0);
/** Sum of uniforms, about normal with variance 1. */
const noise = (): number => Array.from({ length: 12 }, () => random.unit()).reduce((sum, value) => sum + value, -6);

/** Teams that differ for good, agents that differ a little, one date for all who are treated, a true effect of -8. */
function draw(teams: number, held: number, agents = 5): PanelRow[] {
  return Array.from({ length: teams }, (_, team) => {
    const level = 300 + 20 * noise();
    return Array.from({ length: agents }, (_, agent) =>
      Array.from({ length: 20 }, (_, period) => {
        const treatedFrom = team < held ? null : 12;
        const effect = treatedFrom !== null && period >= treatedFrom ? -8 : 0;
        const outcome = level + (agent - 2) + 3 * Math.sin(period) + 4 * noise() + effect;
        return { unit: `t${team}a${agent}`, cluster: `t${team}`, period, outcome, treatedFrom, weight: 1 };
      }),
    ).flat();
  }).flat();
}

const options: AssessOptions = {
  ...defaultDraws,
  bandDraws: 99,
  placeboDraws: 19,
  design: defaultDesign,
  allocation: "random",
  holdoutShare: 0.25,
  label: (period) => period,
};

describe("a randomised holdout", () => {
  const rows = draw(24, 6);
  const panel = panelOf(rows);

  test("the drawn teams' own weeks before take out what they always differed in, and the interval holds the truth", () => {
    const effect = estimateHoldout(panel, defaultDesign, 0.25);
    expect(effect).toMatchObject({ heldClusters: 6, treatedClusters: 18, sampleRatioP: 1 });
    expect(effect?.cuped?.low).toBeLessThan(-8);
    expect(effect?.cuped?.high).toBeGreaterThan(-8);
    expect(effect?.cuped?.varianceFactor).toBeLessThan(0.1);
    expect(effect?.cuped?.standardError).toBeLessThan(0.3 * (effect?.unadjusted?.standardError ?? 0));
  });

  test("a team is one observation: its mean over the eight periods before, and over all from the first date on", () => {
    const units = Array.from({ length: 24 }, (_, team) => {
      const own = rows.filter(({ cluster }) => cluster === `t${team}`);
      const mean = (from: number, to: number) => {
        const inside = own.filter(({ period }) => period >= from && period < to);
        return inside.reduce((sum, { outcome }) => sum + (outcome ?? 0), 0) / inside.length;
      };
      return { before: mean(4, 12), outcome: mean(12, 20), isTreated: team >= 6 };
    });
    const effect = estimateHoldout(panel, defaultDesign, 0.25);
    expect(effect?.cuped?.estimate).toBeCloseTo(estimateCuped(units)?.estimate ?? 0, 9);
    expect(effect?.cuped?.standardError).toBeCloseTo(estimateCuped(units)?.standardError ?? 0, 9);
    const arm = (isTreated: boolean) => units.filter((unit) => unit.isTreated === isTreated).map(({ outcome }) => outcome);
    expect(effect?.unadjusted?.estimate).toBeCloseTo(compareMeans(arm(true), arm(false))?.estimate ?? 0, 9);
  });

  test("reaches grade A though all began on one date, which without a draw is grade C", () => {
    const assessed = assessPanel(panel, [], options);
    expect(assessed.grade).toBe("A");
    expect(assessed.aggregates?.simple?.low).toBeLessThan(-8);
    expect(assessed.aggregates?.simple?.high).toBeGreaterThan(-8);
    expect(assessPanel(panel, [], { ...options, holdoutShare: null })).toMatchObject({ grade: "C", holdout: null });
    expect(assessPanel(panel, [], { ...options, allocation: "operational" }).grade).toBe("C");
  });

  test("sizes that are not those drawn lower the grade and say so", () => {
    const assessed = assessPanel(panel, [], { ...options, holdoutShare: 0.75 });
    expect(assessed.grade).toBe("C");
    expect(assessed.reasons.join(" ")).toContain("assignment was not kept");
  });

  test("held out teams in which somebody was enrolled all the same are no holdout any more", () => {
    const leaky = rows.map((row) => (row.unit === "t0a0" || row.unit === "t1a3" ? { ...row, treatedFrom: 12 } : row));
    expect(estimateHoldout(panelOf(leaky), defaultDesign, 0.25)).toMatchObject({ heldClusters: 4, treatedClusters: 20 });
  });

  test("nobody held out is no holdout", () => {
    expect(estimateHoldout(panelOf(draw(8, 0)), defaultDesign, 0.25)).toBeNull();
  });
});
