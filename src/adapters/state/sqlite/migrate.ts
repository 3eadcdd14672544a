import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { WarehouseError } from "../../../errors.ts";
import { listMigrations, migrationsFolder, storedVersion } from "./migrations.ts";

/** A migration with what it does. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

/** The migrations that come with this gami, in order. */
export function readMigrations(): Migration[] {
  return listMigrations().map(({ version, name }) => {
    const sql = readFileSync(join(migrationsFolder(), name), "utf8");
    return { version, name, sql, sha256: createHash("sha256").update(sql).digest("hex") };
  });
}

/**
 * Brings the store up to the newest migration; each one commits with its version or not at all.
 * Call it inside the caller's `begin immediate`, so that two processes never migrate at once.
 * @throws WarehouseError when a migration that ran differs from the file that comes with this gami.
 */
export function applyMigrations(db: DatabaseSync, migrations: readonly Migration[], now: number): void {
  const version = storedVersion(db);
  if (version > 0) checkHistory(db, migrations);
  for (const migration of migrations.filter((one) => one.version > version)) {
    db.exec(migration.sql);
    db.prepare("insert into schema_version (version, name, sha256, applied_at) values (?, ?, ?, ?)").run(
      migration.version,
      migration.name,
      migration.sha256,
      now,
    );
    db.exec(`pragma user_version = ${migration.version}`);
  }
}

/** Every migration that ran must be the one we know under its number. */
export function checkHistory(db: DatabaseSync, migrations: readonly Migration[]): void {
  for (const row of db.prepare("select version, name, sha256 from schema_version order by version").all()) {
    const known = migrations.find(({ version }) => version === Number(row.version));
    if (known !== undefined && known.sha256 === row.sha256) continue;
    throw new WarehouseError(`migration ${String(row.name)} of the operational store is not the one this gami brings`, {
      code: "STATE_HISTORY_DIFFERS",
      hint: "use the gami version that made the store, or restore the store from a backup",
    });
  }
}
