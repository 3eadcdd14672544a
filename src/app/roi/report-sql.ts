import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../package-root.ts";

const names = new Map<string, string>();

/** The text of one statement of sql/reports; values are bound to it, never pasted in. */
export function reportSql(name: string): string {
  const text = readFileSync(join(packageRoot(), "sql", "reports", `${name}.sql`), "utf8");
  names.set(text, name);
  return text;
}

/** The file a text came from. */
export function nameOfSql(text: string): string {
  return names.get(text) ?? "unknown";
}
