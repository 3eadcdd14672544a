import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { LockHeldError } from "../../src/errors.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { StateRestore } from "../../src/ports/state-keeper.ts";
import type { Lease, RunStart, StateStore } from "../../src/ports/state-store.ts";

export interface StateStoreAdapter {
  readonly name: string;
  /** Opens one more connection to the same store, made fresh for each test by `reset`. */
  open(clock: Clock): Promise<StateStore>;
  reset(): Promise<void>;
  beginRestore(clock: Clock): Promise<StateRestore>;
  /** Runs statements as somebody with the password would: past gami, with the triggers off. */
  tamper(statements: readonly string[]): Promise<void>;
  tableNames(): Promise<string[]>;
}

/** What every operational store promises, whatever it is made of. */
export function stateStoreContract(adapter: StateStoreAdapter): void {
  describe(`the operational store on ${adapter.name}`, () => {
    const opened: StateStore[] = [];
    let now = 1_000_000;
    const clock: Clock = { now: () => now };
    const open = async () => {
      const store = await adapter.open(clock);
      opened.push(store);
      return store;
    };
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      await adapter.reset();
      now = 1_000_000;
    });
    const start = (id: string, more: Partial<RunStart> = {}): RunStart => ({
      id,
      command: "import csv",
      argv: ["import", "csv", "calls 'ä'.csv"],
      startedAt: now,
      host: "here",
      pid: 4711,
      ...more,
    });

    test("a run is running until it ends, and comes back as it was written", async () => {
      const { runs } = await open();
      await runs.start(start("a"));
      expect(await runs.find("a")).toEqual({ ...start("a"), endedAt: null, status: "running", exitCode: null, totals: null, error: null });
      const error = { code: "X", message: 'it said "no"', hint: null };
      await runs.end("a", { endedAt: now + 5, status: "failed", exitCode: 6, totals: { received: 3 }, error });
      expect(await runs.find("a")).toMatchObject({ endedAt: now + 5, status: "failed", exitCode: 6, totals: { received: 3 }, error });
    });

    test("a run ends once: what comes later changes nothing", async () => {
      const { runs } = await open();
      await runs.start(start("a"));
      const end = { endedAt: now, exitCode: 0, totals: null, error: null };
      await runs.end("a", { ...end, status: "done" });
      await runs.end("a", { ...end, status: "failed", exitCode: 1 });
      expect(await runs.find("a")).toMatchObject({ status: "done", exitCode: 0 });
    });

    test("totals beyond 2^53 are kept as text", async () => {
      const { runs } = await open();
      await runs.start(start("a"));
      await runs.end("a", { endedAt: now, status: "done", exitCode: 0, totals: { minor: 2n ** 60n }, error: null });
      expect((await runs.find("a"))?.totals).toEqual({ minor: "1152921504606846976" });
    });

    test("runs are listed latest first, and filtered by command and status", async () => {
      const { runs } = await open();
      for (const [index, command] of ["import csv", "dbt build", "import csv"].entries()) {
        await runs.start(start(String(index), { command, startedAt: now + index }));
      }
      await runs.end("0", { endedAt: now, status: "done", exitCode: 0, totals: null, error: null });
      const ids = async (options: Parameters<typeof runs.list>[0]) => (await runs.list(options)).map(({ id }) => id);
      expect(await ids({ limit: 10 })).toEqual(["2", "1", "0"]);
      expect(await ids({ limit: 2 })).toEqual(["2", "1"]);
      expect(await ids({ limit: 10, command: "import csv" })).toEqual(["2", "0"]);
      expect(await ids({ limit: 10, command: "import csv", status: "done" })).toEqual(["0"]);
      expect(await runs.find("unknown")).toBeNull();
    });

    test("what one connection wrote, another one reads", async () => {
      const [one, other] = [await open(), await open()];
      await one.runs.start(start("a"));
      expect(await other.runs.find("a")).not.toBeNull();
      expect(await other.schemaVersion()).toBe(await one.schemaVersion());
    });

    test("a lease is held by one at a time, and passes on with a higher fence", async () => {
      const [one, other] = [(await open()).leases, (await open()).leases];
      const first = await held(one.acquire({ name: "genesys", holder: "one", durationMs: 1000 }));
      expect(await other.acquire({ name: "genesys", holder: "other", durationMs: 1000 })).toBeNull();
      await one.release(first);
      const second = await held(other.acquire({ name: "genesys", holder: "other", durationMs: 1000 }));
      expect(second.fence).toBeGreaterThan(first.fence);
    });

    test("asking again keeps the lease under the same fence", async () => {
      const { leases } = await open();
      const first = await held(leases.acquire({ name: "x", holder: "one", durationMs: 1000 }));
      now += 10;
      const again = await held(leases.acquire({ name: "x", holder: "one", durationMs: 1000 }));
      expect(again).toEqual({ ...first, expiresAt: now + 1000, heartbeatAt: now });
    });

    test("an expired lease may be taken over; its old holder can neither renew nor release it", async () => {
      const { leases } = await open();
      const first = await held(leases.acquire({ name: "x", holder: "one", durationMs: 1000 }));
      now += 999;
      expect(await leases.acquire({ name: "x", holder: "other", durationMs: 1000 })).toBeNull();
      now += 1;
      const second = await held(leases.acquire({ name: "x", holder: "other", durationMs: 1000 }));
      await expect(leases.renew(first, 1000)).rejects.toThrow(LockHeldError);
      await leases.release(first);
      expect((await leases.list()).map(({ holder, fence }) => ({ holder, fence }))).toEqual([{ holder: "other", fence: second.fence }]);
    });

    test("the same holder who comes back after expiry gets a new fence, so that its own old writes are fenced off too", async () => {
      const { leases } = await open();
      const first = await held(leases.acquire({ name: "x", holder: "one", durationMs: 1000 }));
      now += 1000;
      expect((await held(leases.acquire({ name: "x", holder: "one", durationMs: 1000 }))).fence).toBe(first.fence + 1);
    });

    test("whatever the order of asking, renewing, releasing and waiting: one holder at a time, and fences only grow", async () => {
      const step = fc.oneof(
        fc.record({ kind: fc.constant("acquire" as const), holder: fc.constantFrom("a", "b", "c") }),
        fc.record({ kind: fc.constantFrom("renew" as const, "release" as const), holder: fc.constantFrom("a", "b", "c") }),
        fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 150 }) }),
      );
      let round = 0;
      const { leases } = await open();
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          round += 1;
          const name = `lease ${round}`;
          const believed = new Map<string, Lease>();
          let highest = 0;
          for (const one of steps) {
            if (one.kind === "wait") now += one.ms;
            else if (one.kind === "acquire") {
              const others = [...believed.values()].filter(({ holder, expiresAt }) => holder !== one.holder && expiresAt > now);
              const lease = await leases.acquire({ name, holder: one.holder, durationMs: 100 });
              expect(lease === null).toBe(others.length > 0);
              if (lease === null) continue;
              expect(lease.fence).toBeGreaterThanOrEqual(highest);
              if (lease.fence !== believed.get(one.holder)?.fence) expect(lease.fence).toBeGreaterThan(highest);
              highest = lease.fence;
              believed.set(one.holder, lease);
            } else {
              const lease = believed.get(one.holder);
              if (lease === undefined) continue;
              if (one.kind === "release") {
                await leases.release(lease);
                believed.delete(one.holder);
              } else if (lease.fence === highest) believed.set(one.holder, await leases.renew(lease, 100));
              else await expect(leases.renew(lease, 100)).rejects.toThrow(LockHeldError);
            }
          }
        }),
        { numRuns: 60 },
      );
    });
  });
}

async function held(lease: Promise<Lease | null>): Promise<Lease> {
  const got = await lease;
  if (got === null) throw new Error("expected to get the lease");
  return got;
}
