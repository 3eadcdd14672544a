import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openLedgerArchive } from "../../src/adapters/archive/ledger/segments.ts";
import { openPostgresStore } from "../../src/adapters/state/postgres/store.ts";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";
import { relayOutbox } from "../../src/app/deliver/relay-outbox.ts";
import { archiveLedger } from "../../src/app/state/archive-ledger.ts";
import { verifyState } from "../../src/app/state/verify-state.ts";
import { WarehouseError } from "../../src/errors.ts";
import type { RecognitionHost } from "../../src/ports/recognition-host.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import { allEntries, allMessages, anEntry, aPlan } from "../support/decision-plans.ts";
import { hostLimits, type MovingClock, movingClock, openHostFor, sourcesAt } from "../support/hosts.ts";
import { anAward, person, planned } from "../support/outgoing.ts";
import { type PostgresCluster, startPostgres } from "../support/postgres.ts";
import { requireOrSkip } from "../support/require.ts";
import { openSmallDisk, type SmallDisk } from "../support/small-disk.ts";

/** A disk that is really full, in the middle of deciding, archiving and telling: nothing lost, nothing twice. */
describe.runIf(requireOrSkip("disk"))("on a disk that is full", () => {
  const people = Array.from({ length: 400 }, (_, at) => person(`a${at}`));
  const plan = aPlan({
    entries: people.map(({ agentId }) => anEntry(agentId, 1, { evidence: JSON.stringify({ why: "x".repeat(1_000) }) })),
    messages: people.map((one) => planned(anAward(one), "files")),
  });

  describe("SQLite", () => {
    let disk: SmallDisk;
    let told: SmallDisk;
    let clock: MovingClock;
    let state: StateStore;
    let files: RecognitionHost;
    beforeEach(async () => {
      disk = openSmallDisk(8_000);
      told = openSmallDisk(1_000);
      clock = movingClock();
      state = await openSqliteStore({ path: join(disk.path, "gami.sqlite"), clock });
      const settings = { kind: "csv", ...hostLimits, name: "files", path: join(told.path, "told") } as const;
      files = await openHostFor(settings, sourcesAt("http://127.0.0.1:1", "guide"), clock);
    });
    afterEach(async () => {
      await files.close();
      await state.close();
      disk.close();
      told.close();
    });

    const archiving = () => ({ keeping: state.keeping, ledgerArchive: openLedgerArchive({ path: join(disk.path, "archive") }), clock });
    const relay = async () => {
      const archive = () => archiveLedger(archiving());
      const deps = { state, decisions: state.decisions, archive, clock, sleep: clock.sleep, random: () => 0.5, holder: "test" };
      const [relayed] = await relayOutbox(deps, [files], { patienceMs: 0, signal: new AbortController().signal });
      return relayed;
    };
    /** Their ids stand in the last cell; a line that was cut short has fewer cells, or not the whole id. */
    const eventsTold = () => {
      const [head = [], ...rows] = readFileSync(join(told.path, "told", "awards.csv"), "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(","));
      return rows.filter((row) => row.length === head.length && row.at(-1)?.length === 64).map((row) => row.at(-1));
    };
    const expectAllOnce = async () => {
      const open = (await allMessages(state.decisions)).filter((message) => !["delivered", "duplicate"].includes(message.state));
      expect(open).toEqual([]);
      expect(eventsTold()).toHaveLength(people.length);
      expect(new Set(eventsTold()).size).toBe(people.length);
      expect(await verifyState(archiving())).toMatchObject({ entries: people.length, findings: [] });
    };

    test("a decision is written whole or not at all, and the same again afterwards", async () => {
      disk.fill(100_000);
      await expect(state.decisions.commit(plan)).rejects.toMatchObject({ code: "STATE_DISK_FULL" });
      expect(await allEntries(state.decisions)).toEqual([]);
      expect(await allMessages(state.decisions)).toEqual([]);
      disk.free();
      expect(await state.decisions.commit(plan)).toMatchObject({ appended: people.length, enqueued: people.length });
    });

    test("what cannot be archived is not told", async () => {
      await state.decisions.commit(plan);
      disk.fill(0);
      await expect(relay()).rejects.toBeInstanceOf(WarehouseError);
      disk.free();
      expect(await relay()).toMatchObject({ trouble: null, totals: { delivered: people.length } });
      await expectAllOnce();
    });

    test("what was told and could not be noted is told again under the same key, and done once", async () => {
      await state.decisions.commit(plan);
      await archiveLedger(archiving());
      const send = files.send.bind(files);
      // Full as soon as the first of it is out.
      files = {
        ...files,
        send: async (messages) => {
          const outcomes = await send(messages);
          disk.fill(0);
          return outcomes;
        },
      };
      expect((await relay())?.trouble).toMatchObject({ code: "STATE_DISK_FULL" });
      expect(eventsTold().length).toBeGreaterThan(0);
      files = { ...files, send };
      disk.free();
      await clock.sleep(3_600_000);
      const relayed = await relay();
      expect(relayed?.trouble).toBeNull();
      expect(relayed?.totals.duplicate).toBeGreaterThan(0);
      await expectAllOnce();
    });

    test("a host's files that are full stop the telling; what was not written goes out later", async () => {
      await state.decisions.commit(plan);
      told.fill(20_000);
      expect((await relay())?.trouble).toBeInstanceOf(WarehouseError);
      told.free();
      await clock.sleep(3_600_000);
      expect(await relay()).toMatchObject({ trouble: null });
      await expectAllOnce();
    });
  });

  describe.runIf(requireOrSkip("postgres"))("PostgreSQL", () => {
    let cluster: PostgresCluster;
    let disk: SmallDisk;
    beforeAll(async () => {
      cluster = await startPostgres();
      disk = openSmallDisk(16_000);
      spawnSync("install", ["-d", "-o", "postgres", join(disk.path, "space")]);
      spawnSync("chmod", ["755", disk.path]);
      const admin = new Client({ connectionString: cluster.url });
      await admin.connect();
      await admin.query(`create tablespace small location '${join(disk.path, "space")}'`);
      await admin.query("create database small tablespace small");
      await admin.end();
    }, 120_000);
    afterAll(() => {
      cluster.stop();
      disk.close();
    });

    test("a decision is written whole or not at all, and the same again afterwards", async () => {
      const url = cluster.url.replace(/\/[^/]*$/, "/small");
      const store = await openPostgresStore({ url, schema: "gami", clock: { now: () => Date.now() } });
      disk.fill(200_000);
      await expect(store.decisions.commit(plan)).rejects.toMatchObject({ code: "STATE_DISK_FULL" });
      expect(await allEntries(store.decisions)).toEqual([]);
      disk.free();
      expect(await store.decisions.commit(plan)).toMatchObject({ appended: people.length, enqueued: people.length });
      expect(await allEntries(store.decisions)).toHaveLength(people.length);
      await store.close();
    });
  });
});
