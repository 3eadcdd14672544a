import fc from "fast-check";
import { expect, test } from "vitest";
import { assessPanel, defaultDraws } from "./assess-panel.ts";
import { estimateBracket } from "./bracket.ts";
import { buildPanel, type PanelRow } from "./build-panel.ts";
import { defaultMergeRule, mergeCohorts } from "./merge-cohorts.ts";
import { estimateSyntheticControls } from "./synthetic-control.ts";

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}

const unitNames = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const unitArbitrary = fc.record({
  treatedFrom: fc.constantFrom(null, null, -5, 1, 3, 5, 99),
  cluster: fc.constantFrom("x", "y", "z", "w", null),
  weight: fc.constantFrom(0, 1, 5, null),
  // A unit that moves, or whose weight changes, now and then.
  isWild: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
});
const outcomeArbitrary = fc.oneof(
  { weight: 900, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 100, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.constantFrom(1e300, -1e-300, 1e50, Number.NaN) },
);

/** Up to ten units over eight periods, with gaps, odd sizes and odd numbers. */
const rowsArbitrary = fc
  .record({
    units: fc.array(unitArbitrary, { minLength: 1, maxLength: 10 }),
    outcomes: fc.array(outcomeArbitrary, { minLength: 80, maxLength: 80 }),
    hasClusters: fc.boolean(),
    hasWeights: fc.boolean(),
  })
  .map(({ units, outcomes, hasClusters, hasWeights }) =>
    units.flatMap(({ treatedFrom, cluster, weight, isWild }, unit) =>
      Array.from(
        { length: 8 },
        (_, period): PanelRow => ({
          unit: unitNames[unit] ?? "",
          period,
          outcome: outcomes[unit * 8 + period] ?? null,
          treatedFrom,
          ...(hasClusters ? { cluster: isWild && period > 4 ? "elsewhere" : cluster } : {}),
          ...(hasWeights ? { weight: isWild ? period : weight } : {}),
        }),
      ),
    ),
  );

test("whatever the panel, there is an answer with finite numbers, a grade and a reason [T63]", () => {
  fc.assert(
    fc.property(
      rowsArbitrary,
      fc.constantFrom("mean", "last"),
      fc.constantFrom("never", "not-yet"),
      fc.nat(2),
      (rows, baseline, controls, anticipation) => {
        const build = buildPanel(rows);
        expect(build.kind === "panel" || build.findings.some(({ severity }) => severity === "refuses")).toBe(true);
        if (build.kind === "refused") return;
        const assessment = assessPanel(build.panel, build.findings, {
          ...defaultDraws,
          design: { controls, baseline, preWindow: 4, minPre: 1, anticipation },
          allocation: "operational",
          holdoutShare: null,
          bandDraws: 9,
          placeboDraws: 9,
          label: (period) => period,
        });
        expect(numbersIn(assessment).filter((value) => !Number.isFinite(value))).toEqual([]);
        // Ten units never make grade B.
        expect(["C", "D"]).toContain(assessment.grade);
        expect(assessment.reasons.length).toBeGreaterThan(0);
        expect(numbersIn(estimateBracket(build.panel, { lag: 1, lastEventTime: 1 })).filter((value) => !Number.isFinite(value))).toEqual(
          [],
        );
        const synthetic = estimateSyntheticControls(build.panel, { anticipation, label: (period) => period });
        expect(numbersIn(synthetic).filter((value) => !Number.isFinite(value))).toEqual([]);
        mergeCohorts(build.panel, defaultMergeRule, (period) => period);
      },
    ),
    { numRuns: 400 },
  );
}, 120_000);
