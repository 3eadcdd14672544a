// A process that fights for one lease: `node lease-racer.ts STORE LOG TIMES`. It appends one line when it gets it and one before it gives it up.
import { appendFileSync } from "node:fs";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";

const [, , path = "", log = "", times = "1"] = process.argv;
const store = await openSqliteStore({ path, clock: { now: () => Date.now() } });
const holder = `racer ${process.pid}`;
for (let held = 0; held < Number(times); ) {
  const lease = await store.leases.acquire({ name: "stream", holder, durationMs: 60_000 });
  if (lease === null) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    continue;
  }
  held += 1;
  appendFileSync(log, `in ${lease.fence} ${holder}\n`);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
  appendFileSync(log, `out ${lease.fence} ${holder}\n`);
  await store.leases.release(lease);
}
await store.close();
