import type { PeriodLabel } from "./check-design.ts";
import { checkPanel, type PanelBuild } from "./check-panel.ts";
import { countOf, type Finding, lowers, refuses } from "./finding.ts";
import { never, type Panel, retreat } from "./panel.ts";
import { weighPanel } from "./panel-weights.ts";

/** One observation as it arrives. `outcome` null is "not observed", never zero; `treatedFrom` null is never treated. */
export interface PanelRow {
  readonly unit: string;
  readonly period: number;
  readonly outcome: number | null;
  readonly treatedFrom: number | null;
  readonly cluster?: string | null;
  readonly weight?: number | null;
}

export interface PanelCollector {
  add(row: PanelRow): void;
  /** `label` prints periods in findings as the reader knows them. */
  finish(label?: PeriodLabel): PanelBuild;
}

interface Unit {
  treatedFrom: number | null;
  /** Another first treated period that some row gives; undefined where all rows agree. */
  other: number | null | undefined;
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

/** Squares of what lies beyond leave the range of numbers. */
const largest = 1e60;

function faultOf(row: PanelRow, label: PeriodLabel): string | null {
  const place = placeOf(row, label);
  if (!Number.isFinite(row.period)) return `${place}: the period is no finite number`;
  if (row.outcome !== null && !(Math.abs(row.outcome) < largest)) return `${place}: the outcome is ${row.outcome}`;
  if (row.treatedFrom !== null && !Number.isFinite(row.treatedFrom)) return `${place}: treated from ${row.treatedFrom}`;
  const weight = row.weight ?? 0;
  return weight >= 0 && weight < largest ? null : `${place}: the weight is ${weight}`;
}

function placeOf({ unit, period }: PanelRow, label: PeriodLabel): string {
  return `${unit} in period ${Number.isFinite(period) ? label(period) : period}`;
}

function noteUnit(units: Map<string, Unit>, row: PanelRow): void {
  const cluster = row.cluster ?? null;
  const unit = units.get(row.unit);
  if (unit === undefined) {
    units.set(row.unit, { treatedFrom: row.treatedFrom, other: undefined, firstPeriod: row.period, cluster, moves: false });
    return;
  }
  if (unit.treatedFrom !== row.treatedFrom) unit.other ??= row.treatedFrom;
  if (unit.cluster !== cluster) unit.moves = true;
  if (row.period < unit.firstPeriod) {
    unit.firstPeriod = row.period;
    unit.cluster = cluster;
  }
}

function finishPanel(units: ReadonlyMap<string, Unit>, rows: readonly PanelRow[], label: PeriodLabel): PanelBuild {
  const broken = rows.map((row) => faultOf(row, label)).filter((fault) => fault !== null);
  const names = [...units.keys()].sort();
  const contradicting = names.flatMap((name) => contradictionOf(name, units.get(name), label));
  const faults: Finding[] = [];
  if (rows.length === 0) faults.push(refuses("empty-panel", "The panel has no rows."));
  if (broken.length > 0)
    faults.push(
      refuses(
        "not-finite",
        `${countOf(broken, "value")} cannot be used: outcomes are numbers, weights numbers from 0 on. Leave a missing value empty.`,
      ),
    );
  if (contradicting.length > 0) {
    faults.push(refuses("contradictory-treatment", `${countOf(contradicting, "unit")} with more than one first treated period.`));
  }
  if (faults.length > 0) return { kind: "refused", findings: faults };
  const dense = layOut(names, units, rows, label);
  if (dense.duplicates.length > 0) {
    return {
      kind: "refused",
      findings: [
        refuses(
          "duplicate-row",
          `${countOf(dense.duplicates, "unit-period")} stated more than once; a panel has one row per unit and period.`,
        ),
      ],
    };
  }
  return checkPanel(dense.panel, [...dense.findings, ...clusterFindings(names, units)]);
}

function contradictionOf(name: string, unit: Unit | undefined, label: PeriodLabel): string[] {
  if (unit === undefined || unit.other === undefined) return [];
  const [one, other] = [unit.treatedFrom, unit.other].map((from) => (from === null ? "never" : Number.isFinite(from) ? label(from) : from));
  return [`${name}: ${one} and ${other}`];
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
  const hasWeights = rows.some(({ weight = null }) => weight !== null);
  const weights = hasWeights ? new Float64Array(outcomes.length).fill(Number.NaN) : null;
  const seen = new Uint8Array(outcomes.length);
  const duplicates: string[] = [];
  for (const row of rows) {
    const place = (periodIndex.get(row.period) ?? 0) * names.length + (unitIndex.get(row.unit) ?? 0);
    if (seen[place] === 1) duplicates.push(placeOf(row, label));
    seen[place] = 1;
    outcomes[place] = row.outcome ?? Number.NaN;
    if (weights !== null) weights[place] = row.weight ?? Number.NaN;
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
  const weighted = weights === null ? { panel, findings: [] } : weighPanel(panel, weights);
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

function clusterFindings(names: readonly string[], units: ReadonlyMap<string, Unit>): Finding[] {
  const movers = names.filter((name) => units.get(name)?.moves);
  if (movers.length === 0) return [];
  return [lowers("cluster-changes", `${countOf(movers, "unit")} in more than one cluster: counted in that of the first period.`)];
}
