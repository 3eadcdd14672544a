import type { StateRow } from "../decision-rows.ts";
import type { Session } from "./driver.ts";

/** Columns with their types, in the order of the values of a row. */
export type TypedColumns = Readonly<Record<string, "text" | "bigint">>;

/** Rows of one statement: its parameters stay some megabytes. */
const rowsPerStatement = 1_000;

export interface ManyRows {
  readonly table: string;
  readonly columns: TypedColumns;
  readonly rows: readonly (readonly unknown[])[];
  /** `on conflict ...`. */
  readonly conflict: string;
  /** What names a row: one statement can write it only once. */
  readonly keyOf: (row: readonly unknown[]) => string;
}

/** Writes rows, many with one statement, later ones over earlier ones. Answers how many it wrote. */
export async function insertMany(session: Session, { table, columns, rows, conflict, keyOf }: ManyRows): Promise<number> {
  const names = Object.keys(columns);
  const sql = `insert into ${table} (${names.join(", ")}) select * from ${unnested(Object.values(columns))} ${conflict}`;
  let written = 0;
  for (const part of parts(rows, keyOf)) written += (await session.query(sql, transposed(part, names.length))).rowCount ?? 0;
  return written;
}

/** The rows of a table that have one of these keys. */
export async function findMany(
  session: Session,
  {
    sql,
    types,
    keys,
  }: {
    readonly sql: (keys: string) => string;
    readonly types: readonly ("text" | "bigint")[];
    readonly keys: readonly (readonly unknown[])[];
  },
): Promise<StateRow[]> {
  const found: StateRow[] = [];
  for (let start = 0; start < keys.length; start += rowsPerStatement) {
    const { rows } = await session.query(sql(unnested(types)), transposed(keys.slice(start, start + rowsPerStatement), types.length));
    found.push(...rows);
  }
  return found;
}

/** `unnest($1::text[], $2::bigint[])` */
function unnested(types: readonly string[]): string {
  return `unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(", ")})`;
}

function transposed(rows: readonly (readonly unknown[])[], width: number): unknown[][] {
  return Array.from({ length: width }, (_, column) => rows.map((row) => textOf(row[column])));
}

function textOf(value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function* parts(
  rows: readonly (readonly unknown[])[],
  keyOf: (row: readonly unknown[]) => string,
): Iterable<readonly (readonly unknown[])[]> {
  let part: (readonly unknown[])[] = [];
  let keys = new Set<string>();
  for (const row of rows) {
    const key = keyOf(row);
    if (part.length === rowsPerStatement || keys.has(key)) {
      yield part;
      part = [];
      keys = new Set();
    }
    part.push(row);
    keys.add(key);
  }
  if (part.length > 0) yield part;
}
