import type { ReadingCost } from "../../ports/warehouse.ts";
import type { Connection } from "./connection.ts";
import { filledTables } from "./filled-tables.ts";

/** What a load looks at of the rows that are there: the columns a batch is compared with. */
const comparedColumns = "business_key, row_hash, revision, is_deleted, subject_id, event_at, superseded_seq";

/** What reading the raw tables would bill, as the service estimates it; nothing is run. Null where that is free. */
export async function readingCosts(connection: Connection): Promise<ReadingCost[] | null> {
  const { estimateBytes, dialect } = connection;
  if (estimateBytes === null) return null;
  const costs: ReadingCost[] = [];
  for (const name of [...(await filledTables(connection, dialect))].sort()) {
    const table = dialect.table(name);
    costs.push({
      table: name,
      loadBytes: await estimateBytes(`select ${comparedColumns} from ${table}`),
      wholeBytes: await estimateBytes(`select * from ${table}`),
    });
  }
  return costs;
}
