import { sqlFile } from "../sql-file.ts";

/** The text of one statement of sql/recognise. */
export function recogniseSql(name: string): string {
  return sqlFile("recognise", name);
}
