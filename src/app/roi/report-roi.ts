import type { RoiSettings } from "../../domain/roi/report/facts.ts";
import { planReport } from "../../domain/roi/report/plan-report.ts";
import { type ReportScope, type RoiReport, reportSchemaVersion } from "../../domain/roi/report/report.ts";
import { reportFromText } from "../../domain/roi/report/report-json.ts";
import { type BuiltReport, buildRoi, type RoiDeps, readInputs } from "./build-roi.ts";
import { readRoiFacts } from "./read-facts.ts";
import { roiSettings } from "./roi-settings.ts";

/** The kept report of these inputs; computed and kept first where there is none. */
export async function reportRoi(deps: RoiDeps, scope: ReportScope): Promise<BuiltReport> {
  const { inputsId } = await readInputs(deps, scope);
  const kept = await deps.warehouse.findReport(inputsId);
  if (kept === null || kept.schemaVersion !== reportSchemaVersion) return buildRoi(deps, scope);
  return { report: reportFromText(kept.content), resultId: kept.resultId, isNew: false };
}

/** The report as it is or would be kept, and the settings it was made with; nothing is written. */
export async function currentReport(deps: RoiDeps, scope: ReportScope): Promise<{ report: RoiReport; settings: RoiSettings }> {
  const { inputsId, settings: stored } = await readInputs(deps, scope);
  const settings = roiSettings(stored);
  const kept = await deps.warehouse.findReport(inputsId);
  const isUsable = kept !== null && kept.schemaVersion === reportSchemaVersion;
  const report = isUsable ? reportFromText(kept.content) : planReport(await readRoiFacts(deps.warehouse, settings, scope), scope);
  return { report, settings };
}
