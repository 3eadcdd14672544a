import { createHash } from "node:crypto";
import type { SqlValue, Warehouse } from "../../src/ports/warehouse.ts";

/** A table of the marts: its columns in order, and of which type each is on DuckDB. */
export interface MartShape {
  readonly mart: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export interface MartContent {
  readonly mart: string;
  readonly rows: number;
  /** Of every value of every row, whatever order the warehouse gives them in. */
  readonly checksum: string;
  /** The rows themselves, sorted, to say where two warehouses differ. */
  readonly lines: readonly string[];
}

export async function martShapes(duckdb: Warehouse): Promise<MartShape[]> {
  const rows = await duckdb.rows(
    `select table_name, column_name, data_type from information_schema.columns
    where table_schema = 'marts' order by table_name, ordinal_position`,
  );
  const byMart = Map.groupBy(rows, (row) => String(row.table_name));
  return [...byMart].map(([mart, columns]) => ({
    mart,
    columns: columns.map((column) => ({ name: String(column.column_name), type: String(column.data_type) })),
  }));
}

export async function martContent(warehouse: Warehouse, { mart, columns }: MartShape): Promise<MartContent> {
  const rows = await warehouse.rows(`select ${columns.map(({ name }) => name).join(", ")} from marts.${mart}`);
  const lines = rows.map((row) => columns.map(({ name, type }) => written(row[name] ?? null, type)).join("|")).sort();
  return { mart, rows: lines.length, checksum: createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16), lines };
}

/**
 * Whole numbers, decimals and text exactly. What was divided to nine digits, since engines add up in another order: to twelve
 * first, or a mean that lies halfway between two nine-digit numbers would go either way.
 */
function written(value: SqlValue, type: string): string {
  if (value === null) return "";
  if (type === "DOUBLE") return Number(Number(Number(value).toPrecision(12)).toPrecision(9)).toString();
  const scale = /^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1];
  return scale === undefined ? String(value) : Number(value).toFixed(Number(scale));
}

/** The first rows that only one of the two has, as a person reads them; empty where they are equal. */
export function firstDifference(wanted: MartContent, found: MartContent): string {
  const [onlyWanted, onlyFound] = [without(wanted.lines, found.lines), without(found.lines, wanted.lines)];
  if (onlyWanted.length + onlyFound.length === 0) return "";
  return `${wanted.mart}: ${onlyWanted.length} rows differ\n- ${onlyWanted[0] ?? ""}\n+ ${onlyFound[0] ?? ""}`;
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const there = new Set(others);
  return lines.filter((line) => !there.has(line));
}
