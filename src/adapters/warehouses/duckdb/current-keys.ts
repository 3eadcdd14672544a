import { type StreamName, sourceFamily, streamDefinition } from "../../../domain/records/streams.ts";
import type { Row } from "../../../ports/warehouse.ts";
import { quoteName } from "./dialect.ts";
import type { Connection } from "./driver.ts";
import { rawTable } from "./tables.ts";

export interface KeyQuestion {
  readonly source: string;
  readonly stream: StreamName;
  readonly column: string;
  readonly values: readonly string[];
}

/** Key and subject columns of the current rows whose column is one of the values. */
export async function currentKeys(connection: Connection, { source, stream, column, values }: KeyQuestion): Promise<Row[]> {
  if (values.length === 0) return [];
  const { key, subject } = streamDefinition(stream);
  const columns = new Set([...key.map((part) => part.column), ...(subject === null ? [] : [subject])]);
  const places = values.map((_, index) => `$${index + 2}`).join(", ");
  return connection.rows(
    `select ${[...columns].map(quoteName).join(", ")}
     from ${rawTable(sourceFamily(source), stream)}
     where source = $1 and superseded_seq is null and not is_deleted and ${quoteName(column)} in (${places})`,
    [source, ...values],
  );
}
