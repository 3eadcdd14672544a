import fc from "fast-check";
import { expect, test } from "vitest";
import { panelOf } from "../../../test/support/panels.ts";
import { combineCells, isPost } from "./aggregate.ts";
import type { PanelRow } from "./build-panel.ts";
import { collapseToClusters } from "./collapse.ts";
import { type Design, defaultDesign, estimateGroupTime } from "./group-time.ts";
import { keepUnits } from "./panel.ts";
import { standardErrorOf } from "./spread.ts";

const designs: readonly Design[] = [
  { ...defaultDesign, minPre: 1 },
  { ...defaultDesign, baseline: "last" },
  { ...defaultDesign, baseline: "last", controls: "not-yet" },
];

/** Panels of 12 to 24 units in 4 to 8 teams over 6 weeks; a team shares its date, so that it can be collapsed. */
const rowsArbitrary = fc
  .record({
    teams: fc.array(fc.constantFrom(2, 3, 4, null), { minLength: 2, maxLength: 6 }),
    outcomes: fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 6 * 24, maxLength: 6 * 24 }),
    missing: fc.array(fc.nat(6 * 24 - 1), { maxLength: 8 }),
  })
  .map(({ teams, outcomes, missing }) =>
    [2, null, ...teams].flatMap((treatedFrom, team) =>
      Array.from({ length: 3 }, (_, agent) =>
        Array.from({ length: 6 }, (_week, period): PanelRow => {
          const place = (team * 3 + agent) * 6 + period;
          // The first team and the never treated one are always complete, so that an effect exists.
          const outcome = team > 1 && missing.includes(place) ? null : (outcomes[place] ?? 0) / 10;
          return { unit: `u${team}.${agent}`, cluster: `t${team}`, period, treatedFrom, outcome };
        }),
      ).flat(),
    ),
  );

function simpleOf(rows: readonly PanelRow[], design: Design): { estimate: number; standardError: number } {
  const groupTime = estimateGroupTime(panelOf(rows), design);
  const effect = combineCells(groupTime, groupTime.cells.filter(isPost));
  if (effect === null) throw new Error("no cell");
  return { estimate: effect.estimate, standardError: standardErrorOf(groupTime.panel, effect.influence) };
}

function expectEqual(left: { estimate: number; standardError: number }, right: { estimate: number; standardError: number }): void {
  expect(left.estimate).toBeCloseTo(right.estimate, 8);
  expect(left.standardError).toBeCloseTo(right.standardError, 8);
}

function check(property: (rows: PanelRow[], design: Design) => void): void {
  fc.assert(
    fc.property(rowsArbitrary, fc.constantFrom(...designs), (rows, design) => {
      fc.pre(new Set(rows.map(({ outcome }) => outcome)).size > 1);
      property(rows, design);
    }),
    { numRuns: 60 },
  );
}

test("the order of rows does not show in a single bit", () => {
  check((rows, design) => expect(simpleOf([...rows].reverse(), design)).toEqual(simpleOf(rows, design)));
});

test("a constant added to everything, or to every period its own, changes nothing", () => {
  check((rows, design) => {
    const moved = rows.map((row) => ({ ...row, outcome: row.outcome === null ? null : row.outcome + 1000 + 7 * row.period ** 2 }));
    // With a mean base and gaps, period shifts reach units differently: only the constant is free there.
    const lifted = rows.map((row) => ({ ...row, outcome: row.outcome === null ? null : row.outcome + 1000 }));
    const isComplete = rows.every(({ outcome }) => outcome !== null);
    expectEqual(simpleOf(isComplete || design.baseline === "last" ? moved : lifted, design), simpleOf(rows, design));
  });
});

test("an outcome in other units gives the same effect in those units", () => {
  check((rows, design) => {
    const { estimate, standardError } = simpleOf(
      rows.map((row) => ({ ...row, outcome: row.outcome === null ? null : row.outcome * -60 })),
      design,
    );
    const plain = simpleOf(rows, design);
    expect(estimate).toBeCloseTo(-60 * plain.estimate, 6);
    expect(standardError).toBeCloseTo(60 * plain.standardError, 6);
  });
});

test("weights of one, and of any one number, are no weights", () => {
  check((rows, design) => {
    for (const weight of [1, 250]) {
      expectEqual(
        simpleOf(
          rows.map((row) => ({ ...row, weight })),
          design,
        ),
        simpleOf(rows, design),
      );
    }
  });
});

test("a weight of two is the unit twice over, in the estimate", () => {
  check((rows, design) => {
    const weighted = rows.map((row) => ({ ...row, weight: row.unit === "u0.0" ? 2 : 1 }));
    const doubled = [...rows, ...rows.filter(({ unit }) => unit === "u0.0").map((row) => ({ ...row, unit: "twin" }))];
    expect(simpleOf(weighted, design).estimate).toBeCloseTo(simpleOf(doubled, design).estimate, 8);
  });
});

test("an effect added to treated outcomes is added to the estimate, and its error stays", () => {
  check((rows, design) => {
    const isTreated = (row: PanelRow) => row.treatedFrom !== null && row.period >= row.treatedFrom;
    const moved = simpleOf(
      rows.map((row) => ({ ...row, outcome: row.outcome !== null && isTreated(row) ? row.outcome - 5.86 : row.outcome })),
      // With last-period bases and not-yet controls the controls are untreated in both periods, so this holds for all designs.
      design,
    );
    const plain = simpleOf(rows, design);
    expectEqual(moved, { estimate: plain.estimate - 5.86, standardError: plain.standardError });
  });
});

test("collapsed to teams, a complete panel has the same effect and the same clustered error", () => {
  check((rows, design) => {
    const complete = panelOf(rows.map((row) => ({ ...row, outcome: row.outcome ?? 0 })));
    const collapsed = collapseToClusters(complete);
    if (collapsed === null) throw new Error("teams share a date here");
    const [byUnit, byTeam] = [complete, collapsed].map((panel) => {
      const groupTime = estimateGroupTime(panel, design);
      const effect = combineCells(groupTime, groupTime.cells.filter(isPost));
      return {
        estimate: effect?.estimate ?? Number.NaN,
        standardError: effect === null ? Number.NaN : standardErrorOf(panel, effect.influence),
      };
    });
    if (byUnit === undefined || byTeam === undefined) throw new Error("two panels");
    expectEqual(byUnit, byTeam);
  });
});

test("keeping every unit keeps the panel", () => {
  check((rows) => {
    const panel = panelOf(rows);
    expect(keepUnits(panel, Int32Array.from(panel.units.keys()))).toEqual(panel);
  });
});
