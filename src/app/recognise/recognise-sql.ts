import { sqlFile } from "../sql-file.ts";

/** The text of one statement of sql/recognise. */
export function recogniseSql(name: string): string {
  return sqlFile("recognise", name);
}

/** Epoch milliseconds as the value of a placeholder that a statement casts to a timestamp of UTC, to the second. */
export function instantValue(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}
