import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type AssessOptions, assessPanel, defaultDraws } from "../../src/domain/estimate/assess-panel.ts";
import { estimateBracket } from "../../src/domain/estimate/bracket.ts";
import { defaultDesign } from "../../src/domain/estimate/group-time.ts";
import { expectReturn } from "../../src/domain/estimate/regression-to-mean.ts";
import { type PanelParameters, type PanelWeek, simulatePanel } from "../../src/domain/simulate/panel.ts";
import { panelOf } from "../support/panels.ts";

// Four roll-outs whose truth is known; the figures stand in docs/roi-method.md, "A roll-out whose truth is known".
const options: AssessOptions = {
  ...defaultDraws,
  design: defaultDesign,
  allocation: "operational",
  holdoutShare: null,
  bandDraws: 199,
  placeboDraws: 99,
  label: (week) => week,
};

function beforeAfter(weeks: readonly PanelWeek[]): number {
  const mean = (rows: readonly PanelWeek[]) =>
    rows.reduce((sum, { handleMs }) => sum + handleMs, 0) / rows.reduce((sum, { contacts }) => sum + contacts, 0) / 1000;
  const treated = weeks.filter(({ treatedFrom }) => treatedFrom !== null);
  const isAfter = ({ week, treatedFrom }: PanelWeek) => treatedFrom !== null && week >= treatedFrom;
  const isBefore = ({ week, treatedFrom }: PanelWeek) => treatedFrom !== null && week < treatedFrom && week >= treatedFrom - 4;
  return mean(treated.filter(isAfter)) - mean(treated.filter(isBefore));
}

function rowOf({ agent, team, week, y, contacts, treatedFrom }: PanelWeek) {
  return { unit: agent, cluster: team, period: week, outcome: y, weight: contacts, treatedFrom };
}

function world(changes: Partial<PanelParameters>, allocation: "operational" | "performance") {
  const weeks = simulatePanel("roll-out", changes);
  const panel = panelOf(weeks.map(rowOf));
  const assessment = assessPanel(panel, [], { ...options, allocation });
  const simple = assessment.aggregates?.simple;
  const bracket = estimateBracket(panel);
  const round = (value: number | null | undefined) => (typeof value === "number" ? Math.round(10 * value) / 10 : null);
  return {
    beforeAfter: round(beforeAfter(weeks)),
    estimate: round(simple?.estimate),
    interval: [round(simple?.low), round(simple?.high)],
    grade: assessment.grade,
    preTrendRejects: (assessment.preTest?.pValue ?? 1) < 0.05,
    bracket: [round(bracket?.widestLow), round(bracket?.widestHigh)],
  };
}

test("rolled out by lot: the interval holds the truth [T63]", () => {
  expect(world({}, "operational")).toEqual({
    beforeAfter: -3.8,
    estimate: -5.1,
    interval: [-9.4, -0.9],
    grade: "B",
    preTrendRejects: false,
    bracket: [-11.4, -1.6],
  });
  expect(world({ effectMs: 0 }, "operational")).toEqual({
    beforeAfter: 2.1,
    estimate: 0.7,
    interval: [-3.6, 5],
    grade: "B",
    preTrendRejects: false,
    bracket: [-5.5, 4.3],
  });
});

test("enrolled after a dip: no figure, a bracket, and a programme that does nothing looks like a success before and after [T63]", () => {
  expect(world({ allocation: "performance" }, "performance")).toEqual({
    beforeAfter: -14.8,
    estimate: -9.9,
    interval: [-13.6, -6.1],
    grade: "C",
    preTrendRejects: true,
    bracket: [-22.2, 0.5],
  });
  expect(world({ allocation: "performance", effectMs: 0 }, "performance")).toEqual({
    beforeAfter: -9,
    estimate: -4,
    interval: [-7.8, -0.3],
    grade: "C",
    preTrendRejects: true,
    bracket: [-16.3, 6.4],
  });
});

test("the documentation prints these figures", () => {
  const row = (changes: Partial<PanelParameters>) => {
    const isChosen = changes.allocation === "performance";
    const { beforeAfter: naive, estimate, interval, grade, bracket } = world(changes, isChosen ? "performance" : "operational");
    const one = (value: number | null | undefined) => (value ?? Number.NaN).toFixed(1);
    const pair = (values: readonly (number | null)[]) => `[${one(values[0])}, ${one(values[1])}]`;
    const truth = changes.effectMs === 0 ? "0" : "-5.9";
    const ours = isChosen ? `withheld; bracket ${pair(bracket)}` : `${one(estimate)} ${pair(interval)}`;
    const before = (naive ?? 0) > 0 ? `+${one(naive)}` : one(naive);
    return `| ${isChosen ? "the slowest quarter" : "by lot, in three waves"} | ${truth} | ${before} | ${ours} | ${grade} |`;
  };
  const rows = [{}, { effectMs: 0 }, { allocation: "performance" }, { allocation: "performance", effectMs: 0 }] as const;
  const page = readFileSync(new URL("../../docs/roi-method.md", import.meta.url), "utf8");
  expect(page).toContain(`|---|---|---|---|---|\n${rows.map(row).join("\n")}\n`);
});

test("what a group chosen by its results regains by itself is told from its lead, without a cut or controls [T63]", () => {
  for (const seed of ["roll-out", "a", "b"]) {
    const weeks = simulatePanel(seed, { allocation: "performance", effectMs: 0 });
    const mean = (rows: typeof weeks) => rows.reduce((sum, { y }) => sum + y, 0) / rows.length;
    const from = ({ treatedFrom }: (typeof weeks)[number]) => treatedFrom ?? Number.NaN;
    const change =
      mean(weeks.filter((row) => row.week >= from(row))) - mean(weeks.filter((row) => row.week < from(row) && row.week >= from(row) - 4));
    const expected = expectReturn(panelOf(weeks.map(rowOf)));
    expect(change).toBeLessThan(-7);
    expect(Math.abs((expected?.move ?? Number.NaN) - change)).toBeLessThan(4);
    const byLot = expectReturn(panelOf(simulatePanel(seed, {}).map(rowOf)));
    expect(Math.abs(byLot?.move ?? Number.NaN)).toBeLessThan(1);
  }
  const everybody = simulatePanel("a", {}).map((row) => rowOf({ ...row, treatedFrom: 12 }));
  expect(expectReturn(panelOf(everybody))).toBeNull();
});
