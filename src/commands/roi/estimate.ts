import { type Assessed, type EstimateRequest, estimatePanel, type PanelSource } from "../../app/roi/estimate-panel.ts";
import type { Allocation } from "../../domain/estimate/grade.ts";
import { UsageError, WarehouseError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderAssessment } from "./estimate-text.ts";

export interface EstimateInput {
  readonly panel?: string;
  readonly query?: string;
  readonly unit: string;
  readonly period: string;
  readonly outcome: string;
  readonly treatedFrom: string;
  readonly cluster?: string;
  readonly weights?: string;
  readonly baseline: "mean" | "last";
  readonly preWindow: number;
  readonly minPre: number;
  readonly anticipation: number;
  readonly controls: "never" | "not-yet";
  readonly allocation?: Allocation;
  readonly holdoutShare?: number;
  readonly minCohort: number;
  readonly seed: number;
  readonly draws: number;
}

/** The JSON's own version, raised when a field changes its meaning or goes. */
const schemaVersion = 1;

export async function run({ deps }: CommandContext, input: EstimateInput): Promise<CommandResult> {
  requireWindow(input);
  const asked = requestOf(input);
  // A query reads the project's own warehouse, so the project's own word on the allocation holds.
  const fromConfig = asked.source.kind === "query" ? deps.config.programme.allocation : null;
  const request = { ...asked, allocation: input.allocation ?? fromConfig };
  if (request.source.kind === "query") await requireWarehouse(deps);
  const estimated = await estimatePanel({ openTable: deps.openTable, warehouse: () => deps.warehouse() }, request);
  const { design, allocation, holdoutShare, minCohort, seed, draws } = request;
  const { rows, assessment, bracket } = estimated;
  const options = { ...design, allocation, holdoutShare, minCohort, seed, draws };
  const json = { schemaVersion, options, rows, ...assessment, bracket, ...syntheticFields(estimated.synthetic) };
  return {
    exitCode: exitCodes.done,
    status: "done",
    json,
    text: renderAssessment(estimated),
    totals: { rows, grade: assessment.grade },
  };
}

/** Null with the reason beside it, as every figure that cannot be known. */
function syntheticFields(synthetic: Assessed["synthetic"]): Record<string, unknown> {
  if (synthetic.kind === "none") return { syntheticControl: null, syntheticControlReason: synthetic.reason };
  const { estimate, clusters, leftOut } = synthetic;
  return { syntheticControl: { estimate, clusters, leftOut }, syntheticControlReason: null };
}

function requireWindow({ baseline, minPre, preWindow }: EstimateInput): void {
  if (baseline === "last" || minPre <= preWindow) return;
  throw new UsageError(`--min-pre ${minPre} asks for more periods than --pre-window ${preWindow} has`, {
    code: "WINDOW_TOO_SHORT",
    hint: `use --min-pre ${preWindow} or less`,
  });
}

/** A question must not make an empty file. */
async function requireWarehouse({ config, machine }: CommandContext["deps"]): Promise<void> {
  if (config.warehouse.kind !== "duckdb") return;
  const { path } = config.warehouse;
  if ((await machine.inspect(path)).kind !== "missing") return;
  throw new WarehouseError(`there is no warehouse at ${path} to ask`, {
    code: "WAREHOUSE_MISSING",
    hint: "load data with 'gami import csv FILE' and run 'gami dbt build' first",
  });
}

function requestOf(input: EstimateInput): Omit<EstimateRequest, "allocation"> {
  return {
    source: sourceOf(input),
    columns: {
      unit: input.unit,
      period: input.period,
      outcome: input.outcome,
      treatedFrom: input.treatedFrom,
      cluster: input.cluster ?? null,
      weights: input.weights ?? null,
    },
    design: {
      controls: input.controls,
      baseline: input.baseline,
      preWindow: input.preWindow,
      minPre: input.minPre,
      anticipation: input.anticipation,
    },
    holdoutShare: input.holdoutShare === undefined ? null : input.holdoutShare / 1_000_000,
    minCohort: input.minCohort,
    seed: input.seed,
    draws: input.draws,
  };
}

function sourceOf({ panel, query }: EstimateInput): PanelSource {
  if (panel !== undefined && query === undefined) return { kind: "file", path: panel };
  if (query !== undefined && panel === undefined) return { kind: "query", sql: query };
  throw new UsageError("give either --panel FILE or --query SQL", { code: "PANEL_MISSING", hint: "name a CSV file with --panel" });
}
