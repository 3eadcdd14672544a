import { type StreamName, sourceFamily, streamDefinition } from "../../domain/records/streams.ts";
import type { Row } from "../../ports/warehouse.ts";
import type { Connection } from "./connection.ts";
import { rawTable } from "./tables.ts";

export interface KeyQuestion {
  readonly source: string;
  readonly stream: StreamName;
  readonly column: string;
  readonly values: readonly string[];
}

/** Key and subject columns of the current rows whose column is one of the values. */
export async function currentKeys(connection: Connection, { source, stream, column, values }: KeyQuestion): Promise<Row[]> {
  const { key, subject } = streamDefinition(stream);
  const { capabilities, quoteName, table } = connection.dialect;
  const columns = new Set([...key.map((part) => part.column), ...(subject === null ? [] : [subject])]);
  const most = capabilities.maxParameters - 1;
  const found: Row[] = [];
  for (let start = 0; start < values.length; start += most) {
    const some = values.slice(start, start + most);
    const places = some.map((_, index) => `$${index + 2}`).join(", ");
    const rows = await connection.rows(
      `select ${[...columns].map(quoteName).join(", ")}
       from ${table(rawTable(sourceFamily(source), stream))}
       where source = $1 and superseded_seq is null and not is_deleted and ${quoteName(column)} in (${places})`,
      [source, ...some],
    );
    found.push(...rows);
  }
  return found;
}
