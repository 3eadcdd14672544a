import { expect, test } from "vitest";
import { panelOf, toyRows, withoutWeights } from "../../../test/support/panels.ts";
import { buildPanel, type PanelRow } from "./build-panel.ts";
import { outcomesAt } from "./panel.ts";

const toy = withoutWeights(toyRows);

function codesOf(rows: readonly PanelRow[]): { kind: string; codes: string[] } {
  const build = buildPanel(rows);
  return { kind: build.kind, codes: build.findings.map(({ code }) => code) };
}

function textOf(rows: readonly PanelRow[]): string {
  return buildPanel(rows)
    .findings.map(({ text }) => text)
    .join(" ");
}

test("a regular panel has nothing to say", () => {
  expect(codesOf(toy)).toEqual({ kind: "panel", codes: [] });
});

test("no rows, and no outcome in any row", () => {
  expect(codesOf([])).toEqual({ kind: "refused", codes: ["empty-panel"] });
  expect(codesOf(toy.map((row) => ({ ...row, outcome: null })))).toEqual({ kind: "refused", codes: ["no-outcome"] });
});

test("a unit-period stated twice is refused by name", () => {
  expect(codesOf([...toy, { unit: "a", period: 2, outcome: 9, treatedFrom: 2 }])).toEqual({ kind: "refused", codes: ["duplicate-row"] });
  expect(textOf([...toy, { unit: "a", period: 2, outcome: 9, treatedFrom: 2 }])).toContain("a in period 2");
});

test("contradictory enrolment is refused by name", () => {
  const rows = toy.map((row) => (row.unit === "b" && row.period === 3 ? { ...row, treatedFrom: 3 } : row));
  expect(codesOf(rows)).toEqual({ kind: "refused", codes: ["contradictory-treatment"] });
  expect(textOf(rows)).toContain("(b: 2 and 3)");
});

test("what is no finite number is refused with its place", () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(textOf(toy.map((row) => (row.unit === "e" && row.period === 1 ? { ...row, outcome: bad } : row)))).toContain("e in period 1");
    expect(codesOf([...toy, { unit: "z", period: bad, outcome: 1, treatedFrom: null }]).codes).toEqual(["not-finite"]);
    expect(codesOf([...toy, { unit: "z", period: 1, outcome: 1, treatedFrom: bad }]).codes).toEqual(["not-finite"]);
  }
  expect(codesOf(toyRows.map((row) => ({ ...row, weight: -1 }))).codes).toEqual(["not-finite"]);
});

test("the same outcome everywhere leaves nothing to estimate from", () => {
  expect(codesOf(toy.map((row) => ({ ...row, outcome: 5 })))).toEqual({ kind: "refused", codes: ["constant-outcome"] });
});

test("nobody treated, and everybody treated from the first period on", () => {
  expect(codesOf(toy.map((row) => ({ ...row, treatedFrom: null })))).toEqual({ kind: "refused", codes: ["nobody-treated"] });
  expect(codesOf(toy.map((row) => ({ ...row, treatedFrom: 0 })))).toEqual({ kind: "refused", codes: ["all-treated-at-once"] });
});

test("units treated from the first period on are left out and lower the grade", () => {
  const build = buildPanel(toy.map((row) => (row.unit === "a" ? { ...row, treatedFrom: 0 } : row)));
  expect(build.kind === "panel" && build.panel.units).toEqual(["b", "c", "d", "e", "f"]);
  expect(build.findings).toMatchObject([{ code: "always-treated", severity: "lowers" }]);
});

test("a unit treated after the last period counts as untreated", () => {
  const build = buildPanel(toy.map((row) => (row.unit === "a" ? { ...row, treatedFrom: 9 } : row)));
  expect(build.kind === "panel" && build.panel.cohortOf[0]).toBe(-1);
  expect(build.findings).toMatchObject([{ code: "treated-later", severity: "notes" }]);
});

test("an agent in two teams counts in the first and lowers the grade", () => {
  const rows = toy.map((row) => ({ ...row, cluster: row.unit === "a" && row.period > 1 ? "north" : "south" }));
  const build = buildPanel(rows);
  expect(build.kind === "panel" && build.panel.clusters).toEqual(["south"]);
  expect(build.findings).toMatchObject([{ code: "cluster-changes", severity: "lowers" }]);
});

test("missing weeks are missing, not zero, and many of them lower the grade", () => {
  const oneGap = buildPanel(toy.map((row) => (row.unit === "e" && row.period === 1 ? { ...row, outcome: null } : row)));
  expect(oneGap.kind === "panel" && outcomesAt(oneGap.panel, 1)[4]).toBeNaN();
  expect(oneGap.findings).toMatchObject([{ code: "missing-periods", severity: "notes" }]);
  expect(buildPanel(toy.filter((row) => row.period !== 1 || row.unit < "d")).findings).toMatchObject([
    { code: "missing-periods", severity: "lowers" },
  ]);
});

test("a weight comes from before anybody was treated, where treatment cannot move it", () => {
  const panel = panelOf(toy.map((row) => ({ ...row, weight: row.period < 2 ? 10 + row.period : 1000 })));
  expect(Array.from(panel.weights)).toEqual(panel.units.map(() => 10.5));
});

test("a unit without a weight before treatment is left out", () => {
  const build = buildPanel(toyRows.map((row) => (row.unit === "f" ? { ...row, weight: null } : row)));
  expect(build.kind === "panel" && build.panel.units).not.toContain("f");
  expect(build.findings).toMatchObject([{ code: "no-weight", severity: "lowers" }]);
});
