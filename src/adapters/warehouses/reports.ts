import type { StoredReport } from "../../ports/report-store.ts";
import type { Connection } from "./connection.ts";
import { isoText } from "./load-batch.ts";

/** The newest by the clock; two of one instant are told apart by their id, so the answer is always the same one. */
export async function findReport(connection: Connection, inputsId: string): Promise<StoredReport | null> {
  const [row] = await connection.rows(
    `select result_id, inputs_id, as_of, snapshot, schema_version, content, built_at
    from ${connection.dialect.table("meta.roi_result")} where inputs_id = $1 order by built_at desc, result_id limit 1`,
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
    builtAt: Date.parse(String(row.built_at)),
  };
}

export async function addReport(connection: Connection, report: StoredReport): Promise<boolean> {
  const { resultId, inputsId, asOf, snapshot, schemaVersion, content, builtAt } = report;
  const { table, types } = connection.dialect;
  const kept = table("meta.roi_result");
  const added = await connection.run(
    `insert into ${kept} (result_id, inputs_id, as_of, snapshot, schema_version, content, built_at)
    select
        cast($1 as ${types.text}), cast($2 as ${types.text}), cast($3 as ${types.date}), cast($4 as ${types.text}),
        cast($5 as ${types.smallInteger}), cast($6 as ${types.text}), cast($7 as ${types.instant})
    from (select 1 as one) as one_row
    where not exists (select 1 from ${kept} where result_id = $1)`,
    [resultId, inputsId, asOf, snapshot, schemaVersion, content, isoText(builtAt)],
  );
  return added > 0;
}
