import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { postgresPrograms } from "./postgres.ts";
import { canMount } from "./small-disk.ts";

/** Things outside the repository that some tests need; GAMI_REQUIRE (a comma list of these) turns "skipped" into "failed". */
export type Requirement = "data" | "python" | "browser" | "network" | "postgres" | "engine" | "airflow" | "snowflake" | "bigquery" | "disk";

const root = join(import.meta.dirname, "..", "..");

/** A file of the shared test data, which lies beside the checkout unless GAMI_SHARED_DATA says otherwise. */
export function sharedData(...path: readonly string[]): string {
  return join(process.env.GAMI_SHARED_DATA ?? join(root, "..", "shared", "data"), ...path);
}

/**
 * Whether a test may run: `test.runIf(requireOrSkip("data"))(...)`.
 * What is absent is said aloud, and is an error where GAMI_REQUIRE asks for it.
 */
export function requireOrSkip(requirement: Requirement, isPresent: boolean = isHere(requirement)): boolean {
  if (isPresent) return true;
  const required = (process.env.GAMI_REQUIRE ?? "").split(",").map((word) => word.trim());
  if (required.includes(requirement)) throw new Error(`GAMI_REQUIRE asks for ${requirement}, which is not here`);
  process.stderr.write(`skipped: tests that need ${requirement}\n`);
  return false;
}

function isHere(requirement: Requirement): boolean {
  switch (requirement) {
    case "data":
      return existsSync(sharedData());
    case "disk":
      return canMount();
    case "postgres":
      return postgresPrograms() !== null;
    case "python":
      return dbtEnvironment() !== null;
    case "browser":
      return existsSync(process.env.GAMI_CHROMIUM ?? "/usr/bin/chromium");
    case "snowflake":
    case "bigquery":
      return environment(`emulator-${requirement}-`) !== null;
    case "airflow":
      return airflowEnvironment() !== null;
    case "engine":
      return spawnSync("docker", ["image", "inspect", "gami-dbt:duckdb"], { stdio: "ignore" }).status === 0;
    default:
      return false;
  }
}

/** The checkout's dbt environment, as `npm run setup` made it; null where it was not made. */
export function dbtEnvironment(): string | null {
  return environment("dbt-duckdb-");
}

/** Airflow's environment, as `npm run airflow` made it; null where it was not made. */
export function airflowEnvironment(): string | null {
  return environment("airflow-");
}

function environment(prefix: string): string | null {
  const home = join(root, ".gami");
  const folders = existsSync(home) ? readdirSync(home).filter((name) => name.startsWith(prefix)) : [];
  const complete = folders.find((name) => existsSync(join(home, name, ".complete")));
  return complete === undefined ? null : join(home, complete);
}
