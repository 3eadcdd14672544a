import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { type EvaluateRequest, type EvaluationReport, evaluateMilestones } from "../../src/app/recognise/evaluate-milestones.ts";
import type { DecisionStore } from "../../src/ports/decision-store.ts";
import type { Output } from "../../src/ports/output.ts";
import type { QueryReader } from "../../src/ports/warehouse.ts";
import { agentOf, builtRows, createMilestoneMarts } from "./milestone-marts.ts";

const output: Output = {
  note: () => undefined,
  warn: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
  progressDone: () => undefined,
};

/** What came in late: statements on the marts, and the days of an agent they touch. */
export interface LateChange {
  readonly no: number;
  readonly from: string;
  readonly to: string;
  readonly sql: string;
}

export interface MilestoneCentre {
  /** Another batch, built: the changes and their places in the change log. */
  deliver(...changes: readonly LateChange[]): Promise<void>;
  run(...statements: readonly string[]): Promise<void>;
  read<T>(work: (warehouse: QueryReader) => Promise<T>): Promise<T>;
  evaluate(store: DecisionStore, request: Partial<EvaluateRequest> & Pick<EvaluateRequest, "definitions">): Promise<EvaluationReport>;
  close(): Promise<void>;
}

/** Marts by hand that are decided on, change, and are decided on again. */
export async function openMilestoneCentre(rows: readonly string[], days: Parameters<typeof builtRows>[1]): Promise<MilestoneCentre> {
  const folder = mkdtempSync(join(tmpdir(), "gami-centre-"));
  const path = join(folder, "centre.duckdb");
  let seq = 1;
  await createMilestoneMarts(path, [...rows, ...builtRows(seq, days)]);
  const warehouse = openDuckDbWarehouse({ path, memoryLimit: null, threads: 1, lockWaitSeconds: 0 });
  const run = async (...statements: readonly string[]) => {
    for (const sql of statements) await warehouse.rows(sql);
  };
  return {
    run,
    read: (work) => work(warehouse),
    async deliver(...changes) {
      seq += 1;
      await run(
        ...changes.flatMap(({ no, from, to, sql }) => [
          sql,
          `insert into meta.change_log values ('csv:test', 'interaction', ${seq}, '${agentOf(no)}', timestamp '${from} 10:00', timestamp '${to} 10:00')`,
        ]),
        ...builtRows(seq, days),
      );
    },
    evaluate: (store, request) =>
      evaluateMilestones(
        { warehouse, store, clock: { now: () => Date.UTC(2024, 5, 1) }, output, runId: "run" },
        { targets: [], zone: "UTC", asOf: null, since: null, apply: true, signal: new AbortController().signal, ...request },
      ),
    async close() {
      await warehouse.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
