import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { WarehouseError } from "../../../errors.ts";
import { packageRoot } from "../../../package-root.ts";
import type { Session } from "./driver.ts";

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

/** The same numbers as SQLite's, so that one version says the same of both. */
export function readMigrations(): Migration[] {
  const folder = join(packageRoot(), "sql", "state", "postgres");
  return readdirSync(folder)
    .filter((name) => /^\d{6}_.+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name), "utf8");
      return { version: Number(name.slice(0, 6)), name, sql, sha256: createHash("sha256").update(sql).digest("hex") };
    });
}

/** Zero when there is no store yet. */
export async function storedVersion(session: Session, schema: string): Promise<number> {
  // Asked of the tables of tables: a name that was looked up once and not found is remembered within a transaction.
  const { rows } = await session.query("select 1 from pg_catalog.pg_tables where schemaname = $1 and tablename = 'schema_version'", [
    schema,
  ]);
  if (rows.length === 0) return 0;
  const found = await session.query(`select max(version) as version from ${schema}.schema_version`);
  return Number(found.rows[0]?.version ?? 0);
}

/** Brings the store up to date, one process at a time. @throws WarehouseError when it is newer than this gami, or a migration that ran is not ours. */
export async function migrate(session: Session, schema: string, now: number): Promise<void> {
  const migrations = readMigrations();
  const newest = migrations.at(-1)?.version ?? 0;
  if ((await storedVersion(session, schema)) === newest) return;
  await session.query("select pg_advisory_xact_lock(hashtext($1))", [`gami migrate ${schema}`]);
  const version = await storedVersion(session, schema);
  if (version > newest) {
    throw new WarehouseError(`the operational store has version ${version}: this gami knows versions up to ${newest}`, {
      code: "STATE_NEWER",
      hint: "install the gami version that wrote it, or a newer one",
    });
  }
  if (version === 0) await session.query(`create schema if not exists ${schema}`);
  else await checkHistory(session, migrations);
  for (const { version: number, name, sql, sha256 } of migrations.filter((one) => one.version > version)) {
    await session.query(sql);
    await session.query("insert into schema_version (version, name, sha256, applied_at) values ($1, $2, $3, $4)", [
      number,
      name,
      sha256,
      now,
    ]);
  }
}

async function checkHistory(session: Session, migrations: readonly Migration[]): Promise<void> {
  const { rows } = await session.query("select version, name, sha256 from schema_version order by version");
  for (const row of rows) {
    if (migrations.find(({ version }) => version === Number(row.version))?.sha256 === row.sha256) continue;
    throw new WarehouseError(`migration ${String(row.name)} of the operational store is not the one this gami brings`, {
      code: "STATE_HISTORY_DIFFERS",
      hint: "use the gami version that made the store, or restore the store from a backup",
    });
  }
}
