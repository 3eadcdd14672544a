import { businessKey } from "../../domain/business-key.ts";
import { ChecksFailedError } from "../../errors.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { reportSql } from "./report-sql.ts";
import { count, text, textOrNull } from "./row-values.ts";

/** Marts and intermediate models the statements of sql/reports read. */
const tablesNeeded = 16;

export interface MartsState {
  /** The dbt run that made the marts. */
  readonly invocationId: string;
  /** `{"csv:calls.interaction": 3}` as JSON text: the batches the marts stand for. */
  readonly snapshot: string;
}

/**
 * What the marts stand for.
 * @throws ChecksFailedError when they were never built or the last build failed: waiting does not help, a build does.
 */
export async function readMartsState(warehouse: QueryReader): Promise<MartsState> {
  const [state] = await warehouse.rows(reportSql("roi-state"));
  const failed = state === undefined ? 0 : count(state, "failed");
  if (failed > 0) {
    throw new ChecksFailedError(
      `the last dbt build failed in ${failed} models or tests, so its marts may disagree with each other: no report is made from them`,
      { code: "BUILD_FAILED", hint: "run 'gami dbt build' and mend what it names" },
    );
  }
  const invocationId = state === undefined ? null : textOrNull(state, "invocation_id");
  if (state === undefined || invocationId === null || count(state, "tables_present") < tablesNeeded) {
    throw new ChecksFailedError("the marts a report reads are not there yet: dbt has not built them in this warehouse", {
      code: "MARTS_MISSING",
      hint: "run 'gami dbt build', then ask for the report again",
    });
  }
  const streams = await warehouse.rows(reportSql("roi-snapshot"));
  return { invocationId, snapshot: JSON.stringify(Object.fromEntries(streams.map((row) => [text(row, "stream"), count(row, "seq")]))) };
}

/** One hash of everything a report depends on: equal inputs, equal report. */
export function reportInputsId(state: MartsState, inputs: readonly string[]): string {
  return businessKey("roi_report_inputs", "gami", state.invocationId, state.snapshot, ...inputs);
}
