import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLedgerArchive } from "../../src/adapters/archive/ledger/segments.ts";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { stateBackups } from "../../src/adapters/state/backups.ts";
import { beginSqliteRestore } from "../../src/adapters/state/sqlite/restore.ts";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { relayOutbox } from "../../src/app/deliver/relay-outbox.ts";
import { rebuildWarehouse } from "../../src/app/ingest/rebuild-warehouse.ts";
import { archiveLedger } from "../../src/app/state/archive-ledger.ts";
import { backupState } from "../../src/app/state/backup-state.ts";
import { exportLedger } from "../../src/app/state/export-ledger.ts";
import { requireOwner } from "../../src/app/state/require-owner.ts";
import { restoreState } from "../../src/app/state/restore-state.ts";
import type { RecognitionHost } from "../../src/ports/recognition-host.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import type { Warehouse } from "../../src/ports/warehouse.ts";
import { allEntries, allMessages, aMessage, anEntry, aPlan } from "../support/decision-plans.ts";

/** Each store restored alone from an older backup, the other one as it is: nothing lost, nothing told twice for good, nothing awarded twice. */
const clock = { now: () => Date.now() };
let folder: string;
let warehouse: Warehouse;
let state: StateStore;
let told: Map<string, number>;
const place = (name: string) => join(folder, name);
const deps = () => ({
  warehouse,
  archive: openParquetArchive({ path: place("archive") }),
  ledgerArchive: openLedgerArchive({ path: place("archive") }),
  clock,
  store: state.decisions,
  keeping: state.keeping,
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "gami-restore-"));
  warehouse = openDuckDbWarehouse({ path: place("gami.duckdb"), threads: 1 });
  state = await openSqliteStore({ path: place("gami.sqlite"), clock });
  told = new Map();
});
afterEach(async () => {
  await warehouse.close();
  await state.close();
  rmSync(folder, { recursive: true, force: true });
});

const plan = (...agents: readonly string[]) =>
  aPlan({ entries: agents.map((agent) => anEntry(agent)), messages: agents.map((agent) => aMessage(agent)) });

/** What one night does: decide, archive and export, tell. */
async function night(...agents: readonly string[]): Promise<void> {
  await requireOwner({ warehouse, store: state.decisions });
  await state.decisions.commit(plan(...agents));
  await exportLedger(deps());
  await relay();
}

/** A host that remembers keys for ever, as a platform with `Idempotency-Key` does. */
async function relay() {
  const host: RecognitionHost = {
    name: "genesys",
    inFlight: 1,
    longestSendMs: 1_000,
    batchSize: () => 1,
    pauseMs: () => 0,
    flair: null,
    counts: () => ({ requests: 0, throttled: 0, faults: 0, pauses: 0, waitedMs: 0 }),
    close: async () => undefined,
    async send(messages) {
      return messages.map(({ idempotencyKey }) => {
        const times = (told.get(idempotencyKey) ?? 0) + 1;
        told.set(idempotencyKey, times);
        return times === 1 ? { kind: "delivered", answer: "201" } : { kind: "duplicate", answer: "409" };
      });
    },
  };
  const archive = () => archiveLedger(deps());
  const sleep = async () => undefined;
  const relayed = await relayOutbox(
    { state, decisions: state.decisions, archive, clock, random: () => 0, sleep, holder: "test", isGone: () => false },
    [host],
    {
      patienceMs: 0,
      signal: new AbortController().signal,
    },
  );
  return relayed[0]?.totals;
}

async function exported() {
  const rows = await warehouse.rows(
    "select award_key, entry_no::integer as entry_no, agent_id from raw.gami_ledger_entry where superseded_seq is null and not is_deleted order by all",
  );
  return rows.map(({ agent_id }) => agent_id);
}

test("the operational store from an older backup: the archive brings back what was told and exported, and the host sees no second award", async () => {
  await night("ann");
  await backupState({ keeping: state.keeping, backups: stateBackups, clock }, place("monday.gz"));
  await night("bob", "eve");
  const entries = await allEntries(state.decisions);
  await state.close();
  const outdated = place("outdated.sqlite");
  copyFileSync(place("gami.sqlite"), outdated);

  const report = await restoreState(
    { ledgerArchive: deps().ledgerArchive, warehouse, beginRestore: () => beginSqliteRestore({ path: place("gami.sqlite"), clock }) },
    await stateBackups.open(place("monday.gz")),
  );
  expect(report).toMatchObject({ epoch: 2, replayed: 2 });
  state = await openSqliteStore({ path: place("gami.sqlite"), clock });
  expect(await allEntries(state.decisions)).toEqual(entries);
  expect(await warehouse.owner()).toEqual({ stateStoreId: await state.decisions.id(), epoch: 2 });

  // The same decisions again are no news, for the ledger as for the warehouse.
  expect(await state.decisions.commit(plan("ann", "bob", "eve"))).toMatchObject({ appended: 0, duplicate: 3, enqueued: 0 });
  expect((await exportLedger(deps())).totals).toMatchObject({ received: 0 });
  expect(await relay()).toMatchObject({ attempts: 0 });
  await state.decisions.outbox.replay("all", clock.now());
  expect(await relay()).toMatchObject({ duplicate: 2, delivered: 0 });
  await night("kim");
  expect((await exported()).toSorted()).toEqual(["ann", "bob", "eve", "kim"]);
  expect(told.size).toBe(4);
  expect((await allMessages(state.decisions)).every(({ state: end }) => end === "delivered" || end === "duplicate")).toBe(true);

  // A copy from before the restore may neither decide nor tell.
  const copy = await openSqliteStore({ path: outdated, clock });
  await expect(requireOwner({ warehouse, store: copy.decisions })).rejects.toMatchObject({ code: "STORE_OUTDATED" });
  await expect(archiveLedger({ ...deps(), keeping: copy.keeping })).rejects.toMatchObject({ code: "STORE_OUTDATED" });
  await copy.close();
});

test("the warehouse from an older copy: the export refuses it until it is rebuilt, and then nothing is missing and nothing is there twice", async () => {
  await night("ann");
  await warehouse.close();
  copyFileSync(place("gami.duckdb"), place("monday.duckdb"));
  await night("bob", "eve");
  const before = await exported();
  await warehouse.close();
  copyFileSync(place("monday.duckdb"), place("gami.duckdb"));
  warehouse = openDuckDbWarehouse({ path: place("gami.duckdb"), threads: 1 });

  await state.decisions.commit(plan("kim"));
  await expect(exportLedger(deps())).rejects.toMatchObject({ code: "WAREHOUSE_BEHIND_ARCHIVE" });
  await rebuildWarehouse(deps());
  expect(await exported()).toEqual(before);
  expect((await exportLedger(deps())).totals).toMatchObject({ received: 1, new: 1 });
  expect((await exported()).toSorted()).toEqual(["ann", "bob", "eve", "kim"]);
  expect(await relay()).toMatchObject({ delivered: 1 });
  expect([...told.values()]).toEqual([1, 1, 1, 1]);
});
