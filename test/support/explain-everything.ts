import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { explainFigure, listRoi } from "../../src/app/roi/explain-roi.ts";
import type { Explanation } from "../../src/domain/roi/explain/explanation.ts";
import type { ReportScope } from "../../src/domain/roi/report/report.ts";

export interface Everything {
  /** By name; those that have a figure. */
  readonly explained: ReadonlyMap<string, Explanation>;
  /** Names of the figures the report gives a reason instead of. */
  readonly absent: readonly string[];
}

/** Takes every number of the report apart, as the command does one at a time. */
export async function explainEverything(path: string, version: string, scope: Partial<ReportScope> = {}): Promise<Everything> {
  const whole = { month: null, challenge: null, compare: null, ...scope };
  const warehouse = openDuckDbWarehouse({ path, memoryLimit: "500MB", threads: 2 });
  try {
    const deps = { warehouse, clock: { now: () => 0 }, version };
    const listed = await listRoi(deps, whole);
    const explained = new Map<string, Explanation>();
    const absent: string[] = [];
    for (const figure of listed.figures) {
      if (figure.figure.reason !== null) absent.push(figure.name);
      else explained.set(figure.name, (await explainFigure(warehouse, listed, figure)).explanation);
    }
    return { explained, absent };
  } finally {
    await warehouse.close();
  }
}
