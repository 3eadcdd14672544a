import { expect, test } from "vitest";
import { parseConfig } from "../../config/parse.ts";
import { AuthError, ConfigError, LockHeldError, WarehouseError } from "../../errors.ts";
import type { Machine, PathState } from "../../ports/machine.ts";
import { type Check, type CheckDeps, checkProject } from "./check-project.ts";

const config = parseConfig("organisation: { name: x, zone: UTC }", "/project/gami.config.yaml", {});
const file: PathState = { kind: "file", isWritable: true, mode: 0o600, freeBytes: 5e9 };
const folder: PathState = { kind: "folder", isWritable: true, mode: 0o755, freeBytes: 5e9 };

interface Surroundings {
  readonly paths?: Readonly<Record<string, PathState>>;
  readonly nodeVersion?: string;
  readonly deps?: Partial<CheckDeps>;
}

async function check({ paths = {}, nodeVersion = "24.21.0", deps = {} }: Surroundings): Promise<Map<string, Check>> {
  const machine: Machine = {
    nodeVersion,
    timeZoneVersion: "2026c",
    inspect: async (path) => paths[path] ?? { kind: "missing", isWritable: true, mode: null, freeBytes: 5e9 },
  };
  const checks = await checkProject({
    machine,
    readConfig: () => config,
    keyPath: async () => config.key.file,
    readKey: async () => "key",
    state: () => Promise.reject(new Error("not asked for")),
    warehouse: () => Promise.reject(new Error("not asked for")),
    archivedBatches: async () => 0,
    dbt: async () => ({
      describe: async () => ({ runner: "venv", program: "dbt", version: "1.11.16" }),
      run: () => Promise.reject(new Error("not asked for")),
    }),
    ...deps,
  });
  return new Map(checks.map((one) => [one.name, one]));
}

test("in a fresh project all checks pass, and no store is made by looking", async () => {
  const checks = await check({ paths: { [config.key.file]: file } });
  expect([...checks.values()].filter(({ state }) => state !== "ok")).toEqual([]);
  expect(checks.size).toBe(10);
});

test("without a config only the machine is checked", async () => {
  const readConfig = () => {
    throw new ConfigError("no config", { code: "CONFIG_MISSING", hint: "run 'gami init'" });
  };
  const checks = await check({ deps: { readConfig } });
  expect([...checks.keys()]).toEqual(["node", "time zones", "config"]);
  expect(checks.get("config")).toMatchObject({ state: "fail", action: "run 'gami init'", exitCode: 2 });
});

test.each<[name: string, surroundings: Surroundings, expected: Partial<Check>]>([
  ["node", { nodeVersion: "20.20.2" }, { state: "fail", exitCode: 2 }],
  ["key", { paths: { [config.key.file]: { ...file, mode: 0o644 } } }, { state: "warn", exitCode: 0 }],
  ["archive", { paths: { [config.archive.path]: { ...folder, isWritable: false } } }, { state: "fail", exitCode: 6 }],
  [
    "warehouse",
    { paths: { [config.warehouses.duckdb.path]: { ...file, kind: "missing", isWritable: false } } },
    { state: "fail", exitCode: 6 },
  ],
  ["operational store", { paths: { [config.state.path]: { ...file, isWritable: false } } }, { state: "fail", exitCode: 6 }],
  ["reports", { paths: { [config.reports.path]: file } }, { state: "fail", exitCode: 2 }],
  ["disk", { paths: { [config.archive.path]: { ...folder, freeBytes: 5e8 } } }, { state: "warn", exitCode: 0 }],
  ["disk", { paths: { [config.archive.path]: { ...folder, freeBytes: 5e7 } } }, { state: "fail", exitCode: 6 }],
  ["warehouse", { deps: { archivedBatches: async () => 3 } }, { state: "fail", action: "run 'gami warehouse rebuild'", exitCode: 6 }],
  [
    "archive",
    { deps: { archivedBatches: () => Promise.reject(new WarehouseError("no manifest", { code: "X", hint: "restore it" })) } },
    { state: "fail", action: "restore it", exitCode: 6 },
  ],
  [
    "operational store",
    {
      paths: { [config.state.path]: file },
      deps: { state: () => Promise.reject(new WarehouseError("corrupt", { code: "X", hint: "restore" })) },
    },
    { state: "fail", action: "restore", exitCode: 6 },
  ],
  [
    "warehouse",
    {
      paths: { [config.warehouses.duckdb.path]: file },
      deps: { warehouse: () => Promise.reject(new LockHeldError("held by 4711", { code: "X", hint: "wait" })) },
    },
    { state: "fail", action: "wait", exitCode: 75 },
  ],
])("%s is checked: %o", async (name, surroundings, expected) => {
  const found = (await check(surroundings)).get(name);
  expect(found).toMatchObject(expected);
  expect(found?.action).not.toBeNull();
});

test("a dbt that gami will install is a warning, one that should be on the PATH is a fault", async () => {
  const dbt = (runner: "venv" | "path") => async () => ({
    describe: async () => ({ runner, program: "dbt", version: null }),
    run: () => Promise.reject(new Error("not asked for")),
  });
  expect((await check({ deps: { dbt: dbt("venv") } })).get("dbt")).toMatchObject({ state: "warn" });
  expect((await check({ deps: { dbt: dbt("path") } })).get("dbt")).toMatchObject({ state: "fail", exitCode: 2 });
});

test("a warehouse that is no file is asked, and what it says is passed on", async () => {
  const snowflake = "{ account: org-acc, user: GAMI, database: GAMI, token: t }";
  const text = `{ organisation: { name: x, zone: UTC }, warehouse: { kind: snowflake, snowflake: ${snowflake} } }`;
  const readConfig = () => parseConfig(text, "/project/gami.config.yaml", {});
  const warehouse = () => Promise.reject(new AuthError("no role", { code: "WAREHOUSE_ROLE", hint: "grant it" }));
  const asked = await check({ paths: { [config.key.file]: file }, deps: { readConfig, warehouse } });
  expect(asked.get("warehouse")).toMatchObject({ state: "fail", detail: "no role", action: "grant it", exitCode: 4 });
});

test("an error nobody foresaw is not hidden in a check", async () => {
  await expect(check({ deps: { dbt: () => Promise.reject(new TypeError("a bug")) } })).rejects.toThrow("a bug");
});
