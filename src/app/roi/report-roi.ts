import { type ReportScope, reportSchemaVersion } from "../../domain/roi/report/report.ts";
import { reportFromText } from "../../domain/roi/report/report-json.ts";
import { type BuiltReport, buildRoi, type RoiDeps, readInputs } from "./build-roi.ts";

/** The kept report of these inputs; computed and kept first where there is none. */
export async function reportRoi(deps: RoiDeps, scope: ReportScope): Promise<BuiltReport> {
  const { inputsId } = await readInputs(deps, scope);
  const kept = await deps.warehouse.findReport(inputsId);
  if (kept === null || kept.schemaVersion !== reportSchemaVersion) return buildRoi(deps, scope);
  return { report: reportFromText(kept.content), resultId: kept.resultId, isNew: false };
}
