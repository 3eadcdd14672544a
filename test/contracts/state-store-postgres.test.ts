import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLedgerArchive } from "../../src/adapters/archive/ledger/segments.ts";
import { stateBackups } from "../../src/adapters/state/backups.ts";
import { postgresFailure } from "../../src/adapters/state/postgres/failures.ts";
import { beginPostgresRestore } from "../../src/adapters/state/postgres/restore.ts";
import { openPostgresStore } from "../../src/adapters/state/postgres/store.ts";
import { beginSqliteRestore } from "../../src/adapters/state/sqlite/restore.ts";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";
import { archiveLedger } from "../../src/app/state/archive-ledger.ts";
import { backupState } from "../../src/app/state/backup-state.ts";
import { restoreState } from "../../src/app/state/restore-state.ts";
import { verifyState } from "../../src/app/state/verify-state.ts";
import type { StateRestore } from "../../src/ports/state-keeper.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import { aDecision, anEntitlement, anEntry, aPlan, flat } from "../support/decision-plans.ts";
import { type PostgresCluster, startPostgres } from "../support/postgres.ts";
import { requireOrSkip } from "../support/require.ts";
import { decisionStoreContract } from "./decision-store.contract.ts";
import { stateKeeperContract } from "./state-keeper.contract.ts";
import { type StateStoreAdapter, stateStoreContract } from "./state-store.contract.ts";

describe.runIf(requireOrSkip("postgres"))("PostgreSQL", () => {
  let cluster: PostgresCluster;
  let round = 0;
  const config = () => ({ url: cluster.url, schema: `gami_${round}` });
  beforeAll(async () => {
    cluster = await startPostgres();
  }, 120_000);
  afterAll(() => cluster.stop());

  async function sql(...statements: readonly string[]) {
    const client = new Client({ connectionString: cluster.url, options: `-c search_path=${config().schema}` });
    await client.connect();
    try {
      const results = [];
      for (const statement of statements) results.push(await client.query<{ name: string }>(statement));
      return results;
    } finally {
      await client.end();
    }
  }

  const postgres: StateStoreAdapter = {
    name: "PostgreSQL",
    open: (clock) => openPostgresStore({ ...config(), clock }),
    reset: async () => {
      round += 1;
    },
    beginRestore: (clock) => beginPostgresRestore({ ...config(), clock }),
    async tamper(statements) {
      await sql("set session_replication_role = replica", ...statements);
    },
    async tableNames() {
      const [result] = await sql(`select table_name as name from information_schema.tables where table_schema = '${config().schema}'`);
      return result?.rows.map(({ name }) => name) ?? [];
    },
  };

  stateStoreContract(postgres);
  decisionStoreContract(postgres);
  stateKeeperContract(postgres);

  test("both kinds have the same versions, so that one number says the same of both", () => {
    const names = (kind: string) => readdirSync(join(import.meta.dirname, "../../sql/state", kind)).toSorted();
    expect(names("postgres")).toEqual(names("sqlite"));
  });

  test("a backup of one kind of store restores a store of the other kind, row for row, there and back", async () => {
    round += 1;
    const folder = mkdtempSync(join(tmpdir(), "gami-moved-"));
    const clock = { now: () => 5_000 };
    const path = join(folder, "gami.sqlite");
    const ledgerArchive = openLedgerArchive({ path: folder });
    const warehouse = { owner: async () => null, setOwner: async () => undefined };
    const move = async (store: StateStore, name: string, beginRestore: () => Promise<StateRestore>) => {
      const rows = (await flat(store.keeping.rows())).filter(({ table }) => !["store", "epochs"].includes(table));
      await backupState({ keeping: store.keeping, backups: stateBackups, clock }, join(folder, name));
      await store.close();
      await restoreState({ ledgerArchive, warehouse, beginRestore }, await stateBackups.open(join(folder, name)));
      return rows;
    };
    const rowsOf = async ({ keeping }: StateStore) =>
      (await flat(keeping.rows())).filter(({ table }) => !["store", "epochs"].includes(table));
    try {
      const sqlite = await openSqliteStore({ path, clock });
      const entries = [anEntry("ann", 1, { amount: -(2n ** 62n), tier: null }), anEntry("bob")];
      await sqlite.decisions.commit(
        aPlan({ entries, decisions: [aDecision("ann", 1), aDecision("bob", 1, { verdict: "met" })], entitlements: [anEntitlement("ann")] }),
      );
      await sqlite.decisions.commit(aPlan({ decisions: [aDecision("ann", 2, { verdict: "met" })] }));
      await archiveLedger({ keeping: sqlite.keeping, ledgerArchive, clock });
      const before = await move(sqlite, "there.gz", () => beginPostgresRestore({ ...config(), clock }));
      const moved = await openPostgresStore({ ...config(), clock });
      expect(await rowsOf(moved)).toEqual(before);
      expect((await verifyState({ keeping: moved.keeping, ledgerArchive })).findings).toEqual([]);
      await move(moved, "back.gz", () => beginSqliteRestore({ path, clock }));
      const back = await openSqliteStore({ path, clock });
      expect(await rowsOf(back)).toEqual(before);
      expect(await back.decisions.epoch()).toBe(3);
      expect((await verifyState({ keeping: back.keeping, ledgerArchive })).findings).toEqual([]);
      await back.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("a server that is not there is told in time, and where it should be, without the password", { timeout: 60_000 }, async () => {
    const clock = { now: () => 0 };
    const place = (host: string) => ({ url: `postgres://gami:hunter2@${host}/gami`, schema: "gami", clock, patienceMs: 500 });
    const refused = await openPostgresStore(place("127.0.0.1:9")).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "STATE_UNREACHABLE", message: expect.stringContaining("postgres://127.0.0.1:9/gami") });
    expect(String(refused)).not.toContain("hunter2");
    const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND nowhere"), { code: "ENOTFOUND" });
    expect(postgresFailure(unknown, place("nowhere").url)).toMatchObject({ code: "STATE_HOST", hint: expect.stringContaining("url") });
  });

  test("a database that is not there, and a store newer than this gami, are refused", async () => {
    const clock = { now: () => 0 };
    const missing = openPostgresStore({ ...config(), url: cluster.url.replace("/postgres", "/nowhere"), clock });
    await expect(missing).rejects.toMatchObject({ code: "STATE_DATABASE" });
    round += 1;
    await (await openPostgresStore({ ...config(), clock })).close();
    await sql("insert into schema_version values (4711, 'later', 'x', 0)");
    await expect(openPostgresStore({ ...config(), clock })).rejects.toMatchObject({ code: "STATE_NEWER" });
  });
});
