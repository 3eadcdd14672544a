// A process that fights for one lease: `node lease-racer.ts STORE LOG SECONDS`. It appends one line when it gets it and one before it gives it up.
import { appendFileSync } from "node:fs";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";

const [, , path = "", log = "", seconds = "1"] = process.argv;
const store = await openSqliteStore({ path, clock: { now: () => Date.now() } });
const holder = `racer ${process.pid}`;
const until = Date.now() + Number(seconds) * 1000;
while (Date.now() < until) {
  const lease = await store.leases.acquire({ name: "stream", holder, durationMs: 60_000 });
  if (lease === null) continue;
  appendFileSync(log, `in ${lease.fence} ${holder}\n`);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
  appendFileSync(log, `out ${lease.fence} ${holder}\n`);
  await store.leases.release(lease);
}
await store.close();
