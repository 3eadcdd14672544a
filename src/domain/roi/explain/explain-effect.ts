import { dateOfDay } from "../../calendar.ts";
import { isOperational, isPost, weighCells } from "../../estimate/aggregate.ts";
import { compareCohorts, type Employment } from "../../estimate/attrition.ts";
import { estimateCuped } from "../../estimate/cuped.ts";
import { type Cell, changesOf, type Design, estimateGroupTime } from "../../estimate/group-time.ts";
import { holdoutClusters } from "../../estimate/holdout-effect.ts";
import type { Panel } from "../../estimate/panel.ts";
import { weekLabel } from "../programme/assess-outcome.ts";
import type { OutcomeName } from "../programme/programme-facts.ts";
import { roundFigure } from "../report/figure.ts";
import type { CellChoice } from "./explainable.ts";
import { type Decomposition, type Input, rowOf } from "./explanation.ts";
import { outcomeKeys } from "./list-effects.ts";

/** One outcome's panel as the report compares it. */
export interface ComparedPanel {
  readonly name: OutcomeName;
  readonly panel: Panel;
  readonly design: Design;
}

const meanOfCells =
  "sum over enrolment weeks and weeks of weight x effect; a weight is the share of the enrolment week's agents (by their contacts before the launch)";

/** An effect as the weighted mean of its cells; `perUnit` makes money of it. */
export function explainEffect(
  { name, panel, design }: ComparedPanel,
  choice: CellChoice,
  money?: { readonly perUnit: number; readonly formula: string; readonly inputs: readonly Input[] },
): Decomposition {
  const groupTime = estimateGroupTime(panel, design);
  const cells = groupTime.cells.filter((cell) => isChosen(cell, choice));
  const { weights } = weighCells(groupTime, cells);
  const perUnit = money?.perUnit ?? 1;
  const rows = cells.map((cell, index) => {
    const [cohort, week] = labelsOf(panel, cell);
    const of = { "enrolled in": cohort, week, since: cell.eventTime, enrolled: cell.treated.count, controls: cell.control.count };
    return rowOf(of, weights[index] ?? 0, cell.estimate * perUnit, `cell.${outcomeKeys[name]}.${cohort}.${week}`);
  });
  return { formula: money?.formula ?? meanOfCells, inputs: money?.inputs ?? describeDesign(design), rows };
}

function isChosen(cell: Cell, choice: CellChoice): boolean {
  if (choice === "all") return isPost(cell);
  return choice === "first-weeks" ? isOperational(cell) : cell.eventTime === choice;
}

function labelsOf(panel: Panel, cell: Cell): readonly [cohort: string, week: string] {
  return [weekLabel(panel.cohorts[cell.cohort] ?? 0), weekLabel(panel.periods[cell.period] ?? 0)];
}

function describeDesign({ controls, baseline, preWindow, minPre, anticipation }: Design): Input[] {
  const before = baseline === "mean" ? `mean of the ${preWindow} weeks before (${minPre} of them observed)` : "the last week before";
  const announced = anticipation === 0 ? "" : `, ending ${anticipation} weeks earlier for the announcement`;
  return [
    { name: "controls", value: controls === "never" ? "agents never enrolled" : "agents not enrolled by then", explain: null },
    { name: "compared with", value: `${before}${announced}`, explain: null },
  ];
}

/** One cell, agent by agent; null when the panel has no such cell. */
export function explainCell({ panel, design }: ComparedPanel, cohort: string, week: string): Decomposition | null {
  const { cells } = estimateGroupTime(panel, design);
  const cell = cells.find((candidate) => {
    const labels = labelsOf(panel, candidate);
    return labels[0] === cohort && labels[1] === week;
  });
  if (cell === undefined) return null;
  const rows = changesOf(panel, cell).map(({ unit, isTreated, before, now, share }) => {
    const of = {
      agent: panel.units[unit] ?? "",
      team: panel.clusters[panel.clusterOf[unit] ?? 0] ?? "",
      side: isTreated ? "enrolled" : "control",
      before: roundFigure(before),
      now: roundFigure(now),
    };
    return rowOf(of, isTreated ? share : -share, now - before);
  });
  const base = cell.base === "mean" ? describeDesign(design) : [{ name: "compared with", value: "the week before", explain: null }];
  const formula = "mean change (now - before) of the enrolled less that of the controls, weighted by contacts before the launch";
  return { formula, inputs: base, rows };
}

/** The drawn teams against each other, each team's own past taken out or not. */
export function explainDraw({ panel, design }: ComparedPanel, isAdjusted: boolean): Decomposition {
  const teams = holdoutClusters(panel, design);
  const theta = isAdjusted ? (estimateCuped(teams)?.theta ?? 0) : 0;
  const meanBefore = teams.reduce((sum, { before }) => sum + before, 0) / teams.length;
  const enrolled = teams.filter(({ isTreated }) => isTreated).length;
  const rows = teams.map(({ cluster, before, outcome, isTreated }) => {
    const of = { team: cluster, side: isTreated ? "enrolled" : "held out", before: roundFigure(before), after: roundFigure(outcome) };
    return rowOf(of, isTreated ? 1 / enrolled : -1 / (teams.length - enrolled), outcome - theta * (before - meanBefore));
  });
  const inputs = [
    { name: "slope on the weeks before (theta)", value: String(roundFigure(theta)), explain: null },
    { name: "mean of all teams before", value: String(roundFigure(meanBefore)), explain: null },
  ];
  const formula = isAdjusted
    ? "difference of team means of after - theta x (before - mean of all teams before)"
    : "difference of team means after";
  return { formula, inputs: isAdjusted ? inputs : [], rows };
}

/** Leavers, cohort by cohort; `perLeaver` makes money of them. */
export function explainLeavers(
  employments: readonly Employment[],
  options: { readonly horizonDays: number; readonly dataEnd: number },
  perLeaver: number | null,
): Decomposition {
  const cohorts = compareCohorts(employments, options);
  const all = cohorts.reduce((sum, { enrolled }) => sum + enrolled, 0);
  const rows = cohorts.map(({ day, enrolled, controls, leftEnrolled, leftControls }) => {
    const of = {
      "enrolled on": dateOfDay(day),
      enrolled,
      controls,
      "left of enrolled": roundFigure(leftEnrolled),
      "left of controls": roundFigure(leftControls),
    };
    const value = leftEnrolled - leftControls;
    return perLeaver === null ? rowOf(of, enrolled / all, value) : rowOf(of, enrolled, -value * perLeaver);
  });
  const share = "share that left within 90 days (Kaplan-Meier from the enrolment day on) of the enrolled less that of controls";
  const formula =
    perLeaver === null ? `${share}, weighted by the size of the cohort` : `-(${share}) x enrolled x replacement cost, summed over cohorts`;
  return {
    formula,
    inputs: perLeaver === null ? [] : [{ name: "replacement cost in minor units", value: String(perLeaver), explain: null }],
    rows,
  };
}
