import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";

/** The text of one statement of a folder of `sql/`, with the statements it is made of (`{name}`); values are bound to it, never pasted in. */
export function sqlFile(folder: "reports" | "recognise", name: string): string {
  const sql = readFileSync(join(packageRoot(), "sql", folder, `${name}.sql`), "utf8");
  return sql.replace(/\{([a-z-]+)\}/g, (_, part: string) => sqlFile(folder, part));
}
