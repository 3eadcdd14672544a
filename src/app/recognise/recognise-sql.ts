import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../package-root.ts";

/** The text of one statement of sql/recognise; values are bound to it, never pasted in. */
export function recogniseSql(name: string): string {
  return readFileSync(join(packageRoot(), "sql", "recognise", `${name}.sql`), "utf8");
}
