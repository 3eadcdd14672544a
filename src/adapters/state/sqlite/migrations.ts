import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { packageRoot } from "../../../package-root.ts";

/** What every start asks: which version is there, and which could be. Reading and running them is in migrate.ts, loaded when needed. */
export function migrationsFolder(): string {
  return join(packageRoot(), "sql", "state", "sqlite");
}

/** `000001_init.sql`, ... in order. */
export function listMigrations(): { readonly version: number; readonly name: string }[] {
  return readdirSync(migrationsFolder())
    .filter((name) => /^\d{6}_.+\.sql$/.test(name))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 6)), name }));
}

/** `user_version` is read without parsing the schema, so that an up-to-date store costs one page. */
export function storedVersion(db: DatabaseSync): number {
  return Number(db.prepare("pragma user_version").get()?.user_version ?? 0);
}
