import { describe, expect, test } from "vitest";
import { mpdtaRows, panelOf, toyRows, withoutWeights } from "../../../test/support/panels.ts";
import { requireOrSkip } from "../../../test/support/require.ts";
import { type Assessment, type AssessOptions, assessPanel, defaultDraws } from "./assess-panel.ts";
import { buildPanel, type PanelRow } from "./build-panel.ts";
import { defaultDesign } from "./group-time.ts";
import { mergeCohorts } from "./merge-cohorts.ts";
import { startRandom } from "./random.ts";

const options: AssessOptions = {
  ...defaultDraws,
  design: { ...defaultDesign, baseline: "last" },
  allocation: "operational",
  holdoutShare: null,
  bandDraws: 199,
  placeboDraws: 99,
  label: (period) => period,
};
const meanBase = { ...options, design: defaultDesign };

/** Teams of five agents over 24 weeks: noise with memory, `effect` from the team's week on. */
function simulate(weeks: readonly (number | null)[], { effect = -6, seed = 1, dip = 0 } = {}): PanelRow[] {
  const random = startRandom(seed, 7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
  return weeks.flatMap((treatedFrom, team) => {
    const teamLevel = 10 * normal();
    return Array.from({ length: 5 }, (_, agent) => {
      let noise = 8 * normal();
      return Array.from({ length: 24 }, (_week, period) => {
        noise = 0.5 * noise + 8 * Math.sqrt(0.75) * normal();
        const isTreated = treatedFrom !== null && period >= treatedFrom;
        const dipped = treatedFrom !== null && period === treatedFrom - 1 ? dip : 0;
        return {
          unit: `t${team}a${agent}`,
          cluster: `t${team}`,
          period,
          treatedFrom,
          outcome: 300 + teamLevel + noise + dipped + (isTreated ? effect : 0),
        };
      });
    }).flat();
  });
}

const twelveTeams = Array.from({ length: 12 }, (_, team) => 12 + 2 * (team % 3));
const control = Array.from({ length: 12 }, () => null);
const healthy = [...twelveTeams, ...control];

function assess(rows: readonly PanelRow[], using: AssessOptions = meanBase): Assessment {
  const build = buildPanel(rows);
  if (build.kind === "refused") throw new Error(build.findings.map(({ text }) => text).join(" "));
  return assessPanel(build.panel, build.findings, using);
}

/** Every number in it, wherever it stands. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}

describe("grades", () => {
  test("a staggered roll-out with comparison teams and calm trends is of grade B and finds the effect", () => {
    const assessment = assess(simulate(healthy));
    expect(assessment.grade).toBe("B");
    const { low, high } = assessment.aggregates?.simple ?? {};
    expect((low ?? 0) < -6 && -6 < (high ?? -99)).toBe(true);
  });

  test("a random draw with its holdout is of grade A", () => {
    expect(assess(simulate(healthy), { ...meanBase, allocation: "random", holdoutShare: 0.5 }).grade).toBe("A");
    expect(assess(simulate(healthy), { ...meanBase, allocation: "random", holdoutShare: 0.05 }).reasons.join(" ")).toContain(
      "assignment was not kept",
    );
  });

  test("enrolment by performance is never better than C, and so is one nobody describes", () => {
    expect(assess(simulate(healthy), { ...meanBase, allocation: "performance" }).grade).toBe("C");
    expect(assess(simulate(healthy), { ...meanBase, allocation: null }).grade).toBe("C");
  });

  test("a dip before treatment is seen by the pre-trend test, whatever the allocation is said to be", () => {
    const assessment = assess(simulate(healthy, { dip: 15 }));
    expect(assessment.preTest?.pValue).toBeLessThan(0.001);
    expect(assessment.grade).toBe("C");
  });

  test("one cohort, few teams and few agents are of grade C at best", () => {
    expect(assess(simulate([...twelveTeams.map(() => 12), ...control])).grade).toBe("C");
    expect(assess(simulate([12, 12, 14, 14, null, null, null, null])).reasons.join(" ")).toContain(
      "Clusters with treated units: 4; with controls: 4.",
    );
  });
});

describe("bad panels get a reason and never a number that is none", () => {
  const cases: Record<string, { rows: PanelRow[]; using?: AssessOptions; grade: string; reason: string }> = {
    "one cluster": {
      rows: simulate(healthy).map((row) => ({ ...row, cluster: "all" })),
      grade: "D",
      reason: "All units are in one cluster",
    },
    "one cohort": { rows: simulate([...twelveTeams.map(() => 12), ...control]), grade: "C", reason: "treated from the same period" },
    "nobody untreated": { rows: simulate(twelveTeams), grade: "D", reason: "no never-treated controls" },
    "everybody treated at once": {
      rows: simulate(twelveTeams.map(() => 12)),
      using: { ...meanBase, design: { ...defaultDesign, controls: "not-yet" } },
      grade: "D",
      reason: "nobody to compare with",
    },
    "a cohort of one": {
      rows: [
        ...simulate(healthy),
        ...simulate([10])
          .slice(0, 24)
          .map((row) => ({ ...row, unit: "alone", cluster: "t0" })),
      ],
      grade: "C",
      reason: "has one unit",
    },
    "a team per cohort": { rows: simulate([10, 11, 12, 13, 14, 15, ...control]), grade: "D", reason: "single cluster" },
    "too few weeks before": { rows: simulate(healthy).filter(({ period }) => period > 14), grade: "D", reason: "--min-pre" },
    "no error at all": {
      rows: simulate(healthy).map((row) => ({ ...row, outcome: row.treatedFrom !== null && row.period >= row.treatedFrom ? 1 : 0 })),
      grade: "D",
      reason: "No error",
    },
  };
  for (const [name, { rows, using, grade, reason }] of Object.entries(cases)) {
    test(`${name} [T63]`, () => {
      const assessment = assess(rows, using);
      expect(assessment.reasons.join(" ")).toContain(reason);
      expect(assessment.grade).toBe(grade);
      expect(numbersIn(assessment).every(Number.isFinite)).toBe(true);
    });
  }

  test("a cohort of one has no error of its own", () => {
    const assessment = assess(
      withoutWeights(toyRows).filter(({ unit }) => unit !== "b"),
      { ...options, bandDraws: 99, placeboDraws: 19 },
    );
    expect(assessment.cells.filter(({ cohort }) => cohort === 2).map(({ standardError }) => standardError)).toEqual([null, null, null]);
  });
});

test("small neighbouring cohorts are merged under the earliest date, lonely ones are left out", () => {
  const rows = simulate([...twelveTeams, 22, 13, ...control]).filter(({ cluster, unit }) => cluster !== "t12" || unit === "t12a0");
  const { panel, findings } = mergeCohorts(panelOf(rows), { minUnits: 5, minClusters: 2, maxGap: 4 }, (period) => period);
  expect(Array.from(panel.cohorts)).toEqual([12, 14, 16]);
  expect(findings.map(({ code }) => code)).toEqual(["cohorts-merged", "cohort-too-small"]);
});

test("same data and seed, same bytes; another seed moves only what is drawn", () => {
  const text = JSON.stringify(assess(simulate(healthy)));
  expect(JSON.stringify(assess([...simulate(healthy)].reverse()))).toBe(text);
  const other = assess(simulate(healthy), { ...meanBase, seed: 2 });
  expect(JSON.stringify(other)).not.toBe(text);
  expect(JSON.stringify(other.aggregates)).toBe(JSON.stringify(assess(simulate(healthy)).aggregates));
});

test("under 20 clusters the interval is the more cautious of two, and the shuffled dates agree", () => {
  const assessment = assess(simulate([12, 12, 14, 14, 16, 16, null, null, null, null, null, null]));
  const { low = null, high = null, standardError = null } = assessment.aggregates?.simple ?? {};
  expect(((high ?? 0) - (low ?? 0)) / 2 / (standardError ?? 1)).toBeGreaterThan(
    (assessment.wildBootstrap?.simple?.critical ?? 99) * (1 - 1e-9),
  );
  expect(assessment.aggregates?.dynamicOverall?.method).toBe("t-by-side");
  expect(assessment.placebos.inSpace?.pValue).toBeLessThan(0.05);
});

test("few controls among many teams leave few degrees of freedom, and the reader is told", () => {
  const assessment = assess(simulate([...twelveTeams, ...twelveTeams, null, null, null, null, null]));
  expect(assessment.aggregates?.simple?.method).toBe("t-by-side");
  expect(assessment.aggregates?.simple?.degrees).toBeLessThan(15);
  expect(assessment.reasons.join(" ")).toContain("One side has 5 clusters only");
  expect(assess(simulate(healthy)).aggregates?.simple).toMatchObject({ method: "t", degrees: 23 });
});

describe.runIf(requireOrSkip("data"))("county employment", () => {
  const assessment = assessPanel(panelOf(mpdtaRows()), [], { ...options, bandDraws: 4999 });

  test("the pre-test of R's did and the F test beside it", () => {
    expect(Math.abs((assessment.preTest?.cells?.statistic ?? 0) - 7.79123662720035)).toBeLessThan(1e-9);
    expect(assessment.preTest?.cells?.degrees).toBe(5);
    expect(assessment.preTest?.cells?.pValue).toBeCloseTo(0.168122, 6);
    expect(assessment.preTest?.numeratorDegrees).toBe(3);
    const notYet = assessPanel(panelOf(mpdtaRows()), [], {
      ...options,
      bandDraws: 99,
      placeboDraws: 19,
      design: { ...options.design, controls: "not-yet" },
    });
    expect(Math.abs((notYet.preTest?.cells?.statistic ?? 0) - 7.79092771882739)).toBeLessThan(1e-9);
  });

  test("how far trends may part before the effect is lost", () => {
    expect(assessment.sensitivity?.effects.map(({ eventTime, breakdown }) => [eventTime, breakdown])).toEqual([
      [0, 0],
      [1, expect.closeTo(0.2925, 4)],
      [3, expect.closeTo(0.2743, 4)],
    ]);
  });

  test("bands over 12 cells and 7 event times lie between one effect's and Bonferroni's", () => {
    const { cells, eventTime } = assessment.band;
    expect(Math.abs((cells?.critical ?? 0) - 2.72)).toBeLessThan(0.06);
    expect(Math.abs((eventTime?.critical ?? 0) - 2.58)).toBeLessThan(0.06);
    expect(cells?.critical).toBeLessThan(2.865);
    expect(eventTime?.critical).toBeLessThan(2.69);
  });

  test("it is of grade B when roll-out was operational", () => {
    expect(assessment.grade).toBe("B");
    expect(assessment.placebos.inSpace?.pValue).toBe(0.01);
  });
});
