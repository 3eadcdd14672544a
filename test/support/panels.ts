import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { buildPanel, type PanelRow } from "../../src/domain/estimate/build-panel.ts";
import type { Panel } from "../../src/domain/estimate/panel.ts";
import { sharedData } from "./require.ts";

/** The panel of these rows; a refused one fails the test. */
export function panelOf(rows: Iterable<PanelRow>): Panel {
  const build = buildPanel(rows);
  if (build.kind === "refused") throw new Error(build.findings.map((finding) => finding.text).join(" "));
  return build.panel;
}

/** Six units over four periods, small enough to check by hand: two cohorts of two, two never treated. */
export const toyRows: readonly PanelRow[] = [
  { unit: "a", treatedFrom: 2, outcomes: [10, 12, 9, 6], weight: 1 },
  { unit: "b", treatedFrom: 2, outcomes: [14, 15, 13, 13], weight: 3 },
  { unit: "c", treatedFrom: 3, outcomes: [20, 21, 24, 18], weight: 1 },
  { unit: "d", treatedFrom: 3, outcomes: [8, 10, 9, 7], weight: 1 },
  { unit: "e", treatedFrom: null, outcomes: [11, 13, 14, 15], weight: 2 },
  { unit: "f", treatedFrom: null, outcomes: [9, 9, 12, 14], weight: 1 },
].flatMap(({ unit, treatedFrom, outcomes, weight }) => outcomes.map((outcome, period) => ({ unit, period, outcome, treatedFrom, weight })));

export function withoutWeights(rows: readonly PanelRow[]): PanelRow[] {
  return rows.map(({ weight: _, ...row }) => row);
}

/** County teen employment 2003-2007 (Callaway and Sant'Anna's example); clusters are states where asked for. */
export function mpdtaRows(options: { byState: boolean } = { byState: false }): PanelRow[] {
  return readCsv("mpdta.csv").map((row) => ({
    unit: row.countyreal ?? "",
    period: Number(row.year),
    outcome: Number(row.lemp),
    treatedFrom: row["first.treat"] === "0" ? null : Number(row["first.treat"]),
    ...(options.byState ? { cluster: String(Math.floor(Number(row.countyreal) / 1000)) } : {}),
  }));
}

/** What R's `did` says about it. */
export function readCsv(name: "mpdta.csv" | "ref_attgt.csv" | "ref_aggte.csv" | "ref_pretest.csv"): Record<string, string>[] {
  return parse<Record<string, string>>(readFileSync(sharedData("mpdta", name)), { columns: true });
}
