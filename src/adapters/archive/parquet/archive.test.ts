import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { readOf, recordItem } from "../../../../test/support/item-read.ts";
import { loadRead } from "../../../app/ingest/load-read.ts";
import { verifyWarehouse } from "../../../app/ingest/verify-warehouse.ts";
import { noTotals } from "../../../domain/load/batch-totals.ts";
import { WarehouseError } from "../../../errors.ts";
import type { BatchRow, ManifestDraft } from "../../../ports/archive.ts";
import { openDuckDbWarehouse } from "../../warehouses/duckdb/warehouse.ts";
import { openParquetArchive } from "./archive.ts";

const root = mkdtempSync(join(tmpdir(), "gami-archive-"));
const archive = openParquetArchive({ path: join(root, "archive") });

afterAll(async () => {
  await archive.close();
  rmSync(root, { recursive: true });
});

function draft(seq: number, fence = 1): ManifestDraft {
  const batchId = `${String(seq).padStart(16, "0")}${String(fence).padStart(16, "0")}`;
  const recordedAt = "2024-01-01T00:00:00.000Z";
  return {
    batchId,
    source: "csv:a",
    stream: "queue",
    seq,
    fence,
    mapperVersion: "m",
    recordedAt,
    position: null,
    received: 1,
    retryOf: null,
  };
}

function rowOf(place: string, payload: string | null): BatchRow {
  return { kind: "filtered", place, payload, reason: null, field: null, value: null, record: null };
}

async function writeOne(seq: number, fence?: number) {
  const spool = archive.spool("queue");
  spool.append(rowOf("1", "[]"));
  return archive.write(spool, draft(seq, fence));
}

test("the last number of a stream counts confirmed batches only", async () => {
  expect(await archive.lastSeq("csv:a", "badge")).toBe(0);
  const spool = () => archive.spool("badge");
  await archive.settle(await archive.write(spool(), { ...draft(9), stream: "badge" }), noTotals);
  await archive.write(spool(), { ...draft(10), stream: "badge" });
  expect(await archive.lastSeq("csv:b", "badge")).toBe(9);
});

test("[T11] records that join to the same text have different content hashes, equal ones the same", async () => {
  const hashOf = async (...rows: readonly (readonly [string, string])[]) => {
    const spool = archive.spool("queue");
    for (const [place, payload] of rows) spool.append(rowOf(place, payload));
    const hash = spool.contentHash();
    expect(spool.contentHash()).toBe(hash);
    await spool.discard();
    return hash;
  };
  expect(await hashOf(["1", "ab"], ["2", "c"])).not.toBe(await hashOf(["1", "a"], ["2", "bc"]));
  expect(await hashOf(["1", "2:x"])).not.toBe(await hashOf(["12", ":x"]));
  expect(await hashOf(["1", "ä".repeat(2_000_000)])).toBe(await hashOf(["1", "ä".repeat(2_000_000)]));
});

test("any text of a source record comes back from the archive as it was", async () => {
  let seq = 1000;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.string({ unit: "binary" }), fc.option(fc.string({ unit: "binary", maxLength: 50 })))),
      async (records) => {
        fc.pre(records.length > 0);
        seq += 1;
        const spool = archive.spool("queue");
        for (const [place, payload] of records) spool.append(rowOf(place, payload));
        const manifest = await archive.write(spool, { ...draft(seq), received: records.length });
        const back: (readonly [string, string | null])[] = [];
        for await (const rows of archive.rows(manifest)) for (const { place, payload } of rows) back.push([place, payload]);
        // Half a surrogate pair is no text and has no bytes of its own.
        expect(back).toEqual(records.map(([place, payload]) => [place.toWellFormed(), payload?.toWellFormed() ?? null]));
      },
    ),
    { numRuns: 25 },
  );
});

test("a batch is pending until it is settled, and its spool is gone as soon as its file is there", async () => {
  const manifest = await writeOne(1);
  expect(await archive.pending("csv:a", "queue")).toContainEqual(manifest);
  expect(readdirSync(join(root, "archive", ".spool"))).toEqual([]);
  await archive.settle(manifest, { ...noTotals, received: 1, filtered: 1 });
  expect((await archive.pending("csv:a", "queue")).map(({ batchId }) => batchId)).not.toContain(manifest.batchId);
  expect(await archive.sha256(manifest.path ?? "")).toBe(manifest.sha256);
});

test("of two batches with one number the confirmed one counts, among pending ones the last claim, after a gap none", async () => {
  const zombie = await writeOne(2, 1);
  const winner = await writeOne(2, 5);
  const confirmed = async () => (await archive.committed()).filter(({ stream }) => stream === "queue").map(({ batchId }) => batchId);
  expect((await confirmed()).at(-1)).toBe(winner.batchId);
  await archive.settle(zombie, noTotals);
  expect((await confirmed()).at(-1)).toBe(zombie.batchId);
  await writeOne(4);
  expect(await confirmed()).toHaveLength(2);
});

test("what a killed process of this host left in the spool is swept, what others left is not", () => {
  const spools = join(root, "swept", ".spool");
  const other = openParquetArchive({ path: join(root, "swept") });
  const first = other.spool("queue");
  const mine = readdirSync(spools);
  writeFileSync(join(spools, `${hostname()}-999999999-1.tsv`), "");
  writeFileSync(join(spools, "elsewhere-1-1.tsv"), "");
  openParquetArchive({ path: join(root, "swept") }).spool("queue");
  expect(readdirSync(spools)).toEqual(expect.arrayContaining([...mine, "elsewhere-1-1.tsv"]));
  expect(existsSync(join(spools, `${hostname()}-999999999-1.tsv`))).toBe(false);
  return first.discard();
});

test("a path that leads out of the archive is refused", () => {
  expect(() => archive.resolve("../../etc/passwd")).toThrow(WarehouseError);
  expect(() => archive.resolve("/etc/passwd")).toThrow(WarehouseError);
});

test("a manifest that was changed into nonsense is named", async () => {
  const broken = openParquetArchive({ path: join(root, "broken") });
  const spool = broken.spool("queue");
  spool.append(rowOf("1", "[]"));
  const manifest = await broken.write(spool, draft(1));
  const name = readdirSync(join(root, "broken", "csv_queue")).find((file) => file.endsWith(".json")) ?? "";
  writeFileSync(join(root, "broken", "csv_queue", name), "{}");
  await expect(broken.committed()).rejects.toMatchObject({ code: "ARCHIVE_MANIFEST", message: expect.stringContaining(name) });
  expect(manifest.received).toBe(1);
  await broken.close();
});

test("verify names a changed file, a missing file, a changed row and a lost batch", async () => {
  const warehouse = openDuckDbWarehouse({ path: join(root, "verified.duckdb"), threads: 1 });
  const own = openParquetArchive({ path: join(root, "verified") });
  const deps = { warehouse, archive: own, clock: { now: () => 0 } };
  const item = (id: string, name: string) => recordItem("queue", id, { queue_native_id: id, name });
  await loadRead(deps, readOf([item("1", "one"), item("2", "two")], { streams: ["queue"] }));
  await loadRead(deps, readOf([item("3", "three")], { streams: ["queue"] }));
  const checks = async () => (await verifyWarehouse(deps)).findings.map(({ check }) => check);
  expect(await checks()).toEqual([]);

  await warehouse.rows("update raw.csv_queue set name = 'changed' where queue_native_id = '1'");
  expect(await checks()).toEqual(expect.arrayContaining(["in_archive", "in_raw"]));
  await warehouse.rows("update raw.csv_queue set name = 'one' where queue_native_id = '1'");
  expect(await checks()).toEqual([]);

  await warehouse.rows("delete from raw.csv_queue where queue_native_id = '2'");
  expect(await checks()).toEqual(expect.arrayContaining(["row_count", "in_raw"]));

  const [first, second] = (await warehouse.batches()).map(({ archivePath }) => own.resolve(archivePath ?? ""));
  appendFileSync(first ?? "", "x");
  rmSync(second ?? "");
  expect(await checks()).toEqual(["archive_file", "archive_file"]);

  await warehouse.rows("delete from meta.batch where seq = 2");
  expect(await checks()).toContain("archive_only");
  await warehouse.close();
  await own.close();
});
