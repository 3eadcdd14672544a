import { describe, expect, test } from "vitest";
import { regress } from "./clustered-ols.ts";
import { compareMeans, estimateCuped } from "./cuped.ts";
import { expectedRegression } from "./regression-to-mean.ts";
import { computeRoi, gainFromHandleTime, shareContributions } from "./roi-money.ts";
import { testSampleRatio } from "./sample-ratio.ts";
import { calibrateHazard, leaveProbability, modelledGainMinor, riskCostMinor, solveHazard } from "./turnover.ts";

describe("money", () => {
  test("a faster handle time becomes a gain, an ROI and its interval [T58] [T63]", () => {
    const gain = gainFromHandleTime({
      effectSeconds: -9,
      standardErrorSeconds: 2.5,
      contacts: 40_000,
      loadedRateMinorPerHour: 3000n,
      realisationPpm: 600_000,
    });
    expect(gain).toEqual({ amountMinor: expect.closeTo(180_000, 6), standardErrorMinor: expect.closeTo(50_000, 6) });
    const roi = computeRoi(gain, 120_000n);
    if (roi.kind !== "roi") throw new Error(roi.reason);
    expect(roi.roi).toBeCloseTo(0.5, 12);
    expect(roi.standardError).toBeCloseTo(0.4167, 4);
    expect([roi.low, roi.high]).toEqual([expect.closeTo(-0.31665, 5), expect.closeTo(1.31665, 5)]);
    expect(roi.probabilityPositive).toBeCloseTo(0.88493, 5);
  });

  test("slower handling is a loss", () => {
    expect(
      gainFromHandleTime({
        effectSeconds: 9,
        standardErrorSeconds: 1,
        contacts: 4000,
        loadedRateMinorPerHour: 3000n,
        realisationPpm: 1_000_000,
      }).amountMinor,
    ).toBe(-30_000);
  });

  test("200 hours at 15 an hour against a cost of 2,500, and a cost of nothing [G20] [T58]", () => {
    const roi = computeRoi({ amountMinor: 300_000, standardErrorMinor: 1 }, 250_000n);
    expect(roi.kind === "roi" && roi.roi).toBeCloseTo(0.2, 12);
    expect(computeRoi({ amountMinor: 300_000, standardErrorMinor: 1 }, 0n)).toMatchObject({
      kind: "undefined",
      reason: expect.stringContaining("No cost"),
    });
  });

  test("contributions over one cost add up; two ROIs with the full cost each do not", () => {
    const shared = shareContributions([180_000, 60_000], 120_000n);
    expect(shared).toEqual({ contributions: [1.5, 0.5], roi: 1 });
    expect(shareContributions([1], 0n)).toBeNull();
  });
});

describe("turnover as an expected cost", () => {
  const model = calibrateHazard({ monthlyAttrition: 0.03, atRiskShare: 0.3, hazardRatio: 3.2 });
  if (model === null) throw new Error("no model");
  const cost = (exposure: number, months: number) => riskCostMinor(model, exposure, months, 800_000n) / 100;

  test("the baseline is calibrated to the observed attrition [T60] [T61]", () => {
    expect(model.baseline).toBeCloseTo(0.0183489, 7);
    expect(leaveProbability(model, 0, 1)).toBeCloseTo(0.0181816, 7);
    expect(leaveProbability(model, 1, 1)).toBeCloseTo(0.057026, 7);
  });

  test("the cost of risk per agent-month [T60]", () => {
    expect(cost(1, 1)).toBeCloseTo(310.75, 2);
    expect(cost(0.5, 1)).toBeCloseTo(156.95, 2);
    expect(cost(1, 3)).toBeCloseTo(863.59, 2);
    expect(150 * cost(1, 1)).toBeCloseTo(46_613, 0);
  });

  test("100 agents, 30 at risk: cost and expected leavers, and the exact baseline", () => {
    const exposures: number[] = Array.from({ length: 100 }, (_, index) => (index < 30 ? 1 : 0));
    expect(exposures.reduce((sum, exposure) => sum + cost(exposure, 1), 0)).toBeCloseTo(9322.6497, 4);
    expect(exposures.reduce((sum, exposure) => sum + leaveProbability(model, exposure, 1), 0)).toBeCloseTo(2.9835, 4);
    const exact = solveHazard({ monthlyAttrition: 0.03, exposures, hazardRatio: 3.2 });
    if (exact === null) throw new Error("no model");
    expect(exposures.reduce((sum, exposure) => sum + leaveProbability(exact, exposure, 1), 0)).toBeCloseTo(3, 10);
  });

  test("the modelled gain of less exposure [T62]", () => {
    const gain = modelledGainMinor(model, { from: 0.3, to: 0.26, agents: 100, months: 3, replacementCostMinor: 800_000n });
    expect(gain / 100).toBeCloseTo(3545.46, 1);
  });

  test("no attrition, no model", () => {
    expect(calibrateHazard({ monthlyAttrition: 0, atRiskShare: 0.3, hazardRatio: 3.2 })).toBeNull();
    expect(solveHazard({ monthlyAttrition: 0.03, exposures: [], hazardRatio: 3.2 })).toBeNull();
  });
});

test("regression to the mean of a group chosen below a cut [T63]", () => {
  const regression = (correlation: number) => expectedRegression({ mean: 60, standardDeviation: 15, cut: 40, correlation });
  expect([regression(0), regression(0.5), regression(0.8)]).toEqual([
    expect.closeTo(26.972, 3),
    expect.closeTo(13.486, 3),
    expect.closeTo(5.394, 3),
  ]);
  expect(expectedRegression({ mean: 60, standardDeviation: 0, cut: 40, correlation: 0.5 })).toBeNull();
});

describe("a randomised holdout", () => {
  const units = Array.from({ length: 40 }, (_, index) => {
    const before = 100 + ((index * 7) % 11);
    const isTreated = index % 2 === 0;
    return { before, isTreated, outcome: 2 * before + (isTreated ? -5 : 0) + ((index * 3) % 5) / 10 };
  });

  test("CUPED takes out what was known before", () => {
    const cuped = estimateCuped(units);
    const plain = compareMeans(
      units.filter(({ isTreated }) => isTreated).map(({ outcome }) => outcome),
      units.filter(({ isTreated }) => !isTreated).map(({ outcome }) => outcome),
    );
    expect(cuped?.theta).toBeCloseTo(2, 0);
    expect(Math.abs((cuped?.estimate ?? 0) + 5)).toBeLessThan(0.5);
    expect(cuped?.standardError).toBeLessThan((plain?.standardError ?? 0) / 3);
    expect(cuped?.varianceFactor).toBeLessThan(0.2);
  });

  test("without a spread before treatment it is the plain comparison", () => {
    const flat = units.map((unit) => ({ ...unit, before: 1 }));
    expect(estimateCuped(flat)?.varianceFactor).toBe(1);
  });

  test("Welch's error of the 2-group example", () => {
    const welch = compareMeans([-10, -14, -6, -18], [-2, -4, 0, -6]);
    expect([welch?.estimate, welch?.standardError]).toEqual([-9, expect.closeTo(2.886751, 6)]);
    expect(compareMeans([1], [1, 2])).toBeNull();
    expect(compareMeans([1, 1], [2, 2])).toBeNull();
  });

  test("the sample ratio tells kept assignments from broken ones", () => {
    expect(testSampleRatio([10, 90], [0.1, 0.9])?.pValue).toBe(1);
    expect(testSampleRatio([25, 75], [0.1, 0.9])?.pValue).toBeLessThan(1e-5);
    expect(testSampleRatio([0, 0], [0.1, 0.9])).toBeNull();
  });
});

describe("least squares with clustered errors", () => {
  const x = Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const y = Float64Array.from([2.1, 3.9, 6.2, 7.8, 10.1, 12.2, 13.8, 16.1, 18.2, 19.7]);
  const constant = new Float64Array(10).fill(1);
  const clusterOf = Int32Array.from([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);

  test("estimates, and errors as statsmodels gives them", () => {
    const fit = regress(y, [constant, x], clusterOf);
    expect(fit?.coefficients.map(({ estimate }) => estimate)).toEqual([
      expect.closeTo(0.073333333333, 9),
      expect.closeTo(1.988484848485, 9),
    ]);
    expect(fit?.coefficients.map(({ standardError }) => standardError)).toEqual([
      expect.closeTo(0.056988754066, 9),
      expect.closeTo(0.007316363063, 9),
    ]);
  });

  test("regressors that hang together, or one cluster, give no fit", () => {
    expect(regress(y, [constant, x, x.map((value) => 2 * value + 1)], clusterOf)).toBeNull();
    expect(regress(y, [constant, x], new Int32Array(10))).toBeNull();
  });
});
