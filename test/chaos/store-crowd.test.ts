import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLedgerArchive } from "../../src/adapters/archive/ledger/segments.ts";
import { openPostgresStore } from "../../src/adapters/state/postgres/store.ts";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";
import { archiveLedger } from "../../src/app/state/archive-ledger.ts";
import { verifyState } from "../../src/app/state/verify-state.ts";
import { createContentHash } from "../../src/domain/ledger/chain.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import { allMessages, anEntry, aPlan } from "../support/decision-plans.ts";
import { type PostgresCluster, startPostgres } from "../support/postgres.ts";
import { requireOrSkip } from "../support/require.ts";

/** Many processes decide the same and tell it at once: the same awards as one process gives, and no message twice in flight. */
const processes = 16;
const agents = process.env.GAMI_CHAOS === "full" ? 200 : 15;
const folder = mkdtempSync(join(tmpdir(), "gami-crowd-"));
const clock = { now: () => Date.now() };
const worker = join(import.meta.dirname, "../support/store-worker.ts");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function startAll(place: string, name: string, leaseMs: number): Promise<unknown> {
  const args = [worker, place, join(folder, name), join(folder, `${name}.log`), String(agents), String(leaseMs)];
  return Promise.all(Array.from({ length: processes }, () => promisify(execFile)(process.execPath, args)));
}

async function hashOf(store: StateStore): Promise<string> {
  const hash = createContentHash();
  for await (const rows of store.keeping.ledger({ afterSeq: 0 })) for (const { row } of rows) hash.add(row);
  return hash.digest();
}

/** What one process alone would have decided. */
async function cleanHash(): Promise<string> {
  const store = await openSqliteStore({ path: join(folder, "clean.sqlite"), clock });
  const names = Array.from({ length: agents }, (_, at) => `agent ${at}`);
  await store.decisions.commit(aPlan({ entries: names.flatMap((name) => [anEntry(name), anEntry(name, 2)]) }));
  const hash = await hashOf(store);
  await store.close();
  return hash;
}

async function checkStore(store: StateStore, name: string): Promise<void> {
  const ledgerArchive = openLedgerArchive({ path: join(folder, name) });
  await archiveLedger({ keeping: store.keeping, ledgerArchive, clock });
  const entries = 2 * agents;
  expect(await verifyState({ keeping: store.keeping, ledgerArchive })).toEqual({
    entries,
    chained: entries,
    archivedEntries: entries,
    findings: [],
  });
  expect(await hashOf(store)).toBe(await cleanHash());
  const messages = await allMessages(store.decisions);
  expect(messages).toHaveLength(2 * agents);
  expect(new Set(messages.map(({ state }) => state))).toEqual(new Set(["delivered"]));
}

/** Every message went out once, and those of one agent one after the other. */
function expectOnce(name: string): void {
  const lines = readFileSync(join(folder, `${name}.log`), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  expect(lines).toHaveLength(4 * agents);
  const inFlight = new Map<string, string>();
  const begun = new Set<string>();
  for (const [what = "", key = "", pid = ""] of lines) {
    if (what === "in") {
      expect(begun.has(key), `${key} went out twice`).toBe(false);
      begun.add(key);
      inFlight.set(key, pid);
    } else expect(inFlight.get(key)).toBe(pid);
  }
}

test("16 processes on SQLite: the awards of one, each message once", { timeout: 300_000 }, async () => {
  const path = join(folder, "crowd.sqlite");
  await startAll(path, "sqlite", 120_000);
  const store = await openSqliteStore({ path, clock });
  await checkStore(store, "sqlite");
  expectOnce("sqlite");
  await store.close();
});

describe.runIf(requireOrSkip("postgres"))("on PostgreSQL", () => {
  let cluster: PostgresCluster;
  beforeAll(async () => {
    cluster = await startPostgres();
  }, 120_000);
  afterAll(() => cluster.stop());

  test("16 processes: the awards of one, each message once", { timeout: 300_000 }, async () => {
    await startAll(cluster.url, "postgres", 120_000);
    const store = await openPostgresStore({ url: cluster.url, schema: "gami", clock });
    await checkStore(store, "postgres");
    expectOnce("postgres");
    await store.close();
  });

  test("the database crashes and comes back in the middle, three times: nothing lost, no award twice", { timeout: 300_000 }, async () => {
    const other = await startPostgres();
    try {
      const all = startAll(other.url, "restarted", 2_000);
      let isOver = false;
      void all.catch(() => undefined).finally(() => (isOver = true));
      let crashes = 0;
      for (; crashes < 3 && !isOver; crashes++) {
        await new Promise((resolve) => setTimeout(resolve, 2_500));
        other.restart();
      }
      expect(crashes).toBeGreaterThan(0);
      await all;
      const store = await openPostgresStore({ url: other.url, schema: "gami", clock });
      await checkStore(store, "restarted");
      await store.close();
    } finally {
      other.stop();
    }
  });
});
