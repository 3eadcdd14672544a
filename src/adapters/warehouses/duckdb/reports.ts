import type { StoredReport } from "../../../ports/report-store.ts";
import type { Connection } from "./driver.ts";

/** The newest by the clock; two of one instant are told apart by their id, so the answer is always the same one. */
export async function findReport(connection: Connection, inputsId: string): Promise<StoredReport | null> {
  const [row] = await connection.rows(
    `select result_id, inputs_id, as_of, snapshot, schema_version, content, epoch_ms(built_at) as built_at
    from meta.roi_result where inputs_id = $1 order by built_at desc, result_id limit 1`,
    [inputsId],
  );
  if (row === undefined) return null;
  return {
    resultId: String(row.result_id),
    inputsId: String(row.inputs_id),
    asOf: row.as_of === null || row.as_of === undefined ? null : String(row.as_of),
    snapshot: String(row.snapshot),
    schemaVersion: Number(row.schema_version),
    content: String(row.content),
    builtAt: Number(row.built_at),
  };
}

export async function addReport(connection: Connection, report: StoredReport): Promise<boolean> {
  const { resultId, inputsId, asOf, snapshot, schemaVersion, content, builtAt } = report;
  const added = await connection.run(
    `insert into meta.roi_result (result_id, inputs_id, as_of, snapshot, schema_version, content, built_at)
    select $1, $2, cast($3 as date), $4, $5, $6, make_timestamp_ms($7)
    where not exists (select 1 from meta.roi_result where result_id = $1)`,
    [resultId, inputsId, asOf, snapshot, schemaVersion, content, builtAt],
  );
  return added > 0;
}
