import { businessKey } from "../../domain/business-key.ts";
import { planReport } from "../../domain/roi/report/plan-report.ts";
import { type ReportScope, type RoiReport, reportSchemaVersion } from "../../domain/roi/report/report.ts";
import { reportToText } from "../../domain/roi/report/report-json.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Warehouse } from "../../ports/warehouse.ts";
import { computationId } from "./computation.ts";
import { readMartsState, reportInputsId } from "./marts-state.ts";
import { readRoiFacts } from "./read-facts.ts";
import { roiSettings } from "./roi-settings.ts";

export interface RoiDeps {
  readonly warehouse: Warehouse;
  readonly clock: Clock;
  /** gami's own version: a new one may compute differently, so it makes its own report. */
  readonly version: string;
}

export interface BuiltReport {
  readonly report: RoiReport;
  readonly resultId: string;
  /** False when this very report was already kept. */
  readonly isNew: boolean;
}

/** Everything that decides what a report says: the same inputs need no second computation. */
export async function readInputs({ warehouse, version }: RoiDeps, scope: ReportScope) {
  const state = await readMartsState(warehouse);
  const settings = await warehouse.settings();
  const inputs = [
    version,
    computationId(),
    String(reportSchemaVersion),
    JSON.stringify(scope),
    JSON.stringify(Object.entries(settings).sort()),
  ];
  return { state, settings, inputsId: reportInputsId(state, inputs) };
}

/** Reads the marts, plans the report, keeps it. Building twice adds nothing. */
export async function buildRoi(deps: RoiDeps, scope: ReportScope): Promise<BuiltReport> {
  const { state, settings, inputsId } = await readInputs(deps, scope);
  const report = planReport(await readRoiFacts(deps.warehouse, roiSettings(settings), scope), scope);
  const content = reportToText(report);
  const resultId = businessKey("roi_report", "gami", inputsId, content);
  const isNew = await deps.warehouse.addReport({
    resultId,
    inputsId,
    asOf: report.asOf,
    snapshot: state.snapshot,
    schemaVersion: report.schemaVersion,
    content,
    builtAt: deps.clock.now(),
  });
  return { report, resultId, isNew };
}
