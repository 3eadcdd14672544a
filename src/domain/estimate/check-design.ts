import { counted } from "../counted.ts";
import { hasSpread, isPost } from "./aggregate.ts";
import { type Finding, lowers, notes, refuses } from "./finding.ts";
import type { Cell, Design, GroupTime } from "./group-time.ts";
import { never, outcomesAt, type Panel, unitsWhere } from "./panel.ts";
import { fewClusters, fewPerSide } from "./spread.ts";

/** Prints a period as the reader knows it (`2025-W07`), not as the number behind it. */
export type PeriodLabel = (period: number) => string | number;

/** What can be said before anything is estimated: whether anybody is left to compare with. */
export function checkControls(panel: Panel, design: Design): Finding[] {
  const untreated = unitsWhere(panel, (unit) => panel.cohortOf[unit] === never).length;
  if (untreated > 0) return [];
  if (design.controls === "never") {
    return [
      refuses(
        "nobody-untreated",
        "Everybody is treated at some time, so there are no never-treated controls; not-yet-treated ones may do.",
      ),
    ];
  }
  if (panel.cohorts.length === 1) {
    return [refuses("nobody-untreated", "Everybody is treated at the same time: there is nobody to compare with.")];
  }
  return [notes("nobody-untreated", "Everybody is treated in the end: effects after the last date of treatment are unknown.")];
}

/** What the cells found say about the design. */
export function checkCells(groupTime: GroupTime, label: PeriodLabel): Finding[] {
  const { panel, design, cells } = groupTime;
  if (!cells.some(isPost)) return [refuses("no-baseline", baselineText(design))];
  return [...checkClusters(panel), ...checkCohorts(groupTime, label), ...checkSpread(groupTime, label), ...checkLeavers(panel)];
}

function baselineText({ baseline, preWindow, minPre }: Design): string {
  if (baseline === "last") return "No cohort was observed both before and after its first treated period together with controls.";
  return `No cohort and its controls were observed in ${minPre} of the ${preWindow} periods before treatment; a smaller --min-pre or --baseline last needs fewer.`;
}

function checkClusters(panel: Panel): Finding[] {
  const clusters = panel.clusters.length;
  const noun = panel.isClustered ? "clusters" : "units";
  if (clusters === 1) return [lowers("one-cluster", "All units are in one cluster: no error, no interval.")];
  const found: Finding[] = [];
  if (!panel.isClustered)
    found.push(notes("not-clustered", "No clusters were given: errors treat units as independent, which those of one team are not."));
  if (clusters < fewClusters) {
    found.push(
      notes(
        "few-clusters",
        `${clusters} ${noun} are few: intervals go by the spread of each side apart, and resampling stands beside them.`,
      ),
    );
  } else if (panel.isClustered) {
    const untreated = new Set(unitsWhere(panel, (unit) => panel.cohortOf[unit] === never).map((unit) => panel.clusterOf[unit] ?? 0)).size;
    const smaller = Math.min(untreated, clusters - untreated);
    if (untreated > 0 && smaller < fewPerSide) {
      found.push(
        notes("few-on-one-side", `One side has ${counted(smaller, "cluster")} only: intervals go by the spread of each side apart.`),
      );
    }
  }
  return found;
}

/** Cohorts with an effect in at least one period. */
export function usableCohorts(cells: readonly Cell[]): ReadonlySet<number> {
  return new Set(cells.filter(isPost).map(({ cohort }) => cohort));
}

function checkCohorts({ panel, cells }: GroupTime, label: PeriodLabel): Finding[] {
  const found: Finding[] = [];
  if (usableCohorts(cells).size === 1) {
    found.push(lowers("one-cohort", "All are treated from the same period on: whatever else happened then looks like the effect."));
  }
  panel.cohorts.forEach((date, cohort) => {
    const size = unitsWhere(panel, (unit) => panel.cohortOf[unit] === cohort).length;
    const name = `The cohort of ${label(date)}`;
    if (size < 5)
      found.push(lowers("small-cohort", `${name} has ${size === 1 ? "one unit" : `${size} units`}: too few to know its spread.`));
    if (!usableCohorts(cells).has(cohort)) {
      found.push(notes("cohort-left-out", `${name} has no usable periods before treatment: left out.`));
    }
  });
  return found;
}

function checkSpread({ panel, cells }: GroupTime, label: PeriodLabel): Finding[] {
  if (panel.clusters.length === 1) return [];
  const unseen = new Set(cells.filter((cell) => isPost(cell) && !hasSpread(cell)).map((cell) => cell.cohort));
  if (unseen.size === 0) return [];
  const dates = [...unseen].sort((a, b) => a - b).map((cohort) => label(panel.cohorts[cohort] ?? Number.NaN));
  const text = `One side of the comparison is a single ${panel.isClustered ? "cluster" : "unit"} for the ${dates.length === 1 ? "cohort" : "cohorts"} of ${dates.join(", ")}: the spread between clusters is hidden there and intervals are too narrow.`;
  return [lowers("unseen-spread", text)];
}

/** Leaving is itself an effect: an average over those who stayed is comparable only while both sides leave alike. */
function checkLeavers(panel: Panel): Finding[] {
  const finalOutcomes = outcomesAt(panel, panel.periods.length - 1);
  const leaverShare = (isTreated: boolean) => {
    const units = unitsWhere(panel, (unit) => (panel.cohortOf[unit] !== never) === isTreated);
    return units.filter((unit) => Number.isNaN(finalOutcomes[unit])).length / units.length;
  };
  const difference = 100 * (leaverShare(true) - leaverShare(false));
  if (!(Math.abs(difference) > 5)) return [];
  const text = `Treated and untreated leave the panel at different rates (${Math.abs(difference).toFixed(1)} points apart): effects on those who stayed mix with who stayed.`;
  return [notes("unequal-leaving", text)];
}
