import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";

/** What the half-typed path may become: files and folders beside it, folders with a slash at the end. */
export function pathCandidates(typed: string): string[] {
  const prefix = typed.endsWith("/") ? typed : typed.slice(0, typed.length - basename(typed).length);
  const start = typed.endsWith("/") ? "" : basename(typed);
  try {
    return readdirSync(typed.endsWith("/") ? typed : dirname(typed), { withFileTypes: true })
      .filter(({ name }) => name.startsWith(start) && (start !== "" || !name.startsWith(".")))
      .map((entry) => `${prefix}${entry.name}${entry.isDirectory() ? "/" : ""}`)
      .sort();
  } catch {
    return [];
  }
}
