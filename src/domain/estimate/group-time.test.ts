import { describe, expect, test } from "vitest";
import { mpdtaRows, panelOf, readCsv, toyRows, withoutWeights } from "../../../test/support/panels.ts";
import { requireOrSkip } from "../../../test/support/require.ts";
import { type Aggregates, aggregate, combineCells, effectOfCell, isPost } from "./aggregate.ts";
import { inferFrom } from "./effect.ts";
import { type Design, defaultDesign, estimateGroupTime } from "./group-time.ts";
import type { Panel } from "./panel.ts";

const last: Design = { ...defaultDesign, baseline: "last" };
const lastNotYet: Design = { ...last, controls: "not-yet" };
const mean: Design = { ...defaultDesign, minPre: 1 };

function cellsOf(panel: Panel, design: Design): Record<string, readonly [number, number | null]> {
  const groupTime = estimateGroupTime(panel, design);
  return Object.fromEntries(
    groupTime.cells.map((cell) => {
      const { estimate, standardError } = inferFrom(panel, effectOfCell(groupTime, cell));
      return [`${panel.cohorts[cell.cohort]},${panel.periods[cell.period]}`, [estimate, standardError]];
    }),
  );
}

function simpleOf(panel: Panel, design: Design): readonly [number, number] {
  const groupTime = estimateGroupTime(panel, design);
  const effect = combineCells(groupTime, groupTime.cells.filter(isPost));
  if (effect === null) throw new Error("no cell after treatment");
  const { estimate, standardError } = inferFrom(panel, effect);
  return [estimate, standardError ?? Number.NaN];
}

describe("the toy panel", () => {
  const panel = panelOf(withoutWeights(toyRows));

  test("never treated controls, last period before as base [T63]", () => {
    const cells = cellsOf(panel, last);
    expect(cells["2,2"]).toEqual([expect.closeTo(-4.5, 12), expect.closeTo(0.790569, 6)]);
    expect(cells["2,3"]).toEqual([expect.closeTo(-7.5, 12), expect.closeTo(1.767767, 6)]);
    expect(cells["3,3"]).toEqual([expect.closeTo(-5.5, 12), expect.closeTo(1.457738, 6)]);
    expect([cells["2,1"]?.[0], cells["3,1"]?.[0], cells["3,2"]?.[0]]).toEqual([0.5, 0.5, -1]);
    expect(simpleOf(panel, last)).toEqual([expect.closeTo(-5.833333, 6), expect.closeTo(1.040091, 6)]);
  });

  test("the simple error holds the spread of the cohort shares, so it is not the one with fixed weights", () => {
    const groupTime = estimateGroupTime(panel, last);
    const post = groupTime.cells.filter(isPost).map((cell) => effectOfCell(groupTime, cell).influence);
    const fixed = panel.units.map((_, unit) => post.reduce((sum, influence) => sum + (influence[unit] ?? 0) / 3, 0));
    const fixedError = Math.sqrt(fixed.reduce((sum, value) => sum + value ** 2, 0));
    expect(fixedError).toBeCloseTo(1.034139, 6);
    expect(simpleOf(panel, last)[1]).toBeGreaterThan(fixedError);
  });

  test("not yet treated controls", () => {
    const cells = cellsOf(panel, lastNotYet);
    expect(cells["2,2"]).toEqual([expect.closeTo(-4, 12), expect.closeTo(0.901388, 6)]);
    expect([cells["2,1"]?.[0], cells["3,1"]?.[0]]).toEqual([0.25, 0.25]);
    expect(simpleOf(panel, lastNotYet)).toEqual([expect.closeTo(-5.666667, 6), expect.closeTo(1.099593, 6)]);
  });

  test("mean of the periods before treatment as base", () => {
    const cells = cellsOf(panel, mean);
    expect(cells["2,2"]).toEqual([expect.closeTo(-4.25, 12), expect.closeTo(0.395285, 6)]);
    expect(cells["2,3"]).toEqual([expect.closeTo(-7.25, 12), expect.closeTo(1.425219, 6)]);
    expect(cells["3,3"]).toEqual([expect.closeTo(-6, 12), expect.closeTo(0.833333, 6)]);
    expect(simpleOf(panel, mean)).toEqual([expect.closeTo(-5.833333, 6), expect.closeTo(0.752568, 6)]);
  });

  test("a unit counts with its weight", () => {
    expect(cellsOf(panelOf(toyRows), last)["2,2"]).toEqual([expect.closeTo(-3.916667, 6), expect.closeTo(0.682183, 6)]);
  });

  test("a mean of fewer periods than asked for is no base: no cell after treatment is left", () => {
    expect(estimateGroupTime(panel, { ...defaultDesign, minPre: 4 }).cells.filter(isPost)).toEqual([]);
  });
});

describe("two groups, two periods", () => {
  const rows = (changes: readonly number[], treatedFrom: number | null, prefix: string) =>
    changes.flatMap((change, index) =>
      [100, 100 + change].map((outcome, period) => ({ unit: `${prefix}${index}`, period, outcome, treatedFrom })),
    );
  const panel = panelOf([...rows([-10, -14, -6, -18], 1, "t"), ...rows([-2, -4, 0, -6], null, "c")]);

  test("the difference of mean changes and its error", () => {
    expect(cellsOf(panel, last)["1,1"]).toEqual([expect.closeTo(-9, 12), expect.closeTo(2.5, 12)]);
  });

  test("the unbiased error (Welch on changes) is the same with n/(n-1) per arm", () => {
    const psi = cellsOf(panel, last)["1,1"]?.[1] ?? 0;
    expect(psi * Math.sqrt(4 / 3)).toBeCloseTo(2.886751, 6);
  });
});

const hasData = requireOrSkip("data");

describe.runIf(hasData)("county employment against R's did", () => {
  const scenarios = [
    { scenario: "mpdta_nev_dr", design: last },
    { scenario: "mpdta_nyt_dr", design: lastNotYet },
  ] as const;

  for (const { scenario, design } of scenarios) {
    test(`${scenario}: every cell and standard error to 1e-9 [T63]`, () => {
      const cells = cellsOf(panelOf(mpdtaRows()), design);
      const reference = readCsv("ref_attgt.csv").filter((row) => row.scenario === scenario);
      expect(reference).toHaveLength(12);
      for (const row of reference) {
        const [estimate, standardError] = cells[`${row.group},${row.t}`] ?? [Number.NaN, Number.NaN];
        expect(Math.abs(estimate - Number(row.att))).toBeLessThan(1e-9);
        expect(Math.abs((standardError ?? Number.NaN) - Number(row.se))).toBeLessThan(1e-9);
      }
    });

    test(`${scenario}: every aggregate and standard error to 1e-9 [T63]`, () => {
      const panel = panelOf(mpdtaRows());
      const aggregates = aggregate(estimateGroupTime(panel, design));
      const reference = readCsv("ref_aggte.csv").filter((row) => row.scenario === scenario);
      expect(reference).toHaveLength(15);
      for (const row of reference) {
        const { overall, own } = findAggregate(aggregates, panel, row.type ?? "", Number(row.egt));
        expect(Math.abs((overall?.estimate ?? Number.NaN) - Number(row.overall_att))).toBeLessThan(1e-9);
        expect(Math.abs((overall?.standardError ?? Number.NaN) - Number(row.overall_se))).toBeLessThan(1e-9);
        if (row.egt === "NA") continue;
        expect(Math.abs((own?.estimate ?? Number.NaN) - Number(row.att_egt))).toBeLessThan(1e-9);
        expect(Math.abs((own?.standardError ?? Number.NaN) - Number(row.se_egt))).toBeLessThan(1e-9);
      }
    });
  }

  test("clustered by state, without and with J/(J-1)", () => {
    const panel = panelOf(mpdtaRows({ byState: true }));
    expect(panel.clusters).toHaveLength(29);
    const [, clustered] = simpleOf(panel, last);
    expect(clustered).toBeCloseTo(0.015428, 6);
    expect(clustered * Math.sqrt(28 / 29)).toBeCloseTo(0.015159, 6);
  });

  test("the mean baseline, never and not yet treated", () => {
    const panel = panelOf(mpdtaRows());
    expect(simpleOf(panel, mean)).toEqual([expect.closeTo(-0.047534104, 9), expect.closeTo(0.014451431, 9)]);
    expect(simpleOf(panel, { ...mean, controls: "not-yet" })[0]).toBeCloseTo(-0.047688242, 9);
  });
});

function findAggregate(aggregates: Aggregates, panel: Panel, type: string, key: number) {
  const byType = {
    simple: { overall: aggregates.simple, parts: [] },
    group: { overall: aggregates.cohortOverall, parts: aggregates.cohort },
    dynamic: { overall: aggregates.dynamicOverall, parts: aggregates.eventTime },
    calendar: { overall: aggregates.calendarOverall, parts: aggregates.calendar },
  };
  const found = Object.entries(byType).find(([name]) => name === type)?.[1];
  const own = found?.parts.find((part) => part.key === key)?.effect ?? null;
  const overall = found?.overall ?? null;
  return { overall: overall && inferFrom(panel, overall), own: own && inferFrom(panel, own) };
}
