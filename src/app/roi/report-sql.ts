import { sqlFile } from "../sql-file.ts";

const names = new Map<string, string>();

/** The text of one statement of sql/reports. */
export function reportSql(name: string): string {
  const text = sqlFile("reports", name);
  names.set(text, name);
  return text;
}

/** The file a text came from. */
export function nameOfSql(text: string): string {
  return names.get(text) ?? "unknown";
}
