import type { StateStore } from "../../ports/state-store.ts";
import { type ExportDeps, exportLedger } from "../state/export-ledger.ts";
import { requireOwner } from "../state/require-owner.ts";
import type { AdjustDeps } from "./adjust-challenges.ts";
import { type ApproveReport, type ApproveRequest, approveAdjustment } from "./approve-adjustment.ts";

export interface ApprovalDeps extends ExportDeps, Pick<AdjustDeps, "runId"> {
  readonly store: StateStore["decisions"];
}

/** Approves, and brings the ledger into the warehouse, where the ROI report measures what became of the boost. A run that was cut off in between is made up for by the next. */
export async function runApproval(deps: ApprovalDeps, request: ApproveRequest): Promise<ApproveReport> {
  await requireOwner(deps, { isPlan: !request.apply });
  const report = await approveAdjustment(deps, request);
  if (request.apply) await exportLedger(deps);
  return report;
}
