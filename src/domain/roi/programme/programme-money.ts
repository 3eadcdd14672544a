import { combineCells, isPost } from "../../estimate/aggregate.ts";
import { type BootstrapInterval, bootstrapClusters, reweigh } from "../../estimate/cluster-bootstrap.ts";
import { collapseToClusters } from "../../estimate/collapse.ts";
import { type Design, estimateGroupTime } from "../../estimate/group-time.ts";
import { never, type Panel } from "../../estimate/panel.ts";

/** One gain that is linear in an effect: `amount = perUnit * effect`, in minor units. */
export interface GainSource {
  readonly panel: Panel;
  readonly design: Design;
  readonly perUnit: number;
}

const seed = 1;
const manyCells = 400_000;

/**
 * The interval of a sum of gains: teams are drawn again within their enrolment week and every effect is computed anew, so
 * that what the gains share stays in. Null when a figure cannot be had in the draws.
 */
export function resampleGains(sources: readonly GainSource[]): BootstrapInterval | null {
  const collapsed = sources.map((source) => ({ ...source, panel: collapseToClusters(source.panel) ?? source.panel }));
  const teams = [...new Set(collapsed.flatMap(({ panel }) => panel.clusters))].sort();
  const place = new Map(teams.map((team, index) => [team, index] as const));
  const placesOf = collapsed.map(({ panel }) => Int32Array.from(panel.clusters, (team) => place.get(team) ?? 0));
  const cells = collapsed.reduce((sum, { panel }) => sum + panel.units.length * panel.periods.length, 0);
  const [interval = null] = bootstrapClusters(
    strataOf(
      teams,
      collapsed.map(({ panel }) => panel),
    ),
    (drawn) => [sumGains(collapsed, placesOf, drawn)],
    { draws: cells > manyCells ? 199 : 999, seed },
  );
  return interval;
}

function sumGains(sources: readonly GainSource[], placesOf: readonly Int32Array[], drawn: Int32Array): number | null {
  let sum = 0;
  for (const [index, { panel, design, perUnit }] of sources.entries()) {
    const own = Int32Array.from(placesOf[index] ?? [], (place) => drawn[place] ?? 0);
    const groupTime = estimateGroupTime(reweigh(panel, own), design, (eventTime) => eventTime >= 0);
    const effect = combineCells(groupTime, groupTime.cells.filter(isPost));
    if (effect === null) return null;
    sum += perUnit * effect.estimate;
  }
  return sum;
}

/** Teams of one enrolment week make a stratum; those with nobody enrolled make one of their own. */
function strataOf(teams: readonly string[], panels: readonly Panel[]): Int32Array {
  const firstOf = new Map<string, number>();
  for (const { clusters, clusterOf, cohortOf, cohorts } of panels) {
    cohortOf.forEach((cohort, unit) => {
      if (cohort === never) return;
      const team = clusters[clusterOf[unit] ?? 0] ?? "";
      const date = cohorts[cohort] ?? 0;
      firstOf.set(team, Math.min(date, firstOf.get(team) ?? date));
    });
  }
  const dates = [...new Set(firstOf.values())].sort((a, b) => a - b);
  return Int32Array.from(teams, (team) => dates.indexOf(firstOf.get(team) ?? Number.NaN));
}
