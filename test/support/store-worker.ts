// One of many processes that decide and tell at once: `node store-worker.ts STORE ARCHIVE LOG AGENTS LEASE_MS`.
// It grants every agent the same award as all others do, in an order of its own, and delivers what it can claim;
// each delivery is one line in the log when it begins and one when it ends.
import { appendFileSync } from "node:fs";
import { openLedgerArchive } from "../../src/adapters/archive/ledger/segments.ts";
import { openPostgresStore } from "../../src/adapters/state/postgres/store.ts";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";
import { archiveLedger } from "../../src/app/state/archive-ledger.ts";
import { LockHeldError } from "../../src/errors.ts";
import { aDecision, aMessage, anEntitlement, anEntry, aPlan } from "./decision-plans.ts";

const [, , place = "", archive = "", log = "", agents = "10", leaseMs = "60000"] = process.argv;
const clock = { now: () => Date.now() };
const store = place.startsWith("postgres:")
  ? await openPostgresStore({ url: place, schema: "gami", clock })
  : await openSqliteStore({ path: place, clock, busyTimeoutMs: 60_000 });
const ledgerArchive = openLedgerArchive({ path: archive });
const { decisions, keeping } = store;

const names = Array.from({ length: Number(agents) }, (_, at) => `agent ${at}`).sort(() => Math.random() - 0.5);
for (const name of names) {
  await decisions.commit(
    aPlan({
      runId: `run of ${process.pid}`,
      entries: [anEntry(name), anEntry(name, 2)],
      decisions: [aDecision(name, 10, { verdict: "met" })],
      entitlements: [anEntitlement(name)],
      messages: [aMessage(name), aMessage(name, { kind: "revocation" })],
    }),
  );
  await archiveLedger({ keeping, ledgerArchive, clock });
  await deliver();
}
const isOpen = async () => (await decisions.outbox.counts()).some(({ state }) => state === "pending" || state === "in_flight");
while (await isOpen()) {
  await deliver();
  await new Promise((resolve) => setTimeout(resolve, 20));
}
await store.close();

async function deliver(): Promise<void> {
  const claimed = await decisions.outbox
    .claim({ host: "genesys", limit: 3, holder: String(process.pid), leaseMs: Number(leaseMs), now: clock.now() })
    .catch((error: unknown) => {
      if (error instanceof LockHeldError) return [];
      throw error;
    });
  for (const message of claimed) {
    appendFileSync(log, `in ${message.idempotencyKey} ${process.pid}\n`);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    appendFileSync(log, `out ${message.idempotencyKey} ${process.pid}\n`);
    await decisions.outbox.settle(message, { kind: "delivered", answer: "201" }, clock.now());
  }
}
