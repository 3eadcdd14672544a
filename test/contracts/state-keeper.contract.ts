import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openLedgerArchive } from "../../src/adapters/archive/ledger/segments.ts";
import { stateBackups } from "../../src/adapters/state/backups.ts";
import { keptTables, tablesLeftOut } from "../../src/adapters/state/kept-tables.ts";
import { archiveLedger } from "../../src/app/state/archive-ledger.ts";
import { backupState } from "../../src/app/state/backup-state.ts";
import { restoreState } from "../../src/app/state/restore-state.ts";
import { verifyState } from "../../src/app/state/verify-state.ts";
import { createContentHash } from "../../src/domain/ledger/chain.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { LedgerArchive } from "../../src/ports/state-keeper.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import type { WarehouseOwner } from "../../src/ports/warehouse.ts";
import {
  aDecision,
  aFlairVersion,
  allEntries,
  allMessages,
  aMessage,
  anEntitlement,
  anEntry,
  aPlan,
  flat,
} from "../support/decision-plans.ts";
import type { StateStoreAdapter } from "./state-store.contract.ts";

/** What every operational store promises about being checked, archived, backed up and restored. */
export function stateKeeperContract(adapter: StateStoreAdapter): void {
  describe(`keeping the operational store on ${adapter.name}`, () => {
    let folder = "";
    let ledgerArchive: LedgerArchive;
    let owner: WarehouseOwner | null = null;
    const opened: StateStore[] = [];
    let now = 1_000_000;
    const clock: Clock = { now: () => now };
    const warehouse = {
      owner: async () => owner,
      setOwner: async (next: WarehouseOwner) => {
        owner = next;
      },
    };
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "gami-keeper-"));
      ledgerArchive = openLedgerArchive({ path: folder });
    });
    afterEach(async () => {
      await closeAll();
      await adapter.reset();
      rmSync(folder, { recursive: true, force: true });
      owner = null;
      now = 1_000_000;
    });
    const open = async () => {
      const store = await adapter.open(clock);
      opened.push(store);
      return store;
    };
    const closeAll = async () => {
      for (const store of opened.splice(0)) await store.close();
    };
    const archive = (store: StateStore) => archiveLedger({ keeping: store.keeping, ledgerArchive, clock });
    const verify = async (store: StateStore) => (await verifyState({ keeping: store.keeping, ledgerArchive })).findings;
    const backup = (store: StateStore, name: string) =>
      backupState({ keeping: store.keeping, backups: stateBackups, clock }, join(folder, name));
    /** Restores, with every connection closed as after 'stop all jobs', and opens the store again. */
    const restore = async (name: string | null) => {
      await closeAll();
      const file = name === null ? null : await stateBackups.open(join(folder, name));
      const report = await restoreState({ ledgerArchive, warehouse, beginRestore: () => adapter.beginRestore(clock) }, file);
      return { report, store: await open() };
    };
    const decide = async ({ decisions }: StateStore, ...agents: readonly string[]) => {
      now += 1_000;
      return decisions.commit(
        aPlan({
          runId: `run-${now}`,
          snapshots: [],
          definitions: [{ kind: "milestone", definitionId: "aht-gold", ruleHash: "r1", content: '{"a":1}', validFrom: 5, validTo: null }],
          entries: agents.map((agent) => anEntry(agent, 1, { amount: 2n ** 60n, reason: 'with "quotes", a tab\t and ü' })),
          decisions: agents.map((agent) => aDecision(agent, now, { verdict: "met" })),
          entitlements: agents.map((agent) => anEntitlement(agent)),
          flairVersions: agents.map((agent) => aFlairVersion(agent, 1)),
          messages: agents.map((agent) => aMessage(agent)),
        }),
      );
    };
    const claim = (store: StateStore) => store.decisions.outbox.claim({ host: "genesys", limit: 10, holder: "one", leaseMs: 1_000, now });
    const content = async (store: StateStore) => {
      const hash = createContentHash();
      for await (const rows of store.keeping.ledger({ afterSeq: 0 })) for (const { row } of rows) hash.add(row);
      return hash.digest();
    };

    test("nothing is told before the archive holds it", async () => {
      const store = await open();
      await decide(store, "ann");
      expect(await claim(store)).toEqual([]);
      expect(await archive(store)).toEqual({ entries: 1, messages: 1 });
      expect(await claim(store)).toMatchObject([{ subjectId: "ann" }]);
      expect(await archive(store)).toEqual({ entries: 0, messages: 0 });
      expect(await ledgerArchive.segments()).toHaveLength(1);
    });

    test("every table of the store is in its backups, or is left out by name", async () => {
      await open();
      const tables = await adapter.tableNames();
      expect(tables.toSorted()).toEqual([...keptTables.map(({ name }) => name), ...tablesLeftOut].toSorted());
    });

    test("a ledger as it was written verifies, whether the chain reaches its end or not", async () => {
      const store = await open();
      expect(await verify(store)).toEqual([]);
      await decide(store, "ann", "bob");
      await archive(store);
      await decide(store, "eve");
      expect(await verifyState({ keeping: store.keeping, ledgerArchive })).toEqual({
        entries: 3,
        chained: 2,
        archivedEntries: 2,
        findings: [],
      });
    });

    test.each([
      ["an amount", "update ledger set amount = 3 where seq = 2", "entry 2 "],
      ["an agent", "update ledger set subject_id = 'eve' where seq = 2", "entry 2 "],
      ["a reason", "update ledger set reason = '' where seq = 2", "entry 2 "],
      ["evidence", "update ledger set evidence = '{}' where seq = 2", "entry 2 "],
      ["a time", "update ledger set posted_at = posted_at + 1 where seq = 2", "entry 2 "],
      ["a row that is gone", "delete from ledger where seq = 2", "entry 2"],
      ["the last row that is gone", "delete from ledger where seq = 3", "entry 3"],
    ])("whoever changes %s behind gami's back is found, and the entry named", async (_what, sql, place) => {
      const store = await open();
      await decide(store, "ann", "bob", "kim");
      await archive(store);
      await closeAll();
      await adapter.tamper([sql]);
      const findings = await verify(await open());
      expect(findings.length).toBeGreaterThan(0);
      expect(findings.filter((one) => !one.place.startsWith(place))).toEqual([]);
      expect(new Set(findings.map(({ check }) => check))).toContain("archive");
    });

    test("a ledger cut off with its chain and its counter, and a chain written anew, are found by the archive", async () => {
      const store = await open();
      await decide(store, "ann", "bob");
      await archive(store);
      await closeAll();
      await adapter.tamper([
        "delete from ledger where seq = 2",
        "delete from ledger_chain where seq = 2",
        "update store set ledger_seq = 1",
      ]);
      const again = await open();
      expect(await verify(again)).toMatchObject([
        { check: "archive", place: expect.stringContaining("entry 2 (award"), detail: expect.stringContaining("not in the ledger") },
      ]);
      await closeAll();
      await adapter.tamper(["update ledger set amount = 5 where seq = 1", "delete from ledger_chain"]);
      const forged = await open();
      await archive(forged);
      expect((await verify(forged)).map(({ detail }) => detail)).toContain("says another thing than the archive");
    });

    test("a segment of the archive that was changed or cut is refused by name", async () => {
      const store = await open();
      await decide(store, "ann");
      await archive(store);
      const [segment] = await ledgerArchive.segments();
      const bytes = readFileSync(segment?.path ?? "");
      writeFileSync(segment?.path ?? "", bytes.subarray(0, bytes.length - 40));
      await expect(verify(store)).rejects.toMatchObject({
        code: "ROW_FILE_DAMAGED",
        message: expect.stringContaining(segment?.path ?? "?"),
      });
    });

    test("a backup restores the store row for row; its messages are held, under a new epoch", async () => {
      const store = await open();
      await decide(store, "ann", "bob");
      await archive(store);
      const [sent] = await claim(store);
      if (sent !== undefined) await store.decisions.outbox.settle(sent, { kind: "delivered", answer: "201" }, now);
      await backup(store, "monday.gz");
      const picture = async ({ keeping, decisions }: StateStore) => ({
        rows: (await flat(keeping.rows())).filter(({ table }) => !["store", "epochs", "outbox"].includes(table)),
        messages: (await allMessages(decisions)).map(({ state, lastAnswer, attempts, ...message }) => message),
        id: await decisions.id(),
      });
      const before = await picture(store);
      const { report, store: restored } = await restore("monday.gz");
      expect(report).toMatchObject({ epoch: 2, replayed: 0, backup: { commitNo: 1 } });
      expect(await picture(restored)).toEqual(before);
      expect((await allMessages(restored.decisions)).map(({ state }) => state)).toEqual(["delivered", "held"]);
      expect(await restored.decisions.epoch()).toBe(2);
      expect(owner).toEqual({ stateStoreId: before.id, epoch: 2 });
      expect(await verify(restored)).toEqual([]);
      expect(await claim(restored)).toEqual([]);
      expect(await restored.decisions.outbox.replay("all", now)).toBe(1);
      expect(await claim(restored)).toMatchObject([{ subjectId: "bob" }]);
    });

    test("from an older backup and the archive comes all that anybody was told of, with the same places and the same chain", async () => {
      const store = await open();
      await decide(store, "ann");
      await archive(store);
      await backup(store, "monday.gz");
      await decide(store, "bob");
      await decide(store, "kim");
      await archive(store);
      await decide(store, "lost: neither told nor archived");
      const before = await flat(store.keeping.chain({ afterSeq: 0 }));
      const entries = (await allEntries(store.decisions)).slice(0, 3);
      const { report, store: restored } = await restore("monday.gz");
      expect(report).toMatchObject({ replayed: 2, segments: 1, commitNo: 3 });
      expect(await allEntries(restored.decisions)).toEqual(entries);
      expect((await allMessages(restored.decisions)).map(({ subjectId, state }) => [subjectId, state])).toEqual([
        ["ann", "held"],
        ["bob", "held"],
        ["kim", "held"],
      ]);
      await archive(restored);
      expect(await flat(restored.keeping.chain({ afterSeq: 0 }))).toEqual(before);
      expect(await verify(restored)).toEqual([]);
      // It goes on where the told part of the ledger ended, and a repeated decision finds its entry there.
      await decide(restored, "kim", "eve");
      expect((await allEntries(restored.decisions)).map(({ seq, subjectId }) => [seq, subjectId])).toEqual([
        [1, "ann"],
        [2, "bob"],
        [3, "kim"],
        [4, "eve"],
      ]);
    });

    test("without any backup the archive alone brings the ledger back, also over two restores", async () => {
      const store = await open();
      await decide(store, "ann");
      await archive(store);
      await decide(store, "bob");
      await archive(store);
      const first = await restore(null);
      await decide(first.store, "kim");
      await archive(first.store);
      const [hash, id] = [await content(first.store), await first.store.decisions.id()];
      const second = await restore(null);
      expect(second.report).toMatchObject({ epoch: 3, replayed: 3 });
      expect(await content(second.store)).toBe(hash);
      expect(await second.store.decisions.id()).toBe(id);
      expect(await second.store.decisions.entitlements({ at: now })).toHaveLength(3);
      expect(await verify(second.store)).toEqual([]);
    });

    test("what a store writes that does not know yet that another one was restored in its place does not count", async () => {
      const store = await open();
      await decide(store, "ann");
      await archive(store);
      await backup(store, "monday.gz");
      const { store: restored } = await restore("monday.gz");
      await decide(restored, "bob");
      await archive(restored);
      // The zombie of epoch 1 goes on from the same place.
      const [segment] = await ledgerArchive.segments();
      if (segment === undefined) throw new Error("expected a segment");
      await ledgerArchive.append(
        { ...segment.header, firstCommit: 2, lastCommit: 2, commitNo: 2 },
        (async function* () {
          const [first] = await flat(restored.keeping.ledger({ afterSeq: 1 }));
          if (first !== undefined) yield [{ ...first, row: { ...first.row, subject_id: "zombie", award_key: "f".repeat(64) } }];
        })(),
      );
      expect(await verify(restored)).toEqual([]);
      const { store: again } = await restore("monday.gz");
      expect((await allEntries(again.decisions)).map(({ subjectId }) => subjectId)).toEqual(["ann", "bob"]);
    });

    test("a store that was replaced by a restore can neither archive nor, so, tell anything more", async () => {
      const store = await open();
      await decide(store, "ann");
      await archive(store);
      const newest = await ledgerArchive.newest();
      if (newest === null) throw new Error("expected a segment");
      await ledgerArchive.append({ ...newest, epoch: 2, firstCommit: 2, lastCommit: 2 }, (async function* () {})());
      await decide(store, "bob");
      await expect(archive(store)).rejects.toMatchObject({ code: "STORE_OUTDATED" });
      await ledgerArchive.append({ ...newest, storeId: "e".repeat(32), epoch: 3 }, (async function* () {})());
      await expect(archive(store)).rejects.toMatchObject({ code: "OTHER_STORE" });
    });

    test("a backup of another store is refused", async () => {
      const store = await open();
      await decide(store, "ann");
      await backup(store, "monday.gz");
      owner = { stateStoreId: "e".repeat(32), epoch: 1 };
      await expect(restore("monday.gz")).rejects.toMatchObject({ code: "OTHER_STORE" });
      await expect(restore(null)).rejects.toMatchObject({ code: "NOTHING_TO_RESTORE" });
      expect(await allEntries((await open()).decisions)).toHaveLength(1);
    });

    test("the content hash is the same however the same entries were written", async () => {
      const store = await open();
      await decide(store, "ann", "bob");
      const together = await content(store);
      await closeAll();
      await adapter.reset();
      now += 5_000;
      const other = await open();
      await decide(other, "bob");
      await decide(other, "ann");
      expect(await content(other)).toBe(together);
      await decide(other, "kim");
      expect(await content(other)).not.toBe(together);
    });
  });
}
