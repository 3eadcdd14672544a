import { sourceFamilies, streams } from "../../domain/records/streams.ts";
import type { Connection } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { rawTable } from "./tables.ts";

export const rawTables: readonly string[] = sourceFamilies.flatMap((family) => streams.map(({ name }) => rawTable(family, name)));

/** Those of the tables that have rows. One cheap question, so that long statements are about few tables. */
export async function filledTables(
  { rows }: Pick<Connection, "rows">,
  { table }: Pick<Dialect, "table">,
  names: readonly string[] = rawTables,
): Promise<ReadonlySet<string>> {
  const selects = names.map((name) => `select '${name}' as table_name, count(*) as row_count from ${table(name)}`);
  const filled = await rows(`select table_name from (${selects.join(" union all ")}) as sizes where row_count > 0`);
  return new Set(filled.map((row) => String(row.table_name)));
}
