import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { aFlairVersion, allMessages, aPlan } from "../../../test/support/decision-plans.ts";
import { aFlair, anAdjustment, anAward, person, planned, somePoints } from "../../../test/support/outgoing.ts";
import { openSqliteStore } from "../../adapters/state/sqlite/store.ts";
import type { MessagePayload } from "../../domain/deliver/message.ts";
import type { Outcome } from "../../domain/deliver/outcome.ts";
import { AuthError, LockHeldError } from "../../errors.ts";
import type { Message } from "../../ports/decision-store.ts";
import type { OutgoingMessage, RecognitionHost } from "../../ports/recognition-host.ts";
import type { StateStore } from "../../ports/state-store.ts";
import { type RelayRequest, relayOutbox } from "./relay-outbox.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-relay-"));
let now = Date.parse("2026-02-02T08:00:00Z");
const clock = { now: () => now };
let stores = 0;
let state: StateStore;
beforeEach(async () => {
  stores += 1;
  state = await openSqliteStore({ path: join(folder, `${stores}.sqlite`), clock });
});
afterEach(async () => {
  await state.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Scripted extends RecognitionHost {
  readonly sent: OutgoingMessage[][];
  mostAtOnce: number;
  pausedUntil: number;
}

/** A host that answers as told, and remembers what it was told. */
function scripted(answer: (message: OutgoingMessage, nth: number) => Outcome | Error, changes: Partial<RecognitionHost> = {}): Scripted {
  const tries = new Map<string, number>();
  let atOnce = 0;
  const host: Scripted = {
    name: "h",
    inFlight: 3,
    longestSendMs: 10_000,
    batchSize: () => 1,
    pauseMs: () => Math.max(0, host.pausedUntil - now),
    flair: null,
    counts: () => ({ requests: 0, throttled: 0, faults: 0, pauses: 0, waitedMs: 0 }),
    close: async () => undefined,
    sent: [],
    mostAtOnce: 0,
    pausedUntil: 0,
    async send(messages) {
      host.sent.push([...messages]);
      atOnce += 1;
      host.mostAtOnce = Math.max(host.mostAtOnce, atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce -= 1;
      return messages.map((message) => {
        const nth = (tries.get(message.idempotencyKey) ?? 0) + 1;
        tries.set(message.idempotencyKey, nth);
        const outcome = answer(message, nth);
        if (outcome instanceof Error) throw outcome;
        return outcome;
      });
    },
    ...changes,
  };
  return host;
}

const yes = (): Outcome => ({ kind: "delivered", answer: "201" });
const later = (retryAfterMs: number | null = null): Outcome => ({ kind: "retry", answer: "503", retryAfterMs });
const somebody = (at: number) => person(`u${String(at).padStart(3, "0")}`);

/** As if the archive had it all. */
async function archiveAll(): Promise<void> {
  await state.keeping.markArchived((await state.keeping.standing()).commitNo);
}

async function enqueue(...payloads: readonly MessagePayload[]): Promise<void> {
  const flairVersions = payloads.flatMap((payload) =>
    payload.kind === "flair" ? [aFlairVersion(payload.recipient.agentId, payload.version, { host: "h" })] : [],
  );
  await state.decisions.commit(aPlan({ messages: payloads.map((payload) => planned(payload, "h")), flairVersions }));
}

async function relay(hosts: readonly RecognitionHost[], changes: Partial<RelayRequest> = {}, holder = "me") {
  const sleep = async (milliseconds: number) => {
    now += milliseconds;
  };
  const deps = { state, decisions: state.decisions, archive: archiveAll, clock, sleep, random: () => 0.5, holder };
  return relayOutbox(deps, hosts, { patienceMs: 60_000, signal: new AbortController().signal, ...changes });
}

async function states(): Promise<Record<string, number>> {
  const counts = await state.decisions.outbox.counts();
  return Object.fromEntries(counts.map(({ state: one, messages }) => [one, messages]));
}

const subjects = (host: Scripted) => host.sent.flat().map(({ subjectId }) => subjectId);

test("[T12] what is due is told once; a second relay finds nothing to do", async () => {
  await enqueue(...Array.from({ length: 10 }, (_, at) => anAward(somebody(at))));
  const host = scripted(yes);
  const [first] = await relay([host]);
  expect(first).toMatchObject({ host: "h", totals: { attempts: 10, delivered: 10 }, trouble: null });
  expect((await relay([host]))[0]?.totals.attempts).toBe(0);
  expect(host.sent).toHaveLength(10);
  expect(await states()).toEqual({ delivered: 10 });
});

test("[T94] never more under way than the host allows, and as many as it allows", async () => {
  await enqueue(...Array.from({ length: 30 }, (_, at) => anAward(somebody(at))));
  const host = scripted(yes, { inFlight: 5 });
  await relay([host]);
  expect(host.mostAtOnce).toBe(5);
});

test("[S3-R51] what takes away goes before what gives, awards before points; one agent's messages go in the order they were written", async () => {
  const [one, other] = [somebody(1), somebody(2)];
  await enqueue(somePoints(one), anAward(other), anAward(other, { kind: "revocation", entryNo: 2 }));
  const host = scripted(yes, { inFlight: 1 });
  await relay([host]);
  expect(host.sent.flat().map(({ kind, subjectId }) => `${kind} ${subjectId}`)).toEqual([
    `award ${other.agentId}`,
    `revocation ${other.agentId}`,
    `points ${one.agentId}`,
  ]);
});

test("[S3-R53] several flair changes of one agent become one message: the latest", async () => {
  await enqueue(aFlair(somebody(1), 1));
  await enqueue(aFlair(somebody(1), 2, null));
  await enqueue(aFlair(somebody(1), 3));
  const host = scripted(yes);
  const [relayed] = await relay([host]);
  expect(relayed?.totals).toMatchObject({ attempts: 3, superseded: 2, delivered: 1 });
  expect(host.sent.flat().map(({ payload }) => JSON.parse(payload).version)).toEqual([3]);
  expect((await state.decisions.flairVersions("h"))[0]).toMatchObject({ version: 3, deliveredVersion: 3 });
});

test("what a host takes by the hundred goes by the hundred", async () => {
  await enqueue(...Array.from({ length: 230 }, (_, at) => somePoints(somebody(at))), anAward(somebody(500)));
  const host = scripted(yes, { batchSize: (kind) => (kind === "points" ? 100 : 1) });
  expect((await relay([host]))[0]?.totals).toMatchObject({ attempts: 231, delivered: 231 });
  expect(host.sent.map((messages) => messages.length).sort((a, b) => b - a)).toEqual([100, 99, 31, 1]);
});

test("[T106] [S3-R31] a failure is tried again with backoff until it gets through; totals add up", async () => {
  await enqueue(anAward(somebody(1)), anAward(somebody(2)));
  const host = scripted((message, nth) => (message.subjectId === somebody(1).agentId && nth < 4 ? later() : yes()));
  const began = now;
  const [relayed] = await relay([host]);
  expect(relayed?.totals).toMatchObject({ attempts: 5, delivered: 2, retried: 3 });
  // 0.5 of 1, 2 and 4 seconds.
  expect(now - began).toBe(3_500);
});

test("[T94] Retry-After wins over the backoff, and nobody is called while the host asked for quiet", async () => {
  await enqueue(...Array.from({ length: 12 }, (_, at) => anAward(somebody(at))));
  const calls: number[] = [];
  const host = scripted((_message, nth) => {
    calls.push(now);
    if (calls.length !== 4 || nth > 1) return yes();
    host.pausedUntil = now + 42_000;
    return later(42_000);
  });
  const began = now;
  const [relayed] = await relay([host]);
  expect(relayed?.totals).toMatchObject({ delivered: 12 });
  const quiet = calls.filter((at) => at > began && at < began + 42_000);
  expect(quiet).toEqual([]);
  expect(calls.filter((at) => at >= began + 42_000).length).toBeGreaterThan(3);
});

test("it gives up waiting once nothing got through for as long as it was told, and leaves the rest for the next run", async () => {
  await enqueue(anAward(somebody(1)), anAward(somebody(2)));
  const host = scripted(() => later());
  const began = now;
  const [relayed] = await relay([host], { patienceMs: 20_000 });
  expect(now - began).toBeLessThanOrEqual(20_000);
  expect(relayed?.totals).toMatchObject({ delivered: 0, dead: 0 });
  expect(await states()).toEqual({ pending: 2 });
  now += 3_600_000;
  expect((await relay([scripted(yes)]))[0]?.totals).toMatchObject({ delivered: 2 });
});

test("a message that waits for a retry keeps the later ones of its agent back, and nobody else's", async () => {
  await enqueue(anAward(somebody(1)), anAward(somebody(1), { kind: "revocation", entryNo: 2 }), anAward(somebody(2)));
  const host = scripted((message, nth) =>
    message.kind === "award" && message.subjectId === somebody(1).agentId && nth === 1 ? later() : yes(),
  );
  await relay([host]);
  const ofOne = host.sent.flat().filter(({ subjectId }) => subjectId === somebody(1).agentId);
  expect(ofOne.map(({ kind }) => kind)).toEqual(["award", "award", "revocation"]);
});

test("held and dead messages are kept with their reason", async () => {
  await enqueue(anAward(somebody(1)), anAward(somebody(2)), anAward(somebody(3)));
  const answers: Record<string, Outcome> = {
    [somebody(1).agentId]: { kind: "held", answer: "user u001 is unknown to the platform" },
    [somebody(2).agentId]: { kind: "refused", answer: "400: bad body" },
  };
  const [relayed] = await relay([scripted(({ subjectId }) => answers[subjectId] ?? yes())]);
  expect(relayed?.totals).toMatchObject({ attempts: 3, held: 1, dead: 1, delivered: 1 });
  const kept = (await allMessages(state.decisions)).map(({ state: one, lastAnswer }: Message) => [one, lastAnswer]);
  expect(kept).toEqual([
    ["held", "user u001 is unknown to the platform"],
    ["dead", "400: bad body"],
    ["delivered", "201"],
  ]);
});

test("refused credentials stop one host and use up no attempt's patience; the other host is told all the same", async () => {
  await enqueue(...Array.from({ length: 8 }, (_, at) => anAward(somebody(at))));
  await state.decisions.commit(aPlan({ messages: [planned(anAward(somebody(1)), "other")] }));
  const wrong = new AuthError("no", { code: "UNAUTHENTICATED" });
  const relayed = await relay([scripted(() => wrong), scripted(yes, { name: "other" })]);
  expect(relayed[0]).toMatchObject({ host: "h", trouble: wrong, totals: { delivered: 0, dead: 0 } });
  expect(relayed[1]).toMatchObject({ host: "other", trouble: null, totals: { delivered: 1 } });
  expect(await states()).toMatchObject({ pending: 8 });
  expect((await state.decisions.outbox.list({ host: "h", limit: 10 })).map(({ attempts }) => attempts)).toEqual(new Array(8).fill(0));
});

test("a stop finishes what is in flight, begins nothing, and gives back what was only taken", async () => {
  await enqueue(...Array.from({ length: 40 }, (_, at) => anAward(somebody(at))));
  const stop = new AbortController();
  const host = scripted(() => {
    stop.abort();
    return yes();
  });
  const [relayed] = await relay([host], { signal: stop.signal });
  expect(relayed?.totals.delivered).toBe(3);
  expect(host.sent).toHaveLength(3);
  expect(await states()).toEqual({ delivered: 3, pending: 37 });
  const again = scripted(yes);
  expect((await relay([again]))[0]?.totals.delivered).toBe(37);
});

test("of two relays at once one tells the host, the other says who is at it", async () => {
  await enqueue(...Array.from({ length: 20 }, (_, at) => anAward(somebody(at))));
  const hosts = [scripted(yes), scripted(yes)];
  const relayed = await Promise.all(hosts.map((host, at) => relay([host], {}, `relay ${at}`)));
  expect(relayed.flat().map(({ totals }) => totals.delivered)).toEqual([20, 0]);
  expect(relayed[1]?.[0]?.trouble).toBeInstanceOf(LockHeldError);
  expect(String(relayed[1]?.[0]?.trouble)).toContain("relay 0 is telling h");
});

test("[T12] what a killed relay had taken is sent by the next one when its claim has run out, under the same key", async () => {
  await enqueue(anAward(somebody(1)));
  await archiveAll();
  const [taken] = await state.decisions.outbox.claim({ host: "h", limit: 1, holder: "killed", leaseMs: 30_000, now });
  const host = scripted(() => ({ kind: "duplicate", answer: "409" }));
  expect((await relay([host]))[0]?.totals.attempts).toBe(0);
  now += 30_000;
  expect((await relay([host]))[0]?.totals).toMatchObject({ attempts: 1, duplicate: 1 });
  expect(host.sent.flat().map(({ idempotencyKey }) => idempotencyKey)).toEqual([taken?.idempotencyKey]);
});

test("the publication window is waited for, and keeps nobody back [S3-R40]", async () => {
  const opens = now + 3_600_000;
  await enqueue(anAward(somebody(1)));
  const flair = { ...planned(aFlair(somebody(2), 1), "h"), notBefore: opens };
  await state.decisions.commit(aPlan({ messages: [flair], flairVersions: [aFlairVersion(somebody(2).agentId, 1, { host: "h" })] }));
  const host = scripted(yes);
  await relay([host]);
  expect(subjects(host)).toEqual([somebody(1).agentId]);
  now = opens;
  await relay([host]);
  expect(subjects(host)).toEqual([somebody(1).agentId, somebody(2).agentId]);
});

test("[T68] a boost that no relay told until it should have ended is not begun any more", async () => {
  const host = scripted(yes);
  const boost = anAdjustment({ endsAt: new Date(now + 7 * 86_400_000).toISOString() });
  await enqueue(boost);
  now += 7 * 86_400_000;
  const [relayed] = await relay([host]);
  expect(relayed).toMatchObject({ totals: { superseded: 1, delivered: 0 } });
  expect(host.sent).toEqual([]);
});
