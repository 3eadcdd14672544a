// Does the relay keep the platform the bottleneck, and what do requests in flight bring?
// Run: node bench/relay.ts [messages]   (default 5000)
//   at a limit: wall time against the time the limit alone takes, and the share of it in which this process did nothing
//   without one: 20 in flight against 1, at a receiver that takes 20 ms
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { openHost } from "../src/adapters/hosts/open-host.ts";
import { openSqliteStore } from "../src/adapters/state/sqlite/store.ts";
import { relayOutbox } from "../src/app/deliver/relay-outbox.ts";
import { archiveAll, enqueueFor } from "../test/support/outbox-project.ts";
import { anAward, person } from "../test/support/outgoing.ts";

const latencyMs = 20;

/** A receiver that takes its time, in a thread of its own. */
function serve(): void {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => setTimeout(() => response.writeHead(204).end(), latencyMs));
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    parentPort?.postMessage(typeof address === "object" ? address?.port : null);
  });
}

async function measure(
  folder: string,
  port: number,
  name: string,
  messages: number,
  limits: { requestsPerMinute: number | null; inFlight: number },
) {
  const clock = { now: () => Date.now() };
  const state = await openSqliteStore({ path: join(folder, `${name}.sqlite`), clock });
  for (let from = 0; from < messages; from += 1000)
    await enqueueFor(
      state,
      name,
      Array.from({ length: Math.min(1000, messages - from) }, (_, at) => anAward(person(`u${from + at}`))),
    );
  const settings = {
    kind: "webhook",
    name,
    url: `http://127.0.0.1:${port}/`,
    secrets: ["0123456789abcdef01234567"],
    timeoutSeconds: 30,
    ...limits,
  } as const;
  const host = await openHost([settings], name, {
    sources: { genesys: null, cxone: null },
    shareToken: () => ({ current: async () => "", renew: async () => "" }),
    now: clock.now,
    random: Math.random,
    sleep: (milliseconds) => sleep(milliseconds),
    onWarning: (text) => console.warn(text),
  });
  const archive = () => archiveAll(state);
  const deps = {
    state,
    decisions: state.decisions,
    archive,
    clock,
    random: Math.random,
    sleep: (ms: number) => sleep(ms),
    holder: "bench",
  };
  const cpu = process.cpuUsage();
  const began = performance.now();
  const [relayed] = await relayOutbox(deps, [host], { patienceMs: 60_000, signal: new AbortController().signal });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await state.close();
  if (relayed?.totals.delivered !== messages) throw new Error(JSON.stringify(relayed));
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

async function main(): Promise<void> {
  const messages = Number(process.argv[2] ?? 5_000);
  const folder = mkdtempSync(join(tmpdir(), "gami-bench-relay-"));
  const worker = new Worker(new URL(import.meta.url));
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));
  try {
    const perMinute = 3_000;
    const inFlight = 8;
    const limited = await measure(folder, port, "limited", messages, { requestsPerMinute: perMinute, inFlight });
    const ideal = ((messages - inFlight) * 60) / perMinute;
    console.log(
      `at ${perMinute} a minute: ${messages} messages in ${limited.seconds.toFixed(1)} s; the limit alone takes ${ideal.toFixed(1)} s: ${(ideal / limited.seconds).toFixed(3)} of the wall time`,
    );
    // The receiver's thread counts into this process, too: the share is the least that is true.
    console.log(
      `  CPU ${limited.cpuSeconds.toFixed(1)} s, receiver included: idle ${(1 - limited.cpuSeconds / limited.seconds).toFixed(3)} of the wall time`,
    );
    const one = await measure(folder, port, "one", Math.ceil(messages / 5), { requestsPerMinute: null, inFlight: 1 });
    const twenty = await measure(folder, port, "twenty", messages, { requestsPerMinute: null, inFlight: 20 });
    const [slow, fast] = [Math.ceil(messages / 5) / one.seconds, messages / twenty.seconds];
    console.log(
      `without a limit, ${latencyMs} ms an answer: 1 in flight ${slow.toFixed(0)} messages/s, 20 in flight ${fast.toFixed(0)} messages/s: ${(fast / slow).toFixed(1)} times`,
    );
    console.log(`  CPU a message, receiver included: ${((twenty.cpuSeconds / messages) * 1000).toFixed(2)} ms`);
  } finally {
    await worker.terminate();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (isMainThread) await main();
else serve();
