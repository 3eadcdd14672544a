import type { KeptRow, KeptValue } from "../../ports/state-keeper.ts";
import { type KeptTable, keptTable, keptTables } from "./kept-tables.ts";

/** Rows of one read; large tables are never held whole. */
export const keptChunkRows = 2_000;

export function selectSql({ name, columns, key }: KeptTable, condition = "true"): string {
  return `select ${columns.join(", ")} from ${name} where ${condition} order by ${key.join(", ")}`;
}

/** The tables asked for, in the order in which their rows may be written. */
export function tablesInOrder(names: readonly string[] | undefined): readonly KeptTable[] {
  return names === undefined ? keptTables : keptTables.filter(({ name }) => names.includes(name));
}

/** A row as an insert. The names come from our own list, never from a file; a column the file lacks gets its default. */
export function insertOf(
  { table: name, row }: KeptRow,
  mark: (place: number) => string,
): { readonly sql: string; readonly values: KeptValue[] } {
  const { columns, key, isRewritten } = keptTable(name);
  const given = columns.filter((column) => row[column] !== undefined);
  const others = given.filter((column) => !key.includes(column));
  const conflict =
    isRewritten && others.length > 0
      ? `on conflict (${key.join(", ")}) do update set ${others.map((column) => `${column} = excluded.${column}`).join(", ")}`
      : "on conflict do nothing";
  return {
    sql: `insert into ${name} (${given.join(", ")}) values (${given.map((_, index) => mark(index + 1)).join(", ")}) ${conflict}`,
    values: given.map((column) => row[column] ?? null),
  };
}

/** A driver's value as it is kept: exact, and the same from every kind of store. */
export function keptValue(value: unknown): KeptValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number" || typeof value === "string") return value;
  throw new TypeError(`the operational store holds a ${typeof value}, which no backup can keep`);
}

export function keptRow(table: KeptTable, raw: Readonly<Record<string, unknown>>): KeptRow {
  return { table: table.name, row: Object.fromEntries(table.columns.map((column) => [column, keptValue(raw[column])])) };
}

export function* chunked(rows: readonly KeptRow[]): Iterable<readonly KeptRow[]> {
  for (let start = 0; start < rows.length; start += keptChunkRows) yield rows.slice(start, start + keptChunkRows);
}
