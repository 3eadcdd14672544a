import type { StateStore } from "../../ports/state-store.ts";
import { exportDecisions } from "../state/export-decisions.ts";
import { type ExportDeps, exportLedger } from "../state/export-ledger.ts";
import { requireOwner } from "../state/require-owner.ts";
import { type EvaluateDeps, type EvaluateRequest, type EvaluationReport, evaluateMilestones } from "./evaluate-milestones.ts";

export interface RunDeps extends ExportDeps, Pick<EvaluateDeps, "output" | "runId"> {
  readonly store: StateStore["decisions"];
}

export interface RunReport extends EvaluationReport {
  /** What went into the warehouse for the next build of fct_award; null for a plan. */
  readonly exported: { readonly ledgerSeq: number; readonly received: number; readonly new: number; readonly decisions: number } | null;
}

/**
 * Decides, and when it is applied brings the ledger and every yes and no into the warehouse. A run that is cut off in between lost nothing: the next one,
 * or `gami state export`, goes on where the export stood.
 * @throws ConfigError when another operational store decides on this warehouse.
 */
export async function runEvaluation(deps: RunDeps, request: EvaluateRequest): Promise<RunReport> {
  await requireOwner(deps, { isPlan: !request.apply });
  const report = await evaluateMilestones(deps, request);
  if (!request.apply) return { ...report, exported: null };
  const { ledgerSeq, totals } = await exportLedger(deps, { signal: request.signal });
  const decided = await exportDecisions(deps, { signal: request.signal });
  return { ...report, exported: { ledgerSeq, received: totals.received, new: totals.new, decisions: decided.totals.received } };
}
