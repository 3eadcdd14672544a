import type { ColumnType } from "../../domain/records/streams.ts";
import type { BatchFile } from "../../ports/warehouse.ts";

/** What a column holds, in words every warehouse has a type for. `key`: 128 bits, written as a UUID. */
export type DataType = ColumnType | "key" | "smallInteger";

/** What a warehouse can do, by name; callers ask for the capability and never for the kind. */
export interface Capabilities {
  /** One process at a time may have it open. */
  readonly isExclusive: boolean;
  /** Tables may be made inside a transaction without ending it. */
  readonly transactionalDdl: boolean;
  /** A file of the archive is read where it lies, without an upload. */
  readonly readsLocalFiles: boolean;
  /** A transaction is a conversation: what a statement changed is known before the next one. Else it is one script. */
  readonly interactiveTransactions: boolean;
  /** A pseudo column that names a stored row while nobody rewrites the table; null where there is none. */
  readonly rowIdentifier: string | null;
  /** Cursor tables get their row when they are made, because two first claims at once would each insert one. */
  readonly seedsCursors: boolean;
  /** How many values one statement may bind. */
  readonly maxParameters: number;
}

/** How a warehouse spells what the shared statements say. */
export interface Dialect {
  readonly capabilities: Capabilities;
  readonly types: Readonly<Record<DataType, string>>;
  quoteName(name: string): string;
  /** A table by the name it has everywhere, `raw.csv_interaction` or `meta.batch`. */
  table(name: string): string;
  /** A table one load works with; no other load sees it, nor another batch of the same load. */
  workTable(name: string, batch: Pick<BatchFile, "batchId" | "stream">): string;
  /** Makes such a table from a query, in place of one left there. */
  createWorkTable(table: string, query: string): string;
  /** The integer a text says; null when it says none. */
  tryInteger(expression: string): string;
  /** The value of the latest row of a window that has one: `last_value`, nulls passed over. */
  lastKnown(expression: string): string;
  epochMillis(instant: string): string;
  /** The MD5 of a text in hexadecimal digits, lower case. */
  md5(text: string): string;
  /** The number that up to six hexadecimal digits stand for. */
  hexNumber(digits: string): string;
}
