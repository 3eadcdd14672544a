import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LockHeldError, WarehouseError } from "../../../errors.ts";
import type { DuckDbConfig } from "./config.ts";
import { explainFailure } from "./failures.ts";
import { openDuckDbWarehouse } from "./warehouse.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-duckdb-"));
const holder = join(import.meta.dirname, "../../../../test/support/hold-warehouse.ts");
const open = (name: string, config: Partial<DuckDbConfig> = {}) => openDuckDbWarehouse({ path: join(folder, name), threads: 1, ...config });

beforeAll(async () => {
  const warehouse = open("shared.duckdb");
  await warehouse.createTables();
  await warehouse.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function holdInAnotherProcess(path: string) {
  const child = spawn(process.execPath, [holder, path], { stdio: ["pipe", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return {
    pid: child.pid,
    async letGo() {
      child.stdin.end();
      await once(child, "exit");
    },
  };
}

test("a question to a warehouse that is not there is answered as by an empty one, and makes none: the first write does", async () => {
  const path = join(folder, "asked.duckdb");
  const warehouse = open("asked.duckdb");
  expect([await warehouse.cursors(), await warehouse.batches(), await warehouse.quarantineCounts()]).toEqual([[], [], []]);
  expect(await warehouse.rows("select count(*)::integer as n from raw.csv_interaction")).toEqual([{ n: 0 }]);
  expect(await warehouse.check((file) => file)).toEqual([]);
  for await (const records of warehouse.quarantined({})) expect(records).toEqual([]);
  await warehouse.release();
  expect(existsSync(path)).toBe(false);
  await warehouse.claim("csv:bank", ["interaction"]);
  expect(existsSync(path)).toBe(true);
  expect(await warehouse.cursors()).toMatchObject([{ stream: "interaction", fence: 1 }]);
  await warehouse.close();
});

test("a file held by another process is refused with that process's id, to be tried again later", async () => {
  const held = await holdInAnotherProcess(join(folder, "shared.duckdb"));
  const failing = open("shared.duckdb").batches();
  await expect(failing).rejects.toThrow(LockHeldError);
  await expect(failing).rejects.toThrow(`in use by process ${held.pid}`);
  await expect(failing).rejects.toMatchObject({ retry: "later", hint: expect.stringContaining(String(held.pid)) });
  await held.letGo();
});

test("a held file is waited for as long as configured, and the waiting is said once", async () => {
  const path = join(folder, "waited.duckdb");
  const held = await holdInAnotherProcess(path);
  const notes: string[] = [];
  const warehouse = open("waited.duckdb", { lockWaitSeconds: 20, onWait: (text) => notes.push(text) });
  const waiting = warehouse.batches();
  setTimeout(() => void held.letGo(), 500);
  expect(await waiting).toEqual([]);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain(String(held.pid));
  await warehouse.close();
});

test("after release another process can open the file, and the next use opens it again", async () => {
  const warehouse = open("shared.duckdb", { lockWaitSeconds: 20 });
  await warehouse.batches();
  await warehouse.release();
  const held = await holdInAnotherProcess(join(folder, "shared.duckdb"));
  await held.letGo();
  expect(await warehouse.batches()).toEqual([]);
  await warehouse.close();
});

test("a file that is not used for a while is let go of by itself", async () => {
  const warehouse = open("idle.duckdb", { idleReleaseMillis: 50 });
  await warehouse.batches();
  await new Promise((done) => setTimeout(done, 400));
  const held = await holdInAnotherProcess(join(folder, "idle.duckdb"));
  await held.letGo();
});

test("two warehouses on one path in one process see each other's rows", async () => {
  const [one, other] = [open("shared.duckdb"), open("shared.duckdb")];
  await one.rows("insert into meta.setting values ('x', '1')");
  expect(await other.settings()).toEqual({ x: "1" });
  await one.release();
  expect(await other.settings()).toEqual({ x: "1" });
  await other.close();
});

const damaged: readonly (readonly [string, () => Uint8Array | string, string])[] = [
  ["no DuckDB file", () => "hello, this is text".repeat(1000), "WAREHOUSE_CORRUPT"],
  ["an empty file", () => "", "WAREHOUSE_CORRUPT"],
  [
    "a file with a flipped header",
    () => {
      const bytes = readFileSync(join(folder, "shared.duckdb"));
      bytes[2000] = (bytes[2000] ?? 0) ^ 0xff;
      return bytes;
    },
    "WAREHOUSE_CORRUPT",
  ],
  ["a file that was cut short", () => readFileSync(join(folder, "shared.duckdb")).subarray(0, 100_000), "WAREHOUSE_CORRUPT"],
];

test.each(damaged)("%s is refused with a hint and left as it is", async (_, content, code) => {
  const path = join(folder, "damaged.duckdb");
  writeFileSync(path, content());
  const before = readFileSync(path);
  const failing = open("damaged.duckdb").batches();
  await expect(failing).rejects.toThrow(WarehouseError);
  await expect(failing).rejects.toMatchObject({ code, hint: expect.stringContaining("gami warehouse rebuild") });
  expect(readFileSync(path)).toEqual(before);
  rmSync(path);
});

test("what the driver says about versions, space, permissions and memory becomes a class and one thing to do", () => {
  const said = [
    [
      "Serialization Error: Trying to read a database file with version number 69, but we can only read versions between 64 and 67",
      "WAREHOUSE_NEWER",
    ],
    ['IO Error: Could not write file "/x": No space left on device', "DISK_FULL"],
    ['IO Error: Cannot open file "/x": Permission denied', "WAREHOUSE_READ_ONLY"],
    ["Out of Memory Error: failed to allocate data of size 32.0 KiB", "WAREHOUSE_MEMORY"],
    [
      "FATAL Error: Transaction COMMIT succeeded and is durable, but the autocheckpoint failed. Failed to create checkpoint because of error: failed to pin block of size 880.0 KiB (243.6 MiB/244.1 MiB used)",
      "WAREHOUSE_MEMORY",
    ],
    ["INTERNAL Error: something nobody has met before", "WAREHOUSE_FAILED"],
    ["TransactionContext Error: Failed to commit: write-write conflict on key", "WAREHOUSE_CONFLICT"],
  ] as const;
  for (const [text, code] of said) {
    const failure = explainFailure(new Error(text), "/x");
    expect(failure.code).toBe(code);
    expect(failure.hint).toBeDefined();
  }
});

test("a folder that does not exist and a path that is a folder are refused with a hint", async () => {
  await expect(open("missing/x.duckdb").batches()).rejects.toMatchObject({ code: "WAREHOUSE_PATH", hint: expect.any(String) });
  const failing = openDuckDbWarehouse({ path: folder }).batches();
  await expect(failing).rejects.toThrow(WarehouseError);
});

test("a full disk says so", async () => {
  if (!existsSync("/dev/full")) return;
  const failing = openDuckDbWarehouse({ path: "/dev/full" }).batches();
  await expect(failing).rejects.toMatchObject({ code: "DISK_FULL" });
});

test("an empty warehouse is small, complete, and starts from a crash without half a file", async () => {
  const warehouse = open("empty.duckdb");
  await warehouse.createTables();
  const tables = await warehouse.rows("select count(*) as tables from duckdb_tables() where schema_name in ('raw', 'meta')");
  expect(Number(tables[0]?.tables)).toBeGreaterThan(4 * 19 * 2);
  await warehouse.close();
  expect(statSync(join(folder, "empty.duckdb")).size).toBeLessThan(8_000_000);
});

test("a warehouse made before a column or a table existed gets it on opening", async () => {
  const path = join(folder, "older.duckdb");
  const older = open("older.duckdb");
  await older.createTables();
  await older.close();
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run("alter table raw.csv_queue drop column complexity_milli");
  await connection.run("drop table meta.owner");
  connection.closeSync();
  instance.closeSync();
  const warehouse = open("older.duckdb");
  expect(await warehouse.rows("select complexity_milli from raw.csv_queue")).toEqual([]);
  expect(await warehouse.rows("select * from meta.owner")).toEqual([]);
  await warehouse.close();
});

test("values come out as the port says: instants as ISO text, big integers as bigint, days and ids as text", async () => {
  const warehouse = open("shared.duckdb");
  const rows = await warehouse.rows(
    `select timestamp '2024-01-02 03:04:05.678' as at, date '2024-02-29' as day, 9007199254740993 as large, cast(5 as hugeint) as small,
        cast('95d076b3-4ab2-e862-d1c9-f71dc93370b0' as uuid) as id, cast(1.5 as decimal(18, 3)) as number, null as nothing, true as yes, $1 as bound`,
    ["'; drop table x; --"],
  );
  expect(rows).toEqual([
    {
      at: "2024-01-02T03:04:05.678Z",
      day: "2024-02-29",
      large: 9007199254740993n,
      small: 5,
      id: "95d076b3-4ab2-e862-d1c9-f71dc93370b0",
      number: 1.5,
      nothing: null,
      yes: true,
      bound: "'; drop table x; --",
    },
  ]);
  let streamed = 0;
  for await (const chunk of warehouse.stream("select range as n from range(10000)")) streamed += chunk.length;
  expect(streamed).toBe(10_000);
  await expect(warehouse.rows("select nope")).rejects.toThrow(WarehouseError);
  await warehouse.close();
});

test("while loads last the database has one thread and little memory, also when it was let go of in between", async () => {
  const warehouse = open("loads.duckdb", { threads: 2 });
  await warehouse.createTables();
  const settings = () => warehouse.rows("select current_setting('threads') as threads, current_setting('memory_limit') as memory");
  const usual = await settings();
  expect(usual).toMatchObject([{ threads: 2, memory: "953.6 MiB" }]);
  await warehouse.whileLoading(async () => {
    expect(await settings()).toMatchObject([{ threads: 1, memory: "244.1 MiB" }]);
    await warehouse.release();
    expect(await settings()).toMatchObject([{ threads: 1, memory: "244.1 MiB" }]);
  });
  expect(await settings()).toEqual(usual);
  await expect(warehouse.whileLoading(() => Promise.reject(new Error("a load fails")))).rejects.toThrow("a load fails");
  expect(await settings()).toEqual(usual);
  await warehouse.close();
});
