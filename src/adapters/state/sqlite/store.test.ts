import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { anEntry, aPlan } from "../../../../test/support/decision-plans.ts";
import { LockHeldError, WarehouseError } from "../../../errors.ts";
import { stateFailure } from "./failures.ts";
import { readMigrations } from "./migrate.ts";
import { openSqliteStore } from "./store.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const clock = { now: () => 1_000 };
const place = (name: string) => join(folder, name);

/** What opening throws. */
async function refusal(path: string, options: { busyTimeoutMs?: number } = {}): Promise<unknown> {
  try {
    await (await openSqliteStore({ path, clock, ...options })).close();
  } catch (error) {
    return error;
  }
  throw new Error(`expected ${path} to be refused`);
}

test("a new store has the version of the newest migration, and opening again changes nothing", async () => {
  const path = place("new.sqlite");
  for (let round = 0; round < 2; round += 1) {
    const store = await openSqliteStore({ path, clock });
    expect(await store.schemaVersion()).toBe(readMigrations().at(-1)?.version);
    await store.close();
  }
  const db = new DatabaseSync(path);
  expect(db.prepare("select count(*) as n from schema_version").get()?.n).toBe(readMigrations().length);
  db.close();
});

test("an older store is brought up to date in order, and a failing migration leaves it as it was", async () => {
  const path = place("older.sqlite");
  const [first] = readMigrations();
  if (first === undefined) throw new Error("no migrations");
  await (await openSqliteStore({ path, clock, migrations: [first] })).close();
  const broken = {
    version: 2,
    name: "000002_broken.sql",
    sql: "create table two (id integer); insert into nowhere values (1)",
    sha256: "b",
  };
  await expect(openSqliteStore({ path, clock, migrations: [first, broken] })).rejects.toThrow(WarehouseError);
  const mended = { ...broken, sql: "create table two (id integer)" };
  const store = await openSqliteStore({ path, clock, migrations: [first, mended] });
  expect(await store.schemaVersion()).toBe(2);
  await store.close();
});

test("a migration that was edited after it ran is refused", async () => {
  const path = place("edited.sqlite");
  await (await openSqliteStore({ path, clock })).close();
  const edited = readMigrations().map((one) => ({ ...one, sha256: "other" }));
  const next = { version: 99, name: "000099_next.sql", sql: "select 1", sha256: "n" };
  await expect(openSqliteStore({ path, clock, migrations: [...edited, next] })).rejects.toThrow(/000001_init.sql .* is not the one/);
});

test("a store newer than this gami is refused before anything is touched", async () => {
  const path = place("newer.sqlite");
  const db = new DatabaseSync(path);
  db.exec("pragma user_version = 4711");
  db.close();
  expect(await refusal(path)).toMatchObject({ code: "STATE_NEWER", hint: expect.stringContaining("install") });
});

test("a file that is no database, a missing folder and a folder in its place are broken stores with a hint", async () => {
  writeFileSync(place("text.sqlite"), "this is not a database, it is a text of some length ".repeat(40));
  mkdirSync(place("folder.sqlite"));
  for (const [path, code] of [
    [place("text.sqlite"), "STATE_CORRUPT"],
    [place("folder.sqlite"), "STATE_CANNOT_OPEN"],
    [place("no/such/folder.sqlite"), "STATE_CANNOT_OPEN"],
  ] as const) {
    const error = await refusal(path);
    expect(error).toBeInstanceOf(WarehouseError);
    expect(error).toMatchObject({ code, hint: expect.any(String), message: expect.stringContaining(path) });
  }
});

test("a damaged database is a broken store", async () => {
  const path = place("damaged.sqlite");
  await (await openSqliteStore({ path, clock })).close();
  const bytes = readFileSync(path);
  bytes.fill(0xff, 100, bytes.length);
  writeFileSync(path, bytes);
  expect(await refusal(path)).toMatchObject({ code: "STATE_CORRUPT" });
});

test.each([
  [8, "STATE_READ_ONLY", WarehouseError],
  [776, "STATE_READ_ONLY", WarehouseError],
  [13, "STATE_DISK_FULL", WarehouseError],
  [778, "STATE_IO", WarehouseError],
  [5, "STATE_BUSY", LockHeldError],
  [261, "STATE_BUSY", LockHeldError],
  [1, "STATE_FAILED", WarehouseError],
])("SQLite's result code %i is the failure %s", (errcode, code, failure) => {
  const error = stateFailure(Object.assign(new Error("said SQLite"), { errcode }), "x.sqlite");
  expect(error).toBeInstanceOf(failure);
  expect(error).toMatchObject({ code, hint: expect.any(String) });
});

test("an error that is not SQLite's is passed on as it is", () => {
  const bug = new TypeError("a bug");
  expect(stateFailure(bug, "x.sqlite")).toBe(bug);
});

test("a store that another writer holds too long is busy: try again later", async () => {
  const path = place("busy.sqlite");
  const store = await openSqliteStore({ path, clock, busyTimeoutMs: 50 });
  const other = new DatabaseSync(path);
  other.exec("begin immediate");
  await expect(store.leases.acquire({ name: "x", holder: "y", durationMs: 1 })).rejects.toThrow(LockHeldError);
  other.exec("rollback");
  other.close();
  expect(await store.leases.acquire({ name: "x", holder: "y", durationMs: 1 })).toMatchObject({ fence: 1 });
  await store.close();
});

test("many processes fighting for one lease never hold it at once, and each holding has its own fence", async () => {
  const [path, log] = [place("race.sqlite"), place("race.log")];
  const racer = join(import.meta.dirname, "../../../../test/support/lease-racer.ts");
  await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, [racer, path, log, "10"])));
  const lines = readFileSync(log, "utf8").trim().split("\n");
  expect(lines).toHaveLength(80);
  let lastFence = 0;
  for (let index = 0; index < lines.length; index += 2) {
    const [entered = "", left = ""] = lines.slice(index, index + 2);
    expect(left).toBe(entered.replace(/^in/, "out"));
    const fence = Number(entered.split(" ")[1]);
    expect(fence).toBeGreaterThan(lastFence);
    lastFence = fence;
  }
});

test("processes that make the same store at once all end up with it", async () => {
  const [path, log] = [place("born.sqlite"), place("born.log")];
  const racer = join(import.meta.dirname, "../../../../test/support/lease-racer.ts");
  await Promise.all(Array.from({ length: 6 }, () => promisify(execFile)(process.execPath, [racer, path, log, "1"])));
  expect(await (await openSqliteStore({ path, clock })).schemaVersion()).toBe(readMigrations().at(-1)?.version);
});

test("whoever writes past gami cannot change or delete an entry of the ledger, nor leave a number out [D1]", async () => {
  const path = place("append-only.sqlite");
  const store = await openSqliteStore({ path, clock });
  await store.decisions.commit(aPlan({ entries: [anEntry("ann")] }));
  const db = new DatabaseSync(path);
  expect(() => db.exec("update ledger set amount = 2")).toThrow("append-only");
  expect(() => db.exec("delete from ledger")).toThrow("append-only");
  expect(() =>
    db.exec(
      "insert into ledger select seq + 1, award_key, 3, kind, action, subject_id, definition_id, period_id, rule_hash, tier, amount, unit, commit_state, occurred_at, reason, evidence, posted_at, run_id, commit_no from ledger",
    ),
  ).toThrow("left out");
  db.close();
  await store.close();
});
