import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../package-root.ts";

/** The text of one statement of sql/reports; values are bound to it, never pasted in. */
export function reportSql(name: string): string {
  return readFileSync(join(packageRoot(), "sql", "reports", `${name}.sql`), "utf8");
}
