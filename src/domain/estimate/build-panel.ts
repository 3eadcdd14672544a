import type { PeriodLabel } from "./check-design.ts";
import { countOf, type Finding, lowers, notes, refuses } from "./finding.ts";
import { keepUnits, never, outcomesAt, type Panel, retreat, unitsWhere } from "./panel.ts";

/** One observation as it arrives. `outcome` null is "not observed", never zero; `treatedFrom` null is never treated. */
export interface PanelRow {
  readonly unit: string;
  readonly period: number;
  readonly outcome: number | null;
  readonly treatedFrom: number | null;
  readonly cluster?: string | null;
  readonly weight?: number | null;
}

export type PanelBuild =
  | { readonly kind: "panel"; readonly panel: Panel; readonly findings: readonly Finding[] }
  | { readonly kind: "refused"; readonly findings: readonly Finding[] };

export interface PanelCollector {
  add(row: PanelRow): void;
  /** `label` prints periods in findings as the reader knows them. */
  finish(label?: PeriodLabel): PanelBuild;
}

interface Unit {
  treatedFrom: number | null;
  contradicts: boolean;
  firstPeriod: number;
  cluster: string | null;
  moves: boolean;
}

/** Rows one at a time, so that a file is read with flat memory. */
export function collectPanel(): PanelCollector {
  const units = new Map<string, Unit>();
  const rows: PanelRow[] = [];
  return {
    add(row) {
      noteUnit(units, row);
      rows.push(row);
    },
    finish: (label = (period) => period) => finishPanel(units, rows, label),
  };
}

export function buildPanel(rows: Iterable<PanelRow>): PanelBuild {
  const collector = collectPanel();
  for (const row of rows) collector.add(row);
  return collector.finish();
}

function faultOf(row: PanelRow, label: PeriodLabel): string | null {
  const place = placeOf(row, label);
  if (!Number.isFinite(row.period)) return `${place}: the period is no finite number`;
  if (row.outcome !== null && !Number.isFinite(row.outcome)) return `${place}: the outcome is ${row.outcome}`;
  if (row.treatedFrom !== null && !Number.isFinite(row.treatedFrom)) return `${place}: treated from ${row.treatedFrom}`;
  const weight = row.weight ?? 0;
  return Number.isFinite(weight) && weight >= 0 ? null : `${place}: the weight is ${weight}`;
}

function placeOf({ unit, period }: PanelRow, label: PeriodLabel): string {
  return `${unit} in period ${Number.isFinite(period) ? label(period) : period}`;
}

function noteUnit(units: Map<string, Unit>, row: PanelRow): void {
  const cluster = row.cluster ?? null;
  const unit = units.get(row.unit);
  if (unit === undefined) {
    units.set(row.unit, { treatedFrom: row.treatedFrom, contradicts: false, firstPeriod: row.period, cluster, moves: false });
    return;
  }
  if (unit.treatedFrom !== row.treatedFrom) unit.contradicts = true;
  if (unit.cluster !== cluster) unit.moves = true;
  if (row.period < unit.firstPeriod) {
    unit.firstPeriod = row.period;
    unit.cluster = cluster;
  }
}

function finishPanel(units: ReadonlyMap<string, Unit>, rows: readonly PanelRow[], label: PeriodLabel): PanelBuild {
  const broken = rows.map((row) => faultOf(row, label)).filter((fault) => fault !== null);
  const names = [...units.keys()].sort();
  const contradicting = names.filter((name) => units.get(name)?.contradicts);
  const faults: Finding[] = [];
  if (rows.length === 0) faults.push(refuses("empty-panel", "The panel has no rows."));
  if (broken.length > 0) faults.push(refuses("not-finite", `${countOf(broken, "value")} cannot be used; leave a missing value empty.`));
  if (contradicting.length > 0) {
    faults.push(refuses("contradictory-treatment", `${countOf(contradicting, "unit")} with more than one first treated period.`));
  }
  if (faults.length > 0) return { kind: "refused", findings: faults };
  const dense = layOut(names, units, rows, label);
  if (dense.duplicates.length > 0) {
    return { kind: "refused", findings: [refuses("duplicate-row", `${countOf(dense.duplicates, "unit-period")} stated more than once.`)] };
  }
  return checkTreatment(dense.panel, [...dense.findings, ...clusterFindings(names, units)]);
}

interface Layout {
  readonly panel: Panel;
  readonly duplicates: readonly string[];
  readonly findings: readonly Finding[];
}

function layOut(names: readonly string[], units: ReadonlyMap<string, Unit>, rows: readonly PanelRow[], label: PeriodLabel): Layout {
  const unitIndex = new Map(names.map((name, index) => [name, index] as const));
  const periods = Float64Array.from(new Set(rows.map((row) => row.period))).sort();
  const periodIndex = new Map(Array.from(periods, (period, index) => [period, index] as const));
  const outcomes = new Float64Array(names.length * periods.length).fill(Number.NaN);
  const seen = new Uint8Array(outcomes.length);
  const duplicates: string[] = [];
  for (const row of rows) {
    const place = (periodIndex.get(row.period) ?? 0) * names.length + (unitIndex.get(row.unit) ?? 0);
    if (seen[place] === 1) duplicates.push(placeOf(row, label));
    seen[place] = 1;
    outcomes[place] = row.outcome ?? Number.NaN;
  }
  const clusters = nameClusters(names, units);
  const empty: Panel = {
    units: names,
    periods,
    outcomes,
    weights: new Float64Array(names.length).fill(1),
    ...clusters,
    cohortOf: new Int32Array(names.length).fill(never),
    cohorts: new Float64Array(0),
  };
  const panel = retreat(empty, (unit) => units.get(names[unit] ?? "")?.treatedFrom ?? null);
  const weighted = weigh(panel, unitIndex, rows);
  return { panel: weighted.panel, duplicates, findings: weighted.findings };
}

function nameClusters(names: readonly string[], units: ReadonlyMap<string, Unit>): Pick<Panel, "clusters" | "clusterOf" | "isClustered"> {
  const given = names.map((name) => units.get(name)?.cluster ?? null);
  if (given.every((cluster) => cluster === null)) {
    return { clusters: names, clusterOf: Int32Array.from(names, (_, index) => index), isClustered: false };
  }
  // A unit without a cluster stands alone rather than in one big nameless team.
  const labels = given.map((cluster, index) => (cluster === null ? `unit ${names[index]}` : cluster));
  const clusters = [...new Set(labels)].sort();
  const code = new Map(clusters.map((cluster, index) => [cluster, index] as const));
  return { clusters, clusterOf: Int32Array.from(labels, (label) => code.get(label) ?? 0), isClustered: true };
}

/**
 * One weight per unit, from the periods before anybody was treated: a weight the treatment can move would move the estimate.
 * A weight that never changes may come from any period.
 */
function weigh(panel: Panel, unitIndex: ReadonlyMap<string, number>, rows: readonly PanelRow[]): { panel: Panel; findings: Finding[] } {
  if (rows.every((row) => row.weight === undefined || row.weight === null)) return { panel, findings: [] };
  const firstTreated = panel.cohorts[0] ?? Number.POSITIVE_INFINITY;
  const sums = new Float64Array(panel.units.length);
  const counts = new Float64Array(panel.units.length);
  const lowest = new Float64Array(panel.units.length).fill(Number.POSITIVE_INFINITY);
  const highest = new Float64Array(panel.units.length).fill(Number.NEGATIVE_INFINITY);
  // Sums run in period order, so that the order of the rows cannot show in the last digit.
  for (const row of [...rows].sort((a, b) => a.period - b.period)) {
    const unit = unitIndex.get(row.unit) ?? 0;
    const weight = row.weight ?? null;
    if (weight === null) continue;
    lowest[unit] = Math.min(lowest[unit] ?? weight, weight);
    highest[unit] = Math.max(highest[unit] ?? weight, weight);
    if (row.period >= firstTreated) continue;
    sums[unit] = (sums[unit] ?? 0) + weight;
    counts[unit] = (counts[unit] ?? 0) + 1;
  }
  const weights = Float64Array.from(panel.units, (_, unit) => {
    if (lowest[unit] === highest[unit]) return lowest[unit] ?? Number.NaN;
    return (sums[unit] ?? 0) / (counts[unit] ?? 0);
  });
  const weighted = { ...panel, weights };
  const kept = unitsWhere(weighted, (unit) => (weights[unit] ?? 0) > 0);
  const lost = panel.units.filter((_, unit) => !((weights[unit] ?? 0) > 0));
  if (lost.length === 0) return { panel: weighted, findings: [] };
  const text = `${countOf(lost, "unit")} without a weight before the first treated period: left out.`;
  return { panel: keepUnits(weighted, kept), findings: [lowers("no-weight", text)] };
}

function clusterFindings(names: readonly string[], units: ReadonlyMap<string, Unit>): Finding[] {
  const movers = names.filter((name) => units.get(name)?.moves);
  if (movers.length === 0) return [];
  return [lowers("cluster-changes", `${countOf(movers, "unit")} in more than one cluster: counted in that of the first period.`)];
}

function checkTreatment(laidOut: Panel, before: readonly Finding[]): PanelBuild {
  const found: Finding[] = [...before];
  const first = laidOut.periods[0] ?? 0;
  const last = laidOut.periods[laidOut.periods.length - 1] ?? 0;
  const cohortDate = (panel: Panel, unit: number) => panel.cohorts[panel.cohortOf[unit] ?? never] ?? Number.POSITIVE_INFINITY;
  const kept = unitsWhere(laidOut, (unit) => cohortDate(laidOut, unit) > first);
  if (kept.length === 0) {
    return {
      kind: "refused",
      findings: [...found, refuses("all-treated-at-once", "Everybody is treated from the first period on: there is no before.")],
    };
  }
  if (kept.length < laidOut.units.length) {
    const lost = laidOut.units.filter((_, unit) => !(cohortDate(laidOut, unit) > first));
    found.push(lowers("always-treated", `${countOf(lost, "unit")} treated from the first period on, so without a before: left out.`));
  }
  const withBefore = kept.length < laidOut.units.length ? keepUnits(laidOut, kept) : laidOut;
  const late = withBefore.units.filter((_, unit) => Number.isFinite(cohortDate(withBefore, unit)) && cohortDate(withBefore, unit) > last);
  if (late.length > 0) found.push(notes("treated-later", `${countOf(late, "unit")} treated after the last period: counted as untreated.`));
  const panel =
    late.length === 0
      ? withBefore
      : retreat(withBefore, (unit) => (cohortDate(withBefore, unit) > last ? null : cohortDate(withBefore, unit)));
  return checkOutcomes(panel, found);
}

function checkOutcomes(panel: Panel, found: readonly Finding[]): PanelBuild {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const outcome of panel.outcomes) {
    if (outcome < lowest) lowest = outcome;
    if (outcome > highest) highest = outcome;
  }
  const refuse = (code: string, text: string): PanelBuild => ({ kind: "refused", findings: [...found, refuses(code, text)] });
  if (highest < lowest) return refuse("no-outcome", "The outcome is missing in every row.");
  if (highest === lowest) return refuse("constant-outcome", `The outcome is ${highest} in every row: there is nothing to estimate from.`);
  if (panel.cohorts.length === 0) return refuse("nobody-treated", "Nobody is treated within the periods of the panel.");
  return { kind: "panel", panel, findings: [...found, ...gapFindings(panel)] };
}

/** Periods missing between a unit's first and last one: gaps. Missing ones at the ends are joiners and leavers, another matter. */
function gapFindings(panel: Panel): Finding[] {
  let expected = 0;
  let observed = 0;
  const gappy: string[] = [];
  panel.units.forEach((name, unit) => {
    const seen: number[] = [];
    panel.periods.forEach((_, period) => {
      if (!Number.isNaN(outcomesAt(panel, period)[unit])) seen.push(period);
    });
    const span = seen.length === 0 ? 0 : (seen[seen.length - 1] ?? 0) - (seen[0] ?? 0) + 1;
    expected += span;
    observed += seen.length;
    if (span > seen.length) gappy.push(name);
  });
  const missing = expected - observed;
  if (missing === 0) return [];
  const share = ((100 * missing) / expected).toFixed(1);
  const text = `${missing} periods (${share} %) are missing between first and last one of ${countOf(gappy, "unit")}; each cell uses the units observed in both of its periods.`;
  return [missing > 0.1 * expected ? lowers("missing-periods", text) : notes("missing-periods", text)];
}
