import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { type EvaluateRequest, type EvaluationReport, evaluateMilestones } from "../../src/app/recognise/evaluate-milestones.ts";
import type { DecisionStore } from "../../src/ports/decision-store.ts";
import type { QueryReader } from "../../src/ports/warehouse.ts";
import { agentOf, builtRows, createMilestoneMarts } from "./milestone-marts.ts";
import { silentOutput } from "./silent-output.ts";

export interface EvaluatedMarts {
  change(...statements: readonly string[]): Promise<void>;
  read<T>(work: (warehouse: QueryReader) => Promise<T>): Promise<T>;
  evaluate(store: DecisionStore, request: Pick<EvaluateRequest, "definitions"> & Partial<EvaluateRequest>): Promise<EvaluationReport>;
  close(): Promise<void>;
}

/** Marts by hand, to be decided on; gone when the test is over, or closed before. */
export async function openEvaluatedMarts(rows: readonly string[]): Promise<EvaluatedMarts> {
  const folder = mkdtempSync(join(tmpdir(), "gami-evaluated-"));
  const path = join(folder, "centre.duckdb");
  await createMilestoneMarts(path, rows);
  const warehouse = openDuckDbWarehouse({ path, memoryLimit: null, threads: 1, lockWaitSeconds: 0 });
  let closing: Promise<void> | null = null;
  const close = () => (closing ??= warehouse.close().then(() => rmSync(folder, { recursive: true, force: true })));
  onTestFinished(close);
  const usual = { targets: [], zone: "UTC", asOf: null, since: null, apply: true, signal: new AbortController().signal };
  const deps = { warehouse, clock: { now: () => Date.UTC(2024, 5, 1) }, output: silentOutput, runId: "run" };
  return {
    async change(...statements) {
      for (const sql of statements) await warehouse.rows(sql);
    },
    read: (work) => work(warehouse),
    evaluate: (store, request) => evaluateMilestones({ ...deps, store }, { ...usual, ...request }),
    close,
  };
}

/** What came in late: statements on the marts, and the days of an agent they touch. */
export interface LateChange {
  readonly no: number;
  readonly from: string;
  readonly to: string;
  readonly sql: string;
}

export interface MilestoneCentre extends EvaluatedMarts {
  /** Another batch, built: the changes and their places in the change log. */
  deliver(...changes: readonly LateChange[]): Promise<void>;
}

/** Marts that are built up to these days, change, and are built again. */
export async function openMilestoneCentre(rows: readonly string[], days: Parameters<typeof builtRows>[1]): Promise<MilestoneCentre> {
  let seq = 1;
  const marts = await openEvaluatedMarts([...rows, ...builtRows(seq, days)]);
  return {
    ...marts,
    async deliver(...changes) {
      seq += 1;
      await marts.change(
        ...changes.flatMap(({ no, from, to, sql }) => [
          sql,
          `insert into meta.change_log values ('csv:test', 'interaction', ${seq}, '${agentOf(no)}', timestamp '${from} 10:00', timestamp '${to} 10:00')`,
        ]),
        ...builtRows(seq, days),
      );
    },
  };
}
