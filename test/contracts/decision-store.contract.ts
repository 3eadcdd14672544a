import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { createContentHash } from "../../src/domain/ledger/chain.ts";
import { ChecksFailedError, LockHeldError } from "../../src/errors.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { ClaimedMessage, DecisionStore, DefinitionKind } from "../../src/ports/decision-store.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
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

/** What every operational store promises about deciding and telling, whatever it is made of. */
export function decisionStoreContract(adapter: StateStoreAdapter): void {
  describe(`ledger, decisions and outbox on ${adapter.name}`, () => {
    const opened: StateStore[] = [];
    let now = 1_000_000;
    const clock: Clock = { now: () => now };
    const open = async (): Promise<DecisionStore> => {
      const store = await adapter.open(clock);
      opened.push(store);
      return store.decisions;
    };
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      await adapter.reset();
      now = 1_000_000;
    });
    const claimOf = async (store: DecisionStore, more: Partial<Parameters<DecisionStore["outbox"]["claim"]>[0]> = {}) => {
      const keeping = opened[0]?.keeping;
      await keeping?.markArchived((await keeping.standing()).commitNo);
      return store.outbox.claim({ host: "genesys", limit: 10, holder: "one", leaseMs: 1_000, now, ...more });
    };
    const subjects = (messages: readonly { readonly subjectId: string }[]) => messages.map(({ subjectId }) => subjectId);

    test("a plan is written whole, and reads back as it was planned [D1] [D6]", async () => {
      const store = await open();
      const definition = {
        kind: "milestone" as DefinitionKind,
        definitionId: "aht-gold",
        ruleHash: "r1",
        content: '{"a":1}',
        validFrom: 5,
        validTo: null,
      };
      const totals = await store.commit(
        aPlan({
          snapshots: [{ definitionId: "aht-gold", before: null, after: { "genesys.interaction": 3 } }],
          definitions: [definition],
          entries: [anEntry("ann"), anEntry("bob", 1, { amount: -(2n ** 60n), unit: "EUR", tier: null })],
          decisions: [aDecision("ann", 10, { verdict: "met" }), aDecision("bob", 10)],
          entitlements: [anEntitlement("ann")],
          flairVersions: [aFlairVersion("ann", 1)],
          messages: [aMessage("ann")],
        }),
      );
      expect(totals).toEqual({ appended: 2, duplicate: 0, decisions: 2, enqueued: 1 });
      expect(await store.definitions("milestone")).toEqual([{ ...definition, recordedAt: now }]);
      expect(await store.lastSnapshots()).toEqual(new Map([["aht-gold", { "genesys.interaction": 3 }]]));
      expect(await allEntries(store)).toEqual([
        { ...anEntry("ann"), seq: 1, postedAt: now, runId: "run-1" },
        { ...anEntry("bob", 1, { amount: -(2n ** 60n), unit: "EUR", tier: null }), seq: 2, postedAt: now, runId: "run-1" },
      ]);
      expect(await flat(store.decisions({ definitionIds: ["aht-gold"] }))).toEqual([
        aDecision("ann", 10, { verdict: "met" }),
        aDecision("bob", 10),
      ]);
      expect(await store.entitlements({ at: now })).toEqual([anEntitlement("ann")]);
      expect(await store.flairVersions("genesys")).toEqual([aFlairVersion("ann", 1)]);
      expect(await allMessages(store)).toMatchObject([
        { ...aMessage("ann"), id: 1, state: "pending", attempts: 0, enqueuedAt: now, nextAttemptAt: now, settledAt: null },
      ]);
    });

    test("the same plan again changes nothing: entries and messages are duplicates [T3] [S3-R24] [T12]", async () => {
      const store = await open();
      const plan = aPlan({
        snapshots: [{ definitionId: "aht-gold", before: null, after: { "csv:a.interaction": 1 } }],
        entries: [anEntry("ann"), anEntry("ann", 2)],
        messages: [aMessage("ann")],
      });
      await store.commit(plan);
      now += 1;
      expect(await store.commit(plan)).toEqual({ appended: 0, duplicate: 2, decisions: 0, enqueued: 0 });
      expect((await allEntries(store)).map(({ postedAt }) => postedAt)).toEqual([1_000_000, 1_000_000]);
      expect(await allMessages(store)).toHaveLength(1);
    });

    test("one changed amount under the same key is a conflict, and nothing of the plan is written [T5] [G5]", async () => {
      const store = await open();
      await store.commit(aPlan({ entries: [anEntry("ann")] }));
      const changed = aPlan({ entries: [anEntry("bob"), anEntry("ann", 1, { amount: 2n })], decisions: [aDecision("bob", 1)] });
      await expect(store.commit(changed)).rejects.toThrow(LockHeldError);
      expect(await allEntries(store)).toHaveLength(1);
      expect(await flat(store.decisions({ definitionIds: ["aht-gold"] }))).toEqual([]);
    });

    test("other words under an idempotency key that was used are a conflict; another time to go out is not [T5]", async () => {
      const store = await open();
      await store.commit(aPlan({ messages: [aMessage("ann")] }));
      await expect(store.commit(aPlan({ messages: [aMessage("ann", { payload: '{"agent":"eve"}' })] }))).rejects.toThrow(/other content/);
      expect(await store.commit(aPlan({ messages: [aMessage("ann", { notBefore: now + 5, priority: 9 })] }))).toMatchObject({
        enqueued: 0,
      });
    });

    test("an entry number that leaves one out is refused", async () => {
      const store = await open();
      await expect(store.commit(aPlan({ entries: [anEntry("ann", 2)] }))).rejects.toThrow(ChecksFailedError);
      await expect(store.commit(aPlan({ entries: [anEntry("ann"), anEntry("ann", 3)] }))).rejects.toThrow(/leaves out/);
      expect(await allEntries(store)).toEqual([]);
      await store.commit(aPlan({ entries: [anEntry("ann")] }));
      expect((await allEntries(store)).map(({ seq }) => seq)).toEqual([1]);
    });

    test("a decision on an outdated snapshot is refused, one on the snapshot that stands is taken", async () => {
      const store = await open();
      const step = (before: number | null, after: number, agent: string) =>
        store.commit(
          aPlan({
            snapshots: [{ definitionId: "aht-gold", before: before === null ? null : { "a.b": before }, after: { "a.b": after } }],
            entries: [anEntry(agent)],
          }),
        );
      await step(null, 1, "ann");
      await expect(step(null, 2, "bob")).rejects.toThrow(LockHeldError);
      await step(1, 2, "bob");
      await expect(step(1, 2, "eve")).rejects.toThrow(/in between/);
      expect((await allEntries(store)).map(({ subjectId }) => subjectId)).toEqual(["ann", "bob"]);
      expect(await step(1, 2, "bob")).toMatchObject({ appended: 0, duplicate: 1 });
    });

    test("a snapshot is the same whatever order its streams are named in", async () => {
      const store = await open();
      const snapshots = (before: Record<string, number> | null, after: Record<string, number>) =>
        store.commit(aPlan({ snapshots: [{ definitionId: "m", before, after }], entries: [anEntry(String(Object.keys(after).length))] }));
      await snapshots(null, { "a.x": 1, "b.y": 2 });
      expect(await snapshots({ "b.y": 2, "a.x": 1 }, { "a.x": 2, "b.y": 2, "c.z": 1 })).toMatchObject({ appended: 1 });
    });

    test("an older decision never replaces a newer one, and a replaced verdict is kept with its evidence", async () => {
      const store = await open();
      const decide = (asOf: number, verdict: "met" | "not_met", evidence: string) =>
        store.commit(aPlan({ decisions: [aDecision("ann", asOf, { verdict, evidence })] }));
      await decide(10, "not_met", "a");
      await decide(20, "not_met", "b");
      await decide(30, "met", "c");
      expect(await decide(25, "not_met", "late")).toMatchObject({ decisions: 0 });
      await decide(30, "met", "d");
      const [latest] = await flat(store.decisions({ definitionIds: ["aht-gold"], subjectId: "ann" }));
      expect(latest).toMatchObject({ verdict: "met", decidedAsOf: 30, evidence: "d" });
      expect(await store.decisionHistory({ definitionIds: ["aht-gold"], subjectId: "ann" })).toMatchObject([
        { verdict: "not_met", since: 10, decidedAsOf: 20, replacedAsOf: 30, evidence: "b" },
        { verdict: "met", since: 30, decidedAsOf: 30, replacedAsOf: null, evidence: "d" },
      ]);
    });

    test("decisions are found by the commits that wrote them last", async () => {
      const store = await open();
      const commit = async (...decisions: readonly ReturnType<typeof aDecision>[]) => {
        await store.commit(aPlan({ decisions }));
        return store.lastCommit();
      };
      const between = async (after: number, upTo: number) =>
        (await flat(store.decidedBetween({ after, upTo }))).map(({ subjectId, decidedAsOf }) => [subjectId, decidedAsOf]);
      const first = await commit(aDecision("bob", 10), aDecision("ann", 10));
      const second = await commit(aDecision("ann", 20), aDecision("bob", 5), aDecision("eve", 20));
      expect(second).toBeGreaterThan(first);
      expect(await between(0, first)).toEqual([["bob", 10]]);
      expect(await between(first, second)).toEqual([
        ["ann", 20],
        ["eve", 20],
      ]);
      expect(await between(0, second)).toHaveLength(3);
      expect(await between(second, second)).toEqual([]);
    });

    test("a definition keeps its versions; a version may be given its end", async () => {
      const store = await open();
      const version = (ruleHash: string, validFrom: number, validTo: number | null) =>
        aPlan({ definitions: [{ kind: "milestone", definitionId: "aht-gold", ruleHash, content: "{}", validFrom, validTo }] });
      await store.commit(version("r1", 0, null));
      await store.commit(version("r1", 0, 100));
      await store.commit(version("r2", 100, null));
      expect(await store.definitions("milestone")).toMatchObject([
        { ruleHash: "r1", validFrom: 0, validTo: 100 },
        { ruleHash: "r2", validFrom: 100, validTo: null },
      ]);
      expect(await store.definitions("adjustment")).toEqual([]);
    });

    test("entries are found after a place, by subject, by definition and by kind; the last of each award is what stands", async () => {
      const store = await open();
      const silver = { definitionId: "aht-silver", awardKey: "5".repeat(64) };
      await store.commit(
        aPlan({
          entries: [
            anEntry("ann"),
            anEntry("bob"),
            anEntry("ann", 2, { action: "reverse", amount: -1n }),
            anEntry("ann", 1, { ...silver, kind: "points" }),
          ],
        }),
      );
      const seqs = async (filter: Parameters<DecisionStore["entries"]>[0]) => (await allEntries(store, filter)).map(({ seq }) => seq);
      expect(await seqs({ afterSeq: 2 })).toEqual([3, 4]);
      expect(await seqs({ subjectId: "bob" })).toEqual([2]);
      expect(await seqs({ definitionIds: ["aht-silver", "other"] })).toEqual([4]);
      expect(await seqs({ kind: "award", subjectId: "ann", afterSeq: 1 })).toEqual([3]);
      const last = await flat(store.lastEntries(["aht-gold"]));
      expect(last.map(({ subjectId, entryNo }) => [subjectId, entryNo]).sort()).toEqual([
        ["ann", 2],
        ["bob", 1],
      ]);
      expect(await flat(store.lastEntries([]))).toEqual([]);
    });

    test("in whatever splits, orders and repetitions decisions arrive, the ledger says the same [D3] [T3] [T12]", async () => {
      const agents = ["ann", "bob", "eve"];
      /** What happens to one agent, in its order: grant, confirm, reverse, grant again. */
      const chainOf = (agent: string) =>
        (["grant", "confirm", "reverse", "grant"] as const).map((action, at) =>
          anEntry(agent, at + 1, { action, reason: `${agent} ${at}` }),
        );
      const hashOf = async (store: StateStore) => {
        const hash = createContentHash();
        for await (const rows of store.keeping.ledger({ afterSeq: 0 })) for (const { row } of rows) hash.add(row);
        return hash.digest();
      };
      const whole = await adapter.open(clock);
      opened.push(whole);
      await whole.decisions.commit(aPlan({ entries: agents.flatMap(chainOf), messages: agents.map((agent) => aMessage(agent)) }));
      const expected = await hashOf(whole);
      const step = fc.record({
        agent: fc.constantFrom(...agents),
        upTo: fc.integer({ min: 1, max: 4 }),
        runs: fc.integer({ min: 1, max: 2 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.shuffledSubarray(agents, { minLength: 3 }), async (steps, order) => {
          await adapter.reset();
          const store = await adapter.open(clock);
          try {
            // Any part of an agent's chain from its beginning, several at once or again; at the end everybody's whole.
            for (const { agent, upTo, runs } of [...steps, ...order.map((agent) => ({ agent, upTo: 4, runs: 2 }))]) {
              const plan = aPlan({ runId: `run ${upTo}`, entries: chainOf(agent).slice(0, upTo), messages: [aMessage(agent)] });
              for (let run = 0; run < runs; run++) await store.decisions.commit(plan);
            }
            expect(await hashOf(store)).toBe(expected);
            expect(await allMessages(store.decisions)).toHaveLength(agents.length);
            const numbers = await allEntries(store.decisions);
            expect(numbers.map(({ seq }) => seq)).toEqual(numbers.map((_, at) => at + 1));
          } finally {
            await store.close();
          }
        }),
        { numRuns: 15 },
      );
    }, 120_000);

    test("reading thousands of rows comes in chunks and in order", async () => {
      const store = await open();
      const agents = Array.from({ length: 4_500 }, (_, index) => `agent ${String(index).padStart(5, "0")}`);
      await store.commit(aPlan({ entries: agents.map((agent) => anEntry(agent)), decisions: agents.map((agent) => aDecision(agent, 1)) }));
      const chunks: number[] = [];
      for await (const chunk of store.entries({})) chunks.push(chunk.length);
      expect(chunks.length).toBeGreaterThan(1);
      expect((await allEntries(store)).map(({ seq }) => seq)).toEqual(agents.map((_, index) => index + 1));
      expect((await flat(store.decisions({ definitionIds: ["aht-gold"] }))).map(({ subjectId }) => subjectId)).toEqual(agents);
      expect(await flat(store.lastEntries(["aht-gold"]))).toHaveLength(4_500);
    });

    test("when the clock moves back the ledger's times do not", async () => {
      const store = await open();
      await store.commit(aPlan({ entries: [anEntry("ann")] }));
      now -= 86_400_000;
      await store.commit(aPlan({ entries: [anEntry("bob")] }));
      expect((await allEntries(store)).map(({ postedAt }) => postedAt)).toEqual([1_000_000, 1_000_000]);
    });

    test("entitlements are those in force at the time asked for [T97]", async () => {
      const store = await open();
      await store.commit(
        aPlan({
          entitlements: [
            anEntitlement("ann", { validFrom: 0, validTo: 100 }),
            anEntitlement("bob", { validFrom: 0, revokedAt: 50 }),
            anEntitlement("eve", { validFrom: 60 }),
          ],
        }),
      );
      const at = async (time: number, agentIds?: string[]) =>
        (await store.entitlements({ at: time, ...(agentIds === undefined ? {} : { agentIds }) })).map(({ agentId }) => agentId);
      expect(await at(49)).toEqual(["ann", "bob"]);
      expect(await at(99)).toEqual(["ann", "eve"]);
      expect(await at(100)).toEqual(["eve"]);
      expect(await at(99, ["ann"])).toEqual(["ann"]);
      await store.commit(aPlan({ entitlements: [anEntitlement("ann", { validFrom: 0, validTo: null })] }));
      expect(await at(100)).toEqual(["ann", "eve"]);
    });

    test("a flair version is the next one or the same again; any other is refused [T88] [T91]", async () => {
      const store = await open();
      const write = (version: number, more = {}) => store.commit(aPlan({ flairVersions: [aFlairVersion("ann", version, more)] }));
      await write(1);
      await write(1);
      await write(2);
      await expect(write(2, { wanted: '{"other":1}' })).rejects.toThrow(LockHeldError);
      await expect(write(1)).rejects.toThrow(LockHeldError);
      await expect(write(4)).rejects.toThrow(/not the next one/);
      await write(1, { epoch: 2 });
      await expect(write(3)).rejects.toThrow(LockHeldError);
      expect(await store.flairVersions("genesys")).toEqual([aFlairVersion("ann", 1, { epoch: 2 })]);
      expect(await store.flairVersions("webhook")).toEqual([]);
    });

    describe("outbox", () => {
      test("a message is claimed once; what is delivered stays delivered", async () => {
        const [one, other] = [await open(), await open()];
        await one.commit(aPlan({ messages: [aMessage("ann"), aMessage("bob", { host: "webhook" })] }));
        const [claimed, ...more] = await claimOf(one);
        expect(more).toEqual([]);
        expect(claimed).toMatchObject({ subjectId: "ann", state: "in_flight", attempts: 1, fence: 1 });
        expect(await claimOf(other)).toEqual([]);
        expect(await other.outbox.settle(sure(claimed), { kind: "delivered", answer: "201" }, now + 5)).toBe(true);
        now += 10_000;
        expect(await claimOf(one)).toEqual([]);
        expect(await one.outbox.list({ host: "genesys", limit: 10 })).toMatchObject([
          { state: "delivered", settledAt: 1_000_005, lastAnswer: "201" },
        ]);
        expect(await one.outbox.counts()).toEqual([
          { host: "genesys", state: "delivered", messages: 1 },
          { host: "webhook", state: "pending", messages: 1 },
        ]);
      });

      test("a claim that ran out is taken over under a higher fence, and the late settlement changes nothing", async () => {
        const store = await open();
        await store.commit(aPlan({ messages: [aMessage("ann")] }));
        const [first] = await claimOf(store);
        now += 999;
        expect(await claimOf(store)).toEqual([]);
        now += 1;
        const [second] = await claimOf(store, { holder: "two" });
        expect(sure(second).fence).toBeGreaterThan(sure(first).fence);
        expect(sure(second).attempts).toBe(2);
        expect(await store.outbox.settle(sure(first), { kind: "delivered", answer: null }, now)).toBe(false);
        expect(await store.outbox.settle(sure(second), { kind: "duplicate", answer: "409" }, now)).toBe(true);
        expect(await store.outbox.settle(sure(second), { kind: "dead", answer: "again" }, now)).toBe(false);
        expect((await allMessages(store)).map(({ state }) => state)).toEqual(["duplicate"]);
      });

      test("messages of one subject go out one after another in the order they were written, higher priority of other subjects first", async () => {
        const store = await open();
        await store.commit(
          aPlan({
            messages: [
              aMessage("ann", { version: 1 }),
              aMessage("ann", { version: 2, priority: 9 }),
              aMessage("bob"),
              aMessage("eve", { priority: 5 }),
            ],
          }),
        );
        const first = await claimOf(store);
        expect(subjects(first)).toEqual(["eve", "ann", "bob"]);
        expect(await claimOf(store)).toEqual([]);
        const ann = sure(first.find(({ subjectId }) => subjectId === "ann"));
        await store.outbox.settle(ann, { kind: "delivered", answer: null }, now);
        expect(await claimOf(store)).toMatchObject([{ subjectId: "ann", version: 2 }]);
      });

      test("a retry waits for its time and keeps the later messages of its subject back", async () => {
        const store = await open();
        await store.commit(aPlan({ messages: [aMessage("ann"), aMessage("ann", { version: 2 })] }));
        const [first] = await claimOf(store);
        await store.outbox.settle(sure(first), { kind: "retry", nextAttemptAt: now + 500, answer: "503" }, now);
        expect(await claimOf(store)).toEqual([]);
        now += 500;
        const again = await claimOf(store);
        expect(again).toMatchObject([{ version: null, attempts: 2, lastAnswer: "503" }]);
      });

      test("a message in its publication window is not sent before, and keeps nobody back [S3-R40]", async () => {
        const store = await open();
        await store.commit(aPlan({ messages: [aMessage("ann", { notBefore: now + 100 }), aMessage("ann", { kind: "revocation" })] }));
        expect(await claimOf(store)).toMatchObject([{ kind: "revocation" }]);
        now += 100;
        expect(await claimOf(store)).toEqual([]);
        now += 1_000;
        expect(await claimOf(store)).toMatchObject([{ kind: "award" }]);
      });

      test("a dead message lets the next one go, a held one does not; both come back by replay [S3-R56]", async () => {
        const store = await open();
        await store.commit(
          aPlan({
            messages: ["ann", "bob"].flatMap((agent) => [aMessage(agent), aMessage(agent, { version: 2 })]),
          }),
        );
        const [ann, bob] = await claimOf(store);
        await store.outbox.settle(sure(ann), { kind: "dead", answer: "400" }, now);
        await store.outbox.settle(sure(bob), { kind: "held", answer: "user is deleted" }, now);
        const next = await claimOf(store);
        expect(subjects(next)).toEqual(["ann"]);
        expect(await store.outbox.list({ state: "held", limit: 5 })).toMatchObject([{ subjectId: "bob", lastAnswer: "user is deleted" }]);
        expect(await store.outbox.replay([sure(ann).id, 4711], now)).toBe(1);
        // The later message of the same subject is on its way: the replayed one waits for it.
        expect(await claimOf(store)).toEqual([]);
        await store.outbox.settle(sure(next[0]), { kind: "delivered", answer: null }, now);
        expect(subjects(await claimOf(store))).toEqual(["ann"]);
        expect(await store.outbox.replay("all", now)).toBe(1);
        expect(subjects(await claimOf(store))).toEqual(["bob"]);
      });

      test("a message that is replayed before its time waits for it: a running boost is not ended by a restore [S3-R40]", async () => {
        const store = await open();
        const endsAt = now + 5_000;
        await store.commit(aPlan({ messages: [aMessage("boost", { kind: "adjustment", notBefore: endsAt }), aMessage("ann")] }));
        const replayedAt = now + 100;
        now = endsAt;
        for (const message of await claimOf(store)) await store.outbox.settle(message, { kind: "held", answer: "restored" }, now);
        now = replayedAt;
        expect(await store.outbox.replay("all", now)).toBe(2);
        const [ann, ...others] = await claimOf(store);
        expect([sure(ann).subjectId, others]).toEqual(["ann", []]);
        await store.outbox.settle(sure(ann), { kind: "delivered", answer: null }, now);
        now = endsAt - 1;
        expect(await claimOf(store)).toEqual([]);
        now = endsAt;
        expect(subjects(await claimOf(store))).toEqual(["boost"]);
      });

      test("what was only taken and given back is due at once, and has had no attempt", async () => {
        const store = await open();
        await store.commit(aPlan({ messages: [aMessage("ann")] }));
        const [taken] = await claimOf(store);
        expect(await store.outbox.settle(sure(taken), { kind: "returned", answer: "stopped" }, now)).toBe(true);
        expect(await store.outbox.settle(sure(taken), { kind: "returned", answer: "stopped" }, now)).toBe(false);
        expect(await allMessages(store)).toMatchObject([{ state: "pending", attempts: 0, settledAt: null, lastAnswer: "stopped" }]);
        expect(await claimOf(store)).toMatchObject([{ attempts: 1, fence: 2 }]);
      });

      test("a message that is replayed counts its age anew [T106]", async () => {
        const store = await open();
        await store.commit(aPlan({ messages: [aMessage("ann"), aMessage("bob")] }));
        const [ann] = await claimOf(store);
        await store.outbox.settle(sure(ann), { kind: "dead", answer: "given up" }, now);
        const writtenAt = now;
        now += 100_000;
        await store.outbox.replay("all", now);
        const ages = (await allMessages(store)).map(({ subjectId, enqueuedAt }) => [subjectId, enqueuedAt]);
        expect(ages).toEqual([
          ["ann", now],
          ["bob", writtenAt],
        ]);
      });

      test("messages are found by their keys, whatever became of them", async () => {
        const store = await open();
        const [ann, bob, eve] = [aMessage("ann"), aMessage("bob"), aMessage("eve")];
        await store.commit(aPlan({ messages: [ann, bob, eve] }));
        const [taken] = await claimOf(store, { limit: 1 });
        await store.outbox.settle(sure(taken), { kind: "delivered", answer: "201" }, now);
        expect(await store.outbox.find([eve.idempotencyKey, "0".repeat(64), ann.idempotencyKey])).toMatchObject([
          { ...ann, state: "delivered" },
          { ...eve, state: "pending" },
        ]);
        expect(await store.outbox.find([])).toEqual([]);
      });

      test("delivering a flair message notes its version, and a late older one does not take it back [G23]", async () => {
        const store = await open();
        await store.commit(aPlan({ flairVersions: [aFlairVersion("ann", 1)], messages: [aMessage("ann", { kind: "flair", version: 1 })] }));
        await store.commit(aPlan({ flairVersions: [aFlairVersion("ann", 2)], messages: [aMessage("ann", { kind: "flair", version: 2 })] }));
        const [first] = await claimOf(store);
        await store.outbox.settle(sure(first), { kind: "superseded", answer: null }, now);
        expect(await store.flairVersions("genesys")).toMatchObject([{ version: 2, deliveredVersion: null }]);
        const [second] = await claimOf(store);
        await store.outbox.settle(sure(second), { kind: "delivered", answer: null }, now);
        expect(await store.flairVersions("genesys")).toMatchObject([{ version: 2, deliveredVersion: 2, deliveredAt: now }]);
        await store.commit(aPlan({ flairVersions: [aFlairVersion("ann", 3)] }));
        expect(await store.flairVersions("genesys")).toMatchObject([{ version: 3, deliveredVersion: 2, deliveredAt: now }]);
      });
    });

    test("a store has one identity and starts in epoch 1", async () => {
      const [one, other] = [await open(), await open()];
      expect(await one.id()).toMatch(/^[0-9a-f]{32}$/);
      expect(await other.id()).toBe(await one.id());
      expect(await one.epoch()).toBe(1);
    });
  });
}

function sure(message: ClaimedMessage | undefined): ClaimedMessage {
  if (message === undefined) throw new Error("expected a claimed message");
  return message;
}
