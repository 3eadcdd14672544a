import { join } from "node:path";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { type EvaluateRequest, type EvaluationReport, evaluateMilestones } from "../../src/app/recognise/evaluate-milestones.ts";
import type { DecisionStore } from "../../src/ports/decision-store.ts";
import { createMilestoneMarts } from "./milestone-marts.ts";
import { runInWarehouse } from "./roi-marts.ts";
import { silentOutput } from "./silent-output.ts";

export interface EvaluatedMarts {
  change(...statements: readonly string[]): Promise<void>;
  evaluate(store: DecisionStore, request: Pick<EvaluateRequest, "definitions"> & Partial<EvaluateRequest>): Promise<EvaluationReport>;
}

let files = 0;

/** A warehouse of these rows, with one evaluation on it at a time. */
export async function openEvaluatedMarts(folder: string, rows: readonly string[]): Promise<EvaluatedMarts> {
  files += 1;
  const path = join(folder, `marts-${files}.duckdb`);
  await createMilestoneMarts(path, rows);
  return {
    change: (...statements) => runInWarehouse(path, statements),
    async evaluate(store, request) {
      const warehouse = openDuckDbWarehouse({ path, memoryLimit: null, threads: 1, lockWaitSeconds: 0 });
      const deps = { warehouse, store, clock: { now: () => Date.UTC(2024, 5, 1) }, output: silentOutput, runId: "run" };
      const usual = { targets: [], zone: "UTC", asOf: null, since: null, apply: true, signal: new AbortController().signal };
      try {
        return await evaluateMilestones(deps, { ...usual, ...request });
      } finally {
        await warehouse.close();
      }
    },
  };
}
