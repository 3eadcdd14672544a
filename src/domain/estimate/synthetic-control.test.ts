import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { panelOf } from "../../../test/support/panels.ts";
import type { PanelRow } from "./build-panel.ts";
import { weighDonors } from "./donor-weights.ts";
import { estimateSyntheticControls, type SyntheticControls } from "./synthetic-control.ts";

const options = { anticipation: 0, label: (period: number) => `week ${period}` };

/** One unit per name; a path of outcomes, null where nothing was observed. */
function rowsOf(paths: Readonly<Record<string, readonly (number | null)[]>>, treatedFrom: Readonly<Record<string, number>>): PanelRow[] {
  return Object.entries(paths).flatMap(([unit, outcomes]) =>
    outcomes.map((outcome, period) => ({ unit, cluster: unit, period, outcome, treatedFrom: treatedFrom[unit] ?? null })),
  );
}

function madeOf(rows: readonly PanelRow[], using = options): SyntheticControls {
  const made = estimateSyntheticControls(panelOf(rows), using);
  if (made.kind === "none") throw new Error(made.reason);
  return made;
}

function reasonOf(rows: readonly PanelRow[], using = options): string {
  const made = estimateSyntheticControls(panelOf(rows), using);
  return made.kind === "none" ? made.reason : "made";
}

/** Four units that differ in one week each, so every one is a third of each other in its twin, and misses by the same before. */
function symmetric(after: Readonly<Record<"site" | "a" | "b" | "c", number>>): PanelRow[] {
  const paths = { site: [1, 0, 0, 0, after.site], a: [0, 1, 0, 0, after.a], b: [0, 0, 1, 0, after.b], c: [0, 0, 0, 1, after.c] };
  return rowsOf(paths, { site: 4 });
}

describe("weights of donors", () => {
  const path = (...values: number[]) => Float64Array.from(values);

  test("a target that is a quarter of one donor and three quarters of another is found exactly", () => {
    const donors = [path(300, 320, 310, 290), path(280, 284, 300, 302), path(400, 410, 390, 395)];
    const target = path(285, 293, 302.5, 299);
    expect(Array.from(weighDonors(target, donors))).toEqual([expect.closeTo(0.25, 9), expect.closeTo(0.75, 9), 0]);
  });

  test("a target outside of the donors gets the nearest mixture: the foot of the perpendicular, or a corner", () => {
    // From (4, 3) straight down to the line from (0, 0) to (10, 0); and from (-2, 1) to its nearer end.
    expect(Array.from(weighDonors(path(4, 3), [path(0, 0), path(10, 0)]))).toEqual([expect.closeTo(0.6, 12), expect.closeTo(0.4, 12)]);
    expect(Array.from(weighDonors(path(-2, 1), [path(0, 0), path(10, 0)]))).toEqual([1, 0]);
  });

  test("one donor, the same donor twice, donors all equal to the target, and no donor are no trouble", () => {
    expect(Array.from(weighDonors(path(1, 2), [path(5, 5)]))).toEqual([1]);
    const twice = weighDonors(path(1, 2), [path(5, 5), path(5, 5)]);
    expect((twice[0] ?? 0) + (twice[1] ?? 0)).toBe(1);
    expect(Array.from(weighDonors(path(1, 2), [path(1, 2), path(1, 2)]))).toEqual([1, 0]);
    expect(weighDonors(path(1, 2), [])).toHaveLength(0);
  });

  const outcomes = (periods: number) => fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: periods, maxLength: periods });
  const drawn = fc
    .integer({ min: 2, max: 8 })
    .chain((periods) => fc.record({ target: outcomes(periods), donors: fc.array(outcomes(periods), { minLength: 1, maxLength: 12 }) }));

  test("never negative, adding up to 1, no worse than any single donor or all alike, and nothing is left to gain", () => {
    fc.assert(
      fc.property(drawn, (raw) => {
        const target = Float64Array.from(raw.target);
        const donors = raw.donors.map((donor) => Float64Array.from(donor));
        const weights = weighDonors(target, donors);
        expect(weights.every((weight) => weight >= 0)).toBe(true);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
        const miss = missOf(target, donors, weights);
        const own = sumOfSquares(miss);
        const one = (chosen: number) => Float64Array.from(donors, (_, donor) => (donor === chosen ? 1 : 0));
        const even = new Float64Array(donors.length).fill(1 / donors.length);
        const slack = 1e-6;
        for (const others of [even, ...donors.map((_, donor) => one(donor))])
          expect(own).toBeLessThanOrEqual(sumOfSquares(missOf(target, donors, others)) + slack);
        // The gap of Frank and Wolfe bounds how far the sum of squares is above the least one there is.
        const gaps = donors.map((donor) =>
          miss.reduce((sum, value, period) => sum + value * (value - (target[period] ?? 0) + (donor[period] ?? 0)), 0),
        );
        expect(Math.max(...gaps)).toBeLessThanOrEqual(slack);
      }),
      { numRuns: 300 },
    );
  });

  test("the order of donors changes neither the mixture nor, where only one gives it, the weights", () => {
    fc.assert(
      fc.property(outcomes(6), fc.array(outcomes(6), { minLength: 2, maxLength: 5 }), (rawTarget, raw) => {
        const target = Float64Array.from(rawTarget);
        // A peak of its own per donor: no donor is a mixture of the others, so the weights are the only ones.
        const donors = raw.map((donor, own) => Float64Array.from(donor, (value, period) => value + (period === own ? 9000 : 0)));
        const there = Array.from(weighDonors(target, donors));
        const back = Array.from(weighDonors(target, [...donors].reverse())).reverse();
        there.forEach((weight, donor) => {
          expect(back[donor]).toBeCloseTo(weight, 9);
        });
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(drawn, (raw) => {
        const target = Float64Array.from(raw.target);
        const donors = raw.donors.map((donor) => Float64Array.from(donor));
        const reversed = [...donors].reverse();
        const [there, back] = [
          missOf(target, donors, weighDonors(target, donors)),
          missOf(target, reversed, weighDonors(target, reversed)),
        ];
        there.forEach((value, period) => {
          expect(back[period]).toBeCloseTo(value, 3);
        });
      }),
      { numRuns: 100 },
    );
  });
});

function missOf(target: Float64Array, donors: readonly Float64Array[], weights: Float64Array): Float64Array {
  return target.map((value, period) => value - donors.reduce((sum, donor, place) => sum + (weights[place] ?? 0) * (donor[period] ?? 0), 0));
}

function sumOfSquares(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

describe("a treated cluster beside its synthetic twin", () => {
  const donors = { a: [300, 320, 310, 290, 305, 311], b: [280, 284, 300, 302, 281, 287], c: [400, 410, 390, 395, 402, 399] };
  // A quarter of a and three quarters of b before, and 6 and 8 less than that afterwards.
  const site = [285, 293, 302.5, 299, 287 - 6, 293 - 8];

  test("an exact mixture gives the weights, the effect of each period and their mean, and says why there is no placebo", () => {
    const { estimate, clusters, leftOut } = madeOf(rowsOf({ site, ...donors }, { site: 4 }));
    expect(leftOut).toEqual([]);
    expect(estimate).toBeCloseTo(-7, 9);
    expect(clusters).toEqual([
      {
        cluster: "site",
        treatedFrom: "week 4",
        prePeriods: 4,
        donors: 3,
        donorsLeftOut: [],
        weights: [
          { donor: "a", weight: expect.closeTo(0.25, 9) },
          { donor: "b", weight: expect.closeTo(0.75, 9) },
        ],
        effects: [
          { period: "week 4", eventTime: 0, estimate: expect.closeTo(-6, 9) },
          { period: "week 5", eventTime: 1, estimate: expect.closeTo(-8, 9) },
        ],
        estimate: expect.closeTo(-7, 9),
        preRmspe: expect.closeTo(0, 9),
        postRmspe: expect.closeTo(Math.sqrt(50), 9),
        ratio: null,
        placebo: null,
        placeboReason: expect.stringContaining("match it exactly before"),
      },
    ]);
  });

  test("the placebo p is the rank of the ratio among all four units, counted by hand", () => {
    // Each twin is a third of each other unit: after less their mean is 4/3 of the distance from the mean of all four, and the
    // miss before is sqrt((1 + 3/9) / 4) for each. So the rank is that of the distance from the mean of all.
    const { clusters } = madeOf(symmetric({ site: 10, a: 1, b: 2, c: -1 }));
    expect(clusters[0]?.weights.map(({ weight }) => weight)).toEqual([1, 1, 1].map(() => expect.closeTo(1 / 3, 12)));
    expect(clusters[0]).toMatchObject({
      preRmspe: expect.closeTo(Math.sqrt(1 / 3), 12),
      estimate: expect.closeTo(28 / 3, 12),
      ratio: expect.closeTo((28 / 3) * Math.sqrt(3), 9),
      // Mean 3, distances 7, 2, 1, 4: the farthest out.
      placebo: { rank: 1, of: 4, pValue: 0.25 },
      placeboReason: null,
    });
    const placeboOf = (after: Parameters<typeof symmetric>[0]) => madeOf(symmetric(after)).clusters[0]?.placebo;
    // Mean 4, distances 4, 4, 0, 0: a tie counts against the treated one.
    expect(placeboOf({ site: 0, a: 8, b: 4, c: 4 })).toEqual({ rank: 2, of: 4, pValue: 0.5 });
    // Mean 4, distances 1, 3, 5, 3: the nearest.
    expect(placeboOf({ site: 5, a: 1, b: 9, c: 1 })).toEqual({ rank: 4, of: 4, pValue: 1 });
  });

  test("a donor that the others match exactly before counts as far out, unless they match it afterwards too", () => {
    // b and c are one path before; the treated one is 2 above all and 4 afterwards, a ratio of 2.
    const paths = (c: number) => ({ site: [7, 7, 7, 7, 9], a: [4, 4, 4, 4, 4], b: [5, 5, 5, 5, 5], c: [5, 5, 5, 5, c] });
    // The twin of a is b or c, a miss of 1 before; afterwards 1 again.
    expect(madeOf(rowsOf(paths(5), { site: 4 })).clusters[0]).toMatchObject({ ratio: 2, placebo: { rank: 1, of: 4 } });
    expect(madeOf(rowsOf(paths(5.5), { site: 4 })).clusters[0]?.placebo?.rank).toBe(3);
  });

  test("clusters are weighted means of their units, and several treated ones add up by weight and periods", () => {
    const paths = { ...donors, d: [310, 300, 320, 305, 299, 300], one: site, two: [...site.slice(0, 4), 287 - 6, 293 - 3] };
    const rows = rowsOf(paths, { one: 4, two: 5 }).flatMap((row): PanelRow[] => {
      // Two units of the first cluster, one heavy and low, one light and high: the mean is the path above.
      if (row.cluster !== "one") return [{ ...row, weight: row.cluster === "two" ? 8 : 1 }];
      const outcome = row.outcome ?? 0;
      return [
        { ...row, unit: "one.low", outcome: outcome - 1, weight: 3 },
        { ...row, unit: "one.high", outcome: outcome + 3, weight: 1 },
      ];
    });
    const { clusters, estimate } = madeOf(rows);
    expect(clusters.map(({ cluster, donors: count, prePeriods }) => [cluster, count, prePeriods])).toEqual([
      ["one", 4, 4],
      ["two", 4, 5],
    ]);
    expect(clusters[0]?.estimate).toBeCloseTo(-7, 9);
    // Two periods at a weight of 4, one at a weight of 8.
    expect(estimate).toBeCloseTo((2 * 4 * -7 + 8 * (clusters[1]?.estimate ?? 0)) / 16, 9);
  });

  test("announced periods are neither before nor after", () => {
    const announced = { ...donors, site: [...site.slice(0, 3), 1000, ...site.slice(4)] };
    const longer = Object.fromEntries(Object.entries(announced).map(([name, path]) => [name, [(path[0] ?? 0) + 1, ...path]]));
    const { clusters } = madeOf(rowsOf(longer, { site: 5 }), { ...options, anticipation: 1 });
    expect(clusters[0]).toMatchObject({ prePeriods: 4, preRmspe: expect.closeTo(0, 9), estimate: expect.closeTo(-7, 9) });
  });

  test("whatever the outcomes, the figures are finite, shares add up to 1, and a placebo is missing only with its reason", () => {
    // Few small numbers make twins, exact mixtures and equal ratios frequent.
    const outcome = fc.oneof(
      { weight: 60, arbitrary: fc.integer({ min: -2, max: 2 }) },
      { weight: 1, arbitrary: fc.constantFrom(1e50, -1e-40, 1e12) },
    );
    const seen = { ranked: 0, exact: 0 };
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 35, maxLength: 35 }), (outcomes) => {
        fc.pre(new Set(outcomes).size > 1);
        const paths = Object.fromEntries(["a", "b", "c", "d", "site"].map((name, unit) => [name, outcomes.slice(unit * 7, unit * 7 + 7)]));
        const { clusters } = madeOf(rowsOf(paths, { site: 5 }));
        for (const { weights, effects, estimate, preRmspe, postRmspe, ratio, placebo, placeboReason } of clusters) {
          const figures = [
            ...weights.map(({ weight }) => weight),
            ...effects.map((effect) => effect.estimate),
            estimate,
            preRmspe,
            postRmspe,
          ];
          expect([...figures, ratio ?? 0, placebo?.pValue ?? 1].every(Number.isFinite)).toBe(true);
          expect(weights.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
          expect([placebo === null, ratio === null]).toEqual([placeboReason !== null, placeboReason !== null]);
          seen[placebo === null ? "exact" : "ranked"] += 1;
        }
      }),
      { numRuns: 200 },
    );
    expect(seen.ranked).toBeGreaterThan(20);
    expect(seen.exact).toBeGreaterThan(0);
  });

  test("the order of rows does not show in a single bit", () => {
    const rows = rowsOf({ site: site.map((value, period) => value + (period % 3)), ...donors }, { site: 4 });
    expect(madeOf([...rows].reverse())).toEqual(madeOf(rows));
  });
});

describe("no synthetic control, in words", () => {
  const flat = (level: number, periods = 6) => Array.from({ length: periods }, (_, period) => level + ((period * level) % 3));
  const four = { site: flat(5), a: flat(4), b: flat(7), c: flat(10) };

  test("more than three treated clusters", () => {
    const names = ["p", "q", "r", "s"];
    const paths = { ...four, ...Object.fromEntries(names.map((name, place) => [name, flat(20 + place)])) };
    const from = (treated: readonly string[]) =>
      Object.fromEntries(names.filter((name) => treated.includes(name)).map((name) => [name, 4]));
    expect(reasonOf(rowsOf(paths, from(names)))).toBe("4 clusters are treated; a synthetic control is made for at most 3.");
    expect(reasonOf(rowsOf(paths, from(names.slice(1))))).toBe("made");
    const alone = rowsOf(paths, from(names)).map((row) => ({ ...row, cluster: null }));
    expect(reasonOf(alone)).toContain("4 units are treated");
  });

  test("a cluster of treated and untreated units", () => {
    const rows = rowsOf(four, { site: 4 });
    const mixed = rows.map((row) => (row.unit === "a" ? { ...row, cluster: "site" } : row));
    expect(reasonOf(mixed)).toContain("no single before");
  });

  test("too few periods before, fewer still where some were announced", () => {
    expect(reasonOf(rowsOf(four, { site: 3 }))).toBe("site: 3 periods before treatment; 4 are needed to tell who runs alike.");
    expect(reasonOf(rowsOf(four, { site: 4 }), { ...options, anticipation: 3 })).toContain("site: 1 period before treatment");
    expect(reasonOf(rowsOf(four, { site: 4 }))).toBe("made");
  });

  test("too few donors, counting only those observed throughout, which are named", () => {
    const gappy = { ...four, c: four.c.map((value, period) => (period === 5 ? null : value)) };
    expect(reasonOf(rowsOf(gappy, { site: 4 }))).toBe("site: 2 never treated clusters observed in all of its periods; 3 are needed.");
    const { clusters } = madeOf(rowsOf({ ...gappy, d: flat(11) }, { site: 4 }));
    expect(clusters[0]).toMatchObject({ donors: 3, donorsLeftOut: ["c"] });
  });

  test("a period in which the treated cluster was not observed; the others keep theirs", () => {
    const gappy = { ...four, site: four.site.map((value, period) => (period === 2 ? null : value)), two: flat(8) };
    expect(reasonOf(rowsOf(gappy, { site: 4 }))).toBe("site: no outcome in week 2; every period before and since treatment is needed.");
    const made = madeOf(rowsOf(gappy, { site: 4, two: 4 }));
    expect(made.clusters.map(({ cluster }) => cluster)).toEqual(["two"]);
    expect(made.leftOut).toEqual([{ cluster: "site", reason: expect.stringContaining("no outcome in week 2") }]);
  });

  test("more donors than can each be rebuilt", () => {
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, place) => [`d${place}`, flat(20 + place)]));
    expect(reasonOf(rowsOf({ site: flat(5), ...many }, { site: 4 }))).toContain("201 donors; it is made for at most 200");
  });
});
