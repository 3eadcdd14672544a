import type { PeriodLabel } from "./check-design.ts";
import { countOf, type Finding, lowers, notes } from "./finding.ts";
import { keepUnits, never, type Panel, retreat, treatedFromOf, unitsWhere } from "./panel.ts";

export interface MergeRule {
  /** A cohort of fewer units is put together with its neighbours. */
  readonly minUnits: number;
  /** The same for clusters: one cluster alone hides its spread. */
  readonly minClusters: number;
  /** Periods between the dates of cohorts put together, at most. */
  readonly maxGap: number;
}

/** The rule for a programme of teams; `gami roi estimate` merges only when asked. */
export const defaultMergeRule: MergeRule = { minUnits: 5, minClusters: 2, maxGap: 4 };

/**
 * Puts small cohorts together under the earliest of their dates, so that no treated period counts as "before"; the effect
 * is at most diluted. What stays too small is left out.
 */
export function mergeCohorts(panel: Panel, rule: MergeRule, label: PeriodLabel): { panel: Panel; findings: Finding[] } {
  const groups = groupDates(panel, rule);
  const dateOf = new Map(groups.flatMap((dates) => dates.map((date) => [date, dates[0] ?? date] as const)));
  const merged = retreat(panel, (unit) => {
    const date = treatedFromOf(panel, unit);
    return date === null ? null : (dateOf.get(date) ?? date);
  });
  const small = new Set(Array.from(merged.cohorts.keys()).filter((cohort) => isSmall(merged, [merged.cohorts[cohort] ?? 0], rule)));
  const kept = unitsWhere(merged, (unit) => !small.has(merged.cohortOf[unit] ?? never));
  const findings: Finding[] = groups
    .filter((dates) => dates.length > 1)
    .map((dates) =>
      notes("cohorts-merged", `The cohorts of ${dates.map(label).join(", ")} are small: counted as one from the first of these on.`),
    );
  if (small.size === 0) return { panel: merged, findings };
  const names = merged.units.filter((_, unit) => small.has(merged.cohortOf[unit] ?? never));
  const text = `${countOf(names, "unit")} in cohorts too small and too far from others to count: left out.`;
  return { panel: keepUnits(merged, kept), findings: [...findings, lowers("cohort-too-small", text)] };
}

/** Walks the dates upward; a group takes the next date in while it is small and near, and a small rest joins the group before. */
function groupDates(panel: Panel, rule: MergeRule): number[][] {
  const groups: number[][] = [];
  for (const date of panel.cohorts) {
    const group = groups[groups.length - 1];
    const isNear = group !== undefined && date - (group[0] ?? date) <= rule.maxGap;
    if (group !== undefined && isNear && (isSmall(panel, group, rule) || isSmall(panel, [date], rule))) group.push(date);
    else groups.push([date]);
  }
  return groups;
}

function isSmall(panel: Panel, dates: readonly number[], { minUnits, minClusters }: MergeRule): boolean {
  const units = unitsWhere(panel, (unit) => dates.includes(treatedFromOf(panel, unit) ?? Number.NaN));
  const clusters = new Set(Array.from(units, (unit) => panel.clusterOf[unit]));
  return units.length < minUnits || clusters.size < minClusters;
}
