import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { gami, gamiProgram } from "../support/gami.ts";
import { requireOrSkip } from "../support/require.ts";

const scenario = join(import.meta.dirname, "../../fixtures/scenarios/s4-guide");
const base = mkdtempSync(join(tmpdir(), "gami-container-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** The scenario, imported, with dbt run by `runner`. */
async function projectWith(name: string, settings: string): Promise<string> {
  const folder = join(base, name);
  cpSync(scenario, folder, { recursive: true });
  appendFileSync(join(folder, "gami.config.yaml"), `\ndbt:\n${settings}`);
  expect(await gami(folder, "--quiet", "import", "csv", "events.csv", "performance.csv")).toMatchObject({ code: 0 });
  return folder;
}

/** Rows and content of each mart. */
async function martsOf(folder: string): Promise<Record<string, string>> {
  const warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb") });
  try {
    const tables = await warehouse.rows(
      "select table_name as name from information_schema.tables where table_schema = 'marts' order by all",
    );
    const sums: Record<string, string> = {};
    for (const { name } of tables) {
      const [sum] = await warehouse.rows(`select count(*) as n, bit_xor(hash(mart))::varchar as content from marts."${name}" as mart`);
      sums[String(name)] = `${sum?.n} ${sum?.content}`;
    }
    return sums;
  } finally {
    await warehouse.close();
  }
}

function containers(): string[] {
  return execFileSync("docker", ["ps", "--quiet", "--filter", "name=gami-dbt-"], { encoding: "utf8" }).split("\n").filter(Boolean);
}

describe.runIf(requireOrSkip("engine") && requireOrSkip("python"))("dbt in a container", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await projectWith("docker", "  runner: docker\n");
  }, 120_000);

  test("the container builds the same marts as the managed environment, and its files belong to who called it", async () => {
    const beside = join(base, "venv");
    cpSync(folder, beside, { recursive: true });
    writeFileSync(
      join(beside, "gami.config.yaml"),
      execFileSync("sed", ["s/runner: docker/runner: venv/", join(folder, "gami.config.yaml")]),
    );
    const built = await gami(folder, "--json", "dbt", "build");
    expect(built).toMatchObject({ code: 0 });
    expect(JSON.parse(built.stdout)).toMatchObject({ status: "done", failed: 0 });
    expect(await gami(beside, "--quiet", "dbt", "build")).toMatchObject({ code: 0 });
    const marts = await martsOf(folder);
    expect(marts).toEqual(await martsOf(beside));
    expect(Object.keys(marts).length).toBeGreaterThan(10);
    const owners = readdirSync(join(folder, ".gami", "dbt-target")).map((name) => statSync(join(folder, ".gami", "dbt-target", name)).uid);
    expect(new Set(owners)).toEqual(new Set([process.getuid?.()]));
    const doctor = await gami(folder, "--json", "doctor");
    expect(doctor.stdout).toMatch(/"name":"dbt","state":"ok","detail":"1\.11\.\d+ \(docker\)"/);
  }, 600_000);

  test("SIGTERM reaches dbt in its container, which ends and is gone, and gami exits 143", async () => {
    const child = spawn(process.execPath, [gamiProgram, "dbt", "build", "--full-refresh"], { cwd: folder, stdio: "ignore" });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    for (let waited = 0; containers().length === 0 && waited < 60_000; waited += 100) await sleep(100);
    expect(containers()).toHaveLength(1);
    child.kill("SIGTERM");
    expect(await ended).toBe(143);
    expect(containers()).toEqual([]);
    expect(await gami(folder, "--quiet", "dbt", "build")).toMatchObject({ code: 0 });
  }, 300_000);

  test("an image that is not there is a configuration fault that says how to build it", async () => {
    writeFileSync(
      join(folder, "other.yaml"),
      execFileSync("sed", ["s/runner: docker/runner: docker\\n  image: gami-dbt:nowhere/", join(folder, "gami.config.yaml")]),
    );
    const ran = await gami(folder, "--config", "other.yaml", "dbt", "build");
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("the image gami-dbt:nowhere is not on this machine");
    expect(ran.stderr).toContain("docker build --build-arg ADAPTERS=duckdb -t gami-dbt:nowhere -f docker/dbt/Dockerfile requirements");
  }, 60_000);
});

/** A machine whose PATH has this `docker` and nothing else that could run containers. */
function machineWith(name: string, docker: string | null): string {
  const folder = mkdtempSync(join(base, `${name}-`));
  if (docker !== null) writeFileSync(join(folder, "docker"), `#!/bin/sh\n${docker}\n`, { mode: 0o755 });
  return folder;
}

describe("without a container engine that works", () => {
  const run = async (path: string, settings = "  runner: docker\n  engine: docker\n") => {
    const folder = await projectWith(`machine-${path.split("-").at(-1)}`, settings);
    const before = process.env.PATH;
    process.env.PATH = path;
    try {
      return await gami(folder, "dbt", "build");
    } finally {
      process.env.PATH = before;
    }
  };

  test("no engine at all is a configuration fault that names another way", async () => {
    const ran = await run(machineWith("none", null), "  runner: docker\n");
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("no container engine answers (docker: not installed; podman: not installed)");
    expect(ran.stderr).toContain("dbt.runner to 'auto'");
  }, 60_000);

  test("an engine whose daemon is down is told in its own words", async () => {
    const ran = await run(machineWith("down", "echo 'Cannot connect to the Docker daemon' >&2; exit 1"));
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("docker: Cannot connect to the Docker daemon");
  }, 60_000);

  test("no value of the environment stands on the engine's command line, and the container gets no rights", async () => {
    const place = machineWith("told", `[ "$1" = run ] && { echo "$@" >&2; exit 9; }; exit 0`);
    const ran = await run(`${place}${delimiter}/bin${delimiter}/usr/bin`);
    expect(ran.code).toBe(5);
    const line = ran.stderr;
    expect(line).toContain("--cap-drop=ALL");
    expect(line).toContain("--network=none");
    expect(line).toContain(`--user=${process.getuid?.()}:${process.getgid?.()}`);
    expect(line).toContain(":/project:ro");
    expect(line).toMatch(/--env GAMI_DUCKDB /);
    expect(line).not.toContain("GAMI_DUCKDB=");
  }, 60_000);
});
